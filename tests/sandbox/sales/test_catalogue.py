"""Units, products, price lists and their items."""

from __future__ import annotations

import pytest

from tests.sandbox.sales.desk import Desk, error_of


@pytest.mark.fidelity("sales-c-units")
async def test_a_unit_group_comes_with_its_base_unit(desk: Desk) -> None:
    group = await desk.create("uomschedules", {"name": "NAV PCS", "baseuomname": "PCS"})
    units = await desk.rows(f"uoms?$filter=_uomscheduleid_value eq {group['uomscheduleid']}")
    assert [(unit["name"], unit["quantity"], unit["isschedulebaseuom"]) for unit in units] == [("PCS", 1, True)]
    base = f"uoms({units[0]['uomid']})"
    assert error_of(await desk.call("PATCH", base, {"quantity": 2}))[1] == "0x80043b18"
    assert error_of(await desk.call("DELETE", base))[1] == "0x80043b03"
    assert error_of(await desk.call("POST", "uomschedules", {"name": "Without"}))[1] == "0x80043810"
    assert (await desk.call("DELETE", f"uomschedules({group['uomscheduleid']})")).status_code == 204
    assert await desk.rows("uoms") == []


async def test_units_count_another_of_their_group_under_names_of_their_own(desk: Desk) -> None:
    ids = await desk.product()
    box = {
        "name": "BOX",
        "quantity": 12,
        "uomscheduleid@odata.bind": f"/uomschedules({ids['group']})",
        "baseuom@odata.bind": f"/uoms({ids['unit']})",
    }
    await desk.create("uoms", box)
    assert (await desk.call("POST", "uoms", {**box, "name": "pcs"})).status_code == 412
    other = await desk.product("2000")
    assert (
        error_of(await desk.call("POST", "uoms", {**box, "name": "X", "baseuom@odata.bind": f"/uoms({other['unit']})"}))[1] == "0x80043b16"
    )
    del box["baseuom@odata.bind"]
    assert error_of(await desk.call("POST", "uoms", {**box, "name": "Y"}))[1] == "0x80043b1c"


@pytest.mark.fidelity("sales-c-products")
async def test_products_need_number_group_and_a_unit_of_it(desk: Desk) -> None:
    ids, other = await desk.product(), await desk.product("2000")
    good = {
        "name": "x",
        "productnumber": "3",
        "defaultuomscheduleid@odata.bind": f"/uomschedules({ids['group']})",
        "defaultuomid@odata.bind": f"/uoms({ids['unit']})",
    }
    for change, code in (
        ({"productnumber": None}, "0x80043b05"),
        ({"productnumber": "1000"}, "0x80043b06"),
        ({"quantitydecimal": 6}, "0x80044330"),
        ({"defaultuomid@odata.bind": f"/uoms({other['unit']})"}, "0x80043b14"),
        ({"defaultuomscheduleid@odata.bind": None}, "0x80043b13"),
    ):
        assert error_of(await desk.call("POST", "products", {**good, **change}))[1] == code
    await desk.create("products", good)
    moved = await desk.call(
        "PATCH",
        f"products({ids['product']})",
        {"defaultuomscheduleid@odata.bind": f"/uomschedules({other['group']})", "defaultuomid@odata.bind": f"/uoms({other['unit']})"},
    )
    assert moved.status_code == 400


@pytest.mark.fidelity("sales-c-duplicates")
async def test_names_of_price_lists_and_their_triples_are_unique(desk: Desk) -> None:
    ids = await desk.product()
    assert error_of(await desk.call("POST", "pricelevels", {"name": "prices 1000"}))[1] == "0x80043b0f"
    item = {"amount": 1, **desk.line_of(ids), "pricelevelid@odata.bind": f"/pricelevels({ids['prices']})"}
    assert error_of(await desk.call("POST", "productpricelevels", item))[1] == "0x80043b08"


@pytest.mark.fidelity("sales-c-price-items")
async def test_price_items_take_units_of_the_product_and_the_currency_of_the_list(desk: Desk) -> None:
    ids, other = await desk.product(), await desk.product("2000")
    item = {"amount": 1, **desk.line_of(ids), "pricelevelid@odata.bind": f"/pricelevels({other['prices']})"}
    assert (
        error_of(await desk.call("POST", "productpricelevels", {**item, "uomid@odata.bind": f"/uoms({other['unit']})"}))[1] == "0x80043b14"
    )
    assert error_of(await desk.call("POST", "productpricelevels", {**item, "amount": None}))[1] == "0x80043b10"
    made = await desk.create("productpricelevels", item)
    assert made["_transactioncurrencyid_value"] == await desk.currency() and made["amount_base"] == 1
    percent = await desk.call(
        "PATCH", f"productpricelevels({made['productpricelevelid']})", {"pricingmethodcode": 2, "percentage": 100_000}
    )
    assert error_of(percent)[1] == "0x80043b0c"
    await desk.patch(f"products({other['product']})", {"statecode": 1, "statuscode": 2})
    retired = {"amount": 1, **desk.line_of(other), "pricelevelid@odata.bind": f"/pricelevels({ids['prices']})"}
    assert error_of(await desk.call("POST", "productpricelevels", retired))[1] == "0x80061009"


async def test_a_default_price_list_cannot_be_deactivated(desk: Desk) -> None:
    ids = await desk.product()
    await desk.patch(f"products({ids['product']})", {"pricelevelid@odata.bind": f"/pricelevels({ids['prices']})"})
    refused = await desk.call("PATCH", f"pricelevels({ids['prices']})", {"statecode": 1, "statuscode": 100002})
    assert error_of(refused)[1] == "0x80043b04"
    assert error_of(await desk.call("DELETE", f"pricelevels({ids['prices']})")) == (405, "0x80040227")
