"""Rule D3: a day stays that day, far east and far west of Greenwich and over the change to summer time, whatever Sales keeps it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.own_mappings import engine_with, make_table
from tests.scenario.world import Record, customer, in_bc, opportunity, person

pytestmark = pytest.mark.rule("D3")

NAME = "ORDER DAY"
TEXT = """
["ORDER DAY"]
bc = "v2.0/salesOrders"
sales = "contoso_terms"
direction = "both"
creates = ["sales"]
naturalKeys = [["number"]]
onlyCoupled = false

["ORDER DAY".columns.bc]
number = { type = "Code", length = 20 }
orderDate = { type = "Date" }
requestedDeliveryDate = { type = "Date" }

["ORDER DAY".columns.sales]
contoso_number = { type = "String", length = 20 }
contoso_ordered = { type = "DateTime", dateOnly = true }
contoso_asked = { type = "DateTime" }

["ORDER DAY".fields]
number = { bc = "number", sales = "contoso_number", direction = "toSales", needed = true }
ordered = { bc = "orderDate", sales = "contoso_ordered" }
asked = { bc = "requestedDeliveryDate", sales = "contoso_asked" }
"""

PLACES = [
    # company's zone, a day of BC, the moment that Sales keeps of it, another moment, and which day that is
    ("Pacific/Auckland", "2026-01-15", "2026-01-14T11:00:00Z", "2026-01-15T11:00:00Z", "2026-01-16"),  # UTC+13
    ("Pacific/Pitcairn", "2026-01-15", "2026-01-15T08:00:00Z", "2026-01-15T07:59:00Z", "2026-01-14"),  # UTC-8
    ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30"),  # the night without two o'clock
    ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-26"),  # the night with two of them
]


async def in_step(engine: Engine, mine: Record) -> Record:
    """The row of Sales that an order was made into."""
    await engine.sync(NAME)
    row = await engine.partner(NAME, mine)
    return Record(Side.SALES, "contoso_terms", row["contoso_termid"], row)


@pytest.mark.parametrize(("zone", "day", "moment", "later", "other"), PLACES, ids=["+13", "-8", "spring", "autumn"])
async def test_a_day_stays_that_day_on_both_ways(
    sandbox_processes: Sandbox, tmp_path: Path, zone: str, day: str, moment: str, later: str, other: str
) -> None:
    async with engine_with(sandbox_processes, tmp_path, TEXT, BC_TIME_ZONE=zone) as engine:
        await make_table(engine, "contoso_Term", contoso_Number=20, contoso_Ordered="DateOnly", contoso_Asked="UserLocal")
        buyer = {"customerId": customer("C1").id, "customerNumber": "C1"}
        mine = in_bc("salesOrders", "S1", number="S1", orderDate=day, requestedDeliveryDate=day, status="Draft", **buyer)
        await engine.seed(customer("C1"), mine)
        theirs = await in_step(engine, mine)
        assert (theirs.values["contoso_ordered"], theirs.values["contoso_asked"]) == (day, moment)

        await engine.edit(theirs, contoso_ordered=other, contoso_asked=later)
        await engine.look(NAME)
        now = await engine.row(mine)
        assert [(row.code, row.message) for row in await engine.problem_rows(NAME)] == []
        assert (now["orderDate"], now["requestedDeliveryDate"]) == (other, other)
        assert (await engine.row(theirs))["contoso_asked"] == later

        await engine.edit(mine, requestedDeliveryDate="0001-01-01")
        await engine.look(NAME)
        assert (await engine.row(theirs))["contoso_asked"] is None, "0001-01-01 is blank"
        await engine.edit(theirs, contoso_asked=moment)
        await engine.look(NAME)
        assert (await engine.row(mine))["requestedDeliveryDate"] == day
        await engine.edit(theirs, contoso_asked=None)
        await engine.look(NAME)
        assert (await engine.row(mine))["requestedDeliveryDate"] == "0001-01-01"

        await engine.reset_counters()
        await engine.look(NAME)
        await engine.sync(NAME)
        assert await engine.written() == {"bc": 0, "sales": 0}
        assert not await engine.problems(NAME)


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("Pacific/Auckland", "2025-12-31T11:00:00Z", "2026-06-29T12:00:00Z"),
        ("Pacific/Pitcairn", "2026-01-01T08:00:00Z", "2026-06-30T08:00:00Z"),
    ],
    ids=["+13", "-8"],
)
async def test_estimates_keep_no_time_and_price_lists_keep_the_beginning_of_their_day(
    sandbox_processes: Sandbox, tmp_path: Path, zone: str, begins: str, ends: str
) -> None:
    async with engine_with(sandbox_processes, tmp_path, "", BC_TIME_ZONE=zone) as engine:
        mine, ada, deal = customer("C1"), person("P1", of="C1"), opportunity("OP1", contact="P1", estimatedClosingDate="2026-01-01")
        undated = opportunity("OP2", contact="P1", estimatedClosingDate="0001-01-01")
        dated = {"startingDate": "2026-01-01", "endingDate": "2026-06-30"}
        prices = in_bc("priceListHeaders", "S0001", code="S0001", description="Winter", status="Active", **PRICE_LIST, **dated)
        await engine.seed(mine, ada, deal, undated, prices)
        await engine.sync("SALESPEOPLE", "CURRENCY", "CUSTOMER", "CONTACT", "OPPORTUNITY", "PLHEADER-PRICE")
        assert (await engine.partner("OPPORTUNITY", deal))["estimatedclosedate"] == "2026-01-01"
        assert (await engine.partner("OPPORTUNITY", undated))["estimatedclosedate"] is None
        listed = await engine.partner("PLHEADER-PRICE", prices)
        assert (listed["begindate"], listed["enddate"]) == (begins, ends)


PRICE_LIST = {"priceType": "Sale", "amountType": "Price", "sourceType": "All_x0020_Customers", "currencyCode": ""}
