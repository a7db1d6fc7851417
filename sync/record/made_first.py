"""Records that others cannot be made without, and that are made with them: the unit group of a unit, the products of an order (rule E6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.heart.plan import Run
from sync.record.task import Task
from sync.settings import Parents

Make = Callable[[TableMapping, Side, Sequence[str], Run], Awaitable[None]]
"""Brings some records of another mapping into step."""


async def make_first(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], make: Make) -> bool:
    """Make what these records wait for, where their mapping says so, also of mappings whose runs make nothing; False if it was nothing."""
    names = made_with(ctx, mapping)
    if not names:
        return False
    missing: dict[tuple[str, Side], set[str]] = defaultdict(set)
    for awaited in (problem.waits for task in tasks for problem in task.plan.problems if problem.waits):
        if awaited.mapping in names and len(awaited.id) == GUID:
            missing[awaited.mapping, awaited.side].add(awaited.id)
    for (name, side), ids in missing.items():
        await make(ctx.mappings[name], side, sorted(ids), Run(creates=ctx.mappings[name].creates, couples=True))
    return bool(missing)


def made_with(ctx: Context, mapping: TableMapping) -> set[str]:
    """The mappings whose records are made first where a record of this one cannot do without."""
    if mapping.parts and ctx.settings.document_parents is Parents.WAIT:
        return set()
    wanted = [mapping, *(part.lines for part in mapping.parts)]
    kinds = [member.kind for each in wanted for unit in (*each.fields, *each.given) for member in unit.members]
    return {name for kind in kinds if isinstance(kind, Lookup) and kind.first for name in kind.mappings} & ctx.mappings.keys()


GUID = 36
"""Characters of an id: what is no id is a code that leads nowhere."""
