"""What taking over found, for people: counts, lists with names, and of pairs that differ the values of both sides, read as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.titles import titles_of
from sync.context import Context
from sync.desk.preview import short
from sync.desk.report import Compared, compared
from sync.heart.digests import shown as as_shown
from sync.run.jobs import DRY_RUN
from sync.store import Finding, Job
from sync.takeover.comparing import pair_of, rows_of
from sync.takeover.sorting import MEANS, Fate

KEPT = ("switches", "modes", "fields", "leftOut", "filters", "withoutId")
"""What a job found out before it began, as it is told."""


async def report(ctx: Context, job: Job) -> dict[str, Any]:
    """How a job stands, what it found out before it began, and how many pairs of each mapping are on each list."""
    counts = job.details.get("counts") or await ctx.store.findings.counts(ctx.company, job.id)
    return {
        "id": job.id,
        "status": job.status,
        "dryRun": job.kind == DRY_RUN,
        "startedAt": job.started,
        "finishedAt": job.finished,
        "totals": job.totals,
        "counts": counts,
        **{name: job.details[name] for name in KEPT if name in job.details},
        "lists": {fate: meaning for fate, meaning in MEANS.items() if any(fate in found for found in counts.values())},
    }


async def listed(ctx: Context, job: Job, name: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """Some pairs of a list, by name; of those that differ the values."""
    page = await ctx.store.findings.some(ctx.company, job.id, name, limit, cursor)
    names = await titles_of(ctx, [each for one in page.rows for each in _references(one)])
    values = await _values(ctx, page.rows) if name == Fate.DIFFERING else {}
    return {"list": name, "value": [_entry(one, names, values.get(one)) for one in page.rows], "cursor": page.cursor}


def _references(one: Finding) -> list[tuple[str, Side, str]]:
    return [(one.mapping, side, id_) for side in Side if (id_ := one.of(side))]


def _entry(one: Finding, names: Mapping[tuple[str, Side, str], str], values: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    known = {side.value: {"id": one.of(side), "name": names.get((one.mapping, side, one.of(side)))} for side in Side if one.of(side)}
    more = {"why": one.why} if one.why else {"fields": values} if one.fields else {}
    return {"mapping": one.mapping, **dict.fromkeys(map(str, Side)), **known, **more}


async def _values(ctx: Context, found: Sequence[Finding]) -> dict[Finding, list[dict[str, Any]]]:
    """What both sides hold now in the fields in which they differed."""
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for one in found:
        grouped[one.mapping].append(one)
    told: dict[Finding, list[dict[str, Any]]] = {}
    for name, own in grouped.items():
        if name in ctx.mappings:
            told |= await _of_mapping(ctx, ctx.mappings[name], own)
    return told


async def _of_mapping(ctx: Context, mapping: TableMapping, found: Sequence[Finding]) -> dict[Finding, list[dict[str, Any]]]:
    rows, world = await rows_of(ctx, mapping, found)
    told: dict[Finding, list[dict[str, Any]]] = {}
    for one in found:
        fields = {each.name: each for each in compared(mapping, pair_of(one, rows), world)}
        told[one] = [_field(mapping, name, fields.get(name)) for name in one.fields]
    return told


def _field(mapping: TableMapping, name: str, field: Compared | None) -> dict[str, Any]:
    """A field with its values; one that cannot be read is named alone."""
    if field is None:
        return {"field": name}
    values = {side.value: short(as_shown(mapping.unit(name), field.values[side])) for side in Side}
    return {"field": name, "direction": field.direction, **values}
