"""Coupled records that kept what people had typed before they were coupled, such as an account number of their own (rule E9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mapping.kinds import fold
from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.heart.coupling import Coupling, Held, Life

PAGE = 500
PAGES = 20
"""Pages of couplings that are read for one answer at most."""


async def kept(ctx: Context, mapping: TableMapping, cursor: str | None) -> tuple[Sequence[Coupling], str | None]:
    """The couplings whose records kept a value of their own, of the next page that has any, and the cursor behind it."""
    if not _names(mapping):
        return [], None
    for _ in range(PAGES):
        listing = await ctx.store.couplings.page(ctx.company, mapping.name, life=Life.COUPLED, limit=PAGE, cursor=cursor, whole=True)
        found = [each for each in listing.rows if values_kept(mapping, each)]
        if found or not listing.cursor:
            return found, listing.cursor
        cursor = listing.cursor
    return [], cursor


def values_kept(mapping: TableMapping, coupling: Coupling) -> list[dict[str, Any]]:
    """The fields of a coupled pair that stay different because people had typed a value, with what each side holds."""
    held = {name: coupling.held[name] for name in _names(mapping) if name in coupling.held}
    return [{"field": name, **{side: each.of(side) for side in Side}} for name, each in held.items() if _differs(each)]


def _names(mapping: TableMapping) -> list[str]:
    return [member.name for unit in mapping.fields for member in unit.members if member.keep_typed and member.bc]


def _differs(held: Held) -> bool:
    return None not in (held.bc, held.sales) and _folded(held.bc) != _folded(held.sales)


def _folded(value: Any) -> Any:
    return tuple(map(fold, value)) if isinstance(value, tuple) else fold(value)
