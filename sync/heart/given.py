"""What a row is given beside what its fields carry: constants, templates, and what people's own functions make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapping.extensions import Record, before_write
from mapping.field import Direction
from mapping.model import Addition, Draft, TableMapping, Unit
from mapping.steps import Create, Step, Update
from mapping.values import Refusal, Row, Scalar, Side
from mapping.world import World
from sync.heart.coupling import RULES, Held
from sync.heart.merge import Merged
from sync.heart.plan import Pair
from sync.heart.present import Present, read_unit

Values = Mapping[Side, Mapping[str, object]]


def constants_kept(mapping: TableMapping, pair: Pair) -> Addition:
    """Constants of a pair's rows that somebody changed, or that were declared later; an absent column is unknown, never another value."""
    differing = {
        side: {column: value for column, value in constants.items() if column in pair.rows[side] and pair.rows[side][column] != value}
        for side, constants in mapping.constants.items()
    }
    return Addition(values={side: values for side, values in differing.items() if values})


def constants_of_new_row(mapping: TableMapping, target: Side) -> Addition:
    """What every row of a side is born with."""
    return Addition(values={target: {**mapping.constants.get(target, {}), **mapping.born.get(target, {})}})


def template_of_new_row(mapping: TableMapping, draft: Draft, world: World) -> Addition:
    """What the template that fits the source row gives; its values win over those of the fields."""
    if draft.creates is None:
        return Addition()
    template = mapping.template(draft.creates, draft.rows[draft.creates.other], world)
    if template is None:
        return Addition()
    if template.values is None:
        return Addition(refusal=Refusal(code="unknown_template", detail=f"there is no template {template.name}"))
    return Addition(values={draft.creates: template.values})


def supplied_to_new_row(mapping: TableMapping, draft: Draft, values: Values, world: World) -> Addition:
    """What BC's own template gives to a row about to be made there, beside all that others give (rule E8)."""
    if mapping.supplies is None or draft.creates is not Side.BC:
        return Addition()
    template = mapping.template(Side.BC, draft.rows[Side.SALES], world)
    supplied = mapping.supplies.supplied(world, values[Side.BC], template.code if template else "")
    return Addition(refusal=supplied) if isinstance(supplied, Refusal) else Addition(values={Side.BC: supplied})


def unusable(mapping: TableMapping, values: Values, target: Side) -> Refusal | None:
    """Why a row about to be made in BC could not be used there; nothing is created then (rule E8)."""
    return mapping.supplies.lacking(values[target]) if mapping.supplies and target is Side.BC else None


def known_to_rules(pair: Pair) -> Mapping[str, Scalar]:
    """What the mapping's rules wanted to know of this pair."""
    known = {name.removeprefix(RULES): held.bc for name, held in pair.held.items() if name.startswith(RULES)}
    return {name: value for name, value in known.items() if not isinstance(value, tuple)}


def remembered_by_rules(additions: Iterable[Addition], pair: Pair) -> Mapping[str, Held]:
    """What the mapping's rules want to know of this pair from now on, and did not."""
    wanted = {f"{RULES}{name}": Held(value, value) for one in additions for name, value in one.remembers.items()}
    return {name: held for name, held in wanted.items() if pair.held.get(name) != held}


def finally_written(mapping: TableMapping, rows: Mapping[Side, Row], values: Values, creates: Side | None) -> Values | Refusal:
    """The values of each side as the mapping's `before_write` leaves them."""
    final: dict[Side, Mapping[str, object]] = {}
    for side, sent in values.items():
        row = {} if side is creates else rows.get(side, {})
        record = Record(
            mapping=mapping.name, side=side, row=row, other=rows.get(side.other, {}), values=dict(sent), creates=side is creates
        )
        answer = before_write(mapping.extensions, record) if sent else sent
        if isinstance(answer, Refusal):
            return answer
        final[side] = answer
    return final


def given_otherwise(mapping: TableMapping, merged: Mapping[str, Merged], values: Values, pair: Pair, world: World) -> dict[str, Held]:
    """Per unit for which a template or a function gave something else than the field carried: what both sides hold then."""
    found = {name: _given_otherwise(mapping.unit(name), one, values, pair, world) for name, one in merged.items()}
    return {name: held for name, held in found.items() if held}


def _given_otherwise(unit: Unit, merged: Merged, values: Values, pair: Pair, world: World) -> Held | None:
    for side, sent in merged.values.items():
        if merged.held is None or all(values[side].get(column) == value for column, value in sent.items()):
            continue
        shown = {side: {**pair.rows.get(side, {}), **values[side], **_referred_to(unit, side, values[side])}}
        present = read_unit(unit, Pair(rows=shown, ids=pair.ids), world)
        if isinstance(present, Present):
            held, now = merged.held, present.value(side)
            return Held(now, held.sales) if side is Side.BC else Held(held.bc, now)
    return None


def _referred_to(unit: Unit, side: Side, sent: Mapping[str, object]) -> dict[str, str]:
    """What a row shows of references that are sent as binds."""
    binds = {member.shown(side): sent.get(f"{getattr(member.kind, 'nav', '')}{BIND}") for member in unit.members}
    return {column: str(bind).partition("(")[2].rstrip(")") for column, bind in binds.items() if bind}


BIND = "@odata.bind"
"""Ends the name of a property that says which row a reference of Sales is to lead to."""


def overruled(mapping: TableMapping, merged: Mapping[str, Merged], otherwise: Mapping[str, Held]) -> dict[str, Merged]:
    """What was given in the place of a one-way field's value stays.

    In a two-way field it counts as what the receiver made of ours, and travels back once (rule B7).
    """
    one_way = {name for name in otherwise if mapping.unit(name).direction is not Direction.BOTH}
    return {name: replace(one, held=otherwise[name]) if name in one_way else one for name, one in merged.items()}


def unsure_of_new_row(
    mapping: TableMapping, target: Side, made: Mapping[str, Merged], otherwise: Mapping[str, Held]
) -> Mapping[str, Mapping[str, Held]]:
    """What is meant to stand in a row that is being made, though a worker who dies over it may leave it without: late fields, and what was
    given otherwise. It is no part of the claim."""
    late = {unit.name for unit in (*mapping.fields, *mapping.given) if any(member.late for member in unit.members)}
    meant = {**{name: one.held for name, one in made.items() if name in late and one.held and one.values}, **otherwise}
    return {target: meant} if meant else {}


def made_in_turn(mapping: TableMapping, step: Create) -> tuple[Step, ...]:
    """The making of a row, and its late fields right after it: those that the service works out again while it makes the row."""
    late = {member.column(step.side) for unit in (*mapping.fields, *mapping.given) for member in unit.members if member.late}
    held_over = {column: value for column, value in step.values.items() if column.partition("@")[0] in late}
    if not held_over or step.id is None:
        return (step,)
    at_once = {column: value for column, value in step.values.items() if column not in held_over}
    return (replace(step, values=at_once), Update(side=step.side, table=step.table, id=step.id, values=held_over))


def with_marks(mapping: TableMapping, pair: Pair, values: Values, world: World) -> Values:
    """What is about to be written, and with it whose record the row of Sales is; never for the sake of that alone (rules D8, E9)."""
    sent, bc = values.get(Side.SALES), pair.rows.get(Side.BC)
    if not sent or bc is None or pair.unmarked:
        return values
    marked = mapping.marked(bc, pair.rows.get(Side.SALES, {}))
    stamped = mapping.stock.stamped(sent, mapping.marks.columns, world.now) if mapping.stock and mapping.marks else {}
    return {**values, Side.SALES: {**sent, **marked, **stamped}}
