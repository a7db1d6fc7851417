"""What Azure Monitor is told of a list of records: each that was changed or failed, by ids and codes, and how many there were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from opentelemetry import metrics

from mapping.values import Side
from sync.context import Context
from sync.heart.coupling import Coupling
from sync.heart.plan import Outcome
from sync.record.tally import DIRECTIONS, WRITTEN, Tally
from sync.record.task import Task
from sync.telemetry.events import RECORD, RECORDS, Volume
from sync.telemetry.problems import answer_in
from sync.telemetry.tell import tell

_RECORDS = metrics.get_meter("couplet").create_counter(RECORDS.name, RECORDS.unit, RECORDS.says)

TOLD: Mapping[Volume, Sequence[Outcome]] = {
    Volume.CHANGED: (*WRITTEN, Outcome.COUPLED, Outcome.UNCOUPLED, Outcome.FAILED),
    Volume.FAILED: (Outcome.FAILED,),
    Volume.NONE: (),
}


def tell_of_list(ctx: Context, tasks: Sequence[Task], tally: Tally, job: str) -> None:
    """Tell what became of a list of records, which are all of one mapping, one by one and in numbers."""
    tell_of_records(ctx, tasks, job)
    for direction, counts in tally.totals.items():
        for name, count in counts.items():
            if count:
                _RECORDS.add(count, {"mapping": tasks[0].mapping.name, "direction": direction, "outcome": str(name)})


def tell_of_records(ctx: Context, tasks: Sequence[Task], job: str) -> None:
    """Tell what became of each of these records."""
    told = TOLD[ctx.settings.telemetry_records]
    for task in tasks if told else ():
        for side, outcome in _became(task):
            if outcome in told:
                tell(RECORD, company=ctx.company, job=job, **_known(task, side), outcome=outcome, **_why(task, outcome))


def tell_of_parted(ctx: Context, couplings: Sequence[Coupling], job: str | None) -> None:
    """Tell which records were uncoupled."""
    for one in couplings if Outcome.UNCOUPLED in TOLD[ctx.settings.telemetry_records] else ():
        known = {"record": f"{Side.BC}:{one.bc_id}", "partner": f"{Side.SALES}:{one.sales_id}", "outcome": Outcome.UNCOUPLED}
        tell(RECORD, company=ctx.company, mapping=one.mapping, job=job, **known)


def _became(task: Task) -> Iterator[tuple[Side, Outcome]]:
    """What became of a record on each side that was to be written; of a pair that was only coupled or is gone, once."""
    if task.busy or task.held_back:
        return
    yield from task.outcomes.items()
    if any(outcome in WRITTEN for outcome in task.outcomes.values()):
        return
    if task.became_coupled:
        yield task.source.other, Outcome.COUPLED
    if task.parted and not task.rows:
        yield task.source.other, Outcome.UNCOUPLED


def _known(task: Task, side: Side) -> dict[str, Any]:
    partner = task.ids.get(side)
    return {
        "mapping": task.mapping.name,
        "side": side.other,
        "direction": DIRECTIONS[side],
        "record": f"{side.other}:{task.ids[side.other]}" if side.other in task.ids else task.key,
        "partner": f"{side}:{partner}" if partner else None,
        "ageSeconds": _age(task, side.other),
    }


def _age(task: Task, side: Side) -> float | None:
    """Seconds since the row was last changed that was read: from the edit to its arrival."""
    stamp = task.pair.stamps.get(side)
    return (datetime.now(UTC) - stamp).total_seconds() if stamp else None


def _why(task: Task, outcome: Outcome) -> dict[str, Any]:
    """The first thing that stood in the way of a record that failed."""
    problem = next((each for each in task.problems if each.holds_back), None)
    if outcome is not Outcome.FAILED or problem is None:
        return {}
    return {"code": problem.code, "field": problem.field, **answer_in({"service": problem.service})}
