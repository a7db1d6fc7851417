"""The Sales client against the simulator, signed in by the sandbox's token endpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from sync.errors import (
    AlreadyExists,
    DeltaExpired,
    InvalidValue,
    NotFound,
    Refused,
    RequiredMissing,
    ServiceError,
    Stale,
    StillUsed,
    Throttled,
    TooLong,
    TrackingOff,
    UnknownField,
    UnknownReference,
    Unreachable,
)
from sync.heart.plan import Call, Create, Delete, Side, Step, Update
from sync.services import odata
from sync.services.connections import Connections
from sync.services.model import Changes, Query
from sync.services.sales import Sales
from sync.settings import Settings
from tests.services.conftest import HURRIED, Desk


def account(name: str, **values: Any) -> Create:
    return Create(side=Side.SALES, table="accounts", id=str(uuid4()), values={"name": name, **values})


def change(step: Create, version: str | None = None, **values: Any) -> Update:
    return Update(side=Side.SALES, table=step.table, id=str(step.id), values=values, version=version)


async def made(client: Sales, *steps: Create) -> list[dict[str, Any]]:
    answers = await client.write(steps)
    assert [answer.error for answer in answers] == [None] * len(steps)
    rows = await client.rows("accounts", [str(step.id) for step in steps], ("name", "telephone1"))
    return [dict(rows[str(step.id)]) for step in steps]


async def all_changes(client: Sales, link: str | None) -> Changes:
    found = await client.changes("accounts", link)
    while found.next:
        found = await client.changes("accounts", found.next)
    return found


async def test_rows_are_created_in_bulk_under_our_ids(sales_client: Sales, sales_desk: Desk) -> None:
    await sales_client.who_am_i()
    before = await sales_desk.requests()
    steps = [account(f"A{number}") for number in range(100)]
    answers = await sales_client.write(steps)
    assert [answer.id for answer in answers] == [step.id for step in steps]
    assert await sales_desk.requests() - before == 1


async def test_one_row_is_created_plainly_and_changed_on_its_version(sales_client: Sales) -> None:
    step = account("Contoso")
    [row] = await made(sales_client, step)
    [answer] = await sales_client.write([change(step, row["@odata.etag"], telephone1="1")])
    assert (answer.error, answer.id) == (None, step.id)
    [stale] = await sales_client.write([change(step, row["@odata.etag"], telephone1="2")])
    assert isinstance(stale.error, Stale)
    [blind] = await sales_client.write([change(step, telephone1="3")])
    assert blind.error is None


def delete(step: Create, version: str | None = None) -> Delete:
    return Delete(side=Side.SALES, table=step.table, id=str(step.id), version=version)


async def test_a_row_is_deleted_on_its_version_and_one_that_is_gone_is_deleted(sales_client: Sales) -> None:
    step = account("Contoso")
    [row] = await made(sales_client, step)
    await sales_client.write([change(step, telephone1="1")])
    [stale] = await sales_client.write([delete(step, row["@odata.etag"])])
    assert isinstance(stale.error, Stale)
    assert [answer.error for _ in range(2) for answer in await sales_client.write([delete(step)])] == [None, None]
    assert await sales_client.rows("accounts", [str(step.id)], ("name",)) == {}


async def test_many_rows_are_deleted_in_one_batch_each_with_its_own_outcome(sales_client: Sales) -> None:
    steps = [account("One"), account("Two"), account("Three")]
    rows = await made(sales_client, *steps)
    await sales_client.write([change(steps[1], telephone1="1")])
    answers = await sales_client.write([delete(step, row["@odata.etag"]) for step, row in zip(steps, rows, strict=True)])
    assert [type(answer.error) for answer in answers] == [type(None), Stale, type(None)]


async def test_a_row_that_others_refer_to_is_not_deleted(sales_client: Sales) -> None:
    group = Create(side=Side.SALES, table="uomschedules", id=str(uuid4()), values={"name": "Used", "baseuomname": "Each"})
    await sales_client.write([group])
    unit = (await sales_client.page(Query(table="uoms", filter=f"_uomscheduleid_value eq {group.id}"))).rows[0]
    held = {"defaultuomscheduleid@odata.bind": f"/uomschedules({group.id})", "defaultuomid@odata.bind": f"/uoms({unit['uomid']})"}
    values = {"name": "Held", "productnumber": str(uuid4()), "quantitydecimal": 2, **held}
    await sales_client.write([Create(side=Side.SALES, table="products", id=str(uuid4()), values=values)])
    [answer] = await sales_client.write([delete(group)])
    assert isinstance(answer.error, StillUsed)


async def test_a_bulk_message_with_one_bad_row_gives_each_its_own_outcome_in_two_calls(sales_client: Sales, sales_desk: Desk) -> None:
    await sales_client.who_am_i()
    before = await sales_desk.requests()
    nobody = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({uuid4()})"}
    steps = [account("Good"), account("Long", emailaddress1="x" * 200), account("Lost", **nobody), account("Fine")]
    answers = await sales_client.write(steps)
    assert [type(answer.error) for answer in answers] == [type(None), TooLong, UnknownReference, type(None)]
    assert [answer.error.field for answer in answers if answer.error] == ["emailaddress1", "transactioncurrencyid"]
    assert await sales_desk.requests() - before == 2
    assert {row["name"] for row in await sales_desk.stored("accounts")} == {"Good", "Fine"}


async def test_a_table_without_bulk_message_goes_as_a_batch(sales_client: Sales, sales_desk: Desk) -> None:
    await sales_desk.post("switches", bulkOff=["account"])
    answers = await sales_client.write([account("A"), account("B")])
    assert [answer.error for answer in answers] == [None, None]
    before = await sales_desk.requests()
    await sales_client.write([account("C"), account("D")])
    assert await sales_desk.requests() - before == 1
    await sales_desk.post("switches", bulkOff=[])


async def test_changes_in_a_batch_each_have_their_own_outcome(sales_client: Sales) -> None:
    steps = [account(name) for name in "ABCDE"]
    rows = await made(sales_client, *steps)
    gone = account("gone")
    batch: list[Step] = [
        change(steps[0], rows[0]["@odata.etag"], telephone1="1"),
        change(steps[1], 'W/"1"', telephone1="1"),
        change(steps[2], name="x" * 500),
        change(steps[3], **{"parentaccountid@odata.bind": f"/accounts({uuid4()})"}),
        change(gone, telephone1="1"),
        change(steps[4], **{"ParentAccountId@odata.bind": f"/accounts({steps[0].id})"}),
        Create(side=Side.SALES, table="accounts", id=steps[0].id, values={"name": "again"}),
    ]
    answers = await sales_client.write(batch)
    assert [type(answer.error) for answer in answers] == [
        type(None),
        Stale,
        TooLong,
        UnknownReference,
        NotFound,
        UnknownField,
        AlreadyExists,
    ]
    assert answers[5].error
    assert answers[5].error.field == "ParentAccountId"


async def test_all_pages_are_read(sales_client: Sales) -> None:
    await made(sales_client, *(account(f"A{number}") for number in range(7)))
    query = Query(table="accounts", columns=("name", "_ownerid_value"), order="name,accountid", size=3)
    page = await sales_client.page(query)
    rows = list(page.rows)
    while page.next:
        page = await sales_client.page(page.next, size=3)
        rows += page.rows
    assert [row["name"] for row in rows] == [f"A{number}" for number in range(7)]
    assert rows[6]["_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "systemuser"


async def test_a_text_with_every_awkward_character_is_found_again(sales_client: Sales) -> None:
    name = 'O\'Neil & Søn + 50% #1 "é" ?=/'
    await made(sales_client, account(name), account("Other"), account("Third"))
    one = await sales_client.page(Query(table="accounts", columns=("name",), filter=odata.one_of("name", [name], Side.SALES)))
    two = await sales_client.page(Query(table="accounts", columns=("name",), filter=odata.one_of("name", [name, "Other"], Side.SALES)))
    assert [row["name"] for row in one.rows] == [name]
    assert {row["name"] for row in two.rows} == {name, "Other"}


async def test_hundreds_of_rows_are_read_by_id(sales_client: Sales) -> None:
    steps = [account(f"A{number}") for number in range(450)]
    await sales_client.write(steps)
    rows = await sales_client.rows("accounts", [str(step.id) for step in steps], ("name",))
    assert {row["name"] for row in rows.values()} == {str(step.values["name"]) for step in steps}


async def test_tracking_shows_what_was_made_changed_and_deleted(sales_client: Sales, sales_desk: Desk) -> None:
    first, second, third = steps = [account(name) for name in "ABC"]
    await made(sales_client, *steps)
    start = await all_changes(sales_client, None)
    assert set(start.ids) == {step.id for step in steps}
    assert start.delta
    await sales_client.write([change(first, telephone1="1")])
    await sales_desk.post("hands/delete", set="accounts", id=second.id)
    since = await all_changes(sales_client, start.delta)
    assert (since.ids, since.deleted) == ([first.id], [second.id])
    again = await all_changes(sales_client, since.delta)
    assert (again.ids, again.deleted) == ([], [])
    assert third.id not in since.ids


async def test_an_old_link_and_a_table_without_tracking_are_told_apart(sales_client: Sales, sales_desk: Desk) -> None:
    start = await all_changes(sales_client, None)
    await sales_desk.post("switches", deltaExpired=True)
    with pytest.raises(DeltaExpired):
        await sales_client.changes("accounts", start.delta)
    await sales_desk.post("switches", deltaExpired=False, trackingOff=["account"])
    with pytest.raises(TrackingOff):
        await sales_client.changes("accounts", None)
    await sales_desk.post("switches", trackingOff=[])


async def test_a_lost_answer_to_a_bulk_message_leaves_every_row_once(sales_client: Sales, sales_desk: Desk) -> None:
    await sales_desk.post("faults", kind="drop", when="after", method="POST", path="CreateMultiple")
    steps = [account("A"), account("B")]
    answers = await sales_client.write(steps)
    assert [type(answer.error) for answer in answers] == [AlreadyExists, AlreadyExists]
    assert sorted(row["name"] for row in await sales_desk.stored("accounts")) == ["A", "B"]


async def test_a_short_pause_is_waited_for_and_a_long_one_told(sales_client: Sales, sales_desk: Desk, connections: Connections) -> None:
    await sales_desk.post("faults", kind="status", status=429, retryAfter=0.2)
    await sales_desk.post("faults", kind="status", status=503)
    await sales_desk.post("faults", kind="drop", method="GET")
    assert (await sales_client.who_am_i())["UserId"]
    assert connections.counts()["sales"]["repeated"] == 3
    await sales_desk.post("faults", kind="status", status=429, retryAfter=300)
    with pytest.raises(Throttled) as caught:
        await sales_client.who_am_i()
    assert caught.value.retry_after == 300


async def test_the_organisation_says_how_it_counts_money(sales_client: Sales) -> None:
    organization = await sales_client.organization()
    assert organization.id == (await sales_client.who_am_i())["OrganizationId"]
    base = await sales_client.rows("transactioncurrencies", [organization.base_currency_id], ("isocurrencycode",))
    assert [row["isocurrencycode"] for row in base.values()] == ["EUR"]
    assert organization.pricing_precision >= 0


async def test_option_values_are_added_and_renamed(sales_client: Sales) -> None:
    before = await sales_client.options("accounts", "paymenttermscode")
    number = await sales_client.add_option("accounts", "paymenttermscode", "21 DAYS")
    await sales_client.publish(["accounts"])
    assert await sales_client.options("accounts", "paymenttermscode") == {**before, number: "21 DAYS"}
    await sales_client.rename_option("accounts", "paymenttermscode", number, "21 days")
    await sales_client.publish(["accounts"])
    assert (await sales_client.options("accounts", "paymenttermscode"))[number] == "21 days"
    step = account("Contoso")
    await made(sales_client, step)
    [taken, unknown] = await sales_client.write([change(step, paymenttermscode=number), change(step, paymenttermscode=99999)])
    assert taken.error is None
    assert isinstance(unknown.error, InvalidValue)
    assert unknown.error.field == "paymenttermscode"


async def test_an_option_that_was_added_and_never_published_is_taken_over(sales_client: Sales, sales_desk: Desk) -> None:
    before = await sales_client.options("accounts", "paymenttermscode")
    assert await sales_client.add_option("accounts", "paymenttermscode", "first try", 77) == 77
    assert await sales_client.options("accounts", "paymenttermscode") == before
    assert await sales_client.add_option("accounts", "paymenttermscode", "14 DAYS", 77) == 77
    await sales_client.publish(["accounts"])
    assert await sales_client.options("accounts", "paymenttermscode") == {**before, 77: "14 DAYS"}
    with pytest.raises(ServiceError):
        await sales_client.add_option("accounts", "name", "no choice", 1)


@pytest.mark.rule("B9")
async def test_a_blank_where_none_may_be_is_named(sales_client: Sales) -> None:
    product = Create(side=Side.SALES, table="products", id=str(uuid4()), values={"name": "Bike", "productnumber": None})
    [answer] = await sales_client.write([product])
    assert isinstance(answer.error, RequiredMissing)
    assert answer.error.field == "productnumber"


async def test_an_action_of_a_table_is_called(sales_client: Sales) -> None:
    [answer] = await sales_client.write([Call(side=Side.SALES, name="NoSuchAction", body={})])
    assert isinstance(answer.error, Refused)


async def test_an_address_where_nobody_answers_names_its_setting(settings: Settings, sales_desk: Desk) -> None:
    connections = Connections(replace(settings, sales_url="http://127.0.0.1:9"), patience=HURRIED)
    with pytest.raises(Unreachable, match="SALES_URL"):
        await connections.sales.who_am_i()
    await connections.close()


async def test_a_table_is_counted_in_one_request_and_a_very_large_one_in_two(sales_client: Sales, sales_desk: Desk) -> None:
    await sales_desk.post("seed", tables={"accounts": [{"name": str(number)} for number in range(3)]})
    before = await sales_desk.requests()
    assert await sales_client.count("accounts") == 3
    assert await sales_desk.requests() == before + 1
    await sales_desk.post("seed", tables={"accounts": [{"name": str(number)} for number in range(5004)]})
    assert await sales_client.count("accounts") == 5007
