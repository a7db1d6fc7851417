"""Rules F1 to F3: what makes a record due, what an idle look costs, and first inserts that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.run.looks import TURN_SECONDS, request_scan
from tests.in_force import ENABLED, IN_FORCE
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import account, contact, currency, customer, in_bc, item, person, sales_currency

BC_TABLES = {name: (mapping.bc.name, *(watch.table for watch in mapping.watches)) for name, mapping in IN_FORCE.items()}


async def reads(engine: Engine) -> dict[str, dict[str, int]]:
    """Requests to both sides by route since the counters were reset."""
    return {"bc": (await engine.bc.counters())["byRoute"], "sales": (await engine.sales.counters())["byRoute"]}


async def in_step(engine: Engine) -> None:
    """A small company, synchronised and looked at until nothing happens any more."""
    firm = account("A1")
    await engine.seed(customer("C1", salespersonCode="AB", terms="NET 30"), person("P1", of="C1"), item("I1"), firm, contact("K1", of=firm))
    await engine.sync()
    await engine.look()
    await engine.look()
    await engine.reset_counters()


@pytest.fixture
async def quiet(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet in a company where nothing has happened for a while."""
    async with engine_on(sandbox_processes, fresh=True, OVERLAP_SECONDS="0") as engine:
        await in_step(engine)
        await asyncio.sleep(1.1)  # stamps and watermarks of this second are told apart from those before
        await engine.look()
        yield engine


@pytest.mark.case("T109")
@pytest.mark.rule("F1")
async def test_a_rate_entered_in_bc_makes_its_currency_due(engine: Engine) -> None:
    await engine.sync("CURRENCY")
    await engine.bc.hand("enterRate", currencyCode="USD", exchangeRateAmount=1.3, relationalExchangeRateAmount=1)
    await engine.look("CURRENCY")
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    assert dollar["exchangerate"] == pytest.approx(1.3)


@pytest.mark.rule("F1")
async def test_rates_on_the_second_page_make_their_currencies_due_too(quiet: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    await quiet.seed(*currency("SEK", "Swedish Krona"), *currency("NOK", "Norwegian Krone"))
    await quiet.sync("CURRENCY")
    await asyncio.sleep(1.1)
    await quiet.look("CURRENCY")
    for code in ("SEK", "NOK"):
        await quiet.bc.hand("enterRate", currencyCode=code, exchangeRateAmount=11, relationalExchangeRateAmount=1)
    monkeypatch.setattr("sync.run.scan.PAGE", 1)
    monkeypatch.setattr("sync.around.reference.SMALL", 1)
    await quiet.look("CURRENCY")
    made = {row["isocurrencycode"] for row in await quiet.sales.rows("transactioncurrencies")}
    assert {"SEK", "NOK"} <= made


@pytest.mark.rule("F1")
async def test_a_rate_of_a_day_to_come_changes_nothing_yet(engine: Engine) -> None:
    await engine.sync("CURRENCY")
    later = {"startingDate": "2099-01-01", "exchangeRateAmount": 9.9, "relationalExchangeRateAmount": 1}
    await engine.bc.hand("enterRate", currencyCode="USD", **later)
    await engine.look("CURRENCY")
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    assert dollar["exchangerate"] == pytest.approx(1.1)


@pytest.mark.case("T122")
@pytest.mark.rule("F1")
async def test_a_currency_without_rate_is_made_when_its_first_rate_is_entered(engine: Engine) -> None:
    await engine.seed(*currency("SEK", "Swedish Krona"))
    await engine.sync("CURRENCY")
    assert await engine.problems("CURRENCY") == [("no_exchange_rate", "exchangerate")]
    await engine.bc.hand("enterRate", currencyCode="SEK", exchangeRateAmount=11, relationalExchangeRateAmount=1)
    await engine.look("CURRENCY")
    [krona] = await engine.sales.rows("transactioncurrencies", isocurrencycode="SEK")
    assert krona["exchangerate"] == pytest.approx(11)
    assert not await engine.problems()


@pytest.mark.case("T002")
@pytest.mark.rule("F2")
async def test_an_idle_look_is_one_request_a_side_and_watched_table_and_leaves_no_job(quiet: Engine) -> None:
    store, company = quiet.ctx.store, quiet.ctx.company
    jobs = await store.jobs.list(company, list(IN_FORCE), limit=200)
    couplings = {(name, each.bc_id, each.etag) for name in IN_FORCE for each in await quiet.couplings(name)}
    looked = {entry.mapping: entry.last_looked for entry in await store.entries.all(company)}
    for name in ENABLED:
        await quiet.reset_counters()
        await quiet.look(name)
        counted = await reads(quiet)
        assert counted["bc"] == {f"GET {table}": 1 for table in BC_TABLES[name]}, name
        assert sum(counted["sales"].values()) == 1, (name, counted["sales"])
        assert await quiet.written() == {"bc": 0, "sales": 0}, name
        entry = await store.entries.get(company, name)
        assert entry.last_looked and entry.last_looked > (looked[name] or entry.last_looked), name
    assert (await store.jobs.list(company, list(IN_FORCE), limit=200)).rows == jobs.rows
    assert {(name, each.bc_id, each.etag) for name in IN_FORCE for each in await quiet.couplings(name)} == couplings


@pytest.mark.case("T080", "T427")
@pytest.mark.rule("F2")
@pytest.mark.parametrize("name", ["CUSTOMER", "ITEM-PRODUCT"])
async def test_what_couplet_wrote_itself_is_not_read_again(engine: Engine, name: str) -> None:
    await in_step(engine)
    await engine.look(name)
    counted = await reads(engine)
    assert counted["bc"] == {f"GET {table}": 1 for table in BC_TABLES[name]}
    assert sum(counted["sales"].values()) == 1, counted["sales"]


@pytest.mark.rule("F2")
async def test_a_second_look_is_not_queued_while_one_is_pending(engine: Engine) -> None:
    assert await request_scan(engine.ctx, "CUSTOMER")
    assert not await request_scan(engine.ctx, "CUSTOMER")
    await engine.drain()
    assert await request_scan(engine.ctx, "CUSTOMER")


@pytest.mark.feature("F087")
@pytest.mark.rule("F2")
async def test_a_look_that_changed_something_leaves_a_job(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    assert (await engine.totals("CUSTOMER"))["toSales"]["modified"] == 1


@pytest.mark.rule("F3")
async def test_a_first_insert_that_failed_is_tried_again_when_the_row_is_edited(engine: Engine) -> None:
    mine = item("I1")
    blank = {"baseUnitOfMeasureId": "00000000-0000-0000-0000-000000000000", "baseUnitOfMeasureCode": "", "baseUnitOfMeasure": ""}
    await engine.seed(item("I1", **blank))
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    assert not await engine.sales.rows("products")
    await engine.edit(mine, baseUnitOfMeasureCode="PCS")
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["productnumber"] == "I1"
    assert not await engine.problems()


@pytest.mark.rule("F3")
async def test_a_first_insert_that_the_service_refused_is_tried_again(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    for _ in range(4):
        await engine.sales.fault(status=400, method="POST", path="accounts|batch", code="0x80040203")
    await engine.sync("CUSTOMER")
    await engine.sales.heal()
    assert not await engine.sales.rows("accounts")
    assert len(await engine.problem_rows("CUSTOMER")) == 1
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"
    assert not await engine.problems()


@pytest.mark.rule("F3")
async def test_a_record_that_nobody_tried_to_insert_stays_where_it_is(engine: Engine) -> None:
    await engine.sync("CUSTOMER")
    mine = customer("C1")
    await engine.seed(mine)
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    assert not await engine.sales.rows("accounts")


@pytest.mark.rule("F3")
async def test_the_number_of_attempts_is_counted(engine: Engine) -> None:
    mine = account("A1", emailaddress1="not an address")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    await engine.edit(mine, emailaddress1="nor this")
    await engine.look("CUSTOMER")
    [row] = await engine.problem_rows("CUSTOMER")
    assert (row.code, row.attempts) == ("invalid_value", 2)
    await engine.edit(mine, emailaddress1="office@example.com")
    await engine.look("CUSTOMER")
    assert not await engine.problems()


@pytest.mark.rule("F1")
async def test_the_organisations_own_currency_is_never_written(engine: Engine) -> None:
    await engine.seed(*currency("EUR", "Euro", 1))
    await engine.sync("CURRENCY")
    euro = await engine.row(in_bc("currencies", "EUR"))
    assert euro["code"] == "EUR"
    [base] = await engine.sales.rows("transactioncurrencies", transactioncurrencyid=sales_currency("EUR"))
    assert base["exchangerate"] == 1
    assert not [code for code, _ in await engine.problems() if code != "create_only"]


@pytest.mark.rule("F2")
async def test_a_look_asked_for_while_one_is_at_work_follows_it(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.ask_for_a_look("CUSTOMER")

    async def somebody_edits_and_a_second_worker_looks() -> None:
        await engine.edit(mine, phoneNumber="+49 30 2")
        assert await request_scan(engine.ctx, "CUSTOMER")
        await engine.drain()
        assert (await engine.partner("CUSTOMER", mine))["telephone1"] != "+49 30 2", "two looks at a time"

    async with engine.before_the_next_write(Side.SALES, somebody_edits_and_a_second_worker_looks):
        await engine.drain()
    await asyncio.sleep(TURN_SECONDS)
    await engine.drain()
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 2"
