"""Rows of Sales that are the next version of a coupled one: the coupling, and with it the row in BC, goes on to them (rule E7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mapping.model import TableMapping
from mapping.succession import Succession
from mapping.values import Row, Side
from sync.around.reference import rows_where
from sync.context import Context
from sync.heart.coupling import Coupling, Life
from sync.record.merged import hand_over
from sync.record.task import Task


async def inherited(ctx: Context, mapping: TableMapping, side: Side, rows: Mapping[str, Row]) -> dict[str, Coupling]:
    """The coupling that each of these uncoupled rows is to take over, by id: that of the latest version before it that has one."""
    succession = mapping.succession
    later = {id_: row for id_, row in rows.items() if succession and row.get(succession.version)} if side is Side.SALES else {}
    if succession is None or not later:
        return {}
    before = await _versions_before(ctx, mapping, succession, later)
    older = {id_ for versions in before.values() for id_ in versions}
    couplings = await ctx.store.couplings.load(ctx.company, mapping.name, Side.SALES, older)
    standing = {id_: each for id_, each in couplings.items() if each.life is not Life.TOMBSTONE}
    heirs: dict[str, Coupling] = {}
    taken: set[str] = set()
    for id_ in sorted(later, key=lambda id_: _version(succession, later[id_]), reverse=True):
        held = next((each for each in before[id_] if each in standing and each not in taken), None)
        if held:
            heirs[id_] = standing[held]
            taken.add(held)
    return heirs


async def _versions_before(
    ctx: Context, mapping: TableMapping, succession: Succession, rows: Mapping[str, Row]
) -> dict[str, Sequence[str]]:
    """The ids of the versions before each row, the latest first."""
    names, table = {str(row[succession.key]) for row in rows.values()}, mapping.sales
    family: dict[str, list[Row]] = defaultdict(list)
    for row in await rows_where(ctx.sales, table.name, succession.key, names, (table.id, succession.key, succession.version)):
        family[str(row[succession.key])].append(row)
    before = {
        id_: [each for each in family[str(row[succession.key])] if _version(succession, each) < _version(succession, row)]
        for id_, row in rows.items()
    }
    return {
        id_: [str(each[table.id]) for each in sorted(versions, key=lambda each: _version(succession, each), reverse=True)]
        for id_, versions in before.items()
    }


def _version(succession: Succession, row: Row) -> int:
    return int(row.get(succession.version) or 0)


def as_heir(id_: str, coupling: Coupling) -> Coupling:
    """The coupling of the older version as this one holds it, once it was handed over."""
    return replace(coupling, sales_id=id_, sales_version=None, lease=None, intent={})


async def take_over(ctx: Context, tasks: Sequence[Task]) -> None:
    """Hand couplings over to the versions that follow; one that somebody works on is left to him."""
    for task in tasks:
        if task.inherits and task.coupling:
            moved = await hand_over(ctx, task.inherits, task.coupling)
            task.coupling, task.busy = moved or task.inherits, moved is None
            task.inherits = None
