"""What match-based coupling compares: every uncoupled row inside the filters of both tables, as the keys under which it can be found.

Both tables are read in large pages of the few columns that criteria and filters need; of a row only its keys are kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from mapping.criteria import Criterion, by_priority
from mapping.field import FieldMapping
from mapping.filters import KnownCode
from mapping.kinds import Country
from mapping.lookups import Lookup
from mapping.model import TableMapping, Unit
from mapping.normal import BY_COUNTRY, Forms, normal
from mapping.policies import Companies
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World
from sync.around.neighbours import world_of
from sync.context import Context
from sync.heart.coupling import Life
from sync.run.matching import Keys, Rows
from sync.services.model import Query

PAGE = 5000
"""Rows of one page: the most that Dataverse gives, and well below what BC does."""

Taken = Mapping[Side, set[str]]


class TooManyRows(Exception):
    """A table has more rows than may be read at once."""


async def candidates(ctx: Context, mapping: TableMapping, criteria: Sequence[Criterion], most: int | None = None) -> Rows:
    """The keys of all rows that could be coupled, by side and id; TooManyRows where a table has more than `most`."""
    narrow, taken = narrowed(mapping, criteria), await taken_rows(ctx, mapping)
    rows = {side: _free(ctx, narrow, side, taken[side], most) for side in Side}
    if not _looks_things_up(narrow):
        world = await world_of(ctx, narrow, {side: [] for side in Side})
        return {side: dict([each async for row in rows[side] for each in _keyed(narrow, criteria, side, row, world)]) for side in Side}
    known = {side: [row async for row in rows[side]] for side in Side}
    world = await world_of(ctx, narrow, known)
    return {side: dict(each for row in known[side] for each in _keyed(narrow, criteria, side, row, world)) for side in Side}


def narrowed(mapping: TableMapping, criteria: Sequence[Criterion]) -> TableMapping:
    """The mapping with the fields that criteria and filters need, and no others."""
    names = {one.field for one in criteria}
    codes = {keep.codes for keeps in mapping.keep.values() for keep in keeps if isinstance(keep, KnownCode)}
    by_country = any(mapping.member(name).kind.form in BY_COUNTRY for name in names)

    def needed(member: FieldMapping) -> bool:
        kind = member.kind
        return member.name in names or (isinstance(kind, Lookup) and kind.codes in codes) or (by_country and isinstance(kind, Country))

    fields = tuple(
        Unit(member.name, (member,)) for unit in (*mapping.fields, *mapping.only_compared) for member in unit.members if needed(member)
    )
    also = {side: _filter_columns(mapping, side) for side in Side}
    whole = tuple(each for each in mapping.related if not each.key)
    return replace(mapping, fields=fields, also=also, constants={}, related=whole, ensures=(), rules=())


def _filter_columns(mapping: TableMapping, side: Side) -> tuple[str, ...]:
    """The columns that the filters of one side look at; all of them where a filter does not say."""
    named = [getattr(keep, "column", None) for keep in (*mapping.keep.get(side, ()), *mapping.never.get(side, ()))]
    if None in named:
        return mapping.columns(side)
    # An annotation comes with its column
    return tuple(dict.fromkeys(str(column).partition("@")[0] for column in named))


def _looks_things_up(narrow: TableMapping) -> bool:
    """Whether keys depend on partners that are looked up for the rows at hand; then all rows must be known first."""
    return any(isinstance(member.kind, Lookup) and member.kind.many for unit in narrow.fields for member in unit.members)


async def taken_rows(ctx: Context, mapping: TableMapping) -> Taken:
    """Rows that are coupled or were uncoupled by a person (rule A5), in any mapping of the table (rule A4), or elsewhere (rule G1)."""
    taken: Taken = {side: set() for side in Side}
    for name, other in ctx.mappings.items():
        sides = [side for side in Side if other.table(side).name == mapping.table(side).name]
        if sides:
            async for coupling in ctx.store.couplings.walk(ctx.company, name):
                for side in sides:
                    taken[side].add(coupling.of(side))
    if Side.BC in mapping.creates and mapping.companies is not Companies.ANY:
        for company in ctx.companies:
            if company != ctx.company:
                walk = ctx.store.couplings.walk(company, mapping.name)
                taken[Side.SALES].update([each.sales_id async for each in walk if each.life is not Life.TOMBSTONE])
    return taken


async def _free(ctx: Context, narrow: TableMapping, side: Side, taken: set[str], most: int | None) -> AsyncIterator[Row]:
    """The rows of one table that are not taken."""
    table, service, read = narrow.table(side), ctx.services[side], 0
    order = table.id if table.changed else None
    columns = tuple(column for column in narrow.columns(side) if column != table.changed)
    page = await service.page(Query(table=table.name, columns=columns, order=order, size=PAGE))
    while True:
        read += len(page.rows)
        if most is not None and read > most:
            raise TooManyRows
        for row in page.rows:
            if str(row[table.id]) not in taken:
                yield row
        if not page.next:
            return
        page = await service.page(page.next, size=PAGE)


def _keyed(narrow: TableMapping, criteria: Sequence[Criterion], side: Side, row: Row, world: World) -> Iterator[tuple[str, Keys]]:
    """A row inside the filters by its id, with its keys per priority."""
    if narrow.outside(side, row, world) is None:
        keys = tuple(frozenset(product(*(_forms(narrow, one, side, row, world) for one in group))) for group in by_priority(criteria))
        yield str(row[narrow.table(side).id]), keys


def _forms(narrow: TableMapping, one: Criterion, side: Side, row: Row, world: World) -> Forms:
    """The normal forms of one field of a row, in the terms of Sales."""
    member = narrow.member(one.field)
    country = _country(narrow, side, row, world) if member.kind.form in BY_COUNTRY else None
    values = _in_terms_of_sales(member, side, row, world)
    return frozenset().union(*(normal(member.kind.form, value, case_sensitive=one.case_sensitive, country=country) for value in values))


def _in_terms_of_sales(member: FieldMapping, side: Side, row: Row, world: World) -> list[Scalar]:
    """A field's value as Sales holds it, or would; of a Sales row also as it would come back from BC (cut, in upper case)."""
    held = member.read(side, row, world)
    if held is None or isinstance(held, Refusal):
        return []
    if side is Side.BC:
        return _carried(member, Side.SALES, held, {side: row}, world)
    back = [
        value for there in _carried(member, Side.BC, held, {side: row}, world) for value in _carried(member, Side.SALES, there, {}, world)
    ]
    return [held, *back]


def _carried(member: FieldMapping, to: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> list[Scalar]:
    if value is None:
        return []
    written = member.write(to, value, pair, world)
    return [written.holds] if isinstance(written, Written) and not written.unminded else []


def _country(narrow: TableMapping, side: Side, row: Row, world: World) -> str | None:
    """The ISO code of the row's country, as far as BC's table of countries knows it."""
    member = next((member for unit in narrow.fields for member in unit.members if isinstance(member.kind, Country)), None)
    value = member.read(side, row, world) if member else None
    return None if value is None or isinstance(value, Refusal) else world.countries.code(str(value))
