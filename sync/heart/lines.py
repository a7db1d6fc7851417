"""Parts of a document that is about to be made, such as its lines: each made of its source, numbered, or the reason why not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapping.amounts import of_lines
from mapping.ids import derived_id
from mapping.model import Draft, TableMapping
from mapping.parts import Part
from mapping.steps import Create
from mapping.values import Refusal, Row, Side
from mapping.world import World
from sync.heart.given import constants_of_new_row
from sync.heart.making import gathered, made_units, values_of
from sync.heart.plan import MadeLine, Pair, Problem, because

MOST_PROBLEMS = 20
"""So many lines are named; where more are refused, their number is."""

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeLines:
    """The rows that go with a new document, by the property that they stand under; the lines among them; what stands in the way."""

    parts: Mapping[str, tuple[Create, ...]] = field(default_factory=dict)
    lines: tuple[MadeLine, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeRows:
    """One line, and the rows that it was expanded to: their values, the line's own first."""

    values: Sequence[Values]
    line: MadeLine | None = None
    problems: Sequence[Problem] = ()


def made_lines(mapping: TableMapping, document: Draft, world: World) -> MadeLines:
    """The lines of all parts of a document that is about to be made, in their order, or what stands in the way of each."""
    target = document.creates
    if target is None or not mapping.parts:
        return MadeLines()
    groups = {part.name: list(_groups(part, target, document, world)) for part in mapping.parts}
    every = [group for each in groups.values() for group in each]
    return MadeLines(
        parts={part.nested[target]: tuple(numbered(part, target, document, groups[part.name])) for part in mapping.parts},
        lines=tuple(group.line for group in every if group.line),
        problems=_named([problem for group in every for problem in group.problems]),
    )


def _groups(part: Part, target: Side, document: Draft, world: World) -> Iterator[MadeRows]:
    known = world.parts.get(part.name)
    beside = replace(known.world, parts=world.parts, related={**world.related, **known.world.related}) if known else world
    beside = of_lines(document.rows, beside)
    rows = known.of(target.other, document.ids[target.other]) if known else ()
    inside = [row for row in rows if part.lines.outside(target.other, row, beside) is None]
    for place, row in enumerate(sorted(inside, key=lambda row: place_of(part, target.other, row)), 1):
        yield made_line(part, place, row, document, beside)
    also = part.also(document, world) if part.also else ()
    if isinstance(also, Refusal):
        yield MadeRows(values=(), problems=(because(also),))
    else:
        yield from (MadeRows(values=(values,)) for values in also)


def place_of(part: Part, side: Side, row: Row) -> tuple[bool, int, str]:
    """Where a line stands; one that has no number stands at the end."""
    number = row.get(part.order[side])
    return number is None, int(number or 0), str(row[part.lines.table(side).id])


def made_line(part: Part, place: int, row: Row, document: Draft, world: World) -> MadeRows:
    """One line as it will stand on the other side, with all that its text or its sort adds; or why it cannot."""
    mapping, target = part.lines, document.creates or Side.BC
    source, id_ = target.other, str(row[part.lines.table(target.other).id])
    ids = {source: id_, target: derived_id("part", mapping.name, document.ids[target], id_)}
    called = f"line {place}, {mapping.title(source, row) or id_}"
    made = made_units(mapping, Pair(rows={source: row}, ids=ids), target, world)
    problems = [one.problem for one in made.values() if one.problem]
    values = gathered(values_of(made.values()), [constants_of_new_row(mapping, target)])
    draft = Draft(rows={source: row, target: values[target]}, ids=ids, values=values, creates=target, fresh=True, document=document)
    additions = [rule(draft, world) for rule in mapping.rules]
    problems += [because(each.refusal) for each in additions if each.refusal]
    in_the_way = [each for each in problems if each.holds_back]
    if not in_the_way:
        draft = replace(draft, values=gathered(values, additions))
        expanded = mapping.expands(draft, world) if mapping.expands else (draft.values[target],)
        if not isinstance(expanded, Refusal):
            held = {name: one.held for name, one in made.items() if one.held is not None}
            names = _names(mapping, {source: row, target: expanded[0]})
            return MadeRows(values=expanded, line=MadeLine(mapping=mapping.name, ids=ids, held=held, called=called, names=names))
        in_the_way = [because(expanded)]
    told = {(each.code, each.detail): each for each in in_the_way}.values()
    return MadeRows(values=(), problems=[replace(each, field=None, detail=f"{called}: {each.detail}") for each in told])


def _names(mapping: TableMapping, rows: Mapping[Side, Values]) -> tuple[str, ...]:
    """What a service may call a line by."""
    found = (row.get(name) for side, row in rows.items() for name in mapping.names.get(side, ()))
    return tuple(name for name in found if isinstance(name, str) and name)


def numbered(part: Part, target: Side, document: Draft, groups: Sequence[MadeRows], after: int = 0) -> Iterator[Create]:
    """The rows of one part, numbered in their order, behind what is there."""
    number, order, attached = after, part.order[target], part.attached.get(target)
    for group in groups:
        first = number = number + part.apart[target]
        for place, values in enumerate(group.values):
            number = first + place * part.apart[target]
            own = group.line.ids[target] if group.line else derived_id("part", part.name, document.ids[target], f"{number}")
            belongs = {attached: first} if attached and place else {}
            yield Create(
                side=target,
                table=part.lines.table(target).name,
                id=derived_id("row of", own, place) if place else own,
                values={order: number, **{name: value for name, value in values.items() if value not in (None, "")}, **belongs},
            )


def _named(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The first problems, and how many more there are."""
    if len(problems) <= MOST_PROBLEMS:
        return tuple(problems)
    rest = Problem(code=problems[MOST_PROBLEMS].code, detail=f"and {len(problems) - MOST_PROBLEMS} more lines")
    return (*problems[:MOST_PROBLEMS], rest)
