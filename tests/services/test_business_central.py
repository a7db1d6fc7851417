"""The Business Central client against the simulator, signed in by the sandbox's token endpoint."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sync.errors import (
    AlreadyExists,
    AppNotAdmitted,
    CompanyNotFound,
    EnvironmentNotFound,
    NotFound,
    NotOnThisProfile,
    ReadOnlyField,
    SignInRefused,
    Stale,
    Throttled,
    TimedOut,
    TooLong,
    UnknownReference,
    Unreachable,
)
from sync.heart.plan import Create, Delete, Side, Step, Update
from sync.services import odata
from sync.services.business_central import BusinessCentral
from sync.services.connections import Connections
from sync.services.model import Page, ProfileName, Query
from sync.settings import ProfileChoice, Settings
from tests.services.conftest import HURRIED, Desk


def customer(name: str, **values: Any) -> Create:
    return Create(side=Side.BC, table="customers", id=str(uuid4()), values={"displayName": name, **values})


async def made(client: BusinessCentral, *names: str) -> list[dict[str, Any]]:
    answers = await client.write([customer(name) for name in names])
    assert [answer.error for answer in answers] == [None] * len(names)
    return [dict(answer.row or {}) for answer in answers]


def change(row: dict[str, Any], **values: Any) -> Update:
    return Update(side=Side.BC, table="customers", id=row["id"], values=values, version=row["@odata.etag"])


async def test_rows_are_deleted_on_their_version_and_one_that_is_gone_is_deleted(bc_client: BusinessCentral) -> None:
    rows = await made(bc_client, "One", "Two")
    await bc_client.write([change(rows[1], email="a@contoso.com")])
    steps = [Delete(side=Side.BC, table="customers", id=row["id"], version=row["@odata.etag"]) for row in rows]
    assert [type(answer.error) for answer in await bc_client.write(steps)] == [type(None), Stale]
    blind = replace(steps[1], version=None)
    assert [answer.error for _ in range(2) for answer in await bc_client.write([blind])] == [None, None]
    assert await bc_client.rows("customers", [row["id"] for row in rows]) == {}


async def pages(client: BusinessCentral, query: Query) -> list[Page]:
    found = [await client.page(query)]
    while link := found[-1].next:
        found.append(await client.page(link, size=query.size))
    return found


async def test_a_row_is_created_under_our_id_read_and_changed(bc_client: BusinessCentral) -> None:
    step = customer("Contoso", email="a@contoso.com")
    [created] = await bc_client.write([step])
    assert created.id == step.id
    [changed] = await bc_client.write(
        [Update(side=Side.BC, table="customers", id=created.id or "", values={"city": "Kiel"}, version=created.version)]
    )
    assert changed.error is None
    assert changed.version != created.version
    rows = await bc_client.rows("customers", [str(step.id), str(uuid4())], columns=("displayName", "city"))
    assert rows == {step.id: {"@odata.etag": changed.version, "id": step.id, "displayName": "Contoso", "city": "Kiel"}}


async def test_all_pages_are_read_even_when_the_last_one_is_empty(bc_client: BusinessCentral) -> None:
    names = [f"C{number}" for number in range(6)]
    await made(bc_client, *names)
    found = await pages(bc_client, Query(table="customers", columns=("displayName",), order="displayName", size=3))
    assert [row["displayName"] for page in found for row in page.rows] == names
    assert [len(page.rows) for page in found] == [3, 3, 0]


async def test_changes_are_found_by_the_services_own_clock(bc_client: BusinessCentral) -> None:
    [old, _] = await made(bc_client, "Old", "Older")
    now = (await bc_client.page(Query(table="customers", columns=("id",)))).clock
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)
    stamp = datetime.fromisoformat(old["lastModifiedDateTime"])
    found = await bc_client.page(Query(table="customers", columns=("displayName",), changed_since=stamp, filter="displayName eq 'Old'"))
    assert [row["displayName"] for row in found.rows] == ["Old"]
    later = await bc_client.page(Query(table="customers", columns=("displayName",), changed_since=stamp + timedelta(minutes=1)))
    assert later.rows == []


async def test_a_text_with_every_awkward_character_is_found_again(bc_client: BusinessCentral) -> None:
    name = 'O\'Neil & Søn + 50% #1 "é" ?=/'
    await made(bc_client, name, "Other")
    found = await bc_client.page(Query(table="customers", columns=("displayName",), filter=odata.one_of("displayName", [name], Side.BC)))
    assert [row["displayName"] for row in found.rows] == [name]


async def test_somebody_elses_edit_makes_a_write_stale(bc_client: BusinessCentral, bc_desk: Desk) -> None:
    [row] = await made(bc_client, "Contoso")
    await bc_desk.post("hands/edit", set="customers", id=row["id"], values={"city": "Bonn"})
    [answer] = await bc_client.write([change(row, city="Kiel")])
    assert isinstance(answer.error, Stale)
    assert answer.error.record == row["id"]


async def test_in_a_batch_each_row_has_its_own_outcome(bc_client: BusinessCentral) -> None:
    rows = await made(bc_client, "A", "B", "C", "D", "E")
    steps: list[Step] = [
        change(rows[0], city="Kiel"),
        change({**rows[1], "@odata.etag": rows[0]["@odata.etag"]}, city="Kiel"),
        change(rows[2], email="x" * 90, city="Kiel"),
        change(rows[3], currencyCode="NONE", city="Kiel"),
        change({**rows[4], "id": str(uuid4())}, city="Kiel"),
        customer("again", number=rows[0]["number"]),
        change(rows[4], city="Kiel"),
    ]
    answers = await bc_client.write(steps)
    assert [type(answer.error) for answer in answers] == [
        type(None), Stale, TooLong, UnknownReference, NotFound, AlreadyExists, type(None),
    ]  # fmt: skip
    assert [answer.error.field for answer in answers[2:4] if answer.error] == ["email", "currencyCode"]
    assert answers[0].row
    assert answers[0].row["city"] == "Kiel"


async def test_a_read_only_field_is_named(bc_client: BusinessCentral) -> None:
    [row] = await made(bc_client, "Contoso")
    [answer] = await bc_client.write([change(row, balanceDue=1)])
    assert isinstance(answer.error, ReadOnlyField)
    assert answer.error.field == "balanceDue"


@pytest.mark.rule("B9")
async def test_a_bad_field_is_named_wherever_the_service_lets_it_be_told(bc_client: BusinessCentral) -> None:
    rows = await made(bc_client, "A", "B", "C", "D")
    bad: list[dict[str, Any]] = [{"email": "no address"}, {"country": "Nowhere"}, {"blocked": "Maybe"}, {"displayName": None}]
    answers = await bc_client.write([change(row, city="Kiel", **values) for row, values in zip(rows, bad, strict=True)])
    for answer, values in zip(answers, bad, strict=True):
        assert answer.error
        assert answer.error.field == next(iter(values))


async def test_a_hundred_writes_are_one_request(bc_client: BusinessCentral, bc_desk: Desk) -> None:
    await bc_client.profile()
    before = await bc_desk.requests()
    await made(bc_client, *(f"C{number}" for number in range(100)))
    assert await bc_desk.requests() - before <= 2  # the company's id is the other one


async def test_a_lost_answer_to_a_creation_is_settled_by_our_id(bc_client: BusinessCentral, bc_desk: Desk) -> None:
    await made(bc_client, "First")
    await bc_desk.post("faults", kind="drop", when="after", method="POST", path="customers$")
    step = customer("Contoso")
    [answer] = await bc_client.write([step])
    assert isinstance(answer.error, AlreadyExists)
    assert [row["displayName"] for row in await bc_desk.stored("customers") if row["id"] == step.id] == ["Contoso"]


async def test_a_lost_answer_on_the_standard_profile_is_ambiguous(settings: Settings, bc_desk: Desk) -> None:
    connections = Connections(replace(settings, bc_profile=ProfileChoice.STANDARD), patience=HURRIED)
    client = connections.business_central("Demo Company")
    await bc_desk.post("faults", kind="drop", when="after", method="POST", path="customers$")
    with pytest.raises(TimedOut) as caught:
        await client.write([customer("Contoso")])
    assert caught.value.ambiguous
    assert [row["displayName"] for row in await bc_desk.stored("customers")] == ["Contoso"]
    await connections.close()


async def test_a_short_pause_is_waited_for_and_a_long_one_told(bc_client: BusinessCentral, bc_desk: Desk, connections: Connections) -> None:
    await bc_client.profile()
    await bc_desk.post("faults", kind="status", status=429, retryAfter=0.2)
    await bc_desk.post("faults", kind="status", status=503)
    assert await bc_client.companies()
    assert connections.counts()["bc"]["repeated"] == 2
    await bc_desk.post("faults", kind="status", status=429, retryAfter=120)
    with pytest.raises(Throttled) as caught:
        await bc_client.companies()
    assert caught.value.retry_after == 120


async def test_without_the_extension_what_needs_it_is_named_and_the_rest_works(bc_client: BusinessCentral, bc_desk: Desk) -> None:
    await bc_desk.post("switches", profile="standard")
    assert (await bc_client.profile()).name is ProfileName.STANDARD
    assert not await bc_client.takes_ids("customers")
    [answer] = await bc_client.write([customer("Contoso")])
    assert answer.error is None
    assert answer.id not in (None, getattr(answer.step, "id", None))
    with pytest.raises(NotOnThisProfile, match="resources"):
        await bc_client.page(Query(table="resources"))


async def test_with_the_extension_its_tables_are_served(bc_client: BusinessCentral) -> None:
    profile = await bc_client.profile()
    assert profile.name is ProfileName.EXTENDED
    assert {"customers", "contacts", "items", "resources"} <= profile.tables
    assert (await bc_client.page(Query(table="resources"))).rows == []
    assert (await bc_client.page(Query(table="paymentTerms"))).rows is not None


async def test_a_wrong_company_names_the_setting_and_the_companies_there_are(connections: Connections, bc_desk: Desk) -> None:
    with pytest.raises(CompanyNotFound, match=r"BC_COMPANY.*Fabrikam.*Demo Company"):
        await connections.business_central("Fabrikam").page(Query(table="customers"))


async def refused(settings: Settings, **changes: Any) -> Exception:
    connections = Connections(replace(settings, **changes), patience=HURRIED)
    try:
        with pytest.raises(Exception) as caught:
            await connections.business_central("Demo Company").companies()
    finally:
        await connections.close()
    return caught.value


async def test_each_wrong_setting_gives_one_clear_message(settings: Settings, bc_desk: Desk) -> None:
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"client_secret": "wrong"}, SignInRefused, "ENTRA_CLIENT_SECRET"),
        ({"tenant_id": str(uuid4())}, SignInRefused, "ENTRA_TENANT_ID"),
        ({"client_id": str(uuid4())}, SignInRefused, "ENTRA_CLIENT_ID"),
        ({"bc_environment": "nowhere"}, EnvironmentNotFound, "BC_ENVIRONMENT"),
        ({"bc_url": "http://127.0.0.1:9/v2.0"}, Unreachable, "BC_URL"),
        ({"authority": "https://127.0.0.1:9"}, Unreachable, "ENTRA_AUTHORITY"),
    ]
    for changes, cls, name in wrong:
        error = await refused(settings, **changes)
        assert (type(error), name in str(error)) == (cls, True), error


async def test_a_token_for_another_service_is_not_admitted(settings: Settings, bc_desk: Desk) -> None:
    elsewhere = replace(settings, bc_scope="https://elsewhere.example.com/.default")
    assert isinstance(await refused(elsewhere), AppNotAdmitted)


async def test_a_table_is_counted_in_one_request(bc_client: BusinessCentral, bc_desk: Desk) -> None:
    await bc_client.write([customer("Ant"), customer("Bee")])
    before = await bc_desk.requests()
    assert await bc_client.count("customers") == 2
    assert await bc_desk.requests() == before + 1
