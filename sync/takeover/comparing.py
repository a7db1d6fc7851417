"""In which fields the pairs of a dry run differ: what their first merge would ask about, fill or write.

It is found out behind everything else, when all that a record refers to is coupled as it will be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from mapping.model import TableMapping
from mapping.policies import StartRule
from mapping.values import Row, Side
from mapping.world import World
from sync.around.neighbours import world_of
from sync.context import Context
from sync.heart.plan import Pair, Run
from sync.heart.reconcile import reconcile
from sync.store import Finding

ASKED = Run(start_rule=StartRule.ASK)


async def differing(ctx: Context, found: Sequence[Finding]) -> list[Finding]:
    """Those of the pairs that differ, each with the fields."""
    told: list[Finding] = []
    for name, own in groupby(found, key=lambda one: one.mapping):
        if name in ctx.mappings:
            told += await _of_mapping(ctx, ctx.mappings[name], list(own))
    return told


async def rows_of(ctx: Context, mapping: TableMapping, found: Sequence[Finding]) -> tuple[dict[Side, Mapping[str, Row]], World]:
    """The rows of these pairs as they are now, and what they refer to."""
    rows: dict[Side, Mapping[str, Row]] = {}
    for side in Side:
        rows[side] = await ctx.services[side].rows(mapping.table(side).name, [one.of(side) for one in found], mapping.columns(side))
    return rows, await world_of(ctx, mapping, {side: list(rows[side].values()) for side in Side})


def pair_of(one: Finding, rows: Mapping[Side, Mapping[str, Row]]) -> Pair:
    """A pair with those of its rows that are there."""
    ids = {side: one.of(side) for side in Side}
    return Pair(rows={side: rows[side][id_] for side, id_ in ids.items() if id_ in rows[side]}, ids=ids)


async def _of_mapping(ctx: Context, mapping: TableMapping, found: Sequence[Finding]) -> list[Finding]:
    rows, world = await rows_of(ctx, mapping, found)
    pairs = [(one, pair_of(one, rows)) for one in found]
    told = [replace(one, fields=_fields(mapping, pair, world)) for one, pair in pairs if len(pair.rows) == len(Side)]
    return [one for one in told if one.fields]


def _fields(mapping: TableMapping, pair: Pair, world: World) -> tuple[str, ...]:
    plan = reconcile(mapping, pair, world, ASKED)
    asked = {problem.field for problem in plan.problems if problem.field}
    written = {name for meant in plan.intent.values() for name in meant}
    return tuple(sorted((asked | written) & {unit.name for unit in mapping.fields}))
