"""What goes along with the merge of a pair beside its units: its lines, what a row gets back, a row that a dead worker left open. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mapping.model import TableMapping
from mapping.steps import Step
from mapping.values import Row, Side
from sync.heart.coupling import OPENED, Held
from sync.heart.line_pairs import Line, within
from sync.heart.plan import Pair

Values = Mapping[Side, Mapping[str, object]]
Intent = Mapping[str, Mapping[str, Held]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Along:
    """`put_right` ends what Couplet did when one side left (rule C1), `halfway` are the sides that a dead worker left open."""

    put_right: Mapping[Side, Row] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    halfway: frozenset[Side] = frozenset()


def resumed(mapping: TableMapping, pair: Pair) -> tuple[Pair, frozenset[Side]]:
    """The pair as people know it, without what a worker opened who died before he closed it again, and the sides where he did."""
    meant = {side: each for side, each in mapping.halfway.items() if side in pair.rows and OPENED in pair.intent.get(side, {})}
    found = {side: each for side, each in meant.items() if pair.rows[side].get(each.column) == each.between}
    shown = {side: {**pair.rows[side], each.column: each.before} for side, each in found.items()}
    return (replace(pair, rows={**pair.rows, **shown}) if shown else pair), frozenset(found)


def updates(mapping: TableMapping, pair: Pair, values: Values, along: Along | None = None) -> tuple[Step, ...]:
    """One update a side with all that is to be done to its lines, expecting the version that was read; BC first, as it may refuse more."""
    along = along or Along()
    lines = {side: within(along.lines, side) for side in Side}
    sides = [side for side in Side if values.get(side) or lines[side] or side in along.halfway]
    return tuple(mapping.update(side, pair.ids[side], values.get(side, {}), pair.rows[side], *lines[side]) for side in sides)


def opening(mapping: TableMapping, steps: Sequence[Step], intent: Intent) -> Intent:
    """The intent of a plan, which also says what it opens: whoever finds that open after a crash goes on with it."""
    sides = mapping.halfway.keys() & {step.side for step in steps}
    return {**intent, **{side: {**intent.get(side, {}), OPENED: Held(None, None)} for side in sides}}
