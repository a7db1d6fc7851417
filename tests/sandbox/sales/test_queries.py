"""Reading sets: filter, order, select, expand, count, functions, pages, annotations, fetchXml."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.sales.desk import Desk, error_of

NAMES = ["Adatum", "adventure", "Contoso 50%", "O'Neil", "Zebra & Co"]


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    for number, name in enumerate(NAMES):
        await desk.create(
            "accounts",
            {
                "name": name,
                "numberofemployees": number,
                "customertypecode": number + 1,
                "telephone1": None if number % 2 else "123",
                "creditonhold": number == 4,
            },
        )
    return desk


async def names(desk: Desk, query: str) -> list[str]:
    return [row["name"] for row in await desk.rows(f"accounts?$select=name&$orderby=name&{query}")]


@pytest.mark.fidelity("sales-3-id-order")
async def test_ids_are_ordered_as_sql_server_sorts_them(desk: Desk) -> None:
    ids = ["ff000000-0000-0000-0000-000000000001", "00000000-0000-ff00-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
    for id in reversed(ids):
        await desk.create("accounts", {"name": id, "accountid": id})
    assert [row["accountid"] for row in await desk.rows("accounts?$select=accountid&$orderby=accountid")] == ids


@pytest.mark.fidelity("sales-3-filter")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name eq 'ADATUM'", [0]),
        ("contains(name,'ADVENT')", [1]),
        ("startswith(name,'ad')", [0, 1]),
        ("endswith(name,'neil')", [3]),
        ("name eq 'O''Neil'", [3]),
        ("not contains(name,'a')", [2, 3]),
        ("numberofemployees ge 2 and numberofemployees lt 4", [2, 3]),
        ("numberofemployees eq 0 or (name eq 'zebra & co' and creditonhold eq true)", [0, 4]),
        ("telephone1 eq null", [1, 3]),
        ("telephone1 ne null", [0, 2, 4]),
        ("modifiedon gt 2020-01-02T03:04:05Z and creditonhold ne true", [0, 1, 2, 3]),
        ("modifiedon lt 2020-01-02T03:04:05Z", []),
        ("name eq @n&@n='Adatum'", [0]),
        ("createdon eq modifiedon", [0, 1, 2, 3, 4]),
        ("customertypecode eq 3", [2]),
    ],
)
async def test_filters_find_what_they_say(filled: Desk, text: str, found: list[int]) -> None:
    clause, _, alias = text.partition("&@")
    query = f"$filter={quote(clause)}" + (f"&@{alias}" if alias else "")
    assert await names(filled, query) == [NAMES[number] for number in found]


@pytest.mark.fidelity("sales-3-functions")
@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("In(PropertyName='name',PropertyValues=['adatum','O''Neil'])", [0, 3]),
        ("NotIn(PropertyName='customertypecode',PropertyValues=['1','2'])", [2, 3, 4]),
        ("In(PropertyName='customertypecode',PropertyValues=['1','5'])", [0, 4]),
        ("Between(PropertyName='numberofemployees',PropertyValues=['1','3'])", [1, 2, 3]),
        ("OnOrAfter(PropertyName='modifiedon',PropertyValue='2020-01-01')", [0, 1, 2, 3, 4]),
        ("OnOrBefore(PropertyName='modifiedon',PropertyValue='2020-01-01')", []),
        ("LastXDays(PropertyName='createdon',PropertyValue=2)", [0, 1, 2, 3, 4]),
        ("Today(PropertyName='createdon')", [0, 1, 2, 3, 4]),
        ("OlderThanXHours(PropertyName='createdon',PropertyValue=1)", []),
        ("EqualUserId(PropertyName='_ownerid_value')", [0, 1, 2, 3, 4]),
    ],
)
async def test_query_functions(filled: Desk, call: str, found: list[int]) -> None:
    assert await names(filled, f"$filter=Microsoft.Dynamics.CRM.{quote(call)}") == [NAMES[number] for number in found]


async def test_hundreds_of_ids_are_found_by_in(desk: Desk) -> None:
    rows = [{"accountid": f"00000000-0000-0000-0000-{number:012d}", "name": str(number)} for number in range(1000)]
    await desk.control("POST", "seed", {"tables": {"accounts": rows}})
    wanted = ",".join(f"'{row['accountid']}'" for row in rows[100:500])
    found = await desk.rows(f"accounts?$select=name&$filter=Microsoft.Dynamics.CRM.In(PropertyName='accountid',PropertyValues=[{wanted}])")
    assert len(found) == 400


@pytest.mark.fidelity("sales-3-encoding")
async def test_blanks_and_option_names_may_be_encoded_in_any_way(filled: Desk) -> None:
    for query in ("%24select=name&%24filter=name+eq+%27Adatum%27", "$SELECT=name&$filter=name%20eq%20'Adatum'"):
        assert [row["name"] for row in await filled.rows(f"accounts?{query}")] == ["Adatum"]


@pytest.mark.fidelity("sales-3-unknown-property")
@pytest.mark.parametrize(
    "query",
    [
        "$select=nothing",
        "$select=customertypecodename",
        "$select=primarycontactid",
        "$filter=nothing eq 1",
        "$orderby=nothing",
        "$expand=nothing",
        "$filter=Name eq 'x'",
    ],
)
async def test_unknown_columns_are_refused(filled: Desk, query: str) -> None:
    response = await filled.call("GET", f"accounts?{query}")
    assert error_of(response) == (400, "0x80060888")
    assert "Could not find a property named '" in response.json()["error"]["message"]


@pytest.mark.fidelity("sales-3-unsupported")
@pytest.mark.parametrize(
    "query",
    [
        "$skip=1",
        "$search=x",
        "$format=json",
        "$filter=name in ('Adatum')",
        "$filter=accountid eq 'x'",
        "$filter=name eq",
        "$nonsense=1",
        "$top=x",
    ],
)
async def test_what_the_service_cannot_do_is_refused(filled: Desk, query: str) -> None:
    assert error_of(await filled.call("GET", f"accounts?{query}")) == (400, "0x80060888")


@pytest.mark.fidelity("sales-3-path")
async def test_filters_go_through_a_single_navigation_property(desk: Desk) -> None:
    contact = await desk.create("contacts", {"lastname": "Chief"})
    await desk.create("accounts", {"name": "With", "primarycontactid@odata.bind": f"/contacts({contact['contactid']})"})
    await desk.create("accounts", {"name": "Without"})
    assert await names(desk, "$filter=primarycontactid/lastname eq 'chief'") == ["With"]


@pytest.mark.fidelity("sales-3-lambda")
async def test_filters_ask_for_any_or_all_rows_of_a_collection(desk: Desk) -> None:
    for name, contacts in (("Both", ["a", "O'b"]), ("One", ["a"]), ("None", [])):
        await desk.create("accounts", {"name": name, "contact_customer_accounts": [{"lastname": last} for last in contacts]})
    assert await names(desk, "$filter=contact_customer_accounts/any(c:c/lastname eq 'O''b')") == ["Both"]
    assert await names(desk, "$filter=contact_customer_accounts/any() and name ne 'Both'") == ["One"]
    assert await names(desk, "$filter=contact_customer_accounts/all(o:startswith(o/lastname,'a'))") == ["None", "One"]


@pytest.mark.fidelity("sales-1-url-length")
async def test_addresses_over_32_kilobytes_are_refused(desk: Desk) -> None:
    assert (await desk.call("GET", f"accounts?$filter=name eq '{'x' * 33_000}'")).status_code == 414


@pytest.mark.fidelity("sales-3-order")
async def test_order_by_text_number_label_and_lookup_nulls_first(filled: Desk) -> None:
    async def ordered(order: str) -> list[int]:
        return [NAMES.index(row["name"]) for row in await filled.rows(f"accounts?$select=name&$orderby={order}")]

    assert await ordered("numberofemployees desc") == [4, 3, 2, 1, 0]
    assert await ordered("customertypecode") == [0, 1, 2, 3, 4]  # Competitor, Consultant, Customer, Investor, Partner
    assert (await ordered("telephone1,numberofemployees desc")) == [3, 1, 4, 2, 0]
    assert len(await ordered("_ownerid_value")) == 5


@pytest.mark.fidelity("sales-3-select")
async def test_select_brings_the_key_and_the_currency_of_money(desk: Desk) -> None:
    await desk.create("accounts", {"name": "x", "creditlimit": 5})
    row = (await desk.rows("accounts?$select=creditlimit"))[0]
    assert set(row) == {"@odata.etag", "accountid", "creditlimit", "_transactioncurrencyid_value"}


@pytest.mark.fidelity("sales-3-expand")
async def test_expand_brings_rows_on_the_other_side(desk: Desk) -> None:
    account = await desk.create("accounts", {"name": "Adatum", "contact_customer_accounts": [{"lastname": n} for n in "cab"]})
    contacts = "contact_customer_accounts($select=lastname;$filter=lastname ne 'a';$orderby=lastname desc)"
    row = await desk.get(f"accounts({account['accountid']})?$select=name&$expand={contacts},owninguser($select=lastname)")
    assert [contact["lastname"] for contact in row["contact_customer_accounts"]] == ["c", "b"]
    assert row["owninguser"]["lastname"] == "Couplet" and row["owninguser"]["ownerid"]
    one = await desk.rows("accounts?$expand=contact_customer_accounts($top=1;$select=lastname)")
    assert len(one[0]["contact_customer_accounts"]) == 1
    nested = await desk.rows(
        "contacts?$select=lastname&$expand=parentcustomerid_account($select=name;$expand=owninguser($select=lastname))"
    )
    assert nested[0]["parentcustomerid_account"]["owninguser"]["lastname"] == "Couplet"


@pytest.mark.fidelity("sales-3-count")
async def test_counts_stop_at_five_thousand(desk: Desk) -> None:
    await desk.control("POST", "seed", {"tables": {"accounts": [{"name": str(number)} for number in range(5003)]}})
    page = await desk.get("accounts?$select=name&$count=true&$top=1", Prefer='odata.include-annotations="*"')
    assert (page["@odata.count"], page["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"], len(page["value"])) == (5000, True, 1)
    text = await desk.call("GET", "accounts/$count")
    assert text.content == b"\xef\xbb\xbf5000" and text.headers["Content-Type"] == "text/plain"
    total = await desk.get("RetrieveTotalRecordCount(EntityNames=['account'])")
    assert total["EntityRecordCountCollection"]["Values"] == [5003]


async def pages(desk: Desk, url: str, size: int, meanwhile: Any = None) -> list[str]:
    """All names, page by page; `meanwhile` happens after the first page."""
    found, link = [], url
    while link:
        response = await desk.call("GET", link, Prefer=f"odata.maxpagesize={size}")
        assert response.status_code == 200 and response.headers["Preference-Applied"] == f"odata.maxpagesize={size}"
        page = response.json()
        found += [row["name"] for row in page["value"]]
        link = page.get("@odata.nextLink", "")
        assert not link or (link.startswith(desk.base) and "$skiptoken=%3Ccookie%20pagenumber%3D" in link)
        if meanwhile is not None:
            await meanwhile()
            meanwhile = None
    return found


@pytest.mark.fidelity("sales-3-paging")
async def test_pages_cover_a_set_once(desk: Desk) -> None:
    await desk.control("POST", "seed", {"tables": {"accounts": [{"name": f"{number:03d}"} for number in range(25)]}})
    for query in (
        "$select=name&$orderby=name",
        "$select=name&$orderby=name desc",
        "$select=name&$filter=contains(name,'0')",
        "$select=name",
    ):
        found = await pages(desk, f"accounts?{query}", 4)
        assert len(found) == len(set(found)) == (25 if "filter" not in query else len([n for n in range(25) if "0" in f"{n:03d}"]))
    assert await pages(desk, "accounts?$select=name&$orderby=name desc", 10) == [f"{number:03d}" for number in range(24, -1, -1)]


async def test_a_row_inserted_before_the_place_does_not_shift_the_pages(desk: Desk) -> None:
    await desk.control("POST", "seed", {"tables": {"accounts": [{"name": f"{number:03d}"} for number in range(10)]}})

    async def insert() -> None:
        await desk.create("accounts", {"name": "000a"})

    assert await pages(desk, "accounts?$select=name&$orderby=name", 4, insert) == [f"{number:03d}" for number in range(10)]


@pytest.mark.fidelity("sales-3-top")
async def test_top_without_a_page_size_has_no_next_link_and_with_one_is_ignored(filled: Desk) -> None:
    page = await filled.get("accounts?$top=2")
    assert len(page["value"]) == 2 and "@odata.nextLink" not in page
    sized = await filled.get("accounts?$top=2", Prefer="odata.maxpagesize=3")
    assert len(sized["value"]) == 3 and "@odata.nextLink" in sized
    broken = await filled.call("GET", "accounts?$skiptoken=nonsense")
    assert error_of(broken)[1] == "0x8004112a"


@pytest.mark.fidelity("sales-3-annotations")
async def test_annotations_say_labels_names_and_targets(desk: Desk) -> None:
    account = await desk.create("accounts", {"name": "Adatum", "creditlimit": 1234.5, "customertypecode": 3})
    await desk.create("contacts", {"lastname": "x", "parentcustomerid_account@odata.bind": f"/accounts({account['accountid']})"})
    contact = (await desk.rows("contacts?$select=_parentcustomerid_value", Prefer='odata.include-annotations="*"'))[0]
    assert contact["_parentcustomerid_value@OData.Community.Display.V1.FormattedValue"] == "Adatum"
    assert contact["_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "account"
    assert contact["_parentcustomerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == "parentcustomerid_account"
    only = 'odata.include-annotations="OData.Community.Display.V1.FormattedValue",odata.maxpagesize=5'
    row = (await desk.rows("accounts?$select=creditlimit,customertypecode,creditonhold", Prefer=only))[0]
    assert row["customertypecode@OData.Community.Display.V1.FormattedValue"] == "Customer"
    assert row["creditlimit@OData.Community.Display.V1.FormattedValue"] == "€1,234.50"
    assert not any("lookuplogicalname" in name for name in row)


@pytest.mark.fidelity("sales-3-fetchxml")
async def test_fetch_xml_filters_orders_and_pages(filled: Desk) -> None:
    def xml(page: int) -> str:
        return (
            f"<fetch count='2' page='{page}'><entity name='account'><attribute name='name'/><order attribute='name'/>"
            "<filter><condition attribute='numberofemployees' operator='lt' value='3'/></filter></entity></fetch>"
        )

    first = await filled.get(f"accounts?fetchXml={quote(xml(1))}")
    second = await filled.get(f"accounts?fetchXml={quote(xml(2))}")
    assert [row["name"] for row in first["value"] + second["value"]] == NAMES[:3]
    assert first["@Microsoft.Dynamics.CRM.morerecords"] is True and "pagingcookie" in first["@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"]
    assert second["@Microsoft.Dynamics.CRM.morerecords"] is False


@pytest.mark.fidelity("sales-8-functions")
async def test_functions_without_rows(desk: Desk) -> None:
    who = await desk.get("WhoAmI()")
    assert set(who) == {"@odata.context", "BusinessUnitId", "UserId", "OrganizationId"}
    assert (await desk.get("RetrieveVersion()"))["Version"].startswith("9.2")
    rate = await desk.get(f"RetrieveExchangeRate(TransactionCurrencyId={await desk.currency()})")
    assert rate["ExchangeRate"] == 1


async def test_readers_at_once_see_whole_answers(distant: Desk) -> None:
    await distant.control("POST", "seed", {"tables": {"accounts": [{"name": str(number)} for number in range(500)]}})
    answers = await asyncio.gather(*(distant.rows("accounts?$select=name") for _ in range(8)))
    assert {len(rows) for rows in answers} == {500}
