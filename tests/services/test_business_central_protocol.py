"""What the Business Central client sends, seen from the service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from sync.errors import AlreadyExists, CompanyNotFound, EnvironmentNotFound, LinkRefused, NotOnThisProfile, TimedOut, Unavailable
from sync.heart.plan import Call, Create, Side, Step, Update
from sync.services.bc_dialect import DIALECT
from sync.services.business_central import BusinessCentral
from sync.services.http import Connection
from sync.services.model import ProfileName, Query
from sync.settings import ProfileChoice
from tests.services.conftest import HURRIED, OneToken
from tests.services.scripted import DROPS, Says, Scripted

COMPANY = "c0000000-0000-4000-8000-000000000001"
ROW = "a0000000-0000-4000-8000-000000000001"
COMPANIES = Says(200, {"value": [{"id": COMPANY, "name": "CRONUS", "displayName": "CRONUS International"}]})
NO_EXTENSION = Says(404, {"error": {"code": "BadRequest_NotFound", "message": "No HTTP resource was found."}})
EXTENSION = Says(
    200, b'<Schema><EntityContainer><EntitySet Name="customers" EntityType="x"/><EntitySet Name="currencies"/></EntityContainer></Schema>'
)
HOME = f"/v2.0/t/sandbox/api/v2.0/companies({COMPANY})"
OUR_HOME = f"/v2.0/t/sandbox/api/couplet/sales/v1.0/companies({COMPANY})"


@pytest.fixture
async def bc(service: Scripted, tokens: OneToken) -> AsyncIterator[BusinessCentral]:
    connection = Connection(DIALECT, url=service.url, setting="BC_URL", tokens=tokens, lanes=2, patience=HURRIED)
    yield BusinessCentral(connection, root=f"{service.url}/v2.0/t/sandbox/api", company="cronus")
    await connection.close()


def rows(*found: dict[str, object], more: str | None = None) -> Says:
    return Says(200, {"value": list(found), **({"@odata.nextLink": more} if more else {})})


def parts(*answers: tuple[int, object]) -> Says:
    listed = [{"id": str(number), "status": status, "headers": {}, "body": content} for number, (status, content) in enumerate(answers)]
    return Says(200, {"responses": listed})


def no(code: str, message: str = "x") -> dict[str, object]:
    return {"error": {"code": code, "message": message}}


async def test_a_page_of_changes(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION, rows({"id": ROW}))
    since = datetime(2026, 11, 1, 8, tzinfo=UTC)
    page = await bc.page(Query(table="customers", columns=("id", "number"), changed_since=since, order="number", size=7))
    assert page.rows == [{"id": ROW}]
    assert page.next is None
    assert page.clock == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert service.targets[-1] == (
        f"GET {HOME}/customers?$select=id,number&$filter=lastModifiedDateTime%20ge%202026-11-01T08:00:00.000Z&$orderby=number"
    )
    asked = service.asked[-1].headers
    assert (asked["accept-language"], asked["prefer"]) == ("en-US", "odata.maxpagesize=7")


async def test_company_and_profile_are_looked_up_once(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION, rows())
    for _ in range(3):
        await bc.page(Query(table="customers"))
    assert len(service.asked) == 5


async def test_a_next_link_is_followed_as_it_is(service: Scripted, bc: BusinessCentral) -> None:
    link = f"{service.url}{HOME}/customers?aid=FIN&$skiptoken={ROW}"
    service.will_say(COMPANIES, rows())
    assert (await bc.page(link, size=50)).rows == []
    assert service.targets[-1] == f"GET {HOME}/customers?aid=FIN&$skiptoken={ROW}"
    assert service.asked[-1].headers["prefer"] == "odata.maxpagesize=50"


async def test_a_next_link_to_elsewhere_gets_no_token(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, rows())
    with pytest.raises(LinkRefused):
        await bc.page(f"https://evil.example.com{HOME}/customers")
    assert len(service.asked) == 1


async def test_the_extension_goes_before_the_standard_pages(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, EXTENSION, rows())
    await bc.page(Query(table="customers"))
    await bc.page(Query(table="items"))
    assert service.targets[-2:] == [f"GET {OUR_HOME}/customers", f"GET {HOME}/items"]
    profile = await bc.profile()
    assert (profile.name, profile.tables) == (ProfileName.EXTENDED, frozenset({"customers", "currencies"}))
    assert await bc.takes_ids("customers")
    assert not await bc.takes_ids("items")


async def test_the_setting_forces_the_profile(service: Scripted, bc: BusinessCentral, tokens: OneToken) -> None:
    connection = Connection(DIALECT, url=service.url, setting="BC_URL", tokens=tokens, lanes=1, patience=HURRIED)
    forced = [
        BusinessCentral(connection, root=f"{service.url}/x", company="cronus", profile=choice)
        for choice in (ProfileChoice.STANDARD, ProfileChoice.EXTENDED)
    ]
    service.will_say(NO_EXTENSION)
    assert (await forced[0].profile()).name is ProfileName.STANDARD
    assert service.asked == []
    with pytest.raises(NotOnThisProfile, match="BC_PROFILE"):
        await forced[1].profile()
    await connection.close()


async def test_a_company_that_is_not_there_names_the_setting_and_what_is_there(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(Says(200, {"value": [{"id": COMPANY, "name": "Fabrikam", "displayName": ""}]}))
    with pytest.raises(CompanyNotFound, match=r"BC_COMPANY.*cronus.*Fabrikam"):
        await bc.page(Query(table="customers"))


async def test_an_environment_that_is_not_there_names_the_setting(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(Says(404, b"<error><code>NoEnvironment</code>\n<message>Environment does not exist.</message></error>"))
    with pytest.raises(EnvironmentNotFound, match="BC_ENVIRONMENT"):
        await bc.companies()


@pytest.mark.case("T370")
async def test_rows_are_asked_for_by_id_within_the_length_of_a_url(service: Scripted, bc: BusinessCentral) -> None:
    ids = [f"a0000000-0000-4000-8000-{number:012}" for number in range(250)]
    parts = [{"id": str(number), "status": 200, "body": {"value": [{"id": ids[number]}]}} for number in range(3)]
    service.will_say(COMPANIES, NO_EXTENSION, Says(200, {"responses": parts}))
    found = await bc.rows("customers", [*ids, ids[0]], columns=("number",))
    assert list(found) == ids[:3]
    assert len(service.targets) == 3 and service.targets[-1].endswith("$batch")
    asked = [each["url"] for each in service.asked[-1].json()["requests"]]
    assert len(asked) == 3
    assert max(map(len, asked)) < 8000
    assert all("$select=id,number" in each for each in asked)


@pytest.mark.case("T371")
async def test_a_few_rows_are_asked_for_in_one_plain_call(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION, Says(200, {"value": [{"id": ROW}]}))
    other = "b0000000-0000-4000-8000-000000000001"
    assert list(await bc.rows("customers", [ROW, other], columns=("number",))) == [ROW]
    assert len(service.targets) == 3 and all(id_ in service.targets[-1] for id_ in (ROW, other))


async def test_rows_of_a_batch_that_was_not_answered_whole_are_not_taken_for_missing(service: Scripted, bc: BusinessCentral) -> None:
    ids = [f"a0000000-0000-4000-8000-{number:012}" for number in range(150)]
    answered = {"id": "0", "status": 200, "body": {"value": []}}
    service.will_say(COMPANIES, NO_EXTENSION, Says(200, {"responses": [answered]}))
    with pytest.raises(Unavailable):
        await bc.rows("customers", ids)


async def test_one_step_is_a_plain_call(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION, Says(200, {"id": ROW, "@odata.etag": 'W/"2"', "city": "Kiel"}))
    step = Update(side=Side.BC, table="customers", id=ROW, values={"city": "Kiel"}, version='W/"1"')
    [answer] = await bc.write([step])
    assert (answer.step, answer.id, answer.version, answer.error) == (step, ROW, 'W/"2"', None)
    assert answer.row
    assert answer.row["city"] == "Kiel"
    assert service.targets[-1] == f"PATCH {HOME}/customers({ROW})"
    assert service.asked[-1].headers["if-match"] == 'W/"1"'
    assert service.asked[-1].json() == {"city": "Kiel"}


async def test_many_steps_are_one_batch_per_api_and_each_has_its_own_outcome(service: Scripted, bc: BusinessCentral) -> None:
    ours = {"id": ROW, "@odata.etag": "e"}
    service.will_say(
        COMPANIES, EXTENSION, parts((201, ours), (400, no("Internal_EntityWithSameKeyExists"))), parts((200, ours), (204, None))
    )
    steps: list[Step] = [
        Create(side=Side.BC, table="customers", id=ROW, values={"displayName": "A"}),
        Create(side=Side.BC, table="customers", values={"displayName": "B"}),
        Update(side=Side.BC, table="items", id=ROW, values={"blocked": True}),
        Call(side=Side.BC, table="salesOrders", id=ROW, name="shipAndInvoice", body={}),
    ]
    answers = await bc.write(steps)
    assert [answer.step for answer in answers] == steps
    assert [type(answer.error) for answer in answers] == [type(None), AlreadyExists, type(None), type(None)]
    assert [answer.version for answer in answers] == ["e", None, "e", None]
    assert service.targets[2:] == ["POST /v2.0/t/sandbox/api/couplet/sales/v1.0/$batch", "POST /v2.0/t/sandbox/api/v2.0/$batch"]
    first, second = (each.json()["requests"] for each in service.asked[2:])
    assert [each["url"] for each in first] == [f"companies({COMPANY})/customers"] * 2
    assert first[0]["body"] == {"displayName": "A", "id": ROW}
    assert second[0]["headers"]["If-Match"] == "*"
    assert second[1]["url"] == f"companies({COMPANY})/salesOrders({ROW})/Microsoft.NAV.shipAndInvoice"
    assert service.asked[2].headers["prefer"] == "odata.continue-on-error"


async def test_a_batch_holds_at_most_a_hundred(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION, parts(*[(200, {"id": ROW, "@odata.etag": "e"})] * 100))
    answers = await bc.write([Update(side=Side.BC, table="customers", id=ROW, values={})] * 150)
    assert [len(each.json()["requests"]) for each in service.asked[2:]] == [100, 50]
    assert len(answers) == 150


async def test_what_the_service_did_not_come_to_is_tried_again_later(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION, parts((200, {"id": ROW, "@odata.etag": "e"})))
    done, left = await bc.write([Update(side=Side.BC, table="customers", id=ROW, values={})] * 2)
    assert done.error is None
    assert isinstance(left.error, Unavailable)


async def test_the_standard_page_gets_no_id_and_a_lost_answer_is_ambiguous(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION, DROPS)
    with pytest.raises(TimedOut) as caught:
        await bc.write([Create(side=Side.BC, table="customers", id=ROW, values={"displayName": "A"})])
    assert caught.value.ambiguous
    assert json.loads(service.asked[-1].body) == {"displayName": "A"}
    assert len(service.asked) == 3


async def test_a_lost_answer_to_a_row_with_an_id_of_ours_is_asked_again(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, EXTENSION, DROPS, Says(400, no("Internal_EntityWithSameKeyExists")))
    [answer] = await bc.write([Create(side=Side.BC, table="customers", id=ROW, values={"displayName": "A"})])
    assert isinstance(answer.error, AlreadyExists)
    assert answer.error.record == ROW


async def test_a_table_that_the_profile_lacks_is_named(service: Scripted, bc: BusinessCentral) -> None:
    service.will_say(COMPANIES, NO_EXTENSION)
    [answer] = await bc.write([Update(side=Side.BC, table="resources", id=ROW, values={})])
    assert isinstance(answer.error, NotOnThisProfile)
    assert answer.error.detail["table"] == "resources"
    with pytest.raises(NotOnThisProfile, match="resources"):
        await bc.page(Query(table="resources", columns=("id",)))
