"""Rule E3: prices whose currency, list or neighbours change; what stands in Sales is never an amount of another currency, nor missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.running import Sandbox
from sync.store import Parked
from tests.scenario.calendar import EAST, WEST, day_comes, in_zone, tomorrow, yesterday
from tests.scenario.engine import Engine, engine_on
from tests.scenario.pricing import GROUPS, LISTS, group_price, line, list_of, price_group, price_list, prices_of, two_items
from tests.scenario.world import Record, item, sales_currency

pytestmark = pytest.mark.rule("E3")


async def synced(engine: Engine, *records: Record) -> None:
    await engine.seed(*records)
    await engine.sync(*LISTS, create="toSales")
    await engine.look(*LISTS)


@pytest.mark.rule("D5")
async def test_an_amount_in_another_currency_never_stands_in_a_list(engine: Engine) -> None:
    one, two = two_items()
    head, mine = price_list("S1"), line("S1", 10000, one)
    await synced(engine, one, two, head, mine, line("S1", 20000, two, 19))
    await engine.edit(head, currencyCode="USD")
    await engine.edit(mine, currencyCode="USD", unitPrice=11)
    await engine.look("PLHEADER-PRICE", "PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {"I1": 9.5, "I2": 19}, "eleven dollars are no eleven euros"
    assert "other_currency" in [code for code, _ in await engine.problems("PLLINE-PRODPRICE")]
    await engine.edit(head, currencyCode="")
    await engine.edit(mine, currencyCode="", unitPrice=10)
    await engine.look("PLHEADER-PRICE", "PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {"I1": 10, "I2": 19}
    assert await engine.problems() == []


async def test_a_price_that_another_one_stood_in_the_way_of_comes_when_that_one_ends(engine: Engine) -> None:
    in_zone(engine, WEST)
    one, _ = two_items()
    old, new = line("S1", 10000, one, 9), line("S1", 20000, one, 8)
    await synced(engine, one, price_list("S1"), old)
    await engine.seed(new)
    await engine.look("PLLINE-PRODPRICE")
    assert [code for code, _ in await engine.problems("PLLINE-PRODPRICE")] == ["second_price"]
    [problem] = await engine.problem_rows("PLLINE-PRODPRICE")
    await engine.ctx.store.problems.change([replace(problem, not_before=None, parked=Parked.ATTEMPTS)])
    await asyncio.sleep(1.1)
    await engine.edit(old, endingDate="2024-12-31")
    await engine.look("PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {"I1": 8}
    assert await engine.problems() == []


async def test_two_new_lines_for_one_price_make_one(engine: Engine) -> None:
    one, _ = two_items()
    await synced(engine, one, price_list("S1"), line("S1", 10000, one, 9), line("S1", 20000, one, 8))
    assert [code for code, _ in await engine.problems("PLLINE-PRODPRICE")] == ["second_price"]
    assert len(await engine.sales.rows("productpricelevels", _pricelevelid_value=(await list_of(engine, "S1"))["pricelevelid"])) == 1


@pytest.mark.rule("F1")
async def test_a_midnight_that_passes_during_a_look_is_seen_by_the_next_one(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    in_zone(engine, WEST)
    one, _ = two_items()
    begins = line("S1", 10000, one, 8, startingDate=str(tomorrow()))
    await synced(engine, one, price_list("S1"), begins)
    days = iter([yesterday(), tomorrow(), tomorrow()])
    monkeypatch.setattr("sync.run.scan._today", lambda ctx: next(days, tomorrow()))
    await engine.look("PLLINE-PRODPRICE")
    monkeypatch.undo()
    in_zone(engine, EAST)
    await engine.look("PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {"I1": 8}


@pytest.fixture
async def groups(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    async with engine_on(sandbox_processes, fresh=True, PRICING="priceGroups") as engine:
        yield engine


@pytest.mark.rule("D1", "D5")
async def test_a_group_whose_prices_have_all_ended_keeps_its_currency(groups: Engine) -> None:
    one, _ = two_items()
    mine = group_price("US", one, 11, currencyCode="USD")
    await groups.seed(one, price_group("US"), mine)
    await groups.sync(*GROUPS, create="toSales")
    await groups.edit(mine, endingDate="2024-12-31")
    await groups.look("CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE")
    assert await prices_of(groups, "US") == {}
    assert (await list_of(groups, "US"))["_transactioncurrencyid_value"] == sales_currency("USD")
    assert await groups.problems() == []


@pytest.mark.rule("F1")
async def test_all_prices_of_a_new_season_replace_the_old_ones_within_two_looks(engine: Engine) -> None:
    in_zone(engine, WEST)
    items = [item(f"I{number}") for number in range(55)]
    old = [line("S1", 10 * place, each, 9, endingDate=str(yesterday())) for place, each in enumerate(items, 1)]
    new = [line("S1", 5000 + 10 * place, each, 8, startingDate=str(tomorrow())) for place, each in enumerate(items, 1)]
    await synced(engine, *items, price_list("S1"), *old, *new)
    await day_comes(engine, "PLLINE-PRODPRICE")
    # Some came before those that they replace had gone, as the messages of a large job know nothing of each other.
    await engine.look("PLLINE-PRODPRICE")
    assert set((await prices_of(engine, "S1")).values()) == {8}
    assert len(await prices_of(engine, "S1")) == 55
    assert await engine.problems() == []
