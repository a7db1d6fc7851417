"""The catalogue against the facts: every field row with its direction, the filters, constants, groups and dependencies."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mapping import prices, products, schema, unit_groups
from mapping.catalogue import CATALOGUE
from mapping.contacts import PARENT_TYPE
from mapping.customers import CUSTOMER_TYPE
from mapping.field import Direction, FieldMapping
from mapping.graph import in_order
from mapping.model import TableMapping
from mapping.ours import COLUMNS, ORDER_NUMBER
from mapping.values import Side
from mapping.vendors import VENDOR_TYPE
from mapping.world import Codes, Partners, World
from sync.around.option_tables import MIRRORS

FACTS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "facts.toml").read_text(encoding="utf-8"))
OURS = (*COLUMNS, ORDER_NUMBER)
ARROWS = {Direction.BOTH: "<->", Direction.TO_SALES: "->", Direction.FROM_SALES: "<-"}
NAMES = sorted(FACTS)
LISTS = Partners({"list": "a list"}, {"a list": "list"})
COMPANIES = World(
    codes={"companyContacts": Codes(ids={"CT1": "customer"})},
    partners={
        **dict.fromkeys(("PLHEADER-PRICE", "CUSTPRCGRP-PRICE"), LISTS),
        "CUSTOMER": Partners({"customer": "account"}),
        "SALESORDER-ORDER": Partners({"order": "sales order"}, {"sales order": "order"}),
    },
)
INSIDE: dict[str, Any] = {
    "<a customer's>": "CT1",
    "<an account>": "5d115c9c-44e3-ea11-bb43-000d3a2feca1",
    "<a coupled list>": "a list",
    "<a coupled customer>": "customer",
    "<a group>": "RETAIL",
    "<an order's id>": "order",
    "<an order's id in Sales>": "sales order",
    "<a text>": "Call before noon",
}
"""What stands for a value that only has to be there."""


def members(mapping: TableMapping) -> Iterator[FieldMapping]:
    return (member for unit in mapping.fields for member in unit.members)


@pytest.mark.case("T706")
def test_the_catalogue_holds_the_mappings_of_the_facts_and_no_other() -> None:
    assert sorted(CATALOGUE) == NAMES


@pytest.mark.case("T773", "T439", "T443", "T440", "T442")
@pytest.mark.case("T428", "T430", "T431", "T433", "T434", "T436", "T437")
@pytest.mark.parametrize("name", NAMES)
def test_every_field_row_is_mapped_in_its_direction(name: str) -> None:
    declared = sorted((member.bc, member.sales, ARROWS[member.direction]) for member in members(CATALOGUE[name]))
    assert declared == sorted(tuple(row[1:]) for row in FACTS[name]["rows"])


@pytest.mark.parametrize("name", NAMES)
def test_a_new_row_is_given_the_values_of_the_facts(name: str) -> None:
    given = [member for unit in CATALOGUE[name].given for member in unit.members]
    declared = sorted((member.bc, member.sales, ARROWS[member.direction]) for member in given)
    assert declared == sorted(tuple(row[1:]) for row in FACTS[name].get("given", ()))


@pytest.mark.parametrize("name", NAMES)
def test_documents_are_left_alone_until_a_person_switches_them_on(name: str) -> None:
    assert CATALOGUE[name].enabled is FACTS[name].get("enabled", True)


@pytest.mark.parametrize("name", NAMES)
def test_rows_that_native_offers_disabled_are_offered(name: str) -> None:
    offered = [member for unit in CATALOGUE[name].offered for member in unit.members]
    declared = sorted((member.bc, member.sales, ARROWS[member.direction]) for member in offered)
    assert declared == sorted(tuple(row[1:]) for row in FACTS[name].get("offered", ()))
    for member in offered:
        assert schema.column(Side.BC, member.bc_table, member.bc), f"BC has no {member.bc}"
        assert schema.column(Side.SALES, member.sales_table, member.sales), f"Sales has no {member.sales}"


@pytest.mark.case("T653", "T658", "T659")
@pytest.mark.parametrize("name", NAMES)
def test_tables_direction_and_needs(name: str) -> None:
    mapping, facts = CATALOGUE[name], FACTS[name]
    assert {"bc": mapping.bc.name, "sales": mapping.sales.name, "key": mapping.sales.id} == facts["tables"]
    assert ARROWS[mapping.direction] == facts["direction"]
    assert list(mapping.needs) == facts["needs"]


@pytest.mark.parametrize("name", NAMES)
def test_a_mapping_of_one_mode_says_so(name: str) -> None:
    assert (CATALOGUE[name].only_in or "") == FACTS[name].get("mode", "")


@pytest.mark.parametrize("name", NAMES)
def test_only_coupled_records_are_synchronised_until_somebody_says_otherwise(name: str) -> None:
    assert CATALOGUE[name].only_coupled is FACTS[name].get("onlyCoupled", True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", list(Side))
def test_a_row_is_inside_the_filters_only_with_all_their_values(name: str, side: Side) -> None:
    mapping, wanted = CATALOGUE[name], FACTS[name].get("filters", {}).get(side, {})
    row = {column: INSIDE.get(value, value) for column, value in wanted.items()} | {PARENT_TYPE: "account"}
    assert mapping.outside(side, row, COMPANIES) is None
    for column, value in wanted.items():
        other = "" if value in INSIDE else (not value) if isinstance(value, bool) else value + 1 if isinstance(value, int) else "All"
        assert mapping.outside(side, {**row, column: other}, COMPANIES), f"{column} {other!r} is let in"


def test_a_contact_whose_parent_is_a_contact_is_outside() -> None:
    row = {"statecode": 0, "_parentcustomerid_value": INSIDE["<an account>"], PARENT_TYPE: "contact"}
    assert CATALOGUE["CONTACT"].outside(Side.SALES, row, COMPANIES)


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_born_with_the_constants(name: str) -> None:
    given = {side: {**CATALOGUE[name].constants.get(side, {}), **CATALOGUE[name].born.get(side, {})} for side in Side}
    assert {side.value: values for side, values in given.items() if values} == FACTS[name].get("constants", {})


@pytest.mark.parametrize("name", NAMES)
def test_a_row_becomes_inactive_by_the_values_of_the_facts(name: str) -> None:
    declared = {side.value: dict(values) for side, values in CATALOGUE[name].inactive.items()}
    assert declared == FACTS[name].get("inactive", {})


def test_options_that_rules_write_or_look_at_are_those_of_the_facts() -> None:
    """Natively: product.statecode Active 0, Retired 1, Draft 2, UnderRevision 3; pricelevel.statuscode Active 100001, Inactive 100002."""
    assert (products.ACTIVE, products.RETIRED) == ({"statecode": 0, "statuscode": 1}, {"statecode": 1, "statuscode": 2})
    assert (products.DRAFT, products.UNDER_REVISION) == (2, 3)
    assert (prices.ACTIVE, prices.INACTIVE) == ({"statecode": 0, "statuscode": 100001}, {"statecode": 1, "statuscode": 100002})
    assert (unit_groups.STATE, unit_groups.INACTIVE) == ({"statecode": 0, "statuscode": 1}, {"statecode": 1, "statuscode": 2})
    assert (CUSTOMER_TYPE, VENDOR_TYPE) == (3, 11)


@pytest.mark.rule("B4")
@pytest.mark.parametrize("name", NAMES)
def test_values_that_belong_together_are_one_group(name: str) -> None:
    groups = {unit.name: sorted(member.bc for member in unit.members) for unit in CATALOGUE[name].fields if len(unit.members) > 1}
    assert groups == {group: sorted(columns) for group, columns in FACTS[name].get("groups", {}).items()}


@pytest.mark.rule("A2")
def test_salespeople_are_never_created_and_reference_tables_only_in_sales() -> None:
    creates = {name: set(mapping.creates) for name, mapping in CATALOGUE.items()}
    one_way = {"CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT", "UNIT OF MEASURE"}
    assert creates["SALESPEOPLE"] == set()
    assert CATALOGUE["SALESPEOPLE"].by_hand == {Side.BC}
    assert all(creates[name] == {Side.SALES} for name in one_way)
    assert all(creates[name] == set(Side) for name in ("CUSTOMER", "VENDOR", "CONTACT", "ITEM-PRODUCT", "RESOURCE-PRODUCT", "OPPORTUNITY"))


@pytest.mark.rule("D5")
def test_what_a_service_takes_only_at_creation_is_declared() -> None:
    once = {(name, member.sales) for name, mapping in CATALOGUE.items() for member in members(mapping) if member.once}
    units = {("UNIT GROUP", "baseuomname"), ("ITEM UOM", "uomscheduleid"), ("RESOURCE UOM", "uomscheduleid")}
    groups = {(name, "defaultuomscheduleid") for name in ("ITEM-PRODUCT", "RESOURCE-PRODUCT")}
    heads = {(name, "transactioncurrencyid") for name in ("PLHEADER-PRICE", "CUSTPRCGRP-PRICE")}
    lists = {*heads, *((name, "pricelevelid") for name in ("PLLINE-PRODPRICE", "SALESPRC-PRODPRICE"))}
    invoices = {("POSTEDSALESINV-INV", column) for column in ("invoicenumber", "transactioncurrencyid")}
    assert once == {("CURRENCY", "isocurrencycode"), *groups, *units, *lists, *invoices, ("ORDER-NOTE", "objectid")}


@pytest.mark.rule("D6")
@pytest.mark.parametrize("name", ["PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"])
def test_options_are_mirrored_to_the_columns_of_the_same_meaning(name: str) -> None:
    column = CATALOGUE[name].sales.name.rpartition("/")[2]
    assert [".".join(place) for place in MIRRORS[column]] == FACTS[name]["mirrors"]


@pytest.mark.parametrize("name", NAMES)
def test_every_column_exists(name: str) -> None:
    mapping = CATALOGUE[name]
    bc = [column for column in mapping.columns(Side.BC) if schema.column(Side.BC, mapping.bc.name, column) is None]
    assert not bc
    if not mapping.sales.name.startswith("options/"):
        shown = {column.removeprefix("_").removesuffix("_value") for column in mapping.columns(Side.SALES)}
        assert not [column for column in shown if schema.column(Side.SALES, mapping.sales.name, column) is None]


@pytest.mark.parametrize("name", NAMES)
def test_what_travels_to_a_side_can_be_written_there(name: str) -> None:
    mapping = CATALOGUE[name]
    for member in members(mapping):
        sides = [side for side in Side if member.direction.reaches(side) and not mapping.sales.name.startswith("options/")]
        for side in sides:
            known = schema.column(side, mapping.table(side).name, member.column(side)) or {}
            assert known, f"{side} has no {member.column(side)}"
            made = known.get("create", True) or member.late
            writable = not known.get("readOnly") and made and (known.get("update", True) or side in member.once)
            assert writable, f"{member.column(side)} cannot be written"


@pytest.mark.parametrize("name", NAMES)
def test_rules_look_at_columns_that_exist(name: str) -> None:
    for related in CATALOGUE[name].related:
        for column in related.columns:
            shown = column.removeprefix("_").removesuffix("_value") if related.side is Side.SALES else column
            ours = related.side is Side.SALES and shown in OURS
            assert ours or schema.column(related.side, related.table, shown), f"{related.table} has no {shown}"


def test_names_of_fields_are_unique_in_a_mapping() -> None:
    for mapping in CATALOGUE.values():
        names = [member.name for member in members(mapping)]
        assert len(names) == len(set(names)), mapping.name


def test_the_catalogue_stands_in_the_order_of_its_needs() -> None:
    order = list(CATALOGUE)
    assert order == in_order(CATALOGUE)
    for name, mapping in CATALOGUE.items():
        assert all(order.index(need) < order.index(name) for need in mapping.needs)


def test_natural_keys_are_fields_of_the_mapping() -> None:
    for mapping in CATALOGUE.values():
        for key in mapping.natural_keys:
            assert all(mapping.member(field) for field in key)
