"""A plan as people read it: which fields of which row change from what to what, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapping.field import FieldMapping
from mapping.lookups import Lookup
from mapping.model import TableMapping, Unit
from mapping.steps import Single, writes
from mapping.values import Refusal, Row, Scalar, Side, Value
from mapping.world import World
from sync.around.titles import Reference
from sync.errors import by_code
from sync.heart.coupling import Held
from sync.heart.digests import told
from sync.heart.plan import Call, Create, Delete, Pair, Plan, Problem, Step, Together, Update

BIND = "@odata.bind"
LONGEST = 200
"""Characters of a value that are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One value about to be written: the side and the column, what stands there now and what will. `of`: the mappings of a reference."""

    side: Side
    field: str
    column: str
    old: Any
    new: Any
    of: tuple[str, ...] = ()

    def references(self) -> Iterator[Reference]:
        """The records that the values name."""
        for value in (self.old, self.new):
            if isinstance(value, str):
                yield from ((name, self.side, value) for name in self.of)

    def shown(self, titles: Mapping[Reference, str]) -> dict[str, Any]:
        """The change as JSON, records by number and name."""
        old, new = (self._title(titles, value) for value in (self.old, self.new))
        return {"side": self.side, "field": self.field, "column": self.column, "old": short(old), "new": short(new)}

    def _title(self, titles: Mapping[Reference, str], value: Any) -> Any:
        found = (titles.get((name, self.side, str(value))) for name in self.of)
        return next((title for title in found if title), value)


def _sent(step: Single) -> Row:
    return step.body if isinstance(step, Call) else {} if isinstance(step, Delete) else step.values


def short(value: Any) -> Any:
    """A value as it is shown: a long text is cut."""
    return value[: LONGEST - 1] + "…" if isinstance(value, str) and len(value) > LONGEST else value


def changes(mapping: TableMapping, pair: Pair, plan: Plan, world: World) -> list[Change]:
    """Every value that the plan writes to the record's own two rows."""
    return [change for step in writes(plan.steps) if _is_own(mapping, step) for change in _of_step(mapping, pair, plan, world, step)]


def _is_own(mapping: TableMapping, step: Create | Update) -> bool:
    return step.table == mapping.table(step.side).name


def _of_step(mapping: TableMapping, pair: Pair, plan: Plan, world: World, step: Create | Update) -> Iterator[Change]:
    values = step.values
    told: set[str] = set()
    for unit in mapping.fields:
        held = plan.held.get(unit.name) or pair.held.get(unit.name)
        for place, member in enumerate(unit.members):
            written = _names(member, step.side) & values.keys()
            if written and member.column(step.side):
                told |= written
                yield _change(member, step.side, pair, world, _new(unit, place, held, step.side, values[next(iter(written))]))
    for name in values.keys() - told:
        old = pair.rows.get(step.side, {}).get(name)
        if isinstance(step, Create) or old != values[name]:
            yield Change(side=step.side, field=name, column=name, old=old, new=values[name])


def _names(member: FieldMapping, side: Side) -> set[str]:
    """The properties in which a field's value may be sent."""
    nav = getattr(member.kind, "nav", "")
    return {member.column(side), f"{nav}{BIND}"} if side is Side.SALES and nav else {member.column(side)}


def _new(unit: Unit, place: int, held: Held | None, side: Side, sent: Any) -> Any:
    """What the side will hold in a member, in comparable form; else what is sent."""
    return member_value(unit, place, held.of(side)) if held else sent


def member_value(unit: Unit, place: int, value: Value) -> Scalar:
    """One member's part of a unit's value."""
    if len(unit.members) == 1:
        return value if not isinstance(value, tuple) else value[0]
    return value[place] if isinstance(value, tuple) and place < len(value) else None


def _change(member: FieldMapping, side: Side, pair: Pair, world: World, new: Any) -> Change:
    row = pair.rows.get(side, {})
    read = member.read(side, row, world) if member.shown(side) in row else None
    of = member.kind.mappings if isinstance(member.kind, Lookup) else ()
    old = None if isinstance(read, Refusal) else read
    if member.digest:
        old, new = told(member, old), told(member, new)
    return Change(side=side, field=member.name, column=member.column(side), old=old, new=new, of=of)


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as JSON, with what to do about it."""
    return {"code": problem.code, "field": problem.field, "detail": problem.detail, "remedy": by_code(problem.code).remedy}


def references(changes: Iterable[Change]) -> Iterator[Reference]:
    """The records that any of the values name."""
    return (reference for change in changes for reference in change.references())


def steps_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps themselves, for machines."""
    return [
        {
            "do": type(step).__name__.lower(),
            "side": step.side,
            "table": step.table,
            "id": step.id,
            **({"steps": steps_json(step.steps)} if isinstance(step, Together) else {"values": _sent(step)}),
            **({"parts": {name: steps_json(rows) for name, rows in step.parts.items()}} if isinstance(step, Create) and step.parts else {}),
        }
        for step in steps
    ]
