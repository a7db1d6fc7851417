"""What Couplet writes of its own on a row of Sales: company, BC id, number and a link, with the rest and never alone (rules D8, E9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mapping.ours import COLUMNS, COMPANY, ID, LINK, NUMBER
from sandbox.running import Sandbox
from sync.environment import Environment
from sync.services.connections import Connections
from tests.scenario.engine import HURRIED, Engine, engine_on
from tests.scenario.world import Record, Row, account, contact, customer, item, person, unit_group

pytestmark = [pytest.mark.rule("D8"), pytest.mark.rule("E9")]


async def marks(engine: Engine, mapping: str, record: Record) -> list[str | None]:
    """What the row of Sales says of its record: company, id, number."""
    row = await engine.partner(mapping, record) if record.side == "bc" else await engine.row(record)
    return [row.get(name) for name in (COMPANY, ID, NUMBER)]


def link(engine: Engine, page: int, number: str) -> str:
    """Where the record stands in the web client."""
    settings = engine.environment.settings
    place = f"{settings.tenant_id}/{settings.bc_environment}/?company=Demo%20Company"
    return f"https://businesscentral.dynamics.com/{place}&page={page}&filter=%27No.%27%20IS%20%27{number}%27"


@pytest.mark.case("T763")
async def test_a_row_made_in_sales_says_at_once_whose_it_is(engine: Engine) -> None:
    mine, thing, human = customer("C1"), item("I1"), person("P1", of="C1")
    await engine.seed(mine, thing, human, *unit_group())
    await engine.reset_counters()
    await engine.sync(create="toSales")
    company = engine.ctx.company
    assert await marks(engine, "CUSTOMER", mine) == [company, mine.id, "C1"]
    assert await marks(engine, "CONTACT", human) == [company, human.id, "P1"]
    assert await marks(engine, "ITEM-PRODUCT", thing) == [company, thing.id, "I1"]
    assert (await engine.partner("CUSTOMER", mine))[LINK] == link(engine, 21, "C1")
    assert (await engine.partner("CONTACT", human))[LINK] == link(engine, 5050, "P1")


async def test_a_row_born_in_sales_gets_them_with_its_number_in_the_same_run(engine: Engine) -> None:
    theirs = account("A1")
    await engine.seed(theirs)
    await engine.reset_counters()
    await engine.sync("CUSTOMER", create="both")
    mine = await engine.partner("CUSTOMER", theirs)
    assert await marks(engine, "CUSTOMER", theirs) == [engine.ctx.company, mine["id"], mine["number"]]
    assert (await engine.row(theirs))["accountnumber"] == mine["number"]
    assert (await engine.written())["sales"] == 1


async def test_they_are_never_written_for_their_own_sake(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    before = await marks(engine, "CUSTOMER", theirs)
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    await engine.look("CUSTOMER")
    assert (await engine.written())["sales"] == 0
    assert await marks(engine, "CUSTOMER", theirs) == before
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    assert await marks(engine, "CUSTOMER", theirs) == [engine.ctx.company, mine.id, "C1"]


async def test_what_a_person_typed_over_is_set_right_with_the_next_write(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Falke"})
    await engine.look("CUSTOMER")
    await engine.edit(theirs, couplet_bcnumber="mine", couplet_bclink=None)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))[NUMBER] == "mine"
    await engine.edit(mine, displayName="Bussard")
    await engine.look("CUSTOMER")
    row = await engine.row(theirs)
    assert (row["name"], row[NUMBER], row[LINK]) == ("Bussard", "C1", link(engine, 21, "C1"))


async def test_a_blank_and_a_quote_in_a_number_lead_to_the_record_all_the_same(engine: Engine) -> None:
    mine = customer("O'N 1")
    await engine.seed(mine)
    await engine.sync("CUSTOMER", create="toSales")
    assert (await engine.partner("CUSTOMER", mine))[LINK].endswith("filter=%27No.%27%20IS%20%27O%27%27N%201%27")


async def test_a_copy_that_says_the_same_takes_the_marks_and_no_more(engine: Engine) -> None:
    """Somebody imported a copy of an account with its marks before the record was coupled."""
    mine = customer("C1")
    copy = account("A9", name="Copy", **{COMPANY: engine.ctx.company, ID: mine.id})
    await engine.seed(mine, copy)
    await engine.sync("CUSTOMER", create="toSales")
    made = await engine.partner("CUSTOMER", mine)
    assert (made["name"], made.get(ID)) == ("Company C1", None)
    assert await engine.problems("CUSTOMER") == [("marked_elsewhere", None)]
    await engine.edit(copy, **{COMPANY: None, ID: None})
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))[ID] == mine.id
    assert await engine.problems("CUSTOMER") == []


async def test_uncoupled_a_row_is_nobody_s_again(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Falke"})
    assert (await engine.row(theirs))[COMPANY] == engine.ctx.company
    human, other = person("P1", of="C1"), contact("K1", of=theirs, emailaddress1="p1@example.com")
    await engine.seed(human, other)
    await engine.sync("CONTACT", create="toSales")
    made = await engine.partner("CONTACT", human)
    answer = await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    assert answer.status == 200, answer.json
    row = await engine.row(theirs)
    assert [row.get(name) for name in COLUMNS] == [None] * len(COLUMNS)
    assert row["accountnumber"] == "C1"
    child = next(each for each in await engine.sales.rows("contacts") if each["contactid"] == made["contactid"])
    assert child.get(COMPANY) is None


async def test_a_coupling_that_moves_takes_the_marks_along(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Falke"})
    other = account("A2", name="Habicht")
    await engine.seed(other)
    answer = await engine.api.post("couplings/CUSTOMER/move", {"salesId": theirs.id, "to": other.id})
    assert answer.status == 200, answer.json
    assert (await engine.row(theirs)).get(ID) is None
    assert await marks(engine, "CUSTOMER", other) == [engine.ctx.company, mine.id, "C1"]
    assert await engine.problems("CUSTOMER") == []


@pytest.fixture
async def plain(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """Couplet on an organisation without any of its columns."""
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    async with engine_on(sandbox_processes, fresh="factory") as engine:
        yield engine


async def test_without_the_columns_everything_works_and_it_is_said(plain: Engine, caplog: pytest.LogCaptureFixture) -> None:
    mine, thing = customer("C1"), item("I1")
    await plain.seed(mine, thing, *unit_group())
    await plain.sync(create="toSales")
    row: Row = await plain.partner("CUSTOMER", mine)
    assert row["accountnumber"] == "C1" and COMPANY not in row
    await plain.edit(mine, displayName="Adler")
    await plain.look("CUSTOMER")
    assert (await plain.partner("CUSTOMER", mine))["name"] == "Adler"
    assert "account.couplet_bcid" in plain.ctx.ours.lacking
    assert (await plain.api.delete("couplings/CUSTOMER", {"bcId": mine.id})).status == 200
    assert await plain.problems() == []


async def test_while_sales_is_away_nobody_is_kept_from_what_needs_no_sales(plain: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert plain.ctx.ours.lacking
    monkeypatch.setattr("sync.around.ours.ASK_AGAIN_SECONDS", 0.0)
    await plain.sales.fault(path="EntityDefinitions", status=403, code="0x8004d24b", times=10)
    answer = await plain.api.get("mappings")
    assert (answer.status, len(answer.json["value"]) > 5) == (200, True)


async def test_a_column_of_ours_that_somebody_made_of_another_type_is_left_alone(plain: Engine) -> None:
    number = {"@odata.type": "Microsoft.Dynamics.CRM.IntegerAttributeMetadata", "SchemaName": "couplet_BcNumber"}
    text = {"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "SchemaName": "couplet_BcId", "MaxLength": 36}
    for column in (number, text):
        await plain.ctx.sales.post("EntityDefinitions(LogicalName='account')/Attributes", column, repeatable=False)
    mine = customer("C1")
    await plain.seed(mine)
    async with restarted(plain) as again:
        await again.sync("CUSTOMER", create="toSales")
        row = await again.partner("CUSTOMER", mine)
    assert (row["couplet_bcid"], row.get("couplet_bcnumber")) == (mine.id, None)


@pytest.mark.case("T770")
async def test_which_columns_there_are_is_asked_once_by_a_process(engine: Engine) -> None:
    await engine.reset_counters()
    async with restarted(engine) as again:
        for _ in range(2):
            await again.environment.context(None)
    counted = (await engine.sales.counters())["byRoute"]
    assert counted["GET EntityDefinitions"] == 1


@asynccontextmanager
async def restarted(engine: Engine) -> AsyncIterator[Engine]:
    """The app in another process, on the same state."""
    settings = engine.environment.settings
    environment = Environment(settings, engine.environment.store, Connections(settings, patience=HURRIED))
    try:
        yield Engine(environment, await environment.context(None), engine.bc, engine.sales)
    finally:
        await environment.connections.close()
