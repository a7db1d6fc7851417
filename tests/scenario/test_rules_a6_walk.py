"""Rule A6 over many pages: a full synch whose workers die again and again ends, with nothing doubled and nothing lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import account, customer, person

pytestmark = pytest.mark.rule("A6")


@pytest.fixture
async def engine(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """Couplet with pages of four records."""
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    async with engine_on(sandbox_processes, fresh=True, PAGE_SIZE="4") as fresh:
        yield fresh


async def _seed(engine: Engine) -> None:
    """Ten customers that Sales does not know, three accounts that are customers already, seven that Business Central does not know."""
    await engine.seed(*(customer(f"C{n:02}") for n in range(13)))
    await engine.seed(*(account(f"A{n:02}", accountnumber=f"C{n:02}", telephone1=str(n)) for n in range(3)))
    await engine.seed(*(account(f"B{n:02}", name=f"Falke {n}") for n in range(7)))


async def _complete(engine: Engine) -> None:
    """Twenty pairs, each row in one of them, and nothing left to write."""
    couplings = await engine.couplings("CUSTOMER")
    rows = [row["id"] for row in await engine.bc.rows("customers")], [row["accountid"] for row in await engine.sales.rows("accounts")]
    assert [len(ids) for ids in rows] == [20, 20]
    assert (sorted(each.bc_id for each in couplings), sorted(each.sales_id for each in couplings)) == (sorted(rows[0]), sorted(rows[1]))
    assert await engine.problems("CUSTOMER") == []
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_a_walk_over_many_pages_couples_and_makes_everything_once(engine: Engine) -> None:
    await _seed(engine)
    lines = await engine.sync("CUSTOMER")
    assert (lines["CUSTOMER"].to_sales["inserted"], lines["CUSTOMER"].from_sales["inserted"]) == (10, 7)
    await _complete(engine)


@pytest.mark.parametrize("deaths", [[(Side.SALES, "after")] * 3, [(Side.SALES, "before"), (Side.BC, "after"), (Side.BC, "before")]])
async def test_a_walk_whose_workers_die_on_several_pages_comes_to_its_end(engine: Engine, deaths: list[tuple[Side, str]]) -> None:
    await _seed(engine)
    full = await engine.begin_sync("CUSTOMER")
    for side, when in deaths:
        await engine.die(side, when)
        await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert await engine.ended(full)
    await _complete(engine)


async def test_a_page_that_is_delivered_twice_is_worked_once(engine: Engine) -> None:
    await _seed(engine)
    full = await engine.begin_sync("CUSTOMER")
    first = await engine.message()
    assert first
    for _ in range(3):
        await engine.ctx.store.queue.send(first)
    await engine.drain()
    assert await engine.ended(full)
    await _complete(engine)


async def test_a_full_synch_of_everything_survives_deaths_in_every_mapping(engine: Engine) -> None:
    await _seed(engine)
    await engine.seed(*(person(f"P{n}", of=f"C{n:02}", email=f"p{n}@example.com") for n in range(6)))
    full = await engine.begin_sync()
    for when in ("after", "before", "after", "after", "before", "after"):
        await engine.die(Side.SALES, when)
        for mapping in engine.ctx.mappings:
            await engine.leases_run_out(mapping)
    await engine.drain()
    assert await engine.ended(full)
    assert len({row["emailaddress1"] for row in await engine.sales.rows("contacts")}) == len(await engine.sales.rows("contacts")) == 6
    isos = [row["isocurrencycode"] for row in await engine.sales.rows("transactioncurrencies")]
    assert sorted(isos) == ["CHF", "EUR", "USD"]
    assert sorted(row["name"] for row in await engine.sales.rows("uomschedules")) == ["NAV BOX", "NAV PCS"]
    assert await engine.problems() == []
    await _complete(engine)
