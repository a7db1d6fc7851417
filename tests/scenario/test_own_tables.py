"""A pair of tables of one's own, declared in the mappings file and nowhere else: coupled, kept in step both ways, explained."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.engine import Engine, engine_on
from tests.scenario.own_mappings import engine_with, make_columns, make_table
from tests.scenario.world import Record, customer, in_bc

NAME = "PAYMENT METHOD"
EXAMPLE = Path(__file__).parents[2] / "docs/examples/mappings.toml"


@pytest.fixture
async def engine(sandbox_processes: Sandbox, tmp_path: Path) -> AsyncIterator[Engine]:
    """Couplet with the example of the documentation."""
    async with engine_with(sandbox_processes, tmp_path, EXAMPLE.read_text(encoding="utf-8")) as fresh:
        await make_table(fresh, "contoso_PaymentMethod", contoso_Code=10)
        yield fresh


async def in_sales(engine: Engine) -> dict[str, str]:
    """Payment methods in Sales: code -> name."""
    return {row["contoso_code"]: row["contoso_name"] for row in await engine.sales.rows("contoso_paymentmethods")}


@pytest.mark.case("T475", "T476")
@pytest.mark.feature("F050", "F051")
async def test_a_full_synch_makes_and_couples_what_is_in_both_tables(engine: Engine) -> None:
    await engine.bc.seed({"paymentMethods": [in_bc("paymentMethods", "CASH", code="CASH", displayName="Cash").values]})
    lines = await engine.sync(NAME)
    assert lines[NAME].direction == "both"
    assert await in_sales(engine) == {"BANK": "Bank transfer", "CASH": "Cash"}
    assert len(await engine.couplings(NAME)) == 2


@pytest.mark.feature("F050")
async def test_edits_travel_both_ways_and_new_rows_too(engine: Engine) -> None:
    await engine.sync(NAME)
    await engine.look(NAME)
    bank = in_bc("paymentMethods", "BANK")
    await engine.edit(bank, displayName="Bank order")
    await engine.look(NAME)
    assert await in_sales(engine) == {"BANK": "Bank order"}
    [theirs] = await engine.sales.rows("contoso_paymentmethods")
    await engine.edit(Record(Side.SALES, "contoso_paymentmethods", theirs["contoso_paymentmethodid"], {}), contoso_name="Wire")
    await engine.sales.insert("contoso_paymentmethods", contoso_code="CHECK", contoso_name="Check")
    await engine.look(NAME)
    assert {row["code"]: row["displayName"] for row in await engine.bc.rows("paymentMethods")} == {"BANK": "Wire", "CHECK": "Check"}
    assert not await engine.problems()


@pytest.mark.case("T418")
async def test_it_is_listed_explained_and_its_values_name_their_origin(engine: Engine) -> None:
    await engine.sync(NAME)
    listed = (await engine.api.get("mappings")).json["value"]
    assert NAME in [each["name"] for each in listed]
    shown = (await engine.api.get(f"mappings/{NAME.replace(' ', '%20')}")).json
    assert {field["name"]: field["origin"] for field in shown["fields"]} == {"code": "mappings.toml", "displayName": "mappings.toml"}
    told = (await engine.api.get(f"explain/{NAME.replace(' ', '%20')}/bc/{in_bc('paymentMethods', 'BANK').id}")).json
    assert "It is coupled to" in told["sentences"][0]


async def test_a_record_of_its_own_kind_is_uncoupled_and_stays_so(engine: Engine) -> None:
    await engine.sync(NAME)
    bank = in_bc("paymentMethods", "BANK")
    coupling = await engine.coupling(NAME, bank)
    assert coupling
    await engine.delete(bank)
    await engine.look(NAME)
    assert await engine.problems(NAME) == [("counterpart_deleted", None)]


@pytest.mark.case("T424")
@pytest.mark.feature("F051")
async def test_taken_out_of_the_file_it_is_no_mapping_any_more_and_nothing_of_it_is_lost(
    engine: Engine, sandbox_processes: Sandbox
) -> None:
    await engine.sync(NAME)
    async with engine_on(sandbox_processes) as without:
        assert NAME not in [each["name"] for each in (await without.api.get("mappings")).json["value"]]
        assert (await without.api.post(f"mappings/{NAME.replace(' ', '%20')}/run")).status == 404
    assert await in_sales(engine) == {"BANK": "Bank transfer"}
    assert len(await engine.couplings(NAME)) == 1
    await engine.reset_counters()
    await engine.sync(NAME)
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.case("T484")
@pytest.mark.feature("F049")
async def test_a_new_column_of_a_table_of_couplet_is_kept_in_step_once_it_has_a_row(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    text = """
[CUSTOMER.columns.sales]
contoso_vat = { type = "String", length = 10 }
[CUSTOMER.fields]
vat = { bc = "taxRegistrationNumber", sales = "contoso_vat", kind = "vat" }
"""
    async with engine_with(sandbox_processes, tmp_path, text) as engine:
        await make_columns(engine, "account", contoso_Vat=10)
        good, long = customer("C1", taxRegistrationNumber="DE123"), customer("C2", taxRegistrationNumber="DE123456789")
        await engine.seed(good, long)
        await engine.sync("CUSTOMER")
        assert (await engine.partner("CUSTOMER", good))["contoso_vat"] == "DE123"
        assert await engine.problems("CUSTOMER") == [("too_long", "vat")]


QUOTES = """
["OFFER"]
bc = "salesQuotes"
sales = "opportunities"
naturalKeys = [["number"]]
needs = ["CUSTOMER"]
onlyCoupled = false
[OFFER.fields]
number = { bc = "number", sales = "name" }
account = { bc = "customerId", sales = "parentaccountid", kind = { lookup = "CUSTOMER" } }
buyer = { bc = "billToCustomerNumber", sales = "customerid", kind = { lookup = "CUSTOMER" }, codes = "customers" }
"""


async def test_records_of_large_mappings_are_looked_up_by_id_and_by_number(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, QUOTES) as engine:
        one, two = customer("C1"), customer("C2")
        await engine.seed(one, two)
        await engine.bc.insert("salesQuotes", customerNumber="C1", billToCustomerNumber="C2")
        await engine.sync("OFFER")
        assert [code for code, _ in await engine.problems("OFFER")] == ["waiting_for_parent"]
        await engine.sync("CUSTOMER")
        [row] = await engine.sales.rows("opportunities")
        accounts = [(await engine.partner("CUSTOMER", each))["accountid"] for each in (one, two)]
        assert [row["_parentaccountid_value"], row["_customerid_value"]] == accounts
        assert not await engine.problems()
