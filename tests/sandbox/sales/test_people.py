"""The control desk: seeding, rows, reset, and the hands of people in Sales."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.sandbox.sales.desk import Desk, error_of

NOBODY = "00000000-0000-0000-0000-00000000abcd"


async def test_seeded_rows_are_as_given_with_defaults_and_stamps(desk: Desk) -> None:
    rows = [{"accountid": NOBODY.upper(), "name": "Adatum", "modifiedon": "2020-01-02T03:04:05Z", "_parentaccountid_value": None}]
    assert await desk.control("POST", "seed", {"tables": {"accounts": rows, "contacts": []}}) == {"accounts": 1, "contacts": 0}
    row = await desk.get(f"accounts({NOBODY})")
    assert (row["modifiedon"], row["statecode"], row["createdon"] > "2026") == ("2020-01-02T03:04:05Z", 0, True)
    shown = await desk.control("GET", "rows/accounts")
    assert {name: value for name, value in row.items() if name != "@odata.context"} == shown[0]
    response = await desk.client.post(f"{desk.origin}/_control/seed", json={"tables": {"accounts": [{"nothing": 1}]}})
    assert response.status_code == 400 and "nothing" in response.text


async def test_a_company_of_another_base_currency_can_be_seeded(desk: Desk) -> None:
    dollar = "00000000-0000-0000-0000-0000000000aa"
    row = {
        "transactioncurrencyid": dollar,
        "isocurrencycode": "USD",
        "currencyname": "Dollar",
        "currencysymbol": "$",
        "currencyprecision": 2,
        "exchangerate": 1.0,
    }
    await desk.control("POST", "seed", {"tables": {"transactioncurrencies": [row]}, "company": {"_basecurrencyid_value": dollar}})
    assert (await desk.create("accounts", {"name": "x", "creditlimit": 1}))["_transactioncurrencyid_value"] == dollar


async def test_reset_leaves_the_base_rows(desk: Desk) -> None:
    await desk.create("accounts", {"name": "x"})
    await desk.switch(ownerNeedsRole=True)
    await desk.control("POST", "reset")
    assert await desk.rows("accounts") == []
    organization = (await desk.rows("organizations"))[0]
    assert organization["_basecurrencyid_value"] == await desk.currency()
    assert (await desk.control("GET", "switches"))["ownerNeedsRole"] is False


@pytest.mark.fidelity("sales-h-people")
async def test_people_edit_insert_assign_and_delete_as_themselves(desk: Desk) -> None:
    account = await desk.create("accounts", {"name": "Adatum"})
    edited = (await desk.hand("edit", {"set": "accounts", "id": account["accountid"], "values": {"name": "By hand"}})).json()
    person = (await desk.rows("systemusers?$filter=lastname eq 'Box'"))[0]["systemuserid"]
    assert (edited["name"], edited["_modifiedby_value"]) == ("By hand", person) != ("By hand", account["_modifiedby_value"])
    made = (await desk.hand("insert", {"set": "contacts", "values": {"lastname": "New"}})).json()
    assert made["_createdby_value"] == person
    assigned = (await desk.hand("assign", {"set": "contacts", "id": made["contactid"], "owner": account["_ownerid_value"]})).json()
    assert assigned["_ownerid_value"] == account["_ownerid_value"]
    assert (await desk.hand("delete", {"set": "contacts", "id": made["contactid"]})).status_code == 200
    assert await desk.rows("contacts") == []


async def test_people_are_under_the_rules_too(desk: Desk) -> None:
    missing = await desk.hand("edit", {"set": "accounts", "id": NOBODY, "values": {"name": "x"}})
    assert error_of(missing) == (404, "0x80040217")
    account = await desk.create("accounts", {"name": "x"})
    too_long = await desk.hand("edit", {"set": "accounts", "id": account["accountid"], "values": {"name": "x" * 200}})
    assert error_of(too_long) == (400, "0x80044331")


@pytest.mark.fidelity("sales-h-documents")
async def test_people_take_documents_through_their_lives(desk: Desk) -> None:
    ids = await desk.product()
    quote = await desk.document("quotes", ids)
    assert (await desk.hand("activate", {"id": quote["quoteid"]})).json()["statecode"] == 1
    revised = (await desk.hand("revise", {"id": quote["quoteid"]})).json()
    assert revised["revisionnumber"] == 1
    await desk.hand("activate", {"id": revised["quoteid"]})
    assert (await desk.hand("win", {"set": "quotes", "id": revised["quoteid"]})).json()["statecode"] == 2
    order = (await desk.hand("convert", {"set": "quotes", "id": revised["quoteid"]})).json()
    assert (await desk.hand("submit", {"id": order["salesorderid"]})).json()["statecode"] == 1
    invoice = (await desk.hand("convert", {"set": "salesorders", "id": order["salesorderid"]})).json()
    assert (await desk.hand("fulfill", {"id": order["salesorderid"]})).json()["statecode"] == 3
    assert (await desk.hand("pay", {"id": invoice["invoiceid"]})).json()["statecode"] == 2
    assert (await desk.hand("cancel", {"set": "invoices", "id": invoice["invoiceid"]})).json()["statecode"] == 3
    other = await desk.document("salesorders", ids)
    assert (await desk.hand("cancel", {"set": "salesorders", "id": other["salesorderid"]})).json()["statecode"] == 2
    lost = await desk.document("opportunities", ids)
    assert (await desk.hand("lose", {"set": "opportunities", "id": lost["opportunityid"]})).json()["statuscode"] == 4
    assert (await desk.hand("retire", {"id": ids["product"]})).json()["statecode"] == 1
    assert (await desk.hand("publish", {"id": ids["product"]})).json()["statecode"] == 0


async def test_people_merge_duplicates(desk: Desk) -> None:
    master, other = await desk.create("accounts", {"name": "Adatum"}), await desk.create("accounts", {"name": "ADATUM"})
    merged = await desk.hand("merge", {"set": "accounts", "id": master["accountid"], "other": other["accountid"], "values": {"fax": "5"}})
    assert merged.json()["fax"] == "5"
    assert (await desk.get(f"accounts({other['accountid']})"))["merged"] is True
    again = await desk.hand("merge", {"set": "accounts", "id": master["accountid"], "other": other["accountid"]})
    assert again.status_code == 400


@pytest.mark.slow
async def test_it_serves_over_a_real_port_as_in_process(distant: Desk) -> None:
    row = await distant.create("accounts", {"name": "Überall & \N{GRINNING FACE}"})
    assert (await distant.get(f"accounts({row['accountid']})"))["name"] == "Überall & \N{GRINNING FACE}"
    page = await distant.get("accounts?$select=name&$filter=name eq '%C3%BCberall %26 %F0%9F%98%80'", Prefer="odata.maxpagesize=1")
    assert len(page["value"]) == 1
    await distant.control("POST", "faults", {"kind": "drop", "path": "accounts"})
    with pytest.raises(Exception, match="disconnected"):
        await distant.get("accounts")


@pytest.mark.fidelity("sales-h-clock")
async def test_the_clock_of_the_service_may_run_ahead_of_ours(desk: Desk) -> None:
    before = datetime.now(UTC)
    await desk.switch(clockOffsetMs=3_600_000)
    row = await desk.create("accounts", {"name": "x"})
    assert datetime.fromisoformat(row["modifiedon"]) - before > timedelta(minutes=59)
    answer = await desk.call("GET", "accounts")
    assert parsedate_to_datetime(answer.headers["date"]) - before > timedelta(minutes=59)


@pytest.mark.fidelity("sales-h-privileges")
async def test_a_lost_privilege_is_named_with_who_lacks_it(desk: Desk) -> None:
    account = await desk.create("accounts", {"name": "x"})
    await desk.switch(privilegesLost=["prvWriteAccount"])
    me = (await desk.get("WhoAmI()"))["UserId"]
    refused = await desk.call("PATCH", f"accounts({account['accountid']})", {"name": "y"})
    assert error_of(refused) == (403, "0x80040220")
    assert me in refused.text and "prvWriteAccount" in refused.text
    await desk.create("accounts", {"name": "z"})
    assert (await desk.hand("edit", {"set": "accounts", "id": account["accountid"], "values": {"name": "y"}})).status_code == 200
