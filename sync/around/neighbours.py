"""Reading what a list of records refers to, so that `reconcile` finds all it needs as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from mapping.countries import Countries
from mapping.ensures import Ensure
from mapping.field import FieldMapping
from mapping.kinds import Country
from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.ours import HOLDERS
from mapping.parts import Part
from mapping.templates import Supplies
from mapping.values import Row, Side
from mapping.world import NO_ID, Codes, Lines, Partners, World
from sync.around.code_tables import code_table
from sync.around.currencies import money_of
from sync.around.ids import own_id
from sync.around.ours import companies_of
from sync.around.reference import all_rows, rows_where
from sync.around.related import Groups, Rows, related_rows, rows_of_survivors
from sync.context import Context
from sync.errors import AlreadyExists
from sync.heart.plan import Create
from sync.services.model import ProfileName
from sync.settings import CountryFormat, Discount
from sync.store.planned import NEW, PlannedCouplings


async def world_of(
    ctx: Context, mapping: TableMapping, rows: Rows, *, alone: bool = True, planned: bool = True, survivors: Sequence[Row] = ()
) -> World:
    """Everything beside the rows that the mapping's fields, filters and rules look at; `alone`: some are on one side only.

    `survivors` are rows whose counterpart is gone. What records need in Sales is made where they are not only `planned`.
    """
    base = await _basics(ctx, mapping, planned=planned)
    units = (*mapping.fields, *mapping.only_compared, *mapping.given)
    lookups = [member for unit in units for member in unit.members if isinstance(member.kind, Lookup)]
    partners = await _partners_few(ctx, lookups)
    codes: dict[str, Codes] = {}
    first = World(**base, related=await related_rows(ctx, mapping, rows, World(**base), alone=alone, first=True))
    for member in lookups:
        kind = member.kind
        if isinstance(kind, Lookup) and kind.many:
            await _join_many(ctx, member, kind, rows, first, partners, codes)
        elif isinstance(kind, Lookup) and kind.codes and kind.codes not in codes:
            codes[kind.codes] = await code_table(ctx, kind.codes, numbers=_codes_in(member, rows))
    known = replace(first, partners=partners, codes=codes)
    related = {**first.related, **await related_rows(ctx, mapping, rows, known, alone=alone)}
    related[HOLDERS] = await companies_of(ctx, mapping, rows[Side.SALES])
    if mapping.gone and survivors:
        related |= await rows_of_survivors(ctx, mapping.gone, survivors, known)
    if mapping.supplies and alone and rows[Side.SALES]:
        related[mapping.supplies.table] = {"*": await _templates(ctx, mapping.supplies)}
    for ensure in mapping.ensures:
        wanted = ensure.wanted(rows[Side.BC], known)
        related[ensure.name] = {key: [await _ensured(ctx, each, known, planned=planned)] for key, each in wanted.items()}
    lines = {part.name: await _lines_of(ctx, mapping, part, rows, planned=planned) for part in mapping.parts if alone or part.merged}
    beside = await _partners_of_related(ctx, mapping, related)
    return replace(known, partners={**partners, **beside}, related=related, parts=lines)


async def _lines_of(ctx: Context, mapping: TableMapping, part: Part, rows: Rows, *, planned: bool) -> Lines:
    """The lines of the documents that others may be made of, and everything beside them; those of a document that is made anew go."""
    found: dict[Side, Sequence[Row]] = {}
    grouped: dict[Side, Mapping[str, Sequence[Row]]] = {}
    sources = {side for side in Side if part.merged or side.other in mapping.ever_creates}
    for side in Side:
        document = mapping.table(side)
        column, named = part.found_by(side, document)
        wanted = side in sources or mapping.succession is not None
        ids = {str(row[named]): str(row[document.id]) for row in rows[side] if wanted}
        columns = tuple(dict.fromkeys((*part.lines.columns(side), column)))
        found[side] = await rows_where(ctx.services[side], part.lines.table(side).name, column, ids, columns)
        grouped[side] = _grouped(column, ids, found[side])
    made_of: dict[Side, Sequence[Row]] = {side: found[side] if side in sources else () for side in Side}
    return Lines(grouped, await world_of(ctx, part.lines, made_of, alone=True, planned=planned))


def _grouped(column: str, ids: Mapping[str, str], rows: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    """Lines by the id of their document, which `ids` has by what their column holds."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(ids[str(row[column])], []).append(row)
    return groups


async def _partners_of_related(ctx: Context, mapping: TableMapping, found: Mapping[str, Groups]) -> dict[str, Partners]:
    """The couplings of related rows that are records of a mapping themselves."""
    partners: dict[str, Partners] = {}
    for each in mapping.related:
        other = ctx.mappings.get(each.coupled)
        if other:
            ids = {str(row[other.table(each.side).id]) for rows in found.get(each.name, {}).values() for row in rows}
            pairs = (await _coupled(ctx, (other.name,), each.side, ids))[other.name]
            partners[other.name] = Partners(pairs, {sales_id: bc_id for bc_id, sales_id in pairs.items()})
    return partners


async def _basics(ctx: Context, mapping: TableMapping, *, planned: bool) -> dict[str, Any]:
    organization = await ctx.reference.get("organization", ctx.sales.organization)
    money = await money_of(ctx, planned=planned)
    has_country = any(isinstance(member.kind, Country) for unit in (*mapping.fields, *mapping.given) for member in unit.members)
    return {
        "extended": (await ctx.bc.profile()).name is ProfileName.EXTENDED,
        "local_iso": money.local_iso,
        "base_iso": money.base_iso,
        "currencies": money.currencies,
        "pricing_precision": organization.pricing_precision,
        "currency_precision": organization.currency_precision,
        "countries": await ctx.reference.get("countries", lambda: _countries(ctx)) if has_country else Countries(),
        "country_as_name": ctx.settings.country_format is CountryFormat.NAME,
        "owner_fallback": ctx.settings.owner_fallback,
        "today": datetime.now(ctx.settings.bc_time_zone).date(),
        "now": datetime.now(UTC),
        "time_zone": ctx.settings.bc_time_zone,
        "discounts_kept": ctx.settings.order_discount is Discount.KEEP,
        "only_coupled": frozenset(name for name, each in ctx.mappings.items() if each.only_coupled),
    }


async def _countries(ctx: Context) -> Countries:
    letters = ("isoCode",) if (await ctx.bc.profile()).serves("countriesRegions") else ()
    rows = await all_rows(ctx.bc, "countriesRegions", ("id", "code", "displayName", *letters))
    names = {str(row["code"]).upper(): str(row["displayName"]) for row in rows}
    iso = {str(row["code"]).upper(): str(row["isoCode"]).upper() for row in rows if row.get("isoCode")}
    return Countries(names, ctx.country_aliases, iso)


async def _partners_few(ctx: Context, lookups: Iterable[FieldMapping]) -> dict[str, Partners]:
    names = {name for member in lookups if isinstance(member.kind, Lookup) and not member.kind.many for name in member.kind.mappings}
    return {name: await ctx.reference.get(f"partners {name}", partial(_all_partners, ctx, name)) for name in names}


async def _all_partners(ctx: Context, name: str) -> Partners:
    """Every coupling of a small mapping; partners outside its filters in Sales (a disabled user) are none (rule D7)."""
    pairs = {each.bc_id: each.sales_id async for each in ctx.store.couplings.walk(ctx.company, name) if each.joined}
    mapping = ctx.mappings[name]
    if pairs and mapping.keep.get(Side.SALES) and not mapping.creates:
        rows = await ctx.sales.rows(mapping.sales.name, list(pairs.values()), mapping.columns(Side.SALES))
        inside = {id_ for id_, row in rows.items() if mapping.outside(Side.SALES, row, World()) is None}
        pairs = {bc_id: sales_id for bc_id, sales_id in pairs.items() if sales_id in inside}
    return Partners(pairs, {sales_id: bc_id for bc_id, sales_id in pairs.items()})


async def _join_many(
    ctx: Context, member: FieldMapping, kind: Lookup, rows: Rows, first: World, partners: dict[str, Partners], codes: dict[str, Codes]
) -> None:
    """Partners of a large mapping: only those that these records refer to, by id, or number in BC, and by id in Sales."""
    sales_ids = {id_ for row in rows[Side.SALES] if (id_ := kind.refers(member, row, first))}
    named = {name for row in rows[Side.BC] if member.bc in row and (name := kind.spoken(member, row))}
    coupled = await _coupled(ctx, kind.mappings, Side.SALES, sales_ids)
    referred = {bc_id for pairs in coupled.values() for bc_id in pairs}
    if kind.codes:
        planned = _planned(ctx)
        tables = [ctx.mappings[name].bc.name for name in kind.mappings if name in ctx.mappings]
        known = await code_table(ctx, kind.codes, numbers={name.upper() for name in named}, ids=referred - planned, tables=tables)
        bc_ids = set(known.codes)
    else:
        bc_ids = {name.lower() for name in named if name != NO_ID}
    by_bc = await _coupled(ctx, kind.mappings, Side.BC, bc_ids - referred)
    for name in kind.mappings:
        pairs = {**coupled[name], **by_bc[name], **(partners[name].to_sales if name in partners else {})}
        partners[name] = Partners(pairs, {sales_id: bc_id for bc_id, sales_id in pairs.items()})
    if kind.codes:
        chosen = known.preferring(referred | {bc_id for pairs in by_bc.values() for bc_id in pairs})
        spoken = Codes(chosen.ids, {**chosen.codes, **dict.fromkeys(planned, NEW)})
        codes[kind.codes] = _joined(codes.get(kind.codes), spoken)


async def _coupled(ctx: Context, names: Sequence[str], side: Side, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Per mapping the pairs in which these records of one side are coupled; what one mapping knows, the next one is not asked for."""
    found: dict[str, dict[str, str]] = {}
    unknown = set(ids)
    for name in names:
        couplings = await ctx.store.couplings.load(ctx.company, name, side, unknown)
        pairs = [each for each in couplings.values() if each.joined]
        found[name] = {each.bc_id: each.sales_id for each in pairs}
        unknown -= {each.of(side) for each in pairs}
    return found


def _codes_in(member: FieldMapping, rows: Rows) -> set[str]:
    """The codes that these rows of BC show in a field."""
    return {str(row[member.bc]).strip() for row in rows[Side.BC] if row.get(member.bc)}


def _joined(one: Codes | None, other: Codes) -> Codes:
    """What two fields of a mapping look up in one code table."""
    return Codes({**one.ids, **other.ids}, {**one.codes, **other.codes}) if one else other


def _planned(ctx: Context) -> frozenset[str]:
    """Rows of BC that a dry run would have made before: they are not there, and nobody knows their numbers yet."""
    couplings = ctx.store.couplings
    return frozenset(couplings.planned) if isinstance(couplings, PlannedCouplings) else frozenset()


async def _templates(ctx: Context, supplies: Supplies) -> Sequence[Row]:
    """BC's templates for rows that Couplet may make there (rule E8)."""
    return await ctx.reference.get(f"templates {supplies.table}", lambda: all_rows(ctx.bc, supplies.table, supplies.columns))


async def _ensured(ctx: Context, ensure: Ensure, world: World, *, planned: bool) -> Row:
    """A row that must be there before records of the mapping are written: the first of its names that fits, else made by the first that is
    free, under an id of our own; where it is only planned, with that id. An empty one where it can be neither found nor made."""
    name, names, key = f"ensured {ensure.name}", ensure.values(world), ensure.table.id
    found = await ctx.reference.get(name, partial(_named_so, ctx, ensure, names))
    fitting = {str(row[ensure.column]).casefold(): row for row in found if ensure.fits(row, world)}
    row = next((fitting[each.casefold()] for each in names if each.casefold() in fitting), None)
    if row:
        return row
    ctx.reference.forget(name)
    taken = {str(row[ensure.column]).casefold() for row in found}
    free = next((each for each in names if each.casefold() not in taken), None)
    if free is None:
        return {}
    id_ = await own_id(ctx, ensure.table.name, free)
    if planned:
        return {key: id_}
    step = Create(side=Side.SALES, table=ensure.table.name, id=id_, values=ensure.make(free, world))
    [answer] = await ctx.services[Side.SALES].write([step])
    return {} if answer.error and not isinstance(answer.error, AlreadyExists) else {key: id_}


async def _named_so(ctx: Context, ensure: Ensure, names: Sequence[str]) -> list[Row]:
    """The rows that have one of these names."""
    columns = (ensure.table.id, ensure.column, *ensure.columns)
    return await rows_where(ctx.services[Side.SALES], ensure.table.name, ensure.column, names, columns)
