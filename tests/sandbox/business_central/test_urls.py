from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from sandbox import identity
from sandbox.business_central.company import DEFAULT_COMPANY
from tests.sandbox.business_central.client import BASE, COMPANY, EXTENSION, Client, connect, customers, guid


@pytest.mark.fidelity("bc-1-standard", "bc-1-no-tenant")
async def test_the_same_company_is_reached_with_and_without_tenant(bc: Client) -> None:
    for base in (BASE, "/v2.0/sandbox/api/v2.0"):
        assert [row["id"] for row in await bc.rows(f"{base}/companies")] == [DEFAULT_COMPANY]


@pytest.mark.fidelity("bc-1-extension", "bc-15-profile")
async def test_the_extension_has_a_route_of_its_own_and_is_absent_in_the_standard_profile(bc: Client) -> None:
    await bc.seed(shippingAgents=[{"code": "DHL", "name": "DHL"}])
    assert [row["code"] for row in await bc.rows("ext:shippingAgents")] == ["DHL"]
    assert await bc.refused("GET", "shippingAgents") == (404, "BadRequest_NotFound")
    standard = connect(profile="standard")
    assert await standard.refused("GET", "ext:shippingAgents") == (404, "BadRequest_NotFound")
    assert await standard.refused("GET", f"{EXTENSION}/$metadata") == (404, "BadRequest_NotFound")


@pytest.mark.fidelity("bc-1-key")
async def test_keys_are_guids_without_quotes(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    assert (await bc.one(f"customers({guid(0)})"))["number"] == "N00000"
    assert await bc.refused("GET", "customers(12)") == (400, "BadRequest")


@pytest.mark.fidelity("bc-1-company-query")
async def test_a_company_can_be_named_in_the_query(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    assert len(await bc.rows(f"{BASE}/customers?company=Demo%20Company")) == 1
    assert await bc.refused("GET", f"{BASE}/customers?company=Nobody") == (404, "Internal_CompanyNotFound")


@pytest.mark.fidelity("bc-1-companies", "bc-4-companies")
async def test_companies_are_listed_without_etag_and_cannot_be_made(bc: Client) -> None:
    await bc.seed({"name": "Second", "localCurrencyCode": "EUR"}, customers=customers(1))
    rows = await bc.rows(f"{BASE}/companies")
    assert [row["name"] for row in rows] == ["Demo Company", "Second"]
    assert "@odata.etag" not in rows[0]
    assert [row["name"] for row in await bc.rows(f"{BASE}/companies?$filter=name eq 'second'")] == ["Second"]
    assert await bc.refused("POST", f"{BASE}/companies", {"name": "x"}) == (405, "BadRequest_MethodNotAllowed")


@pytest.mark.fidelity("bc-1-metadata", "bc-12-option-types")
async def test_metadata_lists_sets_types_and_enums_per_route(bc: Client) -> None:
    standard, extension = [(await bc.get(f"{base}/$metadata")).text for base in (BASE, EXTENSION)]
    assert 'Namespace="Microsoft.NAV"' in standard
    assert re.search(r'<EntitySet Name="customers" EntityType="Microsoft.NAV.customer"/>', standard)
    assert '<Member Name="Non_x002D_Inventory" Value="2"/>' in standard
    assert "shippingAgents" in extension
    assert "shippingAgents" not in standard


@pytest.mark.fidelity("bc-1-entity-definitions")
async def test_entity_definitions_give_captions(bc: Client) -> None:
    (row,) = await bc.rows(f"{BASE}/entityDefinitions?$filter=entitySetName eq 'customers'")
    assert row["entityName"] == "customer"
    assert {"name": "displayName", "captions": [{"languageCode": 1033, "caption": "Display Name"}]} in row["properties"]


@pytest.mark.fidelity("bc-1-context")
async def test_contexts_name_company_and_set(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    listed, single = (await bc.get("customers")).json(), await bc.one(f"customers({guid(0)})")
    assert listed["@odata.context"] == f"http://127.0.0.1{BASE}/$metadata#{COMPANY}/customers"
    assert single["@odata.context"].endswith("/customers/$entity")


@pytest.mark.fidelity("bc-5-no-environment")
async def test_an_unknown_environment_is_an_xml_404(bc: Client) -> None:
    answer = await bc.get(f"/v2.0/{identity.TENANT}/NoSuch/api/v2.0/companies")
    assert answer.status_code == 404
    assert "<code>NoEnvironment</code>" in answer.text


@pytest.mark.fidelity("bc-5-not-found", "bc-5-resource-not-found", "bc-5-company-not-found", "bc-15-missing-set")
async def test_the_kinds_of_404_differ(bc: Client) -> None:
    assert await bc.refused("GET", "resources") == (404, "BadRequest_NotFound")
    assert await bc.refused("GET", "contact") == (404, "BadRequest_ResourceNotFound")
    assert await bc.refused("GET", f"customers({guid(9)})") == (404, "BadRequest_ResourceNotFound")
    assert await bc.refused("GET", f"{BASE}/companies({guid(9)})/customers") == (404, "Internal_CompanyNotFound")
    await bc.switch(missingSets=["salespeoplePurchasers"])
    assert await bc.refused("GET", "salespeoplePurchasers") == (404, "BadRequest_NotFound")


@pytest.mark.fidelity("bc-5-invalid-url", "bc-5-414")
async def test_urls_that_cannot_be_read_or_are_too_long(bc: Client) -> None:
    assert await bc.refused("GET", f"customers({guid(0)}") == (400, "BadRequest_InvalidRequestUrl")
    assert (await bc.get("customers?$filter=" + "x" * 8100)).status_code == 414


@pytest.mark.fidelity("bc-11-response-headers")
async def test_answers_carry_the_headers_of_the_service(bc: Client) -> None:
    answer = await bc.get("customers")
    assert answer.headers["odata-version"] == "4.0"
    assert answer.headers["cache-control"] == "no-cache, no-store"
    assert answer.headers["content-type"] == "application/json; odata.metadata=minimal; odata.streaming=true"
    assert len(answer.headers["request-id"]) == 36
    before = parsedate_to_datetime(answer.headers["date"])
    await bc.switch(clockOffsetMs=3_600_000)
    assert parsedate_to_datetime((await bc.get("customers")).headers["date"]) - before >= timedelta(hours=1)


@pytest.mark.fidelity("bc-11-intent")
async def test_the_read_only_intent_forbids_writing(bc: Client) -> None:
    assert (await bc.get("customers", data_access_intent="ReadOnly")).status_code == 200
    refused = await bc.refused("POST", "customers", {"displayName": "x"}, data_access_intent="ReadOnly")
    assert refused == (405, "BadRequest_MethodNotAllowed")


@pytest.mark.fidelity("bc-1-job-queue")
async def test_job_queue_entries_are_read_and_not_changed(bc: Client) -> None:
    entry = {"id": "0b6d2c8e-58a5-4d5e-9f5b-3f3f2a0d9c11", "objectTypeToRun": "Codeunit", "objectIdToRun": 5339, "status": "On_x0020_Hold"}
    await bc.seed(jobQueueEntries=[entry])
    [shown] = await bc.rows("jobQueueEntries?$filter=objectIdToRun eq 5339")
    assert entry.items() <= shown.items()
    assert (await bc.refused("POST", "jobQueueEntries", {"status": "Ready"}))[0] == 405
