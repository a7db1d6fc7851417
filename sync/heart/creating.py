"""The row that is missing, made complete at once, with the lines of a document: the plan of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.model import Draft, TableMapping
from mapping.steps import Create
from mapping.values import Refusal, Side
from mapping.world import World
from sync.heart.given import (
    constants_of_new_row,
    finally_written,
    given_otherwise,
    made_in_turn,
    overruled,
    remembered_by_rules,
    supplied_to_new_row,
    template_of_new_row,
    unsure_of_new_row,
    unusable,
    with_marks,
)
from sync.heart.lines import MadeLines, made_lines
from sync.heart.making import blocking, gathered, made_units, values_of
from sync.heart.merge import Merged
from sync.heart.plan import Outcome, Pair, Plan, Problem, because
from sync.heart.versions import version_now


def create(mapping: TableMapping, pair: Pair, source: Side, world: World, held_back: Mapping[str, Problem]) -> Plan:
    """Make the row that is missing, complete at once and with its lines; what must be coupled first is waited for (rules A6, B6)."""
    target = source.other
    made = made_units(mapping, pair, target, world, held_back)
    problems = tuple(one.problem for one in made.values() if one.problem) + tuple(held_back.values())
    values = gathered(values_of(made.values()), [constants_of_new_row(mapping, target)])
    draft = Draft(rows={**pair.rows, target: values[target]}, ids=pair.ids, values=values, creates=target, fresh=True)
    with_it = made_lines(mapping, draft, world)
    in_the_way = [*blocking(mapping, problems)[:1], *with_it.problems]
    if in_the_way:
        return Plan(outcomes={target: Outcome.WAITING if in_the_way[0].waits else Outcome.FAILED}, problems=tuple(in_the_way))
    additions = [*(rule(draft, world) for rule in mapping.rules), template_of_new_row(mapping, draft, world)]
    additions.append(supplied_to_new_row(mapping, draft, gathered(values, additions), world))
    refusal = next((one.refusal for one in additions if one.refusal), None)
    final = refusal or finally_written(mapping, pair.rows, {target: gathered(values, additions)[target]}, target)
    final = final if isinstance(final, Refusal) else unusable(mapping, final, target) or final
    if isinstance(final, Refusal):
        return refused(final, target)
    otherwise = given_otherwise(mapping, made, final, pair, world)
    made = overruled(mapping, made, otherwise)
    step = _step(mapping, target, pair, with_marks(mapping, pair, final, world)[target], made, with_it)
    return Plan(
        steps=(*made_in_turn(mapping, step), *(after for one in additions for after in one.after)),
        outcomes={target: Outcome.INSERTED},
        held={
            **remembered_by_rules(additions, pair),
            **version_now(mapping, pair),
            **{name: one.held for name, one in made.items() if one.held is not None},
        },
        intent=unsure_of_new_row(mapping, target, made, otherwise),
        problems=problems,
        creates=target,
        shortened=any(one.shortened for one in made.values()),
        lines=with_it.lines,
    )


def _step(
    mapping: TableMapping, target: Side, pair: Pair, values: Mapping[str, object], made: Mapping[str, Merged], with_it: MadeLines
) -> Create:
    """The making of the row: blanks are left to the service, but for those of a value that is given as a whole."""
    whole = {column for unit in mapping.given if unit.name in made for column in made[unit.name].values.get(target, {})}
    complete = {column: value for column, value in values.items() if value not in (None, "") or column in whole}
    parts = {name: rows for name, rows in with_it.parts.items() if rows}
    return Create(side=target, table=mapping.table(target).name, id=pair.ids.get(target), values=complete, parts=parts)


def refused(refusal: Refusal, *sides: Side) -> Plan:
    """Nothing is done to the record, and the reason is its problem."""
    outcome = Outcome.WAITING if refusal.waits else Outcome.FAILED
    return Plan(outcomes=dict.fromkeys(sides, outcome), problems=(because(refusal),))
