"""The demo company: whole, the same every time, and everything in it accounted for."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from typing import Any

import pytest

from sandbox.business_central import schema as bc_schema
from sandbox.company import Company, generate
from sandbox.company.model import NAMESPACE, ZERO_GUID, guid
from sandbox.company.oddity import Outcome, oddities
from sandbox.sales.schema import Schema

TABLES = {
    "SALESPEOPLE": ("salespeoplePurchasers", "systemusers", "systemuserid"),
    "CURRENCY": ("currencies", "transactioncurrencies", "transactioncurrencyid"),
    "UNIT OF MEASURE": ("unitsOfMeasure", "uomschedules", "uomscheduleid"),
    "CUSTOMER": ("customers", "accounts", "accountid"),
    "VENDOR": ("vendors", "accounts", "accountid"),
    "CONTACT": ("contacts", "contacts", "contactid"),
    "ITEM-PRODUCT": ("items", "products", "productid"),
    "RESOURCE-PRODUCT": ("resources", "products", "productid"),
    "OPPORTUNITY": ("opportunities", "opportunities", "opportunityid"),
}


@pytest.fixture(scope="module", params=[0.1, 1.0, 10.0])
def company(request: pytest.FixtureRequest) -> Company:
    return generate(request.param)


def test_the_same_seed_makes_the_same_company() -> None:
    assert generate(0.1, seed=3) == generate(0.1, seed=3)


def test_another_seed_makes_another_company() -> None:
    assert generate(0.1, seed=3).bc["customers"] != generate(0.1, seed=4).bc["customers"]


def test_ids_are_uuid5() -> None:
    assert guid("customers", "C10000") == str(uuid.uuid5(NAMESPACE, "customers:C10000"))


def test_scale_one_is_the_size_that_was_promised() -> None:
    company = generate()
    sizes = {name: len(rows) for name, rows in company.bc.items()}
    assert 280 <= sizes["customers"] <= 360
    assert 550 <= sum(row["type"] == "Person" for row in company.bc["contacts"]) <= 700
    assert 380 <= sizes["items"] <= 430
    assert 60 <= sizes["resources"] <= 75
    assert (sizes["salespeoplePurchasers"], sizes["currencies"]) == (12, 8)


@pytest.mark.parametrize("scale", [0, -1])
def test_a_company_of_no_size_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale must be above 0"):
        generate(scale)


def test_every_record_is_expected_exactly_once(company: Company) -> None:
    for mapping, (bc_table, sales_table, key) in TABLES.items():
        outlook = company.expected["mappings"][mapping]
        bc = [pair["bcId"] for pair in outlook["pairs"]] + outlook["createdInSales"] + _apart(outlook, "bc")
        sales = [pair["salesId"] for pair in outlook["pairs"]] + outlook["createdInBc"] + _apart(outlook, "sales")
        assert Counter(bc) == Counter(row["id"] for row in company.bc[bc_table]), mapping
        assert Counter(sales) == Counter(row[key] for row in company.sales[sales_table]), mapping


def _apart(outlook: dict[str, Any], side: str) -> list[str]:
    return [entry["id"] for entry in outlook["apart"] if entry["side"] == side]


def test_a_record_with_a_problem_of_its_own_stays_apart_and_one_with_a_field_problem_does_not(company: Company) -> None:
    for outlook in company.expected["mappings"].values():
        apart = {entry["id"] for entry in outlook["apart"]}
        for problem in outlook["problems"]:
            assert (problem["id"] in apart) is not problem.get("fieldProblem", False), problem


def test_every_value_fits_its_column(company: Company) -> None:
    """Values are odd for the other side, never for the table that holds them."""
    for table, rows in company.bc.items():
        page = bc_schema.full_page(table)
        assert page, table
        lengths = {name: prop.field.length for name, prop in page.properties.items() if prop.field and prop.field.length}
        _assert_fit(table, rows, set(page.properties), lengths)
    columns = Schema().sets
    for table, rows in company.sales.items():
        known = columns[table].by_key
        _assert_fit(table, rows, set(known), {name: column.length for name, column in known.items() if column.length})


def _assert_fit(table: str, rows: list[dict[str, Any]], known: set[str], lengths: dict[str, int]) -> None:
    for row in rows:
        assert set(row) <= known, (table, set(row) - known)
        long = [
            name for name, length in lengths.items() if isinstance(row.get(name), str) and len(row[name].encode("utf-16-le")) > 2 * length
        ]
        assert not long, (table, long, row)


def test_every_reference_resolves(company: Company) -> None:
    bc_ids = {row["id"] for rows in company.bc.values() for row in rows} | {ZERO_GUID}
    sales_ids = {next(iter(row.values())) for rows in company.sales.values() for row in rows}
    loose = [
        (table, name, row[name])
        for table, rows in company.bc.items() for row in rows for name in row
        if (name.endswith("Id") or name == "assetID") and row[name] not in bc_ids
    ]  # fmt: skip
    loose += [
        (table, name, row[name])
        for table, rows in company.sales.items() for row in rows for name in row
        if name.startswith("_") and row[name] is not None and row[name] not in sales_ids
    ]  # fmt: skip
    assert loose == []


CODES = {
    "country": ("countriesRegions", "code"), "salespersonCode": ("salespeoplePurchasers", "code"), "currencyCode": ("currencies", "code"),
    "shippingAgentCode": ("shippingAgents", "code"), "customerPriceGroup": ("customerPriceGroups", "code"),
    "companyNumber": ("contacts", "number"),
    "primaryContactNumber": ("contacts", "number"), "contactNumber": ("contacts", "number"),
    "baseUnitOfMeasure": ("unitsOfMeasure", "code"),
    "vendorNumber": ("vendors", "number"), "itemCategoryCode": ("itemCategories", "code"),
}  # fmt: skip


def test_every_code_exists(company: Company) -> None:
    known = {name: {row[key] for row in company.bc[table]} | {""} for name, (table, key) in CODES.items()}
    loose = [
        (table, name, row[name])
        for table, rows in company.bc.items()
        for row in rows
        for name in CODES
        if name in row and row[name] not in known[name]
    ]
    assert loose == []


@pytest.mark.parametrize(("table", "key"), [("customers", "number"), ("contacts", "number"), ("items", "number"), ("vendors", "number")])
def test_numbers_are_unique(company: Company, table: str, key: str) -> None:
    assert [number for number, count in Counter(row[key] for row in company.bc[table]).items() if count > 1] == []


def test_natural_keys_find_what_is_expected_and_nothing_by_accident(company: Company) -> None:
    """Rule A1 read literally, over all customers and accounts: account number first, then name and post code."""
    outlook = company.expected["mappings"]["CUSTOMER"]
    expected = {pair["bcId"]: pair["salesId"] for pair in outlook["pairs"]}
    apart = set(_apart(outlook, "bc"))
    accounts = [row for row in company.sales["accounts"] if row["statecode"] == 0 and row["customertypecode"] == 3]
    by_number, by_name = _index(accounts, _number), _index(accounts, _name)
    taken = set(expected.values())
    for customer in company.bc["customers"]:
        name = (_bare(customer["displayName"]), _bare(customer["postalCode"]))
        hits = by_number.get(_bare(customer["number"])) or by_name.get(name) or []
        if customer["id"] in expected:
            assert hits == [expected[customer["id"]]], customer["number"]
        elif customer["id"] not in apart:
            assert set(hits) <= taken, customer["number"]


def _index(rows: list[dict[str, Any]], key: Any) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row["accountid"])
    return found


def _number(row: dict[str, Any]) -> str:
    return _bare(row["accountnumber"]) or "-"


def _name(row: dict[str, Any]) -> tuple[str, str]:
    return _bare(row["name"]), _bare(row["address1_postalcode"])


def _bare(text: str | None) -> str:
    return (text or "").strip().casefold()


def test_every_oddity_says_what_must_happen() -> None:
    for oddity in (*oddities("customers"), *oddities("contacts"), *oddities("items")):
        assert oddity.bc or oddity.sales, oddity.name
        assert (oddity.outcome is not Outcome.APART) or oddity.problem or oddity.reason, oddity.name
        assert not oddity.at or oddity.problem, oddity.name


def test_the_base_currency_of_sales_can_be_another() -> None:
    company = generate(0.1, base_currency="USD")
    rates = {row["isocurrencycode"]: row["exchangerate"] for row in company.sales["transactioncurrencies"]}
    assert rates["USD"] == 1
    assert rates["EUR"] != 1


def test_ten_thousand_customers_take_a_second_or_so() -> None:
    started = time.perf_counter()
    assert len(generate(33.3).bc["customers"]) > 9_900
    assert time.perf_counter() - started < 10
