"""What Couplet keeps, in Azure Storage: couplings, entries, jobs, changes, work, problems, and the work queue."""

from __future__ import annotations

from sync.store.changes import Change, Changes
from sync.store.couplings import Couplings, Taken
from sync.store.entries import APP, PERSON, Entries, Entry, Hold, State
from sync.store.findings import Finding, Findings
from sync.store.full_syncs import FullSync, FullSyncs, Line
from sync.store.hooks import Hooks, Source, Subscription
from sync.store.jobs import Job, Jobs, Listing, Status
from sync.store.matches import Matches, Report
from sync.store.meter import Meter
from sync.store.problems import Parked, ProblemRow, Problems, Waiting
from sync.store.queue import WorkQueue
from sync.store.seats import Seat
from sync.store.store import Store
from sync.store.work import Sweep, Work

__all__ = [
    "APP",
    "PERSON",
    "Change",
    "Changes",
    "Couplings",
    "Entries",
    "Entry",
    "Finding",
    "Findings",
    "FullSync",
    "FullSyncs",
    "Hold",
    "Hooks",
    "Job",
    "Jobs",
    "Line",
    "Listing",
    "Matches",
    "Meter",
    "Parked",
    "ProblemRow",
    "Problems",
    "Report",
    "Seat",
    "Source",
    "State",
    "Status",
    "Store",
    "Subscription",
    "Sweep",
    "Taken",
    "Waiting",
    "Work",
    "WorkQueue",
]
