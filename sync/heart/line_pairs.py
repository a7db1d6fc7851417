"""The lines of a document: which belong together, and what all of them come to. Pure.

Each line is a pair of rows of its own and is merged as any other (rules B1 to B9); its steps are carried out within the document's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mapping.kinds import fold
from mapping.model import Draft, TableMapping
from mapping.parts import Part
from mapping.steps import Create, Delete, Single, Update, singles
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World
from sync.heart.coupling import Coupling, Life
from sync.heart.lines import made_line, numbered
from sync.heart.plan import Outcome, Pair, Plan, Problem

Rows = Mapping[Side, Mapping[str, Row]]
"""The lines of a document on each side, by id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a document with its plan; `called` is what people call it, where its problems do not say so themselves."""

    pair: Pair
    plan: Plan
    called: str = ""


def paired(
    lines: TableMapping, rows: Rows, couplings: Iterable[Coupling], world: World
) -> Iterator[tuple[Coupling | None, dict[Side, Row]]]:
    """Which rows of both sides are one line: those that are coupled, and of the rest those that are alike, in their order (rule A1).

    Rows that were uncoupled stay apart (rule A5); what is outside the filters is no line.
    """
    free = {side: dict(rows[side]) for side in Side}
    for coupling in couplings:
        found = {side: row for side in Side if (row := free[side].pop(coupling.of(side), None))}
        if coupling.life is not Life.TOMBSTONE:
            yield coupling, found
    inside = {side: {id_: row for id_, row in free[side].items() if not lines.outside(side, row, world)} for side in Side}
    for bc_id, sales_id in list(_alike(lines, inside, world)):
        yield None, {Side.BC: inside[Side.BC].pop(bc_id), Side.SALES: inside[Side.SALES].pop(sales_id)}
    yield from ((None, {side: row}) for side in Side for row in inside[side].values())


def _alike(lines: TableMapping, rows: Rows, world: World) -> Iterator[tuple[str, str]]:
    """Lines with the same values in all fields of a natural key; of several the first with the first, as they are the same to everybody."""
    taken: set[str] = set()
    for names in lines.natural_keys:
        known: dict[tuple[Scalar, ...], list[str]] = defaultdict(list)
        for id_, row in rows[Side.SALES].items():
            if id_ not in taken and (key := _key(lines, names, Side.SALES, row, world)):
                known[key].append(id_)
        for id_, row in rows[Side.BC].items():
            key = () if id_ in taken else _key(lines, names, Side.BC, row, world)
            if partners := known.get(key, []):
                taken |= {id_, partners[0]}
                yield id_, partners.pop(0)


def _key(lines: TableMapping, names: Sequence[str], side: Side, row: Row, world: World) -> tuple[Scalar, ...]:
    """What a line holds in some fields, as Sales would hold it; nothing where that cannot be told."""
    found: list[Scalar] = []
    for name in names:
        member = lines.member(name)
        value = member.read(side, row, world)
        if side is Side.BC and value is not None and not isinstance(value, Refusal):
            written = member.write(Side.SALES, value, {side: row}, world)
            value = written.holds if isinstance(written, Written) else written
        if isinstance(value, Refusal):
            return ()
        found.append(fold(value))
    return tuple(found)


def emptied(rows: Rows, couplings: Sequence[Coupling]) -> Side | None:
    """A side that shows no line at all any more of a document whose lines are coupled: that is not taken for deletions (rule C3)."""
    kept = any(coupling.life is Life.COUPLED for coupling in couplings)
    return next((side for side in Side if kept and not rows[side]), None)


def added(
    part: Part, mapping: TableMapping, document: Draft, row: Row, place: int, after: int, world: World
) -> tuple[Mapping[Side, str], Plan]:
    """The ids and the plan of a line that one side of a document lacks, with all that it is expanded to, numbered behind the others."""
    target = document.creates or Side.BC
    made = made_line(part, place, row, document, world)
    if made.line is None:
        outcome = Outcome.WAITING if any(one.waits for one in made.problems) else Outcome.FAILED
        id_ = str(row[part.lines.table(target.other).id])
        return {target.other: id_}, Plan(outcomes={target: outcome}, problems=tuple(made.problems))
    names = part.naming(target, mapping.table(target), document.ids[target])
    steps = [replace(step, values={**step.values, **names}) for step in numbered(part, target, document, [made], after)]
    plan = Plan(steps=tuple(steps), outcomes={target: Outcome.INSERTED}, held=made.line.held, creates=target, problems=tuple(made.problems))
    return made.line.ids, plan


def within(lines: Sequence[Line], side: Side) -> tuple[Single, ...]:
    """What is to be done to the lines of one side: rows that go make room first, then those that change, then those that come."""
    order = (Delete, Update, Create)
    steps = [step for line in lines for step in singles(line.plan.steps) if step.side is side]
    return tuple(sorted(steps, key=lambda step: order.index(type(step)) if type(step) in order else len(order)))


def told(lines: Sequence[Line]) -> tuple[Problem, ...]:
    """The problems of lines as problems of their document, each naming its line."""
    return tuple(as_of_document(problem, line.called) for line in lines for problem in line.plan.problems)


def as_of_document(problem: Problem, called: str) -> Problem:
    """A line's problem as its document has it: people settle it in the document, as a whole."""
    detail = f"{called}: {f'{problem.field}: ' if problem.field else ''}{problem.detail}" if called else problem.detail
    return replace(problem, detail=detail, field=None, values=None, held=None)
