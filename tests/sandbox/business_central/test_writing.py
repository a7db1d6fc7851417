from __future__ import annotations

import pytest

from tests.sandbox.business_central.client import ZEROS, Client, connect, customers, guid


@pytest.mark.fidelity("bc-3-post", "bc-3-patch", "bc-3-delete")
async def test_create_change_and_delete(bc: Client) -> None:
    answer = await bc.ask("POST", "customers", {"displayName": "Adatum"})
    row = answer.json()
    assert answer.headers["location"].endswith(f"/customers({row['id']})")
    changed = await bc.change(f"customers({row['id']})", row["@odata.etag"], city="Bern")
    assert (changed["city"], changed["displayName"]) == ("Bern", "Adatum")
    assert (await bc.ask("DELETE", f"customers({row['id']})", if_match=changed["@odata.etag"])).status_code == 204
    assert await bc.refused("GET", f"customers({row['id']})") == (404, "BadRequest_ResourceNotFound")


@pytest.mark.fidelity("bc-3-id")
async def test_ids_of_the_client_are_refused_by_the_standard_and_taken_by_the_extension(bc: Client) -> None:
    body = {"id": guid(77), "displayName": "Adatum"}
    assert await bc.refused("POST", "customers", body) == (400, "BadRequest_InvalidOperation")
    assert (await bc.create("ext:customers", **body))["id"] == guid(77)
    assert await bc.refused("POST", "ext:customers", body) == (400, "Internal_EntityWithSameKeyExists")
    await bc.switch(idOnPost=True)
    assert (await bc.create("customers", id=guid(78), displayName="x"))["id"] == guid(78)
    assert await bc.refused("PATCH", f"ext:customers({guid(77)})", {"id": guid(79)}, if_match="*") == (400, "BadRequest_InvalidOperation")


@pytest.mark.fidelity("bc-3-noop")
async def test_writing_the_same_values_moves_nothing(bc: Client) -> None:
    row = await bc.create("customers", displayName="Adatum", city="Bern")
    same = await bc.change(f"customers({row['id']})", row["@odata.etag"], displayName="Adatum", city="Bern")
    assert same == row


@pytest.mark.fidelity("bc-3-null")
async def test_null_clears(bc: Client) -> None:
    row = await bc.create("customers", displayName="Adatum", city="Bern")
    assert (await bc.change(f"customers({row['id']})", city=None))["city"] == ""


@pytest.mark.fidelity("bc-4-missing", "bc-5-invalid-token")
@pytest.mark.parametrize("headers", [{}, {"if_match": "nonsense"}])
async def test_a_change_without_a_readable_version_is_refused(bc: Client, headers: dict[str, str]) -> None:
    await bc.seed(customers=customers(1))
    assert await bc.refused("PATCH", f"customers({guid(0)})", {"city": "x"}, **headers) == (400, "BadRequest_InvalidToken")


@pytest.mark.fidelity("bc-4-stale", "bc-5-409", "bc-15-412")
async def test_a_stale_version_is_refused(bc: Client) -> None:
    row = await bc.create("customers", displayName="Adatum")
    await bc.change(f"customers({row['id']})", row["@odata.etag"], city="Bern")
    stale = ("PATCH", f"customers({row['id']})", {"city": "Basel"})
    assert await bc.refused(*stale, if_match=row["@odata.etag"]) == (409, "Request_EntityChanged")
    await bc.switch(staleStatus=412)
    assert await bc.refused(*stale, if_match=row["@odata.etag"]) == (412, "Request_EntityChanged")


@pytest.mark.fidelity("bc-4-star")
async def test_a_star_skips_the_check(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    assert (await bc.change(f"customers({guid(0)})", "*", city="x"))["city"] == "x"


@pytest.mark.fidelity("bc-3-delete-etag", "bc-15-delete-etag")
async def test_a_delete_checks_the_version_only_when_it_is_sent(bc: Client) -> None:
    await bc.seed(customers=customers(3))
    assert await bc.refused("DELETE", f"customers({guid(0)})", if_match='W/"old"') == (409, "Request_EntityChanged")
    assert (await bc.ask("DELETE", f"customers({guid(0)})")).status_code == 204
    await bc.switch(deleteNeedsEtag=True)
    assert await bc.refused("DELETE", f"customers({guid(1)})") == (400, "BadRequest_InvalidToken")


@pytest.mark.fidelity("bc-4-header")
async def test_a_single_row_has_its_version_in_a_header_too(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    answer = await bc.get(f"customers({guid(0)})")
    assert answer.headers["etag"] == answer.json()["@odata.etag"]


@pytest.mark.fidelity("bc-3-put", "bc-3-collection-patch", "bc-5-405")
async def test_verbs_that_do_not_exist(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    refused = (405, "BadRequest_MethodNotAllowed")
    assert await bc.refused("PUT", f"customers({guid(0)})", {}) == refused
    assert await bc.refused("PATCH", "customers", {}, if_match="*") == refused
    assert await bc.refused("POST", "generalLedgerSetup", {}) == refused
    assert await bc.refused("DELETE", f"ext:shippingAgents({guid(0)})") == refused


@pytest.mark.fidelity("bc-5-shape", "bc-3-unknown", "bc-3-read-only", "bc-5-invalid-operation")
async def test_errors_have_one_shape(bc: Client) -> None:
    answer = await bc.ask("POST", "customers", {"displayName": "x", "taxAreaDisplayName": "y"})
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    assert error["code"] == "BadRequest_InvalidOperation"
    text, _, correlation = error["message"].partition("  CorrelationId:  ")
    assert text == "Control 'taxAreaDisplayName' is read-only."
    assert len(correlation) == 37
    assert correlation.endswith(".")
    assert await bc.refused("POST", "customers", {"displayName": "x", "nosuch": 1}) == (400, "BadRequest")
    assert await bc.refused("POST", "customers", b"{not json") == (400, "BadRequest")


@pytest.mark.fidelity("bc-5-length", "bc-5-relation", "bc-12-country", "bc-5-same-key", "bc-15-duplicate")
async def test_values_that_do_not_fit(bc: Client) -> None:
    answer = await bc.ask("POST", "items", {"displayName": "x" * 101})
    assert answer.json()["error"]["code"] == "Application_StringExceededLength"
    assert "is 101, but it must be less than or equal to 100" in answer.text
    assert await bc.refused("POST", "customers", {"displayName": "x", "country": "XX"}) == (400, "Internal_InvalidTableRelation")
    await bc.create("customers", displayName="x", number="A")
    same = {"displayName": "y", "number": "a"}
    assert await bc.refused("POST", "customers", same) == (400, "Internal_EntityWithSameKeyExists")
    await bc.switch(duplicateKeyStatus=409)
    assert await bc.refused("POST", "customers", same) == (409, "Internal_EntityWithSameKeyExists")


@pytest.mark.fidelity("bc-5-bad-request")
@pytest.mark.parametrize(
    "values", [{"displayName": 5}, {"creditLimit": "5"}, {"taxLiable": "yes"}, {"currencyId": "x"}, {"creditLimit": True}]
)
async def test_values_of_the_wrong_type_are_bad_requests(bc: Client, values: dict[str, object]) -> None:
    assert await bc.refused("POST", "customers", {"displayName": "x", **values}) == (400, "BadRequest")


@pytest.mark.fidelity("bc-5-unknown", "bc-12-enums")
async def test_enum_members_are_checked_and_decoded_spellings_taken(bc: Client) -> None:
    assert await bc.refused("POST", "customers", {"displayName": "x", "blocked": "Nope"}) == (400, "Unknown")
    row = await bc.create("items", displayName="x", type="Non-Inventory")
    assert row["type"] == "Non_x002D_Inventory"


@pytest.mark.fidelity("bc-5-required", "bc-5-dialog", "bc-5-field")
async def test_required_values(bc: Client) -> None:
    assert await bc.refused("POST", "customers", {}) == (400, "Application_DialogException")
    assert await bc.refused("POST", "customers", {"displayName": None}) == (400, "BadRequest_RequiredParamNotProvided")
    assert await bc.refused("POST", "paymentTerms", {"displayName": "x"}) == (400, "BadRequest_RequiredParamNotProvided")
    row = await bc.create("customers", displayName="x")
    blank = ("PATCH", f"customers({row['id']})", {"displayName": ""})
    assert await bc.refused(*blank, if_match="*") == (400, "Application_DialogException")
    assert await bc.refused("POST", "items", {"displayName": "x", "unitPrice": -1}) == (400, "Application_FieldValidationException")


@pytest.mark.fidelity("bc-12-code", "bc-15-case")
async def test_codes_are_upper_case_and_trimmed(bc: Client) -> None:
    assert (await bc.create("paymentTerms", code=" net30 ", displayName="Net 30"))["code"] == "NET30"
    await bc.switch(keepCodeCase=True)
    assert (await bc.create("paymentTerms", code="net31", displayName="Net 31"))["code"] == "net31"


@pytest.mark.fidelity("bc-3-twins", "bc-12-lcy")
async def test_ids_and_their_codes_must_agree(bc: Client) -> None:
    await bc.seed(currencies=[{"id": guid(1), "code": "EUR"}, {"id": guid(2), "code": "CHF"}])
    row = await bc.create("customers", displayName="x", currencyId=guid(1), currencyCode="EUR")
    assert (row["currencyId"], row["currencyCode"]) == (guid(1), "EUR")
    wrong = {"displayName": "x", "currencyId": guid(1), "currencyCode": "CHF"}
    assert await bc.refused("POST", "customers", wrong) == (400, "Application_DialogException")
    unknown = {"displayName": "x", "currencyId": guid(9)}
    assert await bc.refused("POST", "customers", unknown) == (400, "Application_DialogException")
    assert (await bc.change(f"customers({row['id']})", currencyId=ZEROS))["currencyCode"] == "USD"
    assert (await bc.change(f"customers({row['id']})", currencyCode="USD"))["currencyId"] == ZEROS
    assert (await bc.one(f"ext:customers({row['id']})"))["currencyCode"] == ""


@pytest.mark.fidelity("bc-15-locale")
async def test_messages_may_be_in_another_language() -> None:
    bc = connect(switches={"localizedErrors": True})
    answer = await bc.ask("POST", "customers", {})
    assert answer.json()["error"]["code"] == "Application_DialogException"
    assert "abgelehnt" in answer.json()["error"]["message"]


async def test_a_refused_write_changes_nothing(bc: Client) -> None:
    row = await bc.create("customers", displayName="x", city="Bern")
    assert (await bc.ask("PATCH", f"customers({row['id']})", {"city": "Basel", "country": "XX"}, if_match="*")).status_code == 400
    assert await bc.one(f"customers({row['id']})") == row
    assert (await bc.ask("POST", "customers", {"displayName": "y", "number": row["number"]})).status_code == 400
    assert len(await bc.rows("contacts")) == 1
