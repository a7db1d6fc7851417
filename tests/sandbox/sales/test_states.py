"""State and status: births, pairs, what only an action may do, closed rows."""

from __future__ import annotations

import pytest

from tests.sandbox.sales.desk import Desk, error_of


@pytest.mark.fidelity("sales-2-state-on-create")
async def test_rows_are_born_in_the_default_state(desk: Desk) -> None:
    refused = await desk.call("POST", "accounts", {"name": "x", "statecode": 1, "statuscode": 2})
    assert error_of(refused) == (400, "0x80048408")
    assert refused.json()["error"]["message"].startswith(
        "2 is not a valid status code for state code AccountState.Active on account with Id "
    )
    row = await desk.create("accounts", {"name": "x", "statecode": 1})
    assert (row["statecode"], row["statuscode"]) == (0, 1)
    order = await desk.create("salesorders", {"name": "x", "statuscode": 2})
    assert (order["statecode"], order["statuscode"]) == (0, 2)


@pytest.mark.fidelity("sales-8-pairs")
async def test_state_and_status_belong_together(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "x"})
    address = f"accounts({row['accountid']})"
    for pair in ({"statecode": 1, "statuscode": 1}, {"statecode": 0, "statuscode": 2}, {"statuscode": 2}, {"statecode": 7}):
        assert error_of(await desk.call("PATCH", address, pair)) == (400, "0x80048408")
    await desk.patch(address, {"statecode": 1})
    shown = await desk.get(address)
    assert (shown["statecode"], shown["statuscode"]) == (1, 2)
    await desk.patch(address, {"statecode": 0, "statuscode": 1})


@pytest.mark.fidelity("sales-8-product-states")
async def test_products_are_born_as_drafts_and_never_go_back(desk: Desk) -> None:
    ids = await desk.product(active=False)
    address = f"products({ids['product']})"
    product = await desk.get(address)
    assert (product["statecode"], product["statuscode"]) == (2, 0)
    assert error_of(await desk.call("PATCH", address, {"statecode": 1, "statuscode": 2}))[1] == "0x8004f978"
    await desk.patch(address, {"statecode": 0, "statuscode": 1})
    assert error_of(await desk.call("PATCH", address, {"statecode": 2, "statuscode": 0}))[1] == "0x8004f912"
    for pair in (
        {"statecode": 3, "statuscode": 3},
        {"statecode": 0, "statuscode": 1},
        {"statecode": 1, "statuscode": 2},
        {"statecode": 0, "statuscode": 1},
    ):
        await desk.patch(address, pair)


async def test_products_can_be_born_active_by_a_setting(desk: Desk) -> None:
    organization = (await desk.rows("organizations"))[0]["organizationid"]
    await desk.patch(f"organizations({organization})", {"createproductswithoutparentinactivestate": True})
    ids = await desk.product(active=False)
    assert (await desk.get(f"products({ids['product']})"))["statecode"] == 0


@pytest.mark.fidelity("sales-8-by-action")
@pytest.mark.parametrize(
    ("entity_set", "pair", "code"),
    [
        ("opportunities", {"statecode": 1, "statuscode": 3}, "0x80100005"),
        ("opportunities", {"statecode": 2, "statuscode": 4}, "0x80100005"),
        ("quotes", {"statecode": 2, "statuscode": 4}, "0x80040233"),
        ("quotes", {"statecode": 3, "statuscode": 5}, "0x80040233"),
        ("salesorders", {"statecode": 3, "statuscode": 100001}, "0x80040233"),
        ("salesorders", {"statecode": 2, "statuscode": 4}, "0x80040233"),
    ],
)
async def test_some_states_need_their_action(desk: Desk, entity_set: str, pair: dict[str, int], code: str) -> None:
    row = await desk.document(entity_set, await desk.product())
    key = next(name for name in row if name in ("opportunityid", "quoteid", "salesorderid") and row[name] and name[:3] == entity_set[:3])
    assert error_of(await desk.call("PATCH", f"{entity_set}({row[key]})", pair)) == (400, code)


@pytest.mark.fidelity("sales-8-invoice-states")
async def test_invoices_are_paid_from_active_and_canceled_from_active_or_paid(desk: Desk) -> None:
    invoice = await desk.document("invoices", await desk.product())
    address = f"invoices({invoice['invoiceid']})"
    paid, canceled, active = (
        {"statecode": 2, "statuscode": 100001},
        {"statecode": 3, "statuscode": 100003},
        {"statecode": 0, "statuscode": 1},
    )
    await desk.patch(address, paid)
    assert error_of(await desk.call("PATCH", address, {"description": "late"})) == (400, "0x8004022e")
    await desk.patch(address, canceled)
    assert error_of(await desk.call("PATCH", address, paid)) == (400, "0x80100000")
    await desk.patch(address, active)
    await desk.patch(address, {"description": "open again"})


@pytest.mark.fidelity("sales-8-quote-states")
async def test_only_a_draft_quote_takes_edits_and_is_activated(desk: Desk) -> None:
    quote = await desk.document("quotes", await desk.product())
    address = f"quotes({quote['quoteid']})"
    await desk.patch(address, {"statecode": 1, "statuscode": 2})
    assert error_of(await desk.call("PATCH", address, {"description": "late"})) == (400, "0x8004022e")
    await desk.act("CloseQuote", {"Status": 5, "QuoteClose": {"quoteid@odata.bind": f"/quotes({quote['quoteid']})"}})
    assert error_of(await desk.call("PATCH", address, {"statecode": 1, "statuscode": 2})) == (400, "0x80100003")


@pytest.mark.fidelity("sales-8-submit")
async def test_an_order_is_submitted_by_its_state(desk: Desk) -> None:
    order = await desk.document("salesorders", await desk.product())
    await desk.patch(f"salesorders({order['salesorderid']})", {"statecode": 1, "statuscode": 3})
    assert (await desk.get(f"salesorders({order['salesorderid']})"))["statecode"] == 1


@pytest.mark.fidelity("sales-8-submit")
async def test_a_submitted_order_and_its_lines_are_read_only_until_it_is_active_again(desk: Desk) -> None:
    ids = await desk.product()
    order = await desk.document("salesorders", ids)
    address = f"salesorders({order['salesorderid']})"
    line = {"quantity": 1, "salesorderid@odata.bind": f"/{address}", **desk.line_of(ids)}
    first = await desk.create("salesorderdetails", line)
    await desk.hand("submit", {"id": order["salesorderid"]})
    assert error_of(await desk.call("PATCH", address, {"description": "late"})) == (400, "0x8004022e")
    assert error_of(await desk.call("POST", "salesorderdetails", line)) == (400, "0x80043b09")
    own = f"salesorderdetails({first['salesorderdetailid']})"
    assert error_of(await desk.call("PATCH", own, {"quantity": 2})) == (400, "0x80043b09")
    assert error_of(await desk.call("DELETE", own)) == (400, "0x80043b09")
    await desk.patch(address, {"statecode": 0, "statuscode": 1})
    await desk.patch(own, {"quantity": 2})
    await desk.patch(address, {"statecode": 1, "statuscode": 3})


@pytest.mark.fidelity("sales-8-submitted-editable")
async def test_a_switch_lets_a_submitted_order_take_edits(desk: Desk) -> None:
    order = await desk.document("salesorders", await desk.product())
    await desk.hand("submit", {"id": order["salesorderid"]})
    await desk.switch(submittedIsEditable=True)
    await desk.patch(f"salesorders({order['salesorderid']})", {"description": "late"})
