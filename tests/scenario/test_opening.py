"""From a record to its counterpart in the other system, and what people see beside it there (native sections 15.6 and 16)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import Record, account, customer, id_of, item, sales_currency

CLIENT = "https://businesscentral.dynamics.com"


def in_sales(engine: Engine, url: str) -> tuple[str, str]:
    """Table and id of the row whose page an address opens."""
    assert url.startswith(f"{engine.ctx.settings.sales_url}/main.aspx?pagetype=entityrecord&")
    asked = parse_qs(urlsplit(url).query)
    return asked["etn"][0], asked["id"][0]


async def leads(engine: Engine, mapping: str, record: Record, method: str = "GET") -> str:
    """Where opening a record leads."""
    answer = await engine.api.call(method, f"records/{mapping}/{record.side}/{record.id}/open")
    assert answer.status == (302 if method == "GET" else 303), answer.body
    assert answer.headers["Location"] == answer.json["url"]
    return str(answer.json["url"])


@pytest.mark.feature("F151", "F152")
@pytest.mark.case("T583", "T584")
async def test_a_customer_opens_its_account_and_the_account_its_customer(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    assert in_sales(engine, await leads(engine, "CUSTOMER", mine)) == ("account", theirs.id)
    settings = engine.ctx.settings
    place = f"{CLIENT}/{settings.tenant_id}/{settings.bc_environment}/?company=Demo%20Company"
    assert await leads(engine, "CUSTOMER", theirs) == f"{place}&page=21&filter=%27No.%27%20IS%20%27C1%27"


@pytest.mark.case("T586")
async def test_a_currency_opens_in_both_systems(engine: Engine) -> None:
    await engine.sync("CURRENCY")
    [usd] = [each for each in await engine.bc.rows("currencies") if each["code"] == "USD"]
    there = (await engine.api.get(f"records/CURRENCY/bc/{usd['id']}/open")).json
    assert in_sales(engine, there["url"]) == ("transactioncurrency", sales_currency("USD"))
    back = (await engine.api.get(f"records/CURRENCY/sales/{there['salesId']}/open")).json
    assert "&page=495&filter=%27Code%27%20IS%20%27USD%27" in back["url"]


@pytest.mark.feature("F152")
async def test_what_is_not_coupled_is_made_first_where_its_mapping_makes_some(engine: Engine) -> None:
    new = customer("C1")
    await engine.seed(new)
    engine.change("CUSTOMER", only_coupled=False)
    refused = await engine.api.get(f"records/CUSTOMER/bc/{new.id}/open")
    assert (refused.status, refused.json["type"]) == (409, "urn:couplet:not_coupled")
    assert await engine.sales.rows("accounts") == [], "a call that reads makes nothing"
    made = in_sales(engine, await leads(engine, "CUSTOMER", new, "POST"))
    assert made == ("account", (await engine.partner("CUSTOMER", new))["accountid"])
    assert in_sales(engine, await leads(engine, "CUSTOMER", new, "POST")) == made, "a second time it is only opened"


async def test_what_cannot_be_made_says_what_stands_in_the_way(engine: Engine) -> None:
    new = item("I1")
    await engine.seed(new)
    engine.change("ITEM-PRODUCT", only_coupled=False)
    refused = await engine.api.post(f"records/ITEM-PRODUCT/bc/{new.id}/open", {})
    assert (refused.status, refused.json["type"]) == (409, "urn:couplet:not_coupled")
    assert refused.json["problems"][0]["code"]


async def test_a_mapping_of_coupled_records_only_makes_none_by_opening(engine: Engine) -> None:
    new = customer("C1")
    await engine.seed(new)
    engine.change("CUSTOMER", only_coupled=True)
    refused = await engine.api.post(f"records/CUSTOMER/bc/{new.id}/open", {})
    assert (refused.status, refused.json["type"]) == (409, "urn:couplet:not_coupled")
    assert "POST couplings" in refused.json["remedy"]


async def test_what_has_no_page_of_its_own_and_what_is_gone_is_said(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS")
    terms = (await engine.couplings("PAYMENT TERMS"))[0]
    for side, id_ in (("bc", terms.bc_id), ("sales", terms.sales_id)):
        refused = await engine.api.get(f"records/PAYMENT%20TERMS/{side}/{id_}/open")
        assert (refused.status, refused.json["type"]) == (409, "urn:couplet:no_page")
    mine, theirs = await engine.coupled()
    await engine.delete(mine)
    assert (await engine.api.get(f"records/CUSTOMER/sales/{theirs.id}/open")).status == 404


async def beside(engine: Engine, record: Record) -> dict[str, dict[str, Any]]:
    """What lies alongside a record, by table."""
    answer = await engine.api.get(f"records/CUSTOMER/{record.side}/{record.id}/alongside")
    assert answer.status == 200, answer.body
    return {each["table"]: each for each in answer.json["alongside"]}


@pytest.mark.feature("F150")
@pytest.mark.case("T587", "T589", "T590")
async def test_opportunities_quotes_and_cases_of_a_customer_are_counted_and_open(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    stranger = account("A2")
    await engine.seed(stranger)
    bind = {"customerid_account@odata.bind": f"/accounts({theirs.id})"}
    other = {"customerid_account@odata.bind": f"/accounts({stranger.id})"}
    case = await engine.sales.insert("incidents", title="It squeaks", **bind)
    await engine.sales.insert("incidents", title="Not theirs", **other)
    price_list = {"pricelevelid@odata.bind": f"/pricelevels({await _price_list(engine)})"}
    quotes = [await engine.sales.insert("quotes", name=name, **bind, **price_list) for name in ("One", "Two")]
    found = await beside(engine, mine)
    assert {table: each["count"] for table, each in found.items()} == {"opportunities": 0, "quotes": 2, "incidents": 1}
    [shown] = found["incidents"]["newest"]
    assert (shown["name"], in_sales(engine, shown["url"])) == ("It squeaks", ("incident", case["incidentid"]))
    pages = {in_sales(engine, each["url"]) for each in found["quotes"]["newest"]}
    assert pages == {("quote", each["quoteid"]) for each in quotes}
    assert await beside(engine, theirs) == found


async def _price_list(engine: Engine) -> str:
    row = await engine.sales.insert(
        "pricelevels", name="List", **{"transactioncurrencyid@odata.bind": f"/transactioncurrencies({sales_currency('EUR')})"}
    )
    return str(row["pricelevelid"])


async def test_nothing_is_counted_beside_what_is_not_coupled_or_never_has_any(engine: Engine) -> None:
    assert (await engine.api.get(f"records/CUSTOMER/bc/{id_of('customers', 'C9')}/alongside")).json["type"] == "urn:couplet:not_coupled"
    other = await engine.api.get(f"records/ITEM-PRODUCT/bc/{id_of('items', 'I9')}/alongside")
    assert (other.status, other.json["allowed"]) == (400, ["CUSTOMER"])


@pytest.mark.feature("F020")
async def test_another_address_of_the_web_client_counts_at_once_and_reaches_a_rows_link_with_its_next_change(
    sandbox_processes: Sandbox,
) -> None:
    async with engine_on(sandbox_processes, fresh=True) as before:
        mine, theirs = await before.coupled({"city": "Bonn"})
        assert str((await before.row(theirs))["couplet_bclink"]).startswith(CLIENT)
    async with engine_on(sandbox_processes, BC_CLIENT_URL="https://bc.contoso.com") as after:
        assert (await leads(after, "CUSTOMER", theirs)).startswith("https://bc.contoso.com/")
        await after.edit(mine, city="Kiel")
        await after.look("CUSTOMER")
        assert str((await after.row(theirs))["couplet_bclink"]).startswith("https://bc.contoso.com/")


@pytest.mark.feature("F017")
async def test_the_check_opens_the_apps_own_user(engine: Engine) -> None:
    found = {each["name"]: each for each in (await engine.api.get("setup/check")).json["requirements"]}
    facts = found["sales"]["facts"]
    assert in_sales(engine, facts["userUrl"]) == ("systemuser", facts["userId"])


@pytest.mark.feature("F017")
async def test_the_check_opens_the_owner_team_of_the_team_model(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, OWNERSHIP="team") as teams:
        found = {each["name"]: each for each in (await teams.api.get("setup/check")).json["requirements"]}
        assert not found["ownerTeam"]["met"], "nothing is made by looking"
        await teams.seed(customer("C1"))
        await teams.sync("CUSTOMER")
        found = {each["name"]: each for each in (await teams.api.get("setup/check")).json["requirements"]}
        table, id_ = in_sales(teams, found["ownerTeam"]["facts"]["teamUrl"])
        assert table == "team" and (await teams.sales.row("teams", id_))["name"].startswith("Couplet - ")


async def test_a_table_that_the_apps_user_may_not_read_says_so_and_the_others_are_told(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.sales.switch(privilegesLost=["prvReadIncident"])
    found = await beside(engine, mine)
    await engine.sales.switch(privilegesLost=[])
    assert (found["incidents"]["code"], found["quotes"]["count"]) == ("access_denied", 0)
