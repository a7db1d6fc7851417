"""Several companies of one Business Central on one organisation: rows say whose they are, and that decides (rule G1)."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mapping.ours import COMPANY, ID, NUMBER
from sandbox.running import Sandbox
from sync.heart.coupling import Life
from tests.scenario.companies import SECOND, two_companies
from tests.scenario.engine import Engine
from tests.scenario.pricing import price_list, sales_list
from tests.scenario.world import account, customer, item, product, unit_group

pytestmark = [pytest.mark.rule("G1"), pytest.mark.feature("F045"), pytest.mark.feature("F084")]

ELSEWHERE = "11111111-2222-3333-4444-555555555555"
"""A company that this app knows nothing of."""

PREFIXES = """
[companies."Second Company".CUSTOMER.fields]
number = { transform = [{ prefix = "B-" }] }

[companies."Second Company".VENDOR]
enabled = false
minutes = 30
"""


@pytest.fixture
async def companies(sandbox_processes: Sandbox) -> AsyncIterator[tuple[Engine, Engine]]:
    async with two_companies(sandbox_processes) as both:
        yield both


async def test_each_company_knows_of_the_others_also_the_first(companies: tuple[Engine, Engine]) -> None:
    ids = {engine.ctx.company for engine in companies}
    assert [set(engine.ctx.companies) for engine in companies] == [ids, ids]


async def switched(engine: Engine, mapping: str, **switches: Any) -> None:
    """Change switches of one company's mapping; from now on the test's engine works with them."""
    answer = await engine.api.patch(f"mappings/{mapping}?company={engine.ctx.company}", switches)
    assert answer.status == 200, answer.json
    engine.ctx = await engine.environment.context(engine.ctx.company)


async def owners(engine: Engine) -> dict[str, str | None]:
    """Whose each account is, by its number."""
    return {row["accountnumber"]: row.get(COMPANY) for row in await engine.sales.rows("accounts")}


@pytest.mark.case("T779")
@pytest.mark.feature("F026")
async def test_a_copied_company_has_no_coupling_and_no_switch_of_the_one_it_was_copied_from_and_takes_none_of_its_rows(
    companies: tuple[Engine, Engine],
) -> None:
    first, second = companies
    original = customer("C1")
    await first.seed(original)
    await switched(first, "CUSTOMER", conflict="newest")
    await first.sync("CUSTOMER", create="toSales")
    [coupled] = await first.couplings("CUSTOMER")
    await second.seed(original)  # a copy keeps the ids of its rows
    assert second.ctx.mappings["CUSTOMER"].conflict == "manual" and await second.couplings("CUSTOMER") == []
    await second.sync("CUSTOMER", create="none")
    assert await second.couplings("CUSTOMER") == []
    assert await first.couplings("CUSTOMER") == [coupled]


async def test_the_same_numbers_in_both_companies_are_two_accounts_that_say_whose_they_are(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine = customer("C1")
    for engine in companies:
        await engine.seed(mine)
        await engine.sync("CUSTOMER", create="toSales")
    rows = [await engine.partner("CUSTOMER", mine) for engine in companies]
    assert [(row[COMPANY], row[ID], row[NUMBER]) for row in rows] == [(engine.ctx.company, mine.id, "C1") for engine in (first, second)]


@pytest.mark.case("T767")
async def test_a_row_of_another_company_is_taken_by_no_key_and_nobody_s_row_by_the_first_who_comes(
    companies: tuple[Engine, Engine],
) -> None:
    first, second = companies
    theirs, free = account("A1", accountnumber="C1", **{COMPANY: ELSEWHERE}), account("A2", accountnumber="C2", name="Company C2")
    await first.sales.seed({"accounts": [theirs.values, free.values]})
    for engine in companies:
        await engine.seed(customer("C1"), customer("C2"))
        await engine.sync("CUSTOMER", create="toSales")
    assert len(await first.sales.rows("accounts")) == 5, "one of nobody, one of elsewhere, and what both had to make"
    assert (await first.coupling("CUSTOMER", free)) and not (await second.coupling("CUSTOMER", free))
    assert not any([await engine.coupling("CUSTOMER", theirs) for engine in companies])
    told = (await second.api.get(f"explain/CUSTOMER/sales/{theirs.id}?company={SECOND['id']}")).json
    assert any(f"it belongs to company {ELSEWHERE}" in sentence for sentence in told["sentences"])


async def test_an_account_marked_for_the_other_company_makes_no_customer_here(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    theirs = account("A1", name="Adler", **{COMPANY: second.ctx.company})
    await first.sales.seed({"accounts": [theirs.values]})
    await first.sync("CUSTOMER", create="both")
    assert await first.bc.rows("customers") == []
    await second.sync("CUSTOMER", create="both")
    assert [row["displayName"] for row in await second.bc.rows("customers")] == ["Adler"]


async def test_a_coupled_row_that_somebody_gives_to_another_company_gives_and_gets_nothing(companies: tuple[Engine, Engine]) -> None:
    first, _ = companies
    mine = customer("C1")
    await first.seed(mine)
    await first.sync("CUSTOMER", create="toSales")
    await first.look("CUSTOMER")
    theirs = await first.partner("CUSTOMER", mine)
    await first.sales.edit("accounts", theirs["accountid"], name="Adler", **{COMPANY: ELSEWHERE})
    await first.look("CUSTOMER")
    assert (await first.row(mine))["displayName"] == "Company C1"
    await first.sales.edit("accounts", theirs["accountid"], **{COMPANY: first.ctx.company})
    await first.look("CUSTOMER")
    assert (await first.row(mine))["displayName"] == "Adler"


async def test_an_uncoupled_row_is_free_for_the_other_company(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine = customer("C1")
    for engine in companies:
        await engine.seed(mine)
    await first.sync("CUSTOMER", create="toSales")
    account_id = (await first.partner("CUSTOMER", mine))["accountid"]
    answer = await first.api.delete(f"couplings/CUSTOMER?company={first.ctx.company}", {"bcId": mine.id})
    assert answer.status == 200, answer.json
    await second.edit(mine, displayName="Falke")
    await second.sync("CUSTOMER", create="toSales")
    row = await second.partner("CUSTOMER", mine)
    assert (row["accountid"], row["name"], row[COMPANY]) == (account_id, "Falke", second.ctx.company)


async def test_a_row_that_nobody_marked_is_coupled_in_one_company_also_where_both_only_send(companies: tuple[Engine, Engine]) -> None:
    first, _ = companies
    marked, listed = account("A1", accountnumber="C1", name="Company C1"), sales_list("S1")
    await first.sales.seed({"accounts": [marked.values], "pricelevels": [listed.values]})
    for engine in companies:
        await switched(engine, "CUSTOMER", direction="toSales")
        await engine.seed(customer("C1"), price_list("S1"))
        await engine.sync("CUSTOMER", "PLHEADER-PRICE", create="toSales")
        await engine.sales.edit("accounts", marked.id, **{COMPANY: None, ID: None})
        await engine.sales.edit("pricelevels", listed.id, **{COMPANY: None, ID: None})
    for mapping, row in (("CUSTOMER", marked), ("PLHEADER-PRICE", listed)):
        assert [bool(await engine.coupling(mapping, row)) for engine in companies] == [True, False], mapping


async def test_a_product_is_shared_where_the_second_company_takes_any_company_s_rows(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    thing = item("I1", displayName="Saddle")
    for engine in companies:
        await engine.seed(thing, *unit_group())
    await first.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    await switched(second, "UNIT OF MEASURE", companies="any")
    await switched(second, "ITEM-PRODUCT", companies="any", direction="fromSales")
    await second.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="none")
    shared = [await engine.partner("ITEM-PRODUCT", thing) for engine in companies]
    assert shared[0]["productid"] == shared[1]["productid"]
    assert shared[1][COMPANY] == first.ctx.company, "it stays the first one's"
    await first.sales.edit("products", shared[0]["productid"], name="Seat")
    for engine in companies:
        await engine.look("ITEM-PRODUCT")
    assert [(await engine.row(thing))["displayName"] for engine in companies] == ["Seat", "Seat"]


async def test_a_mapping_that_takes_its_own_only_leaves_nobody_s_rows_alone(companies: tuple[Engine, Engine]) -> None:
    first, _ = companies
    await switched(first, "CUSTOMER", companies="own")
    free, own = account("A1", name="Free"), account("A2", name="Own", **{COMPANY: first.ctx.company})
    await first.sales.seed({"accounts": [free.values, own.values]})
    await first.sync("CUSTOMER", create="both")
    assert [row["displayName"] for row in await first.bc.rows("customers")] == ["Own"]
    told = (await first.api.get(f"explain/CUSTOMER/sales/{free.id}?company={first.ctx.company}")).json
    assert any("it belongs to no company" in sentence for sentence in told["sentences"])


async def test_a_mapping_is_switched_off_in_one_company_alone(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    await switched(second, "CUSTOMER", enabled=False)
    shown = [(await first.api.get(f"mappings/CUSTOMER?company={engine.ctx.company}")).json["status"] for engine in companies]
    assert shown == ["Ready", "Switched Off"]
    for engine in companies:
        await engine.seed(customer("C1"))
    await first.sync("CUSTOMER", create="toSales")
    assert list((await owners(first)).values()) == [first.ctx.company]


async def test_a_company_has_its_own_part_of_the_mappings_file(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "mappings.toml").write_text(PREFIXES, encoding="utf-8")
    async with two_companies(sandbox_processes, MAPPINGS_FILE=str(tmp_path / "mappings.toml")) as companies:
        first, second = companies
        for engine in companies:
            await engine.seed(customer("C1"))
            await engine.sync("CUSTOMER", create="toSales")
        assert await owners(first) == {"C1": first.ctx.company, "B-C1": second.ctx.company}
        shown = (await second.api.get(f"mappings/VENDOR?company={SECOND['id']}")).json
        assert (shown["minutes"], shown["origins"]["minutes"]) == (30, "mappings.toml")


async def test_a_part_for_a_company_that_is_not_configured_is_told_in_the_log(
    sandbox_processes: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mappings.toml").write_text('[companies."Third Company".CUSTOMER]\nminutes = 5\n', encoding="utf-8")
    with caplog.at_level(logging.WARNING, "couplet"):
        async with two_companies(sandbox_processes, MAPPINGS_FILE=str(tmp_path / "mappings.toml")):
            pass
    assert "third company" in caplog.text


async def test_products_with_the_same_number_in_both_companies_are_a_problem_and_no_mix_up(companies: tuple[Engine, Engine]) -> None:
    """Sales wants each product number once: without a prefix, or a shared product, the second company is told so."""
    first, second = companies
    thing = item("I1")
    for engine in companies:
        await engine.seed(thing, *unit_group())
    await first.seed(product("I9"))
    await first.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    await switched(second, "UNIT OF MEASURE", companies="any")
    await second.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    assert [each.life for each in await second.couplings("ITEM-PRODUCT")] == [Life.CLAIMED]
    assert [code for code, _ in await second.problems("ITEM-PRODUCT")] == ["already_exists"]


async def test_what_is_born_in_sales_goes_to_the_company_of_its_account_and_is_no_problem_of_another(
    companies: tuple[Engine, Engine],
) -> None:
    first, second = companies
    for engine, number in ((first, "C1"), (second, "C2")):
        await engine.seed(customer(number))
        await engine.sync("CUSTOMER", "CONTACT", "OPPORTUNITY", create="toSales")
        for name in ("CONTACT", "OPPORTUNITY", "QUOTE"):
            await switched(engine, name, onlyCoupled=False, enabled=True)
        await engine.look("CONTACT", "OPPORTUNITY", "QUOTE")
    theirs = (await second.partner("CUSTOMER", customer("C2")))["accountid"]
    account_of_second = f"/accounts({theirs})"
    person = await first.sales.insert(
        "contacts", firstname="Ada", lastname="Adler", **{"parentcustomerid_account@odata.bind": account_of_second}
    )
    await first.sales.insert("opportunities", name="A house", **{"parentaccountid@odata.bind": account_of_second})
    for customer_of, to in (("account", account_of_second), ("contact", f"/contacts({person['contactid']})")):
        quote = await first.sales.insert("quotes", name="A quote", **{f"customerid_{customer_of}@odata.bind": to})
        await first.sales.hand("activate", id=quote["quoteid"])
    await first.look("CONTACT", "OPPORTUNITY", "QUOTE")
    assert not await first.problems()
    assert not [row for row in await first.bc.rows("contacts") if row["type"] == "Person"]
    assert not await first.bc.rows("salesQuotes")
    told = (await first.api.get(f"explain/CONTACT/sales/{person['contactid']}?company={first.ctx.company}")).json
    assert any(f"its account belongs to company {second.ctx.company}" in sentence for sentence in told["sentences"])
    await second.look("CONTACT", "QUOTE")
    assert [row["displayName"] for row in await second.bc.rows("contacts") if row["type"] == "Person"] == ["Ada Adler"]
    assert len(await second.bc.rows("salesQuotes")) == 2
