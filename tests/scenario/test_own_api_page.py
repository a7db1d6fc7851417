"""An API page named with publisher, group and version, as one's own is; its dates in the company's time zone (rule D3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.own_mappings import engine_with, make_table
from tests.scenario.world import Record, in_bc

NAME = "DEAL"
TEXT = """
[DEAL]
bc = "v2.0/opportunities"
sales = "contoso_deals"
direction = "both"
creates = ["sales"]
naturalKeys = [["number"]]
onlyCoupled = false

[DEAL.columns.bc]
number = { type = "Code", length = 20 }
description = { type = "String", length = 100 }
creationDate = { type = "Date", readOnly = true }

[DEAL.columns.sales]
contoso_number = { type = "String", length = 20 }
contoso_name = { type = "String", length = 100 }
contoso_born = { type = "DateTime", dateOnly = true }
contoso_began = { type = "DateTime" }

[DEAL.fields]
number = { bc = "number", sales = "contoso_number", direction = "toSales", needed = true }
description = { bc = "description", sales = "contoso_name" }
born = { bc = "creationDate", sales = "contoso_born", direction = "toSales" }
began = { bc = "creationDate", sales = "contoso_began", direction = "toSales" }

["PAYMENT METHOD"]
bc = "v2.0/paymentMethods"
sales = "contoso_deals"
direction = "both"
naturalKeys = [["code"]]
onlyCoupled = false
columns.bc = { code = { type = "Code", length = 10 }, displayName = { type = "String", length = 100 } }
columns.sales = { contoso_number = { type = "String", length = 20 }, contoso_name = { type = "String", length = 100 } }
fields.code = { bc = "code", sales = "contoso_number", needed = true }
fields.displayName = { bc = "displayName", sales = "contoso_name" }
"""
COLUMNS: dict[str, int | str] = {"contoso_Number": 20, "contoso_Born": "DateOnly", "contoso_Began": "UserLocal"}


async def theirs(engine: Engine) -> Record:
    """The only row of the table of Sales."""
    [row] = await engine.sales.rows("contoso_deals")
    return Record(Side.SALES, "contoso_deals", row["contoso_dealid"], row)


@pytest.fixture
async def engine(sandbox_processes: Sandbox, tmp_path: Path) -> AsyncIterator[Engine]:
    """Couplet with the pair of tables, for a company in New York."""
    async with engine_with(sandbox_processes, tmp_path, TEXT, BC_TIME_ZONE="America/New_York") as fresh:
        await make_table(fresh, "contoso_Deal", **COLUMNS)
        yield fresh


@pytest.mark.rule("D3")
@pytest.mark.feature("F050")
async def test_a_day_of_business_central_is_that_day_in_sales_whatever_the_clock_says_there(engine: Engine) -> None:
    mine = in_bc("opportunities", "O1", number="O1", description="Big", creationDate="2026-07-01")
    await engine.seed(mine)
    await engine.sync(NAME)
    made = await theirs(engine)
    assert (made.values["contoso_born"], made.values["contoso_began"]) == ("2026-07-01", "2026-07-01T04:00:00Z")
    await engine.look(NAME)
    await engine.edit(made, contoso_began="2026-07-02T03:59:59Z", contoso_name="Bigger")
    await engine.look(NAME)
    assert ((await engine.row(mine))["description"], (await engine.row(made))["contoso_began"]) == ("Bigger", "2026-07-02T03:59:59Z")
    await engine.edit(made, contoso_began="2026-07-02T04:00:00Z")
    await engine.look(NAME)
    assert (await engine.row(made))["contoso_began"] == "2026-07-01T04:00:00Z"
    await engine.look(NAME)
    await engine.reset_counters()
    await engine.look(NAME)
    await engine.sync(NAME)
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert not await engine.problems(NAME)


async def test_a_row_that_sales_made_gets_the_id_that_business_central_gives(engine: Engine) -> None:
    name = "PAYMENT METHOD"
    await engine.sync(name)
    await engine.look(name)
    await engine.sales.insert("contoso_deals", contoso_number="CASH", contoso_name="Cash")
    await engine.look(name)
    [row] = await engine.bc.rows("paymentMethods", code="CASH")
    assert row["id"] in {each.bc_id for each in await engine.couplings(name)}
    assert not await engine.problems(name)
