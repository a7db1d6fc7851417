"""Rows one by one: create, read, update, upsert, versions, single properties, references, deep insert."""

from __future__ import annotations

import uuid

import pytest

from tests.sandbox.sales.desk import Desk, error_of


@pytest.mark.fidelity("sales-2-create")
async def test_a_created_row_is_answered_by_its_address(desk: Desk) -> None:
    row_id = str(uuid.uuid4())
    response = await desk.call("POST", "accounts", {"accountid": row_id, "name": "Adatum"})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["OData-EntityId"] == f"{desk.base}accounts({row_id})"


@pytest.mark.fidelity("sales-2-representation")
async def test_a_created_row_can_be_answered_whole(desk: Desk) -> None:
    response = await desk.call("POST", "accounts?$select=name", {"name": "Adatum", "telephone1": "1"}, Prefer="return=representation")
    assert response.status_code == 201
    assert response.headers["Preference-Applied"] == "return=representation"
    assert "OData-EntityId" not in response.headers
    assert response.headers["ETag"] == response.json()["@odata.etag"]
    assert set(response.json()) == {"@odata.context", "@odata.etag", "accountid", "name"}


@pytest.mark.fidelity("sales-2-missing")
async def test_a_missing_row_is_not_found(desk: Desk) -> None:
    nobody = str(uuid.uuid4())
    response = await desk.call("GET", f"accounts({nobody})")
    assert error_of(response) == (404, "0x80040217")
    assert response.json()["error"]["message"] == f"account With Id = {nobody} Does Not Exist"


@pytest.mark.fidelity("sales-2-upsert")
async def test_patch_creates_or_updates(desk: Desk) -> None:
    row_id = str(uuid.uuid4())
    for name in ("First", "Second"):
        response = await desk.call("PATCH", f"accounts({row_id})", {"name": name})
        assert response.status_code == 204
        assert response.headers["OData-EntityId"] == f"{desk.base}accounts({row_id})"
    assert (await desk.get(f"accounts({row_id})?$select=name"))["name"] == "Second"
    again = await desk.call("PATCH", f"accounts({uuid.uuid4()})", {"name": "x"}, Prefer="return=representation")
    assert again.status_code == 201


@pytest.mark.fidelity("sales-2-update-only")
async def test_if_match_star_never_creates(desk: Desk) -> None:
    response = await desk.call("PATCH", f"accounts({uuid.uuid4()})", {"name": "x"}, If_Match="*")
    assert error_of(response) == (404, "0x80040217")
    assert await desk.rows("accounts") == []


@pytest.mark.fidelity("sales-2-create-only")
async def test_if_none_match_star_never_updates(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Adatum"})
    response = await desk.call("PATCH", f"accounts({row['accountid']})", {"name": "x"}, If_None_Match="*")
    assert error_of(response) == (412, "0x80040237")
    twice = await desk.call("POST", "accounts", {"accountid": row["accountid"], "name": "x"})
    assert error_of(twice) == (412, "0x80040237")


@pytest.mark.fidelity("sales-2-stale")
async def test_an_old_version_is_refused_for_update_and_delete(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Adatum"})
    address, old = f"accounts({row['accountid']})", row["@odata.etag"]
    await desk.patch(address, {"name": "Newer"}, If_Match=old)
    for method, body in (("PATCH", {"name": "Lost"}), ("DELETE", None)):
        assert error_of(await desk.call(method, address, body, If_Match=old)) == (412, "0x80060882")
    assert (await desk.get(f"{address}?$select=name"))["name"] == "Newer"


@pytest.mark.fidelity("sales-2-not-modified")
async def test_an_unchanged_row_is_not_sent_again(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Adatum"})
    address = f"accounts({row['accountid']})"
    response = await desk.call("GET", address, If_None_Match=row["@odata.etag"])
    assert (response.status_code, response.content) == (304, b"")
    expanded = await desk.call("GET", f"{address}?$expand=ownerid", If_None_Match=row["@odata.etag"])
    assert expanded.status_code == 200


@pytest.mark.fidelity("sales-2-delete")
async def test_a_deleted_row_is_gone(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Adatum"})
    assert (await desk.call("DELETE", f"accounts({row['accountid']})")).status_code == 204
    assert (await desk.call("DELETE", f"accounts({row['accountid']})")).status_code == 404


@pytest.mark.fidelity("sales-2-delete-restricted")
async def test_a_row_that_documents_need_cannot_be_deleted(desk: Desk) -> None:
    order = await desk.document("salesorders", await desk.product())
    refused = await desk.call("DELETE", f"accounts({order['_customerid_value']})")
    assert error_of(refused) == (405, "0x80040227")


async def test_deleting_an_account_deletes_its_contacts_and_unlinks_its_daughters(desk: Desk) -> None:
    parent = await desk.create("accounts", {"name": "Parent"})
    bind = f"/accounts({parent['accountid']})"
    contact = await desk.create("contacts", {"lastname": "X", "parentcustomerid_account@odata.bind": bind})
    daughter = await desk.create("accounts", {"name": "Daughter", "parentaccountid@odata.bind": bind})
    assert (await desk.call("DELETE", f"accounts({parent['accountid']})")).status_code == 204
    assert (await desk.call("GET", f"contacts({contact['contactid']})")).status_code == 404
    assert (await desk.get(f"accounts({daughter['accountid']})"))["_parentaccountid_value"] is None


@pytest.mark.fidelity("sales-2-property")
async def test_one_property_can_be_written_cleared_and_read(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Adatum"})
    address = f"accounts({row['accountid']})/telephone1"
    assert (await desk.call("PUT", address, {"value": "123"})).status_code == 204
    assert (await desk.get(address))["value"] == "123"
    assert (await desk.call("DELETE", address)).status_code == 204
    assert (await desk.call("GET", address)).status_code == 204


@pytest.mark.fidelity("sales-2-ref")
async def test_references_are_set_and_removed(desk: Desk) -> None:
    account = await desk.create("accounts", {"name": "Adatum"})
    contact = await desk.create("contacts", {"lastname": "Chief"})
    row, body = f"accounts({account['accountid']})", {"@odata.id": f"{desk.base}contacts({contact['contactid']})"}
    assert (await desk.call("PUT", f"{row}/primarycontactid/$ref", body)).status_code == 204
    assert (await desk.get(row))["_primarycontactid_value"] == contact["contactid"]
    assert (await desk.call("DELETE", f"{row}/primarycontactid/$ref")).status_code == 204
    assert (await desk.get(row))["_primarycontactid_value"] is None
    assert (await desk.call("POST", f"{row}/contact_customer_accounts/$ref", body)).status_code == 204
    assert (await desk.get(f"contacts({contact['contactid']})"))["_parentcustomerid_value"] == account["accountid"]
    assert (await desk.call("DELETE", f"{row}/contact_customer_accounts({contact['contactid']})/$ref")).status_code == 204
    assert (await desk.get(f"contacts({contact['contactid']})"))["_parentcustomerid_value"] is None


async def test_a_role_is_given_to_a_user_by_reference(desk: Desk) -> None:
    roles, users = await desk.rows("roles?$filter=name eq 'Salesperson'"), await desk.rows("systemusers?$filter=lastname eq 'SYSTEM'")
    body = {"@odata.id": f"{desk.base}roles({roles[0]['roleid']})"}
    address = f"systemusers({users[0]['systemuserid']})"
    assert (await desk.call("POST", f"{address}/systemuserroles_association/$ref", body)).status_code == 204
    shown = await desk.get(f"{address}?$select=fullname&$expand=systemuserroles_association($select=name)")
    assert [role["name"] for role in shown["systemuserroles_association"]] == ["Salesperson"]


@pytest.mark.fidelity("sales-2-deep-insert")
async def test_nested_rows_are_created_in_one_transaction(desk: Desk) -> None:
    body = {
        "name": "Adatum",
        "primarycontactid": {"lastname": "Chief"},
        "contact_customer_accounts": [{"lastname": "One"}, {"lastname": "Two"}],
    }
    response = await desk.call("POST", "accounts", body)
    assert response.status_code == 204
    account = (await desk.rows("accounts?$expand=primarycontactid($select=lastname)"))[0]
    assert account["primarycontactid"]["lastname"] == "Chief"
    children = await desk.rows(f"contacts?$filter=_parentcustomerid_value eq {account['accountid']}&$orderby=lastname")
    assert [row["lastname"] for row in children] == ["One", "Two"]
    bad = {"name": "Half", "contact_customer_accounts": [{"lastname": "x" * 500}]}
    assert (await desk.call("POST", "accounts", bad)).status_code == 400
    assert await desk.rows("accounts?$filter=name eq 'Half'") == []


@pytest.mark.fidelity("sales-2-bind")
async def test_lookups_are_bound_by_any_form_of_address_and_cleared(desk: Desk) -> None:
    parent = (await desk.create("accounts", {"name": "Parent"}))["accountid"]
    row = await desk.create("accounts", {"name": "Daughter"})
    address = f"accounts({row['accountid']})"
    for reference in (
        f"/accounts({parent})",
        f"accounts({parent.upper()})",
        f"{desk.base}accounts({parent})",
        f"/accounts(accountid={parent})",
    ):
        await desk.patch(address, {"parentaccountid@odata.bind": None})
        await desk.patch(address, {"parentaccountid@odata.bind": reference})
        assert (await desk.get(address))["_parentaccountid_value"] == parent
    await desk.patch(address, {"parentaccountid": None})
    assert (await desk.get(address))["_parentaccountid_value"] is None


@pytest.mark.fidelity("sales-2-nav-case")
@pytest.mark.parametrize("nav", ["ParentAccountId", "parentcustomerid", "nothing"])
async def test_navigation_names_are_exact(desk: Desk, nav: str) -> None:
    parent = await desk.create("accounts", {"name": "Parent"})
    response = await desk.call("POST", "contacts", {"lastname": "x", f"{nav}@odata.bind": f"/accounts({parent['accountid']})"})
    assert error_of(response) == (400, "0x80048d19")
    assert f"An undeclared property '{nav}' which only has property annotations" in response.json()["error"]["message"]


async def test_a_bind_to_a_missing_row_or_a_wrong_table_is_refused(desk: Desk) -> None:
    nobody = uuid.uuid4()
    missing = await desk.call("POST", "contacts", {"lastname": "x", "parentcustomerid_account@odata.bind": f"/accounts({nobody})"})
    assert missing.json()["error"]["message"] == f"account With Id = {nobody} Does Not Exist"
    contact = await desk.create("contacts", {"lastname": "y"})
    wrong = await desk.call(
        "POST", "contacts", {"lastname": "x", "parentcustomerid_account@odata.bind": f"/contacts({contact['contactid']})"}
    )
    assert wrong.status_code == 400


@pytest.mark.fidelity("sales-2-annotation-period")
async def test_annotation_names_need_a_period(desk: Desk) -> None:
    refused = await desk.call("POST", "accounts", {"name": "x", "@logicalName": "account"})
    assert error_of(refused) == (400, "0x80048d19")
    await desk.create("accounts", {"name": "x", "@odata.type": "#Microsoft.Dynamics.CRM.account"})


@pytest.mark.fidelity("sales-2-error-details")
async def test_errors_carry_details_only_when_annotations_are_wanted(desk: Desk) -> None:
    plain = await desk.call("GET", f"accounts({uuid.uuid4()})")
    full = await desk.call("GET", f"accounts({uuid.uuid4()})", Prefer='odata.include-annotations="*"')
    assert set(plain.json()["error"]) == {"code", "message"}
    assert "@Microsoft.PowerApps.CDS.TraceText" in full.json()["error"]


@pytest.mark.fidelity("sales-1-headers")
async def test_answers_carry_the_headers_of_the_service(desk: Desk) -> None:
    response = await desk.call("GET", "accounts")
    assert response.headers["OData-Version"] == "4.0"
    assert response.headers["Content-Type"] == "application/json; odata.metadata=minimal"
    assert response.headers["x-ms-service-request-id"]
    assert float(response.headers["x-ms-ratelimit-time-remaining-xrm-requests"].replace(",", "")) > 0
    assert int(response.headers["x-ms-ratelimit-burst-remaining-xrm-requests"]) < 6000
    for version in ("v9.0", "v9.1"):
        assert (await desk.call("GET", f"{desk.origin}/api/data/{version}/WhoAmI()")).status_code == 200


@pytest.mark.fidelity("sales-1-methods")
async def test_unknown_sets_and_methods_are_refused(desk: Desk) -> None:
    assert error_of(await desk.call("GET", "Accounts")) == (404, "0x8006088a")
    assert (await desk.call("PUT", "accounts", {})).status_code == 405
