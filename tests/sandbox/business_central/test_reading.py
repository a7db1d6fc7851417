from __future__ import annotations

import base64
import re

import pytest

from tests.sandbox.business_central.client import COMPANY, ZEROS, Client, customers, guid


@pytest.mark.fidelity("bc-3-get", "bc-4-etag")
async def test_rows_carry_an_opaque_etag_that_changes_with_each_write(bc: Client) -> None:
    row = await bc.create("customers", displayName="Adatum")
    assert re.fullmatch(r"'19;\d{20};00;'", base64.b64decode(row["@odata.etag"][3:-1]).decode())
    changed = await bc.change(f"customers({row['id']})", city="Bern")
    assert changed["@odata.etag"] != row["@odata.etag"]
    assert (await bc.one(f"customers({row['id']})"))["@odata.etag"] == changed["@odata.etag"]


@pytest.mark.fidelity("bc-12-blanks", "bc-12-enums", "bc-12-lcy")
async def test_blank_values_are_written_the_bc_way(bc: Client) -> None:
    row = await bc.create("customers", displayName="Adatum")
    assert (row["currencyId"], row["currencyCode"]) == (ZEROS, "USD")
    assert (row["blocked"], row["addressLine1"], row["creditLimit"]) == ("_x0020_", "", 0)
    assert (await bc.create("contacts", displayName="x"))["lastInteractionDate"] == "0001-01-01"
    assert (await bc.create("ext:customers", displayName="x"))["currencyCode"] == ""


@pytest.mark.fidelity("bc-8-stamps", "bc-12-times")
async def test_stamps_are_sql_datetimes_with_trimmed_zeros(bc: Client) -> None:
    row = await bc.create("customers", displayName="Adatum")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,2}[1-9])?Z", row["lastModifiedDateTime"])
    found = re.search(r"\.(\d{3})Z", row["lastModifiedDateTime"])
    assert found is None or found[1][-1] in "37"
    await bc.seed(items=[{"number": "A", "lastModifiedDateTime": "2024-01-31T10:00:00.250Z"}])
    assert (await bc.rows("items"))[0]["lastModifiedDateTime"] == "2024-01-31T10:00:00.25Z"


@pytest.mark.fidelity("bc-6-select")
async def test_select_takes_names_in_any_case_and_always_gives_the_etag(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    assert list((await bc.rows("customers?$select=DisplayName,number"))[0]) == ["@odata.etag", "displayName", "number"]
    assert await bc.refused("GET", "customers?$select=nosuch") == (400, "BadRequest")


@pytest.mark.fidelity("bc-6-orderby")
async def test_order_by_several_fields(bc: Client) -> None:
    await bc.seed(customers=[{**row, "city": "AB"[at % 2]} for at, row in enumerate(customers(4))])
    rows = await bc.rows("customers?$orderby=city desc,displayName desc&$select=number")
    assert [row["number"] for row in rows] == ["N00003", "N00001", "N00002", "N00000"]
    assert [row["number"] for row in await bc.rows("customers")] == [f"N{at:05d}" for at in range(4)]
    assert await bc.refused("GET", "customers?$orderby=nosuch") == (400, "BadRequest")


@pytest.mark.fidelity("bc-6-id-order")
async def test_ids_are_ordered_as_sql_server_sorts_them(bc: Client) -> None:
    ids = ["ff000000-0000-0000-0000-000000000001", "00000000-0000-ff00-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
    await bc.seed(customers=[{**row, "id": id} for row, id in zip(customers(3), reversed(ids), strict=True)])
    assert [row["id"] for row in await bc.rows("customers?$orderby=id&$select=id")] == ids


@pytest.mark.fidelity("bc-6-count")
async def test_count_with_rows_and_alone(bc: Client) -> None:
    await bc.seed(customers=customers(5))
    answer = (await bc.get("customers?$count=true&$top=2&$filter=number ge 'N00001'")).json()
    assert (answer["@odata.count"], len(answer["value"])) == (4, 2)
    assert (await bc.get("customers/$count")).text == "5"


@pytest.mark.fidelity("bc-6-expand", "bc-1-deep")
async def test_expand_leads_to_related_rows_with_options_of_its_own(bc: Client) -> None:
    await bc.seed(
        paymentTerms=[{"id": guid(7), "code": "14 DAYS", "displayName": "Net 14"}], customers=customers(1, paymentTermsId=guid(7))
    )
    (row,) = await bc.rows("customers?$expand=paymentTerm($select=code),customerFinancialDetail,contactsInformation,defaultDimensions")
    assert row["paymentTerm"]["code"] == "14 DAYS"
    assert row["customerFinancialDetail"]["number"] == "N00000"
    assert [each["relatedType"] for each in row["contactsInformation"]] == ["Customer"]
    assert row["defaultDimensions"] == []
    assert "currency" not in (await bc.rows("customers?$expand=currency"))[0]
    assert len(await bc.rows(f"customers({guid(0)})/contactsInformation")) == 1
    assert (await bc.one(f"customers({guid(0)})/paymentTerm"))["code"] == "14 DAYS"
    assert await bc.refused("GET", "customers?$expand=nosuch") == (400, "BadRequest")


@pytest.mark.fidelity("bc-6-unknown-option", "bc-8-no-tracking")
async def test_unknown_options_and_change_tracking_are_passed_over(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    answer = await bc.get("customers?$apply=aggregate(x)&$search=y", prefer="odata.track-changes")
    assert answer.status_code == 200
    assert "@odata.deltaLink" not in answer.json()


@pytest.mark.fidelity("bc-8-ge")
async def test_changes_are_found_by_stamp(bc: Client) -> None:
    await bc.seed(customers=customers(50, lastModifiedDateTime="2024-01-01T00:00:00Z"))
    await bc.change(f"customers({guid(7)})", city="Bern")
    rows = await bc.rows("customers?$filter=lastModifiedDateTime gt 2024-01-01T00:00:00Z")
    assert [row["number"] for row in rows] == ["N00007"]


@pytest.mark.fidelity("bc-8-no-tombstones")
async def test_deleted_rows_leave_no_trace(bc: Client) -> None:
    await bc.seed(customers=customers(2))
    assert (await bc.ask("DELETE", f"customers({guid(0)})")).status_code == 204
    assert [row["id"] for row in await bc.rows("customers?$filter=lastModifiedDateTime ge 2000-01-01T00:00:00Z")] == [guid(1)]


@pytest.mark.fidelity("bc-8-flow")
async def test_calculated_fields_move_no_stamp(bc: Client) -> None:
    item = await bc.create("items", number="A", displayName="Bolt")
    await bc.hand("postStock", itemNumber="A", quantity=5)
    row = await bc.one(f"items({item['id']})")
    assert row["inventory"] == 5
    assert (row["lastModifiedDateTime"], row["@odata.etag"]) == (item["lastModifiedDateTime"], item["@odata.etag"])
    (entry,) = await bc.rows("itemLedgerEntries?$filter=itemNumber eq 'A'")
    assert (entry["quantity"], entry["entryType"]) == (5, "Positive_x0020_Adjmt_x002E_")


@pytest.mark.fidelity("bc-8-lag", "bc-15-late-commit")
async def test_stamps_may_be_older_than_their_commit(bc: Client) -> None:
    before = (await bc.create("customers", displayName="A"))["lastModifiedDateTime"]
    await bc.switch(commitLagMs=60_000)
    late = (await bc.create("customers", displayName="B"))["lastModifiedDateTime"]
    assert late < before
    assert len(await bc.rows(f"customers?$filter=lastModifiedDateTime ge {late}")) == 2


@pytest.mark.fidelity("bc-e-information")
async def test_contact_information_needs_a_parent(bc: Client) -> None:
    customer = await bc.create("customers", displayName="Adatum")
    assert await bc.refused("GET", "contactsInformation") == (400, "Application_DialogException")
    (row,) = await bc.rows(f"contactsInformation?$filter=relatedId eq {customer['id']} and relatedType eq 'Customer'")
    assert row["contactName"] == "Adatum"


async def test_one_row_looks_the_same_on_all_its_pages(bc: Client) -> None:
    row = await bc.create("ext:customers", displayName="Adatum", faxNumber="1 2", creditLimitLCY=5)
    pages = [await bc.one(f"{path}({row['id']})") for path in ("customers", "ext:customers", "ext:customerFigures")]
    for name in ("id", "@odata.etag", "lastModifiedDateTime", "number"):
        assert len({page[name] for page in pages}) == 1
    assert (pages[0]["creditLimit"], pages[1]["faxNumber"], pages[2]["creditLimitLCY"]) == (5, "1 2", 5)
    assert pages[0]["@odata.context"].endswith(f"#{COMPANY}/customers/$entity")
