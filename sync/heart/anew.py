"""A row of BC that is made anew of the next version of its document: what it was is archived, then header and lines are new. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.steps import Call, Create, Delete, Single, Step, Together, singles
from mapping.values import Side
from mapping.world import World
from sync.heart.creating import create
from sync.heart.making import made_unit
from sync.heart.plan import Outcome, Pair, Plan, Problem


def made_anew(mapping: TableMapping, pair: Pair, world: World, held_back: Mapping[str, Problem], rest: Sequence[Step]) -> Plan:
    """The plan that makes the row of BC anew, as if it were not there yet; the `rest` is to be done to the pair anyway (rule E7)."""
    source, target = Side.SALES, Side.BC
    new = create(mapping, replace(pair, rows={source: pair.rows[source]}), source, world, held_back)
    if not new.steps or not isinstance(new.steps[0], Create):
        return new
    header, after = new.steps[0], new.steps[1:]
    lines: list[Single] = [*_old_lines(mapping, pair, world), *_new_lines(mapping, pair, header)]
    values = {**_emptied(mapping, pair, world), **header.values}
    change = mapping.update(target, pair.ids[target], values, pair.rows[target], *lines)
    whole = Together(side=target, steps=(*_archived(mapping, pair, world), *singles([change])))
    return replace(
        new,
        steps=(whole, *after, *(step for step in rest if step not in after)),
        outcomes={target: Outcome.MODIFIED},
        intent={},
        creates=None,
    )


def _emptied(mapping: TableMapping, pair: Pair, world: World) -> dict[str, object]:
    """Blanks for all that a new row is given: what the version before said, and this one does not, is gone.

    References and addresses keep what BC has: of a new row it fills them from the customer.
    """
    only = replace(pair, rows={Side.SALES: pair.rows[Side.SALES]})
    own = [unit for unit in mapping.given if len(unit.members) == 1 and not isinstance(unit.members[0].kind, Lookup)]
    made = (made_unit(unit, only, Side.BC, world) for unit in own)
    return {name: value for one in made for name, value in one.values.get(Side.BC, {}).items()}


def _archived(mapping: TableMapping, pair: Pair, world: World) -> tuple[Single, ...]:
    """What the row was is kept; API v2.0 has no action for that."""
    action = mapping.succession.archive if mapping.succession and world.extended else ""
    return (Call(side=Side.BC, table=mapping.bc.name, id=pair.ids[Side.BC], name=action, body={}),) if action else ()


def _old_lines(mapping: TableMapping, pair: Pair, world: World) -> Iterator[Delete]:
    """The lines go; those that belong to another one before it, as BC deletes them with it."""
    for part in mapping.parts:
        table, known = part.lines.table(Side.BC), world.parts.get(part.name)
        rows = known.of(Side.BC, pair.ids[Side.BC]) if known else ()
        for row in sorted(rows, key=lambda row: int(row.get(part.order[Side.BC]) or 0), reverse=True):
            yield Delete(side=Side.BC, table=table.name, id=str(row[table.id]))


def _new_lines(mapping: TableMapping, pair: Pair, header: Create) -> Iterator[Create]:
    for part in mapping.parts:
        for line in header.parts.get(part.nested[Side.BC], ()):
            yield replace(line, values={part.keys[Side.BC]: pair.ids[Side.BC], **line.values})
