"""One pair of records as a person is shown it: its fields with the values of both sides, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapping.field import Direction
from mapping.model import TableMapping, Unit
from mapping.values import Refusal, Side, Value
from mapping.world import World
from sync.heart.coupling import Held
from sync.heart.digests import shown
from sync.heart.plan import Pair, Plan
from sync.heart.present import Present, read_unit
from sync.heart.sealing import recall
from sync.record.tally import DIRECTIONS
from sync.record.task import Task


def id_name(side: Side) -> str:
    """What the id of a side's record is called, wherever ids are given or answered."""
    return f"{side}Id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """One field or group: what both sides hold, what they held when they were last in step, and who changed it since."""

    name: str
    direction: Direction
    values: Mapping[Side, Value]
    held: Held | None
    same: bool

    def changed(self, side: Side) -> bool:
        """Whether a side was edited since the two were last in step; of a pair that never was, nobody knows."""
        return self.held is not None and self.values[side] != self.held.of(side)


def compared(mapping: TableMapping, pair: Pair, world: World) -> list[Compared]:
    """The fields of a pair of which both rows are there; one that cannot be read is left out, its problem says why."""
    read = [(unit, read_unit(unit, pair, world)) for unit in mapping.fields] if len(pair.rows) == len(Side) else []
    known = recall(mapping, pair, world)
    return [_compared(unit, present, known) for unit, present in read if present is not None and not isinstance(present, Refusal)]


def _compared(unit: Unit, present: Present, pair: Pair) -> Compared:
    values = {side: present.value(side) for side in Side}
    return Compared(name=unit.name, direction=unit.direction, values=values, held=pair.held.get(unit.name), same=present.same())


def as_fields(mapping: TableMapping, fields: Sequence[Compared], plan: Plan) -> list[dict[str, Any]]:
    """Every field with its values, and what both sides would hold after the plan."""
    after = {one.name: plan.held.get(one.name) for one in fields}
    return [
        {
            "field": one.name,
            "direction": one.direction,
            **{side.value: one.values[side] for side in Side},
            "held": {side.value: shown(mapping.unit(one.name), one.held.of(side)) for side in Side} if one.held else None,
            "after": {side.value: held.of(side) for side in Side} if (held := after[one.name]) else None,
            "changedIn": [side for side in Side if one.changed(side)],
            "writes": [side for side in Side if (held := after[one.name]) and held.of(side) != one.values[side]],
        }
        for one in fields
    ]


def as_outcome(task: Task) -> dict[str, Any]:
    """What became of one record in either direction, or what keeps it from getting through."""
    sides = [side for side in task.outcomes if side is task.source.other or task.was_to_be_written(side) or task.plan.creates is side]
    became = {DIRECTIONS[side]: task.outcomes[side] for side in sides}
    problems = [{"code": each.code, "field": each.field, "detail": each.detail} for each in task.problems if each.holds_back]
    ids = {id_name(side): task.ids.get(side) if side in task.rows or task.plan.creates is side else None for side in Side}
    return {**ids, **became, "why": task.plan.why, "problems": problems, **({"busy": True} if task.busy else {})}
