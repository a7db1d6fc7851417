"""Whether a person may start work on a mapping just now."""

from __future__ import annotations

from collections.abc import Iterable

from mapping.model import TableMapping
from sync.context import Context
from sync.errors import OnHold, PartOfDocument, SwitchedOff


async def hold_on(ctx: Context, mapping: TableMapping) -> str | None:
    """Why nothing of a mapping may run just now, in words; None when it may."""
    if ctx.hold:
        return f"The connection is on hold: {ctx.hold.reason}."
    if mapping.name in ctx.off:
        return f"{ctx.off[mapping.name]}."
    entry = await ctx.store.entries.get(ctx.company, mapping.name)
    return f"{mapping.name} is on hold: {entry.hold_reason or 'no reason given'}." if entry.held_by_person else None


async def refuse_on_hold(ctx: Context, mapping: TableMapping) -> None:
    """Raise when nothing of a mapping may run just now."""
    check_on(ctx, [mapping.name])
    reason = await hold_on(ctx, mapping)
    if reason:
        raise OnHold(reason)


def check_on(ctx: Context, names: Iterable[str]) -> None:
    """Raise SwitchedOff when one of these mappings is switched off in this company, PartOfDocument when one has no records of its own."""
    names = list(names)
    refuse_parts(*(ctx.mappings[name] for name in names if name in ctx.mappings))
    reasons = [ctx.off[name] for name in names if name in ctx.off]
    if reasons:
        raise SwitchedOff(f"{'; '.join(reasons)}.")


def refuse_parts(*mappings: TableMapping) -> None:
    """Raise PartOfDocument when one of these mappings has no records of its own."""
    parts = [f"{each.name} goes with {each.part_of}, never by itself" for each in mappings if each.part_of]
    if parts:
        raise PartOfDocument(f"{'; '.join(parts)}.")
