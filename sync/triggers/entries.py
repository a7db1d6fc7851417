"""A job queue entry as people see it: its mapping with every value in force and where that comes from, its status, its next run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mapping.model import TableMapping
from mapping.policies import DeletionPolicy
from sync.context import Context
from sync.entry.ncrontab import Schedule
from sync.entry.schedule import EntryStatus, backlog_of, next_run, status_of
from sync.entry.switches import SWITCHES, left_out, origins
from sync.store import Entry
from sync.triggers.answers import plain


def status_in(ctx: Context, entry: Entry) -> EntryStatus:
    """The status of an entry while nothing but looks is known of its work."""
    return status_of(ctx.mappings[entry.mapping], entry, held=ctx.hold is not None)


def shown_entry(ctx: Context, mapping: TableMapping, entry: Entry, backlog: Mapping[str, int]) -> dict[str, Any]:
    """One mapping; `backlog` counts the messages of each job that are still to be worked."""
    declared = ctx.declared.get(mapping.name, mapping)
    waiting = backlog_of(mapping.name, backlog)
    held = ctx.hold is not None
    now = datetime.now(UTC)
    return {
        "name": mapping.name,
        "bc": mapping.bc.name,
        "sales": mapping.sales.name,
        "needs": mapping.needs,
        "category": mapping.category or None,
        **_values(mapping),
        "origins": origins(declared, entry.switches),
        "leftOut": left_out(declared, entry.switches),
        "status": status_of(mapping, entry, held=held, at_work=waiting > 0),
        "offReason": ctx.off.get(mapping.name),
        "holdReason": entry.hold_reason,
        "heldSince": entry.held_since,
        "nextRun": None if held else next_run(mapping, entry, Schedule.parse(ctx.settings.schedule), now),
        "lastLooked": entry.last_looked,
        "lastCompared": entry.last_compared,
        "lastJob": entry.last_job,
        "backlog": waiting,
        "failures": entry.failures,
        "notBefore": entry.not_before,
    }


def _values(mapping: TableMapping) -> dict[str, Any]:
    """The values in force of everything that can be switched."""
    return {name: plain(getattr(mapping, switch.field)) for name, switch in SWITCHES.items()}


def warnings(mapping: TableMapping) -> list[str]:
    """What people should know about these values together; the native page warns of it, too."""
    if mapping.only_coupled or mapping.deletion is not DeletionPolicy.REMOVE_COUPLING:
        return []
    return [
        "onlyCoupled is off and deletion is removeCoupling: a record whose counterpart was deleted is uncoupled and stays so; "
        "no run makes the counterpart again until a person couples the record or creates it anew."
    ]
