"""What the Sales client sends, seen from the service."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sync.errors import (
    AlreadyExists,
    DeltaExpired,
    LinkRefused,
    NotFound,
    Refused,
    Stale,
    Throttled,
    TimedOut,
    TrackingOff,
    UnexpectedAnswer,
    UnknownReference,
)
from sync.heart.plan import Call, Create, Side, Step, Update
from sync.services.http import Connection
from sync.services.model import Query
from sync.services.sales import Sales
from sync.services.sales_dialect import DIALECT
from tests.services.conftest import HURRIED, OneToken
from tests.services.scripted import DROPS, Says, Scripted

ROOT = "/api/data/v9.2"
IDS = [f"a0000000-0000-4000-8000-{number:012}" for number in range(900)]
OTHER = "b0000000-0000-4000-8000-000000000001"


@pytest.fixture
async def sales(service: Scripted, tokens: OneToken) -> AsyncIterator[Sales]:
    connection = Connection(DIALECT, url=service.url, setting="SALES_URL", tokens=tokens, lanes=2, patience=HURRIED)
    yield Sales(connection, root=f"{service.url}{ROOT}")
    await connection.close()


def no(status: int, code: str, message: str = "x") -> Says:
    return Says(status, {"error": {"code": code, "message": message}})


def batch(*parts: Says) -> Says:
    pieces = [
        b"--batchresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n" + part.wire() + b"\r\n"
        for part in parts
    ]
    content = b"".join(pieces) + b"--batchresponse_1--\r\n"
    return Says(200, content, {"Content-Type": "multipart/mixed; boundary=batchresponse_1"})


def made(number: int) -> Says:
    return Says(204, headers={"OData-EntityId": f"https://x{ROOT}/accounts({IDS[number].upper()})"})


def account(number: int) -> Create:
    return Create(side=Side.SALES, table="accounts", id=IDS[number], values={"name": f"A {number}"})


async def test_a_page_says_what_a_lookup_of_several_kinds_points_to(service: Scripted, sales: Sales) -> None:
    service.will_say(Says(200, {"value": [{"accountid": IDS[0]}], "@odata.nextLink": f"{service.url}{ROOT}/accounts?$skiptoken=x"}))
    page = await sales.page(Query(table="accounts", columns=("name", "_ownerid_value"), filter="statecode eq 0", size=9))
    assert service.targets == [f"GET {ROOT}/accounts?$select=name,_ownerid_value&$filter=statecode%20eq%200"]
    asked = service.asked[0].headers
    assert asked["prefer"] == 'odata.maxpagesize=9,odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"'
    assert (asked["odata-version"], asked["odata-maxversion"]) == ("4.0", "4.0")
    await sales.page(page.next or "", size=9)
    assert service.asked[1].headers["prefer"] == asked["prefer"]


@pytest.mark.parametrize(
    "link", ["https://evil.example.com/api/data/v9.2/accounts?x", "{}/api/data/v9.1/accounts?x", "{}/api/data/v9.2.evil/accounts"]
)
async def test_a_link_to_elsewhere_gets_no_token(service: Scripted, sales: Sales, link: str) -> None:
    with pytest.raises(LinkRefused):
        await sales.page(link.format(service.url))
    with pytest.raises(LinkRefused):
        await sales.changes("accounts", link.format(service.url))
    assert service.asked == []


async def test_rows_are_asked_for_by_id(service: Scripted, sales: Sales) -> None:
    service.will_say(Says(200, {"value": [{"accountid": IDS[3], "name": "x"}]}))
    assert await sales.rows("accounts", [IDS[3].upper(), *IDS], ("name",)) == {IDS[3]: {"accountid": IDS[3], "name": "x"}}
    assert len(service.asked) == 3
    assert max(map(len, service.targets)) < 32_000
    assert "Microsoft.Dynamics.CRM.In(PropertyName='accountid',PropertyValues=%5B'a0" in service.targets[0]


async def test_tracking_starts_with_all_ids_and_goes_on_by_link(service: Scripted, sales: Sales) -> None:
    link = f"{service.url}{ROOT}/accounts?$select=accountid&$deltatoken=1"
    service.will_say(
        Says(200, {"value": [{"accountid": IDS[0]}], "@odata.nextLink": link}),
        Says(200, {"value": [
            {"accountid": IDS[1]},
            {"@odata.context": f"https://x{ROOT}/$metadata#accounts/$deletedEntity", "id": IDS[2], "reason": "deleted"},
        ], "@odata.deltaLink": link}),
    )  # fmt: skip
    first = await sales.changes("accounts", None)
    assert (first.ids, first.deleted, first.next, first.delta) == ([IDS[0]], [], link, None)
    second = await sales.changes("accounts", first.next)
    assert (second.ids, second.deleted, second.next, second.delta) == ([IDS[1]], [IDS[2]], None, link)
    assert service.targets == [f"GET {ROOT}/accounts?$select=accountid", f"GET {ROOT}/accounts?$select=accountid&$deltatoken=1"]
    assert service.asked[0].headers["prefer"] == "odata.track-changes,odata.maxpagesize=5000"


@pytest.mark.parametrize(("code", "cls"), [("0x80044352", DeltaExpired), ("0x80072491", TrackingOff)])
async def test_tracking_that_does_not_work_is_told_apart(service: Scripted, sales: Sales, code: str, cls: type[Exception]) -> None:
    service.will_say(no(400, code))
    with pytest.raises(cls):
        await sales.changes("accounts", None)


async def test_many_new_rows_are_one_bulk_message(service: Scripted, sales: Sales) -> None:
    service.will_say(Says(200, {"Ids": IDS[:3]}))
    answers = await sales.write([account(number) for number in range(3)])
    assert [answer.id for answer in answers] == IDS[:3]
    assert service.targets == [f"POST {ROOT}/accounts/Microsoft.Dynamics.CRM.CreateMultiple"]
    assert service.asked[0].json()["Targets"][1] == {"@odata.type": "Microsoft.Dynamics.CRM.account", "name": "A 1", "accountid": IDS[1]}


async def test_a_bulk_message_that_fails_is_sent_again_as_a_batch_with_an_outcome_per_row(service: Scripted, sales: Sales) -> None:
    service.will_say(
        no(400, "0x80044331", "The length of the 'name' attribute of the 'account' entity exceeded the maximum."),
        batch(made(0), no(400, "0x80044331", "The length of the 'name' attribute of the 'account' entity exceeded the maximum."), made(2)),
    )
    answers = await sales.write([account(number) for number in range(3)])
    assert [answer.id for answer in answers] == [IDS[0], None, IDS[2]]
    assert answers[1].error
    assert (answers[1].error.field, answers[1].error.record) == ("name", IDS[1])
    assert service.targets == [f"POST {ROOT}/accounts/Microsoft.Dynamics.CRM.CreateMultiple", f"POST {ROOT}/$batch"]
    assert service.asked[1].headers["prefer"] == "odata.continue-on-error"
    assert service.asked[1].body.count(b"POST /api/data/v9.2/accounts HTTP/1.1\r\n") == 3


async def test_a_table_without_bulk_message_is_asked_only_once(service: Scripted, sales: Sales) -> None:
    service.will_say(no(404, "0x8006088a"), batch(made(0), made(1)))
    await sales.write([account(0), account(1)])
    await sales.write([account(0), account(1)])
    assert [each.rpartition("/")[2] for each in service.targets] == ["Microsoft.Dynamics.CRM.CreateMultiple", "$batch", "$batch"]


async def test_a_lost_answer_to_a_bulk_message_is_settled_row_by_row(service: Scripted, sales: Sales) -> None:
    exists = no(412, "0x80040237", "A record with matching key values already exists.")
    service.will_say(DROPS, exists, batch(exists, exists))
    answers = await sales.write([account(0), account(1)])
    assert [type(answer.error) for answer in answers] == [AlreadyExists, AlreadyExists]


async def test_a_throttled_bulk_message_is_not_sent_as_a_batch(service: Scripted, sales: Sales) -> None:
    service.will_say(Says(429, {"error": {"code": "0x80072322", "message": "x"}}, {"Retry-After": "300"}))
    with pytest.raises(Throttled):
        await sales.write([account(0), account(1)])
    assert len(service.asked) == 1


async def test_changes_are_one_batch_that_checks_versions(service: Scripted, sales: Sales) -> None:
    changed = Says(204, headers={"OData-EntityId": f"https://x{ROOT}/accounts({IDS[0]})", "ETag": 'W/"7"'})
    service.will_say(batch(changed, no(412, "0x80060882"), no(404, "0x80040217", f"account With Id = {IDS[2]} Does Not Exist")))
    steps: list[Step] = [
        Update(side=Side.SALES, table="accounts", id=IDS[0], values={"name": "a"}, version='W/"6"'),
        Update(side=Side.SALES, table="accounts", id=IDS[1], values={"name": "b"}, version='W/"6"'),
        Update(side=Side.SALES, table="accounts", id=IDS[2], values={"name": "c"}),
    ]
    answers = await sales.write(steps)
    assert [(answer.id, answer.version) for answer in answers] == [(IDS[0], 'W/"7"'), (None, None), (None, None)]
    assert [type(answer.error) for answer in answers] == [type(None), Stale, NotFound]
    content = service.asked[0].body
    assert content.count(b'If-Match: W/"6"\r\n') == 2
    assert content.count(b"If-Match: *\r\n") == 1
    assert f"PATCH {ROOT}/accounts({IDS[0]}) HTTP/1.1\r\n".encode() in content


async def test_a_missing_row_that_a_lookup_names_is_not_the_row_itself(service: Scripted, sales: Sales) -> None:
    service.will_say(no(404, "0x80040217", f"transactioncurrency With Id = {OTHER} Does Not Exist"))
    values = {"name": "a", "transactioncurrencyid@odata.bind": f"/transactioncurrencies({OTHER})"}
    for step in (
        Create(side=Side.SALES, table="accounts", id=IDS[0], values=values),
        Update(side=Side.SALES, table="accounts", id=IDS[0], values=values),
    ):
        [answer] = await sales.write([step])
        assert isinstance(answer.error, UnknownReference)
        assert answer.error.field == "transactioncurrencyid"


async def test_steps_keep_their_order_when_kinds_mix(service: Scripted, sales: Sales) -> None:
    service.will_say(
        Says(200, {"Ids": IDS[:2]}), batch(Says(204), Says(204)), Says(204, headers={"OData-EntityId": f"https://x/accounts({OTHER})"})
    )
    steps: list[Step] = [
        account(0),
        account(1),
        Update(side=Side.SALES, table="products", id=IDS[0], values={"statecode": 0}),
        Call(side=Side.SALES, table="products", id=IDS[1], name="PublishProductHierarchy", body={}),
        Create(side=Side.SALES, table="accounts", values={"name": "no id"}),
    ]
    answers = await sales.write(steps)
    assert [answer.step for answer in answers] == steps
    assert answers[-1].id == OTHER
    assert [each.removeprefix(f"POST {ROOT}/") for each in service.targets] == [
        "accounts/Microsoft.Dynamics.CRM.CreateMultiple",
        "$batch",
        "accounts",
    ]
    assert f"POST {ROOT}/products({IDS[1]})/Microsoft.Dynamics.CRM.PublishProductHierarchy HTTP/1.1".encode() in service.asked[1].body


async def test_actions_are_called_where_they_belong(service: Scripted, sales: Sales) -> None:
    service.will_say(Says(204))
    await sales.write([Call(side=Side.SALES, name="WinOpportunity", body={"Status": 3})])
    await sales.write([Call(side=Side.SALES, table="salesorders", name="FulfillSalesOrder", body={})])
    assert service.targets == [f"POST {ROOT}/WinOpportunity", f"POST {ROOT}/salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder"]


async def test_an_action_is_never_repeated_by_itself(service: Scripted, sales: Sales) -> None:
    service.will_say(DROPS)
    with pytest.raises(TimedOut):
        await sales.write([Call(side=Side.SALES, name="WinOpportunity", body={"Status": 3})])
    assert len(service.asked) == 1


async def test_one_refused_step_is_an_answer_and_no_exception(service: Scripted, sales: Sales) -> None:
    service.will_say(no(400, "0x80040265", "A plug-in says no."))
    [answer] = await sales.write([account(0)])
    assert isinstance(answer.error, Refused)
    assert answer.error.service_message == "A plug-in says no."


async def test_a_row_on_which_the_service_breaks_does_not_stand_for_the_service(service: Scripted, sales: Sales) -> None:
    service.will_say(no(500, "0x80040216", "Unexpected."))
    [answer] = await sales.write([account(0)])
    assert answer.error
    assert answer.error.status == 500


async def test_an_answer_with_rows_missing_is_not_taken(service: Scripted, sales: Sales) -> None:
    service.will_say(batch(Says(204)))
    with pytest.raises(UnexpectedAnswer):
        await sales.write([Update(side=Side.SALES, table="accounts", id=each, values={}) for each in IDS[:2]])


async def test_a_table_of_ones_own_is_looked_up_once(service: Scripted, sales: Sales) -> None:
    table = {"LogicalName": "couplet_figure", "EntitySetName": "couplet_figures", "PrimaryIdAttribute": "couplet_figureid"}
    service.will_say(Says(200, {"value": [table]}), Says(200, {"value": []}))
    await sales.rows("couplet_figures", IDS[:1])
    await sales.rows("couplet_figures", IDS[:1])
    assert service.targets[0] == (
        f"GET {ROOT}/EntityDefinitions?$select=LogicalName,EntitySetName,PrimaryIdAttribute&$filter=EntitySetName%20eq%20'couplet_figures'"
    )
    assert len(service.asked) == 3
    service.will_say(Says(200, {"value": []}))
    with pytest.raises(NotFound, match="no table nonsense"):
        await sales.rows("nonsense", IDS[:1])


async def test_options_are_added_renamed_and_published(service: Scripted, sales: Sales) -> None:
    label = {
        "LocalizedLabels": [{"Label": "Net 30", "LanguageCode": 1033}],
        "UserLocalizedLabel": {"Label": "Net 30", "LanguageCode": 1033},
    }
    organization = {
        "organizationid": OTHER, "name": "o", "_basecurrencyid_value": OTHER, "pricingdecimalprecision": 2, "currencydecimalprecision": 2,
        "languagecode": 1031, "expirechangetrackingindays": 7,
    }  # fmt: skip
    service.will_say(
        Says(200, {"LogicalName": "paymenttermscode", "OptionSet": {"Options": [{"Value": 1, "Label": label}]}, "GlobalOptionSet": None}),
        Says(200, {"value": [organization]}),
        Says(200, {"NewOptionValue": 7}),
        Says(204),
    )
    assert await sales.options("accounts", "paymenttermscode") == {1: "Net 30"}
    assert await sales.add_option("accounts", "paymenttermscode", "21 DAYS", 7) == 7
    await sales.rename_option("accounts", "paymenttermscode", 7, "21 days")
    await sales.publish(["accounts", "quotes"])
    added, renamed, published = (each.json() for each in service.asked[2:])
    assert (added["EntityLogicalName"], added["AttributeLogicalName"], added["Value"]) == ("account", "paymenttermscode", 7)
    assert added["Label"]["LocalizedLabels"][0]["LanguageCode"] == 1031
    assert (renamed["Value"], renamed["MergeLabels"]) == (7, True)
    assert (
        published["ParameterXml"]
        == "<importexportxml><entities><entity>account</entity><entity>quote</entity></entities></importexportxml>"
    )
