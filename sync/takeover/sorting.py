"""What is to become of pairs that are given: which may be coupled, and by name what speaks against the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mapping.model import TableMapping
from mapping.ours import COMPANY
from mapping.values import Row, Side
from sync.context import Context
from sync.heart.coupling import Coupling, Life
from sync.record.pairing import coupled_elsewhere

Pairs = Sequence[tuple[str, str]]
"""Ids of BC and of Sales."""


class Fate(StrEnum):
    """The list on which a pair is told."""

    TAKEN = "taken"
    DIFFERING = "differing"
    ALREADY = "already"
    GONE = "gone"
    DOUBLE = "double"
    ELSEWHERE = "elsewhere"
    FOREIGN = "foreign"
    PARTED = "parted"
    LEFT_OUT = "leftOut"
    AMBIGUOUS = "ambiguous"


MEANS: Mapping[Fate, str] = {
    Fate.TAKEN: "coupled, or to be coupled by a dry run's word",
    Fate.DIFFERING: "taken, and their fields differ: what a person is asked, and what is filled or written",
    Fate.ALREADY: "coupled with each other before",
    Fate.GONE: "one of the two records, or both, are not there any more",
    Fate.DOUBLE: "one of the two records is coupled several times: couple the right one by hand",
    Fate.ELSEWHERE: "one of the two is coupled with another record here",
    Fate.FOREIGN: "the row of Sales belongs to another company",
    Fate.PARTED: "people uncoupled one of the two here",
    Fate.LEFT_OUT: "no mapping in force takes them",
    Fate.AMBIGUOUS: "records with several candidates",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorted:
    """The pairs that may be coupled, with their rows, and those that may not: their fate and why."""

    free: Pairs
    rows: Mapping[Side, Mapping[str, Row]]
    refused: Mapping[tuple[str, str], tuple[Fate, str]]
    by_this_job: Pairs = ()


async def sort(ctx: Context, mapping: TableMapping, pairs: Pairs, doubles: Collection[tuple[str, str]], job: str) -> Sorted:
    """Look at both records of each pair, and at who holds them; what this very job coupled before it was interrupted counts as its own."""
    ids = {side: [pair[place] for pair in pairs] for place, side in enumerate(Side)}
    rows = {side: await ctx.services[side].rows(mapping.table(side).name, ids[side], mapping.columns(side)) for side in Side}
    known = {side: await ctx.store.couplings.load(ctx.company, mapping.name, side, ids[side]) for side in Side}
    elsewhere = {side: await coupled_elsewhere(ctx, mapping, side, ids[side]) for side in Side}
    refused: dict[tuple[str, str], tuple[Fate, str]] = {}
    mine: list[tuple[str, str]] = []
    for pair in pairs:
        at = dict(zip(Side, pair, strict=True))
        standing = [found for side in Side if (found := known[side].get(at[side]))]
        if any(_is(each, pair) and each.joined and each.job == job for each in standing):
            mine.append(pair)
        elif fate := (
            _gone(at, rows)
            or _double(pair, doubles)
            or _held(pair, standing)
            or _foreign(ctx, rows[Side.SALES][pair[1]])
            or _elsewhere(at, elsewhere)
        ):
            refused[pair] = fate
    free = [pair for pair in pairs if pair not in refused and pair not in mine]
    return Sorted(free=free, rows=rows, refused=refused, by_this_job=mine)


async def by_mapping(ctx: Context, names: Sequence[str], pairs: Pairs) -> dict[str, Pairs]:
    """The pairs by the mapping whose table of BC has their record; what none of them has is left to the first."""
    left, found = list(pairs), dict[str, list[tuple[str, str]]]()
    for name in (name for name in names if name in ctx.mappings):
        table = ctx.mappings[name].bc
        there = await ctx.services[Side.BC].rows(table.name, [bc for bc, _ in left], (table.id,)) if left else {}
        found[name] = [pair for pair in left if pair[0] in there]
        left = [pair for pair in left if pair[0] not in there]
    if left and found:
        found[next(iter(found))] += left
    return {name: own for name, own in found.items() if own}


def _is(coupling: Coupling, pair: tuple[str, str]) -> bool:
    return (coupling.bc_id, coupling.sales_id) == pair


def _double(pair: tuple[str, str], doubles: Collection[tuple[str, str]]) -> tuple[Fate, str] | None:
    return (Fate.DOUBLE, "one of the two is coupled several times") if pair in doubles else None


def _gone(at: Mapping[Side, str], rows: Mapping[Side, Mapping[str, Row]]) -> tuple[Fate, str] | None:
    missing = [side for side in Side if at[side] not in rows[side]]
    return (Fate.GONE, f"not there in {' and '.join(missing)}") if missing else None


def _held(pair: tuple[str, str], standing: Sequence[Coupling]) -> tuple[Fate, str] | None:
    """What the store knows of either record already; what people parted stays so (rule A5)."""
    for each in standing:
        if each.joined:
            return (Fate.ALREADY, "") if _is(each, pair) else (Fate.ELSEWHERE, _with_whom(each, pair))
        if each.life is Life.TOMBSTONE:
            return Fate.PARTED, "uncoupled by people" if _is(each, pair) else f"was coupled here before: {_with_whom(each, pair)}"
        return Fate.ELSEWHERE, "a row is being made for it"
    return None


def _with_whom(coupling: Coupling, pair: tuple[str, str]) -> str:
    """With which record the one that is held is coupled."""
    side = Side.BC if coupling.bc_id == pair[0] else Side.SALES
    return f"{side} {coupling.of(side)} with {side.other} {coupling.of(side.other)}"


def _foreign(ctx: Context, row: Row) -> tuple[Fate, str] | None:
    company = str(row.get(COMPANY) or "").lower()
    return (Fate.FOREIGN, f"marked with company {company}") if company and company != ctx.company.lower() else None


def _elsewhere(at: Mapping[Side, str], elsewhere: Mapping[Side, Collection[str]]) -> tuple[Fate, str] | None:
    held = [side for side in Side if at[side] in elsewhere[side]]
    return (Fate.ELSEWHERE, f"another mapping, or another company, holds the record of {' and '.join(held)}") if held else None
