"""What became of a list of records: counters per direction, and what is left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mapping.values import Side
from sync.heart.plan import Act, Outcome
from sync.record.task import Task

DIRECTIONS = {Side.SALES: "toSales", Side.BC: "fromSales"}
"""The direction in which a side is written, as totals call it."""

WRITTEN = (Outcome.INSERTED, Outcome.MODIFIED, Outcome.DELETED)
QUIET = (Outcome.UNCHANGED, Outcome.OUT_OF_FILTER, Outcome.SKIPPED)


@dataclass
class Tally:
    """What became of a list of records.

    Counters per direction, ids that somebody else works on just now, and by act the BC ids of pairs that were held back until it is
    known how many the run is about to change so (rule C3).
    """

    totals: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in DIRECTIONS.values()})
    busy: list[str] = field(default_factory=list)
    held_back: dict[Act, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, dict[str, int]]:
        """The counters as stored."""
        return {name: dict(counter) for name, counter in self.totals.items()}

    @property
    def notable(self) -> bool:
        """Whether anything happened that a person would want to find in the job log."""
        return any(count for counter in self.totals.values() for name, count in counter.items() if name not in QUIET)


def tally_of(tasks: Iterable[Task]) -> Tally:
    """The outcomes of these records, counted."""
    tally = Tally()
    for task in tasks:
        if task.busy:
            tally.busy.append(task.ids[task.source])
        elif task.held_back:
            tally.held_back.setdefault(task.held_back, []).append(task.ids[Side.BC])
        else:
            _count(tally.totals, task)
    return tally


def _count(totals: Mapping[str, Counter[str]], task: Task) -> None:
    for side, outcome in task.outcomes.items():
        refused = outcome is Outcome.FAILED and task.was_to_be_written(side)
        if side is task.source.other or outcome in WRITTEN or refused or len(task.outcomes) == 1:
            totals[DIRECTIONS[side]][outcome] += 1
    written = [side for side, outcome in task.outcomes.items() if outcome in WRITTEN]
    to = written[0] if len(written) == 1 else task.source.other
    extras: Sequence[tuple[Outcome, Side, bool]] = (
        (Outcome.COUPLED, task.source.other, task.matched and task.became_coupled),
        (Outcome.SHORTENED, to, task.shortened),
        (Outcome.SET_BACK, to, task.set_back),
        (Outcome.UNCOUPLED, to, task.parted),
        (Outcome.RESTORED, to, task.restored and task.outcomes.get(to) is Outcome.INSERTED),
    )
    for extra, side, counts in extras:
        totals[DIRECTIONS[side]][extra] += int(counts)
