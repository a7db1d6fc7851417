"""What is told of a synch job when it ends."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from opentelemetry import metrics

from sync.telemetry.events import JOB, JOB_SECONDS, TOTALS
from sync.telemetry.tell import tell

if TYPE_CHECKING:
    from sync.store.jobs import Job

_SECONDS = metrics.get_meter("couplet").create_histogram(JOB_SECONDS.name, JOB_SECONDS.unit, JOB_SECONDS.says)


def tell_of_job(job: Job) -> None:
    """A job ended: how, how long it took, and what it did in each direction."""
    what = {"company": job.company, "mapping": job.mapping, "job": job.id, "kind": job.kind}
    seconds = (job.finished - job.started).total_seconds() if job.finished else 0.0
    together: Counter[str] = Counter()
    for direction, counts in job.totals.items():
        counted = {name: count for name, count in counts.items() if count}
        together.update(counted)
        if counted:
            tell(TOTALS, **what, direction=direction, **counted)
    tell(JOB, **what, parent=job.parent, outcome=job.status, seconds=seconds, **together)
    _SECONDS.record(seconds, {"mapping": job.mapping, "kind": job.kind, "outcome": job.status.value})
