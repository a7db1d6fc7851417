"""What each mapping asks of Business Central, in each mode and profile, against what the pages of that profile serve and take."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from mapping.beside import Related
from mapping.catalogue import CATALOGUE
from mapping.field import FieldMapping
from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.modes import Modes, Ownership, Pricing, in_mode
from mapping.profiles import as_served, available
from mapping.values import Side
from sandbox.business_central import schema
from sandbox.business_central.schema import EXTENSION, STANDARD, Page

SERVED = {route: {page.set: page for (each, _), page in schema.pages().items() if each == route} for route in (STANDARD, EXTENSION)}
OLD = "salesPrices"
"""The one table of the extension that newer versions of Business Central have no more."""
PROFILES = {"standard": frozenset[str](), "extended": frozenset(SERVED[EXTENSION]), "newest": frozenset(SERVED[EXTENSION]) - {OLD}}
"""The profiles, and the tables that the extension serves in each."""
MODES = [Modes(unit_groups=each, pricing=pricing, ownership=owner) for each, pricing, owner in product((False, True), Pricing, Ownership)]

PARTS = {
    "companyContacts": {"contacts": ("companyNumber", "type")},
    "itemUnitGroups": {"unitGroups": ("sourceType", "sourceNumber")},
    "resourceUnitGroups": {"unitGroups": ("sourceType", "sourceNumber")},
    "itemUnitsOfMeasure": {"itemUnitsOfMeasure": ("itemNumber", "code")},
    "resourceUnitsOfMeasure": {"resourceUnitsOfMeasure": ("resourceNumber", "code")},
}
"""Code tables that are no tables of their own, or whose rows need more than a code: what is read for them."""

Asked = tuple[str, str]


def in_force(profile: str, modes: Modes) -> dict[str, TableMapping]:
    tables = PROFILES[profile]
    return available(as_served(in_mode(CATALOGUE, modes), tables.__contains__), profile != "standard", tables)[0]


def page_of(profile: str, table: str) -> Page | None:
    """The page that Couplet turns to: the extension's goes before the standard."""
    route = EXTENSION if table in PROFILES[profile] else STANDARD
    return SERVED[route].get(table)


def members(mapping: TableMapping) -> list[FieldMapping]:
    return [member for unit in (*mapping.fields, *mapping.only_compared, *mapping.given) for member in unit.members]


def read(mapping: TableMapping) -> Iterator[Asked]:
    """Every column of BC that is read for a mapping, with its table."""
    own = mapping.bc.name
    yield from ((own, column) for column in mapping.columns(Side.BC))
    for filters in (mapping.keep, mapping.types, mapping.never, mapping.resting):
        yield from ((own, column) for keep in filters.get(Side.BC, ()) if (column := getattr(keep, "column", "")))
    for template in mapping.templates.get(Side.SALES, ()):
        yield from ((own, column) for keep in template.where if (column := getattr(keep, "column", "")))
    for related in (*mapping.related, *_of_gone(mapping)):
        if related.side is Side.BC:
            yield from ((related.table, column) for column in (*related.columns, *filter(None, (related.key,))))
        if (related.side is Side.BC or related.through) and related.of and not related.beside and related not in _of_gone(mapping):
            yield own, related.of
    for watch in mapping.watches:
        yield watch.table, watch.column
        yield from ((watch.by[0], column) for column in watch.by[1:]) if watch.by else ()
    for member in members(mapping):
        codes = member.kind.codes if isinstance(member.kind, Lookup) else None
        if codes in PARTS:
            yield from ((table, column) for table, columns in PARTS[codes].items() for column in columns)
        elif codes:
            yield codes, "id"
            yield codes, "code" if "code" in _known(codes) else "number"
    if mapping.supplies:
        yield from ((mapping.supplies.table, column) for column in mapping.supplies.columns)


def _of_gone(mapping: TableMapping) -> tuple[Related, ...]:
    """What is asked for by the row in Sales whose record in BC is gone."""
    return mapping.gone.related if mapping.gone else ()


def _known(table: str) -> set[str]:
    return {name for pages in SERVED.values() if table in pages for name in pages[table].properties}


def searched(mapping: TableMapping) -> Iterator[Asked]:
    """Every column of BC by which rows are searched: no page filters by what it works out itself."""
    own = mapping.bc.name
    yield from [(own, mapping.bc.changed)] if mapping.bc.changed else ()
    for related in (*mapping.related, *_of_gone(mapping)):
        yield from [(related.table, related.key)] if related.side is Side.BC and related.key else ()
    unasked = mapping.unasked.get(Side.BC, ())
    keys = [key for key in mapping.natural_keys if mapping.member(key[0]).bc not in unasked]
    yield from ((own, mapping.member(name).bc) for key in keys for name in key if mapping.member(name).bc)
    for watch in mapping.watches:
        yield watch.table, "lastModifiedDateTime"
        yield from [] if watch.across else [(own, watch.key)]
        yield from ((watch.table, column) for column in (*watch.days, *watch.ends))
        yield from [watch.by[:2]] if watch.by else ()


def changed(mapping: TableMapping) -> Iterator[Asked]:
    """Every column of BC that is written in rows that are there."""
    once = {member.bc for member in members(mapping) if Side.BC in member.once}
    for unit in mapping.fields:
        for member in unit.members:
            if member.bc and member.direction.reaches(Side.BC) and member.bc not in once:
                yield mapping.bc.name, member.bc
    yield from ((mapping.bc.name, column) for column in mapping.inactive.get(Side.BC, ()))


def given(mapping: TableMapping) -> Iterator[Asked]:
    """Every column of BC that is written in a new row beside these."""
    own = mapping.bc.name
    for constants in (mapping.born, mapping.constants):
        yield from ((own, column) for column in constants.get(Side.BC, ()))
    yield from ((own, column) for template in mapping.templates.get(Side.BC, ()) for column in template.values or {})
    yield from ((own, member.bc) for member in members(mapping) if Side.BC in member.once and member.direction.reaches(Side.BC))
    yield from ((own, member.bc) for unit in mapping.given for member in unit.members)
    if mapping.supplies:
        yield from ((own, column) for column in mapping.supplies.gives)


CASES = sorted({(profile, name) for profile in PROFILES for modes in MODES for name in in_force(profile, modes)})


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def cases(request: pytest.FixtureRequest) -> list[tuple[str, TableMapping]]:
    """One mapping in one profile, in every mode in which it is in force."""
    profile, name = request.param
    found = (in_force(profile, modes).get(name) for modes in MODES)
    return [(profile, mapping) for mapping in found if mapping]


def test_everything_that_is_read_is_served(cases: list[tuple[str, TableMapping]]) -> None:
    for profile, mapping in cases:
        lacking = {asked for asked in (*read(mapping), *searched(mapping)) if not _shows(profile, *asked)}
        assert lacking == set(), f"{mapping.name} reads what {profile} does not serve"


def _shows(profile: str, table: str, column: str) -> bool:
    page = page_of(profile, table)
    return page is not None and column in page.properties


def test_what_is_searched_by_can_be_searched_by(cases: list[tuple[str, TableMapping]]) -> None:
    for profile, mapping in cases:
        pages = {asked: page_of(profile, asked[0]) for asked in searched(mapping)}
        variables = {asked for asked, page in pages.items() if page and asked[1] in page.properties and page.properties[asked[1]].variable}
        assert variables == set(), f"{profile} filters nothing by what a page works out"


def test_everything_that_is_written_is_taken(cases: list[tuple[str, TableMapping]]) -> None:
    for profile, mapping in cases:
        page = page_of(profile, mapping.bc.name)
        assert page is not None
        writes, gives = set(changed(mapping)), set(given(mapping))
        refused = {asked for asked in writes | gives if not _takes(page, asked[1])}
        assert refused == set(), f"{profile} does not take what {mapping.name} writes"
        if writes:
            assert "M" in page.ops
        if Side.BC in mapping.ever_creates and mapping.direction.reaches(Side.BC):
            assert "I" in page.ops


def _takes(page: Page, column: str) -> bool:
    prop = page.properties.get(column)
    return prop is not None and not prop.read_only


def test_the_actions_that_are_called_are_there_or_named_as_missing() -> None:
    """API v2.0 can neither release nor reopen, nor archive anything."""
    for modes in MODES:
        for name, mapping in in_force("extended", modes).items():
            page = page_of("extended", mapping.bc.name)
            assert page is None or {each.lower() for each in mapping.actions} <= {each.lower() for each in page.actions}, name
    lacking = available(in_mode(CATALOGUE, Modes()), False, PROFILES["standard"])[1]
    assert {str(each) for each in lacking} >= {"QUOTE archive", "QUOTE release"}


def test_a_new_row_takes_our_id_wherever_the_extension_has_its_page() -> None:
    """Rule A6: with the extension no creation needs a claim."""
    makers = {mapping.bc.name for modes in MODES for mapping in in_force("extended", modes).values() if Side.BC in mapping.ever_creates}
    written = {table for table in makers if (page := page_of("extended", table)) and "I" in page.ops}
    assert written & {"customers", "contacts", "items"} == {"customers", "contacts", "items"}
    assert {table for table in written if table not in PROFILES["extended"]} == {"salespeoplePurchasers"} & written
