"""From rows to tasks: a record with what is coupled to it, with the coupling it takes over, or alone with the id of a row to be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapping.filters import Broken
from mapping.model import TableMapping
from mapping.values import Side
from sync.around.ids import id_of_new_row
from sync.around.neighbours import world_of
from sync.context import Context
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Problem, Row
from sync.record.pairing import Found
from sync.record.succession import as_heir, inherited
from sync.record.task import Task


async def counterparts_of(ctx: Context, mapping: TableMapping, side: Side, couplings: Iterable[Coupling]) -> Mapping[str, Row]:
    """The rows of one side that these couplings name, by id."""
    ids = [coupling.sales_id if side is Side.SALES else coupling.bc_id for coupling in couplings]
    table = mapping.table(side)
    return await ctx.services[side].rows(table.name, ids, mapping.columns(side)) if ids else {}


def known_task(mapping: TableMapping, side: Side, row: Row | None, coupling: Coupling, counterparts: Mapping[str, Row]) -> Task:
    """A coupled record with those of its rows that exist."""
    ids = {Side.BC: coupling.bc_id, Side.SALES: coupling.sales_id}
    rows = {side: row} if row is not None else {}
    if ids[side.other] in counterparts:
        rows[side.other] = counterparts[ids[side.other]]
    # What was claimed was allowed when it was: it is completed, whatever this run may do.
    creates = mapping.ever_creates if coupling.life is Life.CLAIMED else frozenset()
    return Task(mapping=mapping, source=side, ids=ids, rows=rows, coupling=coupling, creates=creates)


async def heirs_among(ctx: Context, mapping: TableMapping, side: Side, rows: Mapping[str, Row]) -> list[Task]:
    """Next versions of coupled rows, inside the filters: each with the coupling that it takes over."""
    found = await inherited(ctx, mapping, side, rows)
    if not found:
        return []
    world = await world_of(ctx, mapping, {side: [rows[id_] for id_ in found], side.other: []}, alone=False)
    inside = {id_: old for id_, old in found.items() if to_be_looked_at(mapping.outside(side, rows[id_], world))}
    counterparts = await counterparts_of(ctx, mapping, side.other, inside.values())
    heirs = [(known_task(mapping, side, rows[id_], as_heir(id_, old), counterparts), old) for id_, old in inside.items()]
    return [replace(task, inherits=old) for task, old in heirs]


def to_be_looked_at(outside: str | None) -> bool:
    """Whether a record is inside the filters, or could not be asked about, which is its problem."""
    return outside is None or isinstance(outside, Broken)


async def uncoupled_task(
    ctx: Context, mapping: TableMapping, side: Side, id_: str, row: Row, life: int, found: Found | None = None
) -> Task:
    """A record without coupling: with its partner, with an id for the row to be made, or with the problem of too many partners.

    `life` is the number of the life that it begins (rule A6).
    """
    if found is None:
        made = await id_of_new_row(ctx, mapping, side.other, id_, life)
        return Task(mapping=mapping, source=side, ids={side: id_, side.other: made}, rows={side: row}, life_number=life)
    ids = {side: id_, side.other: str(found.partners[0][mapping.table(side.other).id])}
    task = Task(mapping=mapping, source=side, ids=ids, rows={side: row}, life_number=life)
    if found.clear:
        task.rows[side.other], task.matched = found.partners[0], True
    else:
        task.ids = {side: id_}
        task.refused[""] = Problem(code=found.failed.code, detail=found.failed.detail) if found.failed else _ambiguous(mapping, side, found)
    return task


def _ambiguous(mapping: TableMapping, side: Side, found: Found) -> Problem:
    candidates = ", ".join(sorted(str(row[mapping.table(side.other).id]) for row in found.partners))
    rivals = f"; also wanted by {', '.join(sorted(found.rivals))}" if found.rivals else ""
    return Problem(code="ambiguous_match", detail=f"candidates in {side.other}: {candidates}{rivals}")
