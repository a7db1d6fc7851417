"""The catalogue without Couplet's extension: every property that is left is served by API v2.0, and what is gone is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mapping import schema
from mapping.catalogue import CATALOGUE
from mapping.contacts import FullName
from mapping.lookups import Lookup
from mapping.overlay import read
from mapping.profiles import available
from mapping.values import Side, Written
from mapping.world import World

SERVED, MISSING = available(CATALOGUE, extended=False)
FULL_NAME = SERVED["CONTACT"].member("displayName")


def test_with_the_extension_the_catalogue_stays_as_it_is() -> None:
    assert available(CATALOGUE, extended=True) == (CATALOGUE, [])


@pytest.mark.rule("E3")
def test_an_extension_without_a_table_leaves_its_mapping_out_by_name() -> None:
    everything = set(schema.tables("business_central_extension"))
    assert available(CATALOGUE, extended=True, tables=everything) == (CATALOGUE, [])
    served, missing = available(CATALOGUE, extended=True, tables=everything - {"shippingAgents"})
    assert CATALOGUE.keys() - served.keys() == {"SHIPPING AGENT"}
    assert "shippingAgentCode" not in {unit.name for unit in served["CUSTOMER"].fields}
    assert {str(one) for one in missing} >= {"SHIPPING AGENT", "CUSTOMER shippingAgentCode"}
    assert all("SHIPPING AGENT" not in mapping.needs for mapping in served.values())


@pytest.mark.parametrize("name", SERVED)
def test_only_what_api_v2_serves_is_read_and_written(name: str) -> None:
    mapping = SERVED[name]
    assert all(schema.is_standard(mapping.bc.name, column) for column in mapping.columns(Side.BC))
    assert all(schema.is_standard(watch.table, watch.column) for watch in mapping.watches)
    assert all(need in SERVED for need in mapping.needs)
    assert all(member.kind.mapping in SERVED for unit in mapping.fields for member in unit.members if isinstance(member.kind, Lookup))
    assert all(mapping.member(field) for key in mapping.natural_keys for field in key)


def test_every_field_is_either_there_or_named() -> None:
    gone = {(one.mapping, one.field) for one in MISSING}
    for name, mapping in CATALOGUE.items():
        there = {member.name for unit in SERVED[name].fields for member in unit.members} if name in SERVED else set()
        named = {member.name for unit in mapping.fields for member in unit.members if (name, member.name) in gone}
        expected = {member.name for unit in mapping.fields for member in unit.members}
        assert (name, None) in gone if name not in SERVED else named == expected - there


def test_a_lookup_goes_with_its_mapping_even_where_its_property_is_served() -> None:
    without = {
        name: replace(mapping, bc=replace(mapping.bc, name="nowhere")) if name == "CURRENCY" else mapping
        for name, mapping in CATALOGUE.items()
    }
    served, missing = available(without, extended=False)
    assert "currencyId" not in {unit.name for unit in served["CUSTOMER"].fields}
    assert ("CUSTOMER", "currencyId") in {(one.mapping, one.field) for one in missing}


@pytest.mark.rule("E1")
@pytest.mark.parametrize(
    ("name", "first", "last", "shortened"),
    [
        ("Ada Lovelace", "Ada", "Lovelace", False),
        ("Ada  King Byron", "Ada King", "Byron", False),
        ("Ada", None, "Ada", False),
        (None, None, None, False),
        (f"Ada {'x' * 51}", "Ada", "x" * 50, True),
    ],
)
def test_the_last_word_of_a_full_name_is_the_last_name(name: str | None, first: str | None, last: str | None, shortened: bool) -> None:
    written = FullName().write(FULL_NAME, Side.SALES, name, {}, World())
    assert isinstance(written, Written)
    assert written.values == {"firstname": first, "lastname": last}
    assert written.shortened is shortened
    assert written.holds == (" ".join(part for part in (first, last) if part) or None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("moreFilters.bc = ['faxNumber is blank']", "faxNumber"),
        ("constants.bc = { customerPriceGroup = 'GOLD' }", "customerPriceGroup"),
        ("templates.bc = [{ values = { customerPriceGroup = 'GOLD' } }]", "customerPriceGroup"),
        ("templates.sales = [{ values = { industrycode = 1 }, where = ['customerPriceGroup = GOLD'] }]", "customerPriceGroup"),
        ("moreFilters.bc = ['city = Bonn']", None),
        ("moreFilters.bc = ['region = N']\ncolumns.bc.region = { type = 'Code' }", None),
        ("fields.region = { bc = 'region', sales = 'description' }\ncolumns.bc.region = { type = 'String' }", None),
    ],
)
def test_what_the_mappings_file_asks_of_the_extension_makes_the_mapping_unavailable_by_name(text: str, why: str | None) -> None:
    overlay = read(f"[CUSTOMER]\n{text}")
    assert not overlay.mistakes
    served, missing = available(overlay.mappings, extended=False)
    found = [one.why for one in missing if one.mapping == "CUSTOMER" and one.field is None]
    assert ("CUSTOMER" in served, [why in one for one in found if why]) == (why is None, [True] if why else [])
    if "region" in text:
        assert "region" in served["CUSTOMER"].columns(Side.BC)


def test_an_api_page_of_ones_own_is_there_in_both_profiles() -> None:
    text = (
        "[OWN]\nbc = 'a/b/v1.0/things'\nsales = 'accounts'\nnaturalKeys = [['code']]\n"
        "columns.bc.code = { type = 'Code' }\nfields.code = { bc = 'code', sales = 'accountnumber' }"
    )
    served, missing = available(read(text).mappings, extended=False)
    assert served["OWN"].columns(Side.BC) == ("id", "lastModifiedDateTime", "code")
    assert "OWN" not in {one.mapping for one in missing}
