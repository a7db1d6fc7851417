"""Alternate keys: making them, addressing by them, what they forbid."""

from __future__ import annotations

import pytest

from tests.sandbox.sales.desk import Desk, Row, error_of

COLUMN = {
    "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
    "SchemaName": "couplet_BcId",
    "MaxLength": 50,
    "FormatName": {"Value": "Text"},
    "RequiredLevel": {"Value": "None"},
}


async def with_key(desk: Desk, **key: object) -> None:
    await desk.act("EntityDefinitions(LogicalName='account')/Attributes", COLUMN)
    body: Row = {"SchemaName": "couplet_BcKey", "KeyAttributes": ["couplet_bcid"], **key}
    await desk.act("EntityDefinitions(LogicalName='account')/Keys", body)


@pytest.mark.fidelity("sales-2-key-address")
async def test_rows_are_read_changed_and_deleted_by_key(desk: Desk) -> None:
    await with_key(desk)
    await desk.create("accounts", {"name": "O'Neil", "couplet_bcid": "A'1"})
    address = "accounts(couplet_bcid='A''1')"
    assert (await desk.get(f"{address}?$select=name"))["name"] == "O'Neil"
    assert (await desk.get("accounts(couplet_bcid=%27A%27%271%27)?$select=name"))["name"] == "O'Neil"
    await desk.patch(address, {"name": "Neil"})
    assert (await desk.call("DELETE", address)).status_code == 204
    assert error_of(await desk.call("GET", address)) == (404, "0x80060891")


@pytest.mark.fidelity("sales-2-key-upsert")
async def test_upsert_by_key_fills_the_key_and_answers_the_address_as_used(desk: Desk) -> None:
    await with_key(desk)
    address = "accounts(couplet_bcid='B1')"
    response = await desk.call("PATCH", address, {"name": "Made"})
    assert (response.status_code, response.headers["OData-EntityId"]) == (204, desk.base + address)
    again = await desk.call("PATCH", address, {"name": "Changed", "couplet_bcid": "ignored on update"})
    assert again.status_code == 204
    rows = await desk.rows("accounts?$select=name,couplet_bcid")
    assert [(row["name"], row["couplet_bcid"]) for row in rows] == [("Changed", "B1")]
    await desk.call("PATCH", "accounts(couplet_bcid='C1')", {"name": "Other", "couplet_bcid": "C2"})
    assert (await desk.get("accounts(couplet_bcid='C2')"))["name"] == "Other"


@pytest.mark.fidelity("sales-2-key-violated")
async def test_a_key_value_is_taken_once_whatever_its_case(desk: Desk) -> None:
    await with_key(desk)
    await desk.create("accounts", {"name": "One", "couplet_bcid": "k1"})
    assert error_of(await desk.call("POST", "accounts", {"name": "Two", "couplet_bcid": "K1"})) == (412, "0x80060892")
    for _ in range(2):
        await desk.create("accounts", {"name": "Without"})


@pytest.mark.fidelity("sales-2-not-a-key")
async def test_columns_that_are_no_key_do_not_address(desk: Desk) -> None:
    assert error_of(await desk.call("GET", "accounts(name='x')")) == (400, "0x80060888")
    assert error_of(await desk.call("GET", "accounts(nothing='x')")) == (400, "0x80060888")


@pytest.mark.fidelity("sales-2-key-lookup")
async def test_a_lookup_in_a_key_is_written_with_its_value_name(desk: Desk) -> None:
    await desk.act(
        "EntityDefinitions(LogicalName='product')/Keys", {"SchemaName": "couplet_Place", "KeyAttributes": ["defaultuomid", "productnumber"]}
    )
    ids = await desk.product("7")
    found = await desk.get(f"products(_defaultuomid_value={ids['unit']},productnumber='7')?$select=name")
    assert found["name"] == "Bicycle 7"
    wrong = await desk.call("GET", f"products(defaultuomid={ids['unit']},productnumber='7')")
    assert error_of(wrong) == (400, "0x80060888")


@pytest.mark.fidelity("sales-2-key-pending")
async def test_a_key_that_is_not_active_neither_enforces_nor_resolves(desk: Desk) -> None:
    await desk.switch(keysPending=True)
    await with_key(desk)
    keys = await desk.rows("EntityDefinitions(LogicalName='account')/Keys?$select=LogicalName,KeyAttributes,EntityKeyIndexStatus")
    assert (keys[0]["EntityKeyIndexStatus"], keys[0]["KeyAttributes"]) == ("Pending", ["couplet_bcid"])
    await desk.create("accounts", {"name": "One", "couplet_bcid": "k1"})
    assert (await desk.call("GET", "accounts(couplet_bcid='k1')")).status_code == 400
    await desk.switch(keysPending=False)
    assert (await desk.call("GET", "accounts(couplet_bcid='k1')")).status_code == 200


@pytest.mark.fidelity("sales-2-primary-key-name")
async def test_the_primary_key_may_be_named_but_not_for_users(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Adatum"})
    assert (await desk.call("GET", f"accounts(accountid={row['accountid']})")).status_code == 200
    user = (await desk.rows("systemusers"))[0]["systemuserid"]
    assert (await desk.call("GET", f"systemusers(systemuserid={user})")).status_code == 400


@pytest.mark.fidelity("sales-10-key-rules")
async def test_keys_are_checked_when_made(desk: Desk) -> None:
    await with_key(desk)
    address = "EntityDefinitions(LogicalName='account')/Keys"
    same = await desk.call("POST", address, {"SchemaName": "couplet_Other", "KeyAttributes": ["couplet_bcid"]})
    assert error_of(same)[1] == "0x80060894"
    named = await desk.call("POST", address, {"SchemaName": "couplet_BcKey", "KeyAttributes": ["accountnumber"]})
    assert error_of(named)[1] == "0x80060893"
    typed = await desk.call("POST", address, {"SchemaName": "couplet_Flag", "KeyAttributes": ["creditonhold"]})
    assert error_of(typed) == (400, "0x8006088f")
