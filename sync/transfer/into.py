"""Lines taken into the state: what is there already stays as it is, so that taking them twice is taking them once.

Lines of another company, environment or organisation are refused whole (rule G1). What was coupled since the lines were written is found
by a comparison: the next look at a mapping that got couplings reads everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.entry.switches import BadSwitch, changed
from sync.errors import ForeignState, NewerLines
from sync.heart.coupling import Coupling, Life
from sync.record.pairing import coupled_elsewhere
from sync.run.scan import after_reset
from sync.services.odata import GUID
from sync.store import Entry, Taken
from sync.store.migrations import FORMAT
from sync.transfer.lines import COUPLING, ENTRY, LIFE, STATE, Line, Number, read_coupling, read_entry, read_number

Numbered = Sequence[tuple[int, Any]]
"""What was read from lines, each with the number of its line."""


class Fate(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    PRESENT = "present"
    REFUSED = "refused"


@dataclass
class Came:
    """How many lines of each kind met which fate, and why those were refused that were, by the number of the line."""

    counts: dict[str, dict[str, int]] = field(default_factory=lambda: {kind: dict.fromkeys(Fate, 0) for kind in READ})
    refused: list[dict[str, Any]] = field(default_factory=list)

    def count(self, kind: str, fate: Fate) -> None:
        """One line."""
        self.counts[kind][fate] += 1

    def refuse(self, kind: str, line: int, why: str) -> None:
        """One line that cannot be taken."""
        self.count(kind, Fate.REFUSED)
        self.refused.append({"line": line, "why": why})

    def refuse_all(self, kind: str, some: Numbered, why: str) -> None:
        """Lines that cannot be taken for one reason."""
        for line, _ in some:
            self.refuse(kind, line, why)


class LinesWrong(ValueError):
    """Lines that cannot be read; `mistakes` by the number of the line. Nothing of them is taken."""

    def __init__(self, mistakes: Mapping[int, str]) -> None:
        super().__init__(f"{len(mistakes)} of the lines cannot be read.")
        self.mistakes = mistakes


def parsed(company: str, lines: Sequence[Line]) -> Mapping[str, Numbered]:
    """What the lines hold behind the first, by kind; LinesWrong names every one that is none."""
    found: dict[str, list[tuple[int, Any]]] = {kind: [] for kind in READ}
    mistakes: dict[int, str] = {}
    for number, line in enumerate(lines[1:], 2):
        try:
            kind = str(line.get("kind"))
            found[kind].append((number, READ[kind](company, line)))
        except KeyError:
            mistakes[number] = f"kind must be one of {', '.join(READ)}, and the line of the state comes first"
        except (ValueError, TypeError) as error:
            mistakes[number] = str(error)
    if mistakes:
        raise LinesWrong(mistakes)
    return found


READ: Mapping[str, Callable[[str, Line], Any]] = {
    ENTRY: lambda _, line: read_entry(line),
    COUPLING: read_coupling,
    LIFE: lambda _, line: read_number(line),
}


async def check_whose(ctx: Context, first: Line) -> None:
    """Raise NewerLines or ForeignState unless the first line says that these are of this state, or an older one of it."""
    if first.get("kind") != STATE or type(first.get("format")) is not int or not isinstance(first.get("whose"), dict):
        raise LinesWrong({1: f"the first line must be of kind {STATE}, as it was written out"})
    if first["format"] > FORMAT:
        raise NewerLines(f"The lines have format {first['format']}, this app knows {FORMAT}.")
    ours = {"company": ctx.company, **await ctx.store.entries.whose(ctx.company)}
    theirs = {"company": first.get("company"), **first["whose"]}
    differing = [name.replace("_", " ") for name in ours if theirs.get(name) != ours[name]]
    if differing:
        raise ForeignState(f"These lines are of another {', '.join(differing)}.", known=ours, wanted=theirs)


async def take(ctx: Context, lines: Sequence[Line], *, dry_run: bool) -> Came:
    """Take lines into the state, or say what would become of them."""
    if not lines:
        raise LinesWrong({1: "there is no line"})
    await check_whose(ctx, lines[0])
    found, came = parsed(ctx.company, lines), Came()
    for kind, step in STEPS.items():
        by_mapping: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        for line, one in found[kind]:
            by_mapping[one.mapping].append((line, one))
        for name, some in by_mapping.items():
            if name in ctx.declared:
                await step(ctx, name, _of_records(ctx.declared[name], kind, some, came), came, dry_run)
            else:
                came.refuse_all(kind, some, f"there is no mapping {name} here")
    return came


def _of_records(mapping: TableMapping, kind: str, some: Numbered, came: Came) -> Numbered:
    """What has ids as the records of a mapping have; the rest is refused: no service could be asked for it."""
    strange = [(line, one) for line, one in some if not all(_is_id(mapping, side, id_) for side, id_ in _ids(one))]
    came.refuse_all(kind, strange, "the ids are not those of this mapping's records")
    return [each for each in some if each not in strange]


def _ids(one: Any) -> list[tuple[Side, str]]:
    return list(one.ids.items()) if isinstance(one, Coupling) else [(one.side, one.id)] if isinstance(one, Number) else []


def _is_id(mapping: TableMapping, side: Side, id_: str) -> bool:
    return mapping.table(side).is_choice is not bool(GUID.fullmatch(id_))


async def _entries(ctx: Context, name: str, some: Numbered, came: Came, dry_run: bool) -> None:
    """Settings win over those that are there: that is what they were kept for."""
    for line, wanted in some:
        try:
            switches = changed(ctx.declared[name], {}, wanted.switches)
        except BadSwitch as error:
            came.refuse(ENTRY, line, str(error))
            continue
        new = _settings(ctx, name, switches, wanted)
        came.count(ENTRY, Fate.NEW if new else Fate.PRESENT)
        if new and not dry_run:
            await ctx.store.entries.merge(ctx.company, name, **new)


def _settings(ctx: Context, name: str, switches: Mapping[str, Any], wanted: Entry) -> dict[str, Any]:
    """What a line changes of an entry; a hold of a person stays where there is one."""
    present = ctx.entry(name)
    new: dict[str, Any] = {} if present.switches == switches else {"switches": switches}
    if wanted.held_by_person and not present.held_by_person:
        new |= {"held_by_person": True, "hold_reason": wanted.hold_reason, "held_since": datetime.now(UTC)}
    if wanted.couples_in and not present.couples_in:
        new |= {"couples_in": wanted.couples_in}
    return new


async def _couplings(ctx: Context, name: str, some: Numbered, came: Came, dry_run: bool) -> None:
    """Pairs of which neither record is coupled, in this mapping or another one of its table (rule A4)."""
    free = await _free(ctx, name, some, came)
    stored = [each for _, each in free] if dry_run else await ctx.store.couplings.insert([each for _, each in free])
    for (line, _), outcome in zip(free, stored, strict=True):
        if isinstance(outcome, Taken):
            came.refuse(COUPLING, line, "one of the two records was coupled meanwhile")
        else:
            came.count(COUPLING, Fate.NEW)
    if any(not isinstance(outcome, Taken) for outcome in stored) and not dry_run:
        await ctx.store.entries.merge(ctx.company, name, **after_reset())


async def _free(ctx: Context, name: str, some: Numbered, came: Came) -> list[tuple[int, Coupling]]:
    """The couplings that can be made; the others are counted."""
    ids = {side: [each.of(side) for _, each in some] for side in Side}
    there = {side: await ctx.store.couplings.partners(ctx.company, name, side, ids[side]) for side in Side}
    elsewhere = {side: await coupled_elsewhere(ctx, ctx.declared[name], side, ids[side]) for side in Side}
    free: list[tuple[int, Coupling]] = []
    taken: set[str] = set()
    for line, each in some:
        if there[Side.BC].get(each.bc_id) == each.sales_id:
            came.count(COUPLING, Fate.PRESENT)
        elif why := _in_the_way(each, there, elsewhere):
            came.refuse(COUPLING, line, why)
        elif taken & set(each.ids.values()):
            came.refuse(COUPLING, line, "one of the two records is in another line")
        else:
            free.append((line, each))
            taken.update(each.ids.values())
    return await _in_their_lives(ctx, name, free, came)


async def _in_their_lives(ctx: Context, name: str, free: Sequence[tuple[int, Coupling]], came: Came) -> list[tuple[int, Coupling]]:
    """Couplings go on in the latest life that is known of either record (rule A6); what was begun in an earlier one is over."""
    known = {side: await ctx.store.lives.numbers(ctx.company, name, side, [each.of(side) for _, each in free]) for side in Side}
    found: list[tuple[int, Coupling]] = []
    for line, each in free:
        least = max(known[side][each.of(side)] for side in Side)
        if each.life is Life.CLAIMED and each.life_number < least:
            came.refuse(COUPLING, line, "the row that was being made belongs to an earlier life of the record")
        else:
            found.append((line, replace(each, life_number=max(each.life_number, least))))
    return found


def _in_the_way(wanted: Coupling, there: Mapping[Side, Mapping[str, str]], elsewhere: Mapping[Side, Iterable[str]]) -> str | None:
    for side in Side:
        if wanted.of(side) in there[side]:
            return f"the record of {side} is coupled with {there[side][wanted.of(side)]}"
        if wanted.of(side) in elsewhere[side] and wanted.joined:
            return f"the record of {side} is coupled in another mapping"
    return None


async def _numbers(ctx: Context, name: str, some: Numbered, came: Came, dry_run: bool) -> None:
    """The greater number is kept: no id of an earlier life is used again (rule A6)."""
    wanted: dict[Side, dict[str, int]] = {side: {} for side in Side}
    for _, one in some:
        wanted[one.side][one.id] = max(one.number, wanted[one.side].get(one.id, 0))
    for side, numbers in wanted.items():
        known = await ctx.store.lives.numbers(ctx.company, name, side, numbers)
        for id_, number in numbers.items():
            came.count(LIFE, Fate.NEW if number > known[id_] else Fate.PRESENT)
        if not dry_run:
            await ctx.store.lives.keep(ctx.company, name, side, numbers)


Step = Callable[[Context, str, Numbered, Came, bool], Awaitable[None]]

STEPS: Mapping[str, Step] = {LIFE: _numbers, COUPLING: _couplings, ENTRY: _entries}
"""What is done with the lines of a mapping, in this order: numbers first, as whoever is uncoupled has one."""
