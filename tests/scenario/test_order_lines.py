"""What the lines of an order from Sales become in BC: prices, discounts, freight, texts, write-ins, currencies (rule E6; section 15.1)."""

from __future__ import annotations

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.order_company import DOLLARS, WRITE_IN
from tests.scenario.order_people import given_by_volume
from tests.scenario.orders import NAME, Desk, write_in
from tests.scenario.units import item_unit
from tests.scenario.world import Row

pytestmark = pytest.mark.rule("E6")

TEXT = "n" * 430 + "\nto be fetched\n\nat the back door"


def shown(lines: list[Row], *columns: str) -> list[tuple[object, ...]]:
    return [tuple(line[column] for column in columns) for line in lines]


@pytest.mark.case("T496", "T497", "T499", "T500", "T502", "T535", "T536", "T491", "T493", "T676")
@pytest.mark.feature("F136")
async def test_amounts_arrive_as_they_were_agreed(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    lines = await desk.order(*(desk.line("ITEM-0", 3, 10, manualdiscountamount=manual) for manual in (0, 1.5)), desk.line("ITEM-1", 2, 10))
    first, second, _ = await desk.lines_in_sales(lines)
    await given_by_volume(engine.sales, first, 0.5)
    await given_by_volume(engine.sales, second, 0.5)
    await desk.submit(lines)
    percent = await desk.submitted(desk.line("ITEM-0", 10, 10), discountpercentage=10)
    both = await desk.submitted(desk.line("ITEM-0", 10, 10), discountpercentage=10, discountamount=5, freightamount=7.9)
    taxed = await desk.submitted(desk.line("VAT-0", 2, 119, manualdiscountamount=11.9), desk.line("ITEM-0", 1, 119))
    dollars = await desk.submitted(desk.line("ITEM-0", 1, 11), list_=DOLLARS)
    await engine.look(NAME)
    assert await engine.problems() == []
    assert shown(await desk.lines_in_bc(lines), "unitPrice", "discountAmount") == [(10, 1.5), (10, 3), (10, 0)]
    assert (await desk.in_bc(percent))["discountAmount"] == 10
    assert (await desk.in_bc(both))["discountAmount"] == 15
    assert shown((await desk.lines_in_bc(both))[1:], "lineType", "lineObjectNumber", "unitPrice") == [("Account", "8710", 7.9)]
    with_tax, without = await desk.lines_in_bc(taxed)
    assert (with_tax["unitPrice"], with_tax["discountAmount"], with_tax["amountIncludingTax"]) == (100, 10, 226.1)
    assert without["unitPrice"] == 119
    assert (await desk.in_bc(dollars))["currencyCode"] == "USD"
    assert shown(await desk.lines_in_bc(dollars), "unitPrice") == [(11,)], "in dollars, as agreed"
    assert shown([await desk.in_bc(lines)], "currencyCode", "currencyId") == [("", "00000000-0000-0000-0000-000000000000")]


@pytest.mark.feature("F133")
async def test_a_discount_that_bc_is_to_work_out_itself_stays_in_sales(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, ORDER_DISCOUNT="recalculate") as engine:
        desk = await Desk.opened(engine)
        order = await desk.submitted(desk.line("ITEM-0", 10, 10), discountpercentage=10)
        await engine.look(NAME)
        made = await desk.in_bc(order)
        assert (made["discountAmount"], made["paymentDiscountPercent"], (await desk.now(order))["discountpercentage"]) == (0, 10, 10)


@pytest.mark.case("T514", "T515", "T517", "T518", "T533")
@pytest.mark.feature("F134", "F135")
async def test_write_ins_and_long_texts_are_told_whole(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    item = await desk.submitted(write_in("Engraved", 2, 5), write_in(TEXT[:100], 1, 7, description=TEXT), desk.line("ITEM-0"))
    told = await desk.submitted(desk.line("RES-0", description=TEXT), desk.line("ITEM-0", description="Item ITEM-0"))
    await engine.look(NAME)
    assert await engine.problems() == []
    lines = await desk.lines_in_bc(item)
    assert shown(lines[:2], "lineType", "lineObjectNumber", "description") == [
        ("Item", WRITE_IN, "Engraved"),
        ("Item", WRITE_IN, "n" * 100),
    ]
    assert [line["lineType"] for line in lines] == ["Item", "Item", *["Comment"] * 6, "Item"]
    assert [line["description"] for line in lines[2:8]] == [*["n" * 100] * 3, "n" * 30, "to be fetched", "at the back door"]
    assert {line["attachedToLineNumber"] for line in lines[2:8]} == {lines[1]["sequence"]}
    first, *comments, last = await desk.lines_in_bc(told)
    assert (first["lineObjectNumber"], first["description"]) == ("RES-0", "Resource RES-0")
    assert [line["description"] for line in comments] == [*["n" * 100] * 4, "n" * 30, "to be fetched", "at the back door"]
    assert (last["lineObjectNumber"], last["description"]) == ("ITEM-0", "Item ITEM-0")
    [setup] = await engine.bc.rows("salesReceivablesSetup")
    await engine.bc.edit("salesReceivablesSetup", setup["id"], writeInProductType="Resource", writeInProductNumber="RES-0")
    engine.forget()
    resource = await desk.submitted(write_in("Engraved", 2, 5))
    await engine.look(NAME)
    assert shown(await desk.lines_in_bc(resource), "lineType", "lineObjectNumber") == [("Resource", "RES-0")]


async def test_with_units_in_groups_a_line_is_counted_in_the_unit_that_was_chosen_for_it(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, UNIT_GROUPS="true") as engine:
        await engine.seed(*(item_unit(number, code, quantity) for number in ("ITEM-0", "ITEM-1") for code, quantity in COUNTED.items()))
        desk = await Desk.opened(engine)
        boxes = {row["_uomscheduleid_value"]: f"/uoms({row['uomid']})" for row in await engine.sales.rows("uoms", name="BOX")}
        own, other = (boxes[desk.products[number]["_defaultuomscheduleid_value"]] for number in ("ITEM-0", "ITEM-1"))
        chosen = {**desk.line("ITEM-0", 2, 100), "uomid@odata.bind": own}
        order = await desk.order(chosen, desk.line("ITEM-0", 5, 10))
        typed = {**chosen, "uomid@odata.bind": other, "salesorderid@odata.bind": f"/salesorders({order['salesorderid']})"}
        assert "unit group" in await engine.sales.refused("insert", set="salesorderdetails", values=typed), "Sales takes no other group's"
        await desk.submit(order)
        await engine.look(NAME)
        assert await engine.problems(NAME) == []
        sold = shown(await desk.lines_in_bc(order), "lineObjectNumber", "unitOfMeasureCode", "quantity", "unitPrice")
        assert sold == [("ITEM-0", "BOX", 2, 100), ("ITEM-0", "PCS", 5, 10)]


COUNTED = {"PCS": 1, "BOX": 12}
"""How many of its base unit a unit of an item counts."""


async def test_amounts_have_as_many_decimals_as_their_currency(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    dollar = desk.lists[DOLLARS]["_transactioncurrencyid_value"]
    await engine.sales.edit("transactioncurrencies", dollar, currencyprecision=3)
    [theirs] = await engine.bc.rows("currencies", code="USD")
    await engine.bc.edit("currencies", theirs["id"], amountRoundingPrecision=0.001, amountDecimalPlaces="3:3")
    engine.forget()
    line = desk.line("ITEM-0", 10, 1.12, manualdiscountamount=1.125)
    order = await desk.submitted(line, list_=DOLLARS, discountamount=1.116, freightamount=2.345)
    await engine.look(NAME)
    made = await desk.in_bc(order)
    assert shown(await desk.lines_in_bc(order), "unitPrice", "discountAmount") == [(1.12, 1.125), (2.345, 0)]
    assert (made["discountAmount"], made["totalAmountExcludingTax"]) == (1.116, (await desk.now(order))["totalamount"])
    assert await engine.problems(NAME) == []
