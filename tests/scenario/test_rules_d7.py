"""Rule D7: the owner in Sales is the enabled user coupled to the salesperson."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import Record, account, contact, customer, person, salesperson, user

pytestmark = pytest.mark.rule("D7")

MAPPINGS = ("SALESPEOPLE", "CUSTOMER", "CONTACT")
ANJA, BO = user("AB", "Anja Becker"), user("BO", "Bo Olsen")


@pytest.fixture
async def with_fallback(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet told that Bo takes what nobody owns."""
    async with engine_on(sandbox_processes, fresh=True, OWNER_FALLBACK=f"systemusers/{BO.id}") as engine:
        yield engine


async def owner(engine: Engine, record: Record) -> str:
    """Who owns the account or contact of a record."""
    mapping = "CUSTOMER" if record.table == "customers" else "CONTACT"
    return str((await engine.partner(mapping, record))["_ownerid_value"])


async def leaves(engine: Engine, who: Record) -> None:
    """A user is disabled."""
    await engine.edit(who, isdisabled=True)
    engine.forget()


@pytest.mark.case("T068")
async def test_the_user_of_the_salesperson_owns_account_and_contact(engine: Engine) -> None:
    mine, someone = customer("C1", salespersonCode="AB"), person("P1", of="C1", salespersonCode="BO")
    await engine.seed(mine, someone)
    await engine.sync(*MAPPINGS)
    assert (await owner(engine, mine), await owner(engine, someone)) == (ANJA.id, BO.id)


@pytest.mark.case("T413")
async def test_another_salesperson_is_another_owner(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="AB")
    await engine.seed(mine)
    await engine.sync(*MAPPINGS)
    await engine.edit(mine, salespersonCode="BO")
    await engine.look("CUSTOMER")
    assert await owner(engine, mine) == BO.id


@pytest.mark.case("T769")
async def test_an_owner_changed_in_sales_is_set_back(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="AB")
    await engine.seed(mine)
    await engine.sync(*MAPPINGS)
    theirs = await engine.partner("CUSTOMER", mine)
    await engine.sales.hand("assign", set="accounts", id=theirs["accountid"], owner=BO.id)
    await engine.look("CUSTOMER")
    assert await owner(engine, mine) == ANJA.id


@pytest.mark.case("T070")
async def test_an_account_of_a_team_keeps_its_owner_and_the_customer_its_salesperson(engine: Engine) -> None:
    team = "7ea40000-0000-4000-8000-000000000001"
    mine, theirs = customer("C1"), account("A1", accountnumber="C1", name="Company C1", _ownerid_value=team)
    await engine.seed(mine, theirs)
    await engine.sync("SALESPEOPLE", "CUSTOMER")
    await engine.edit(theirs, name="Adler GmbH")
    await engine.look("CUSTOMER")
    assert await engine.problems() == []
    assert ((await engine.row(theirs))["_ownerid_value"], (await engine.row(mine))["salespersonCode"]) == (team, "")
    assert (await engine.row(mine))["displayName"] == "Adler GmbH"


@pytest.mark.case("T143")
async def test_without_salesperson_the_owner_is_left_alone(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sync(*MAPPINGS)
    theirs = await engine.partner("CUSTOMER", mine)
    await engine.sales.hand("assign", set="accounts", id=theirs["accountid"], owner=BO.id)
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert await owner(engine, mine) == BO.id
    assert not await engine.problems()


@pytest.mark.feature("F120")
async def test_the_salespersons_card_follows_the_user(engine: Engine) -> None:
    await engine.sync("SALESPEOPLE")
    await engine.edit(ANJA, firstname="Anja", lastname="Berger", mobilephone="+49 170 1")
    await engine.look("SALESPEOPLE")
    mine = await engine.row(salesperson("AB", ""))
    assert (mine["displayName"], mine["phoneNo"]) == ("Anja Berger", "+49 170 1")


@pytest.mark.case("T071")
async def test_a_customer_whose_salesperson_has_no_user_waits(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="CC")
    await engine.seed(salesperson("CC", "Carla Conti"), mine)
    line = (await engine.sync(*MAPPINGS))["CUSTOMER"]
    assert not await engine.sales.rows("accounts")
    assert line.to_sales["waiting"] == 1
    [row] = await engine.problem_rows("CUSTOMER")
    assert (row.code, row.released_by) == ("no_owner", f"SALESPEOPLE bc:{salesperson('CC', '').id}")


async def test_a_customer_whose_salesperson_left_waits(engine: Engine) -> None:
    await engine.seed(customer("C1", salespersonCode="AB"))
    await leaves(engine, ANJA)
    await engine.sync(*MAPPINGS)
    assert ("no_owner", "salespersonCode") in await engine.problems("CUSTOMER")
    assert not await engine.sales.rows("accounts")


async def test_a_coupled_customer_whose_salesperson_left_keeps_everything_else_in_step(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="AB")
    await engine.seed(mine)
    await engine.sync(*MAPPINGS)
    await leaves(engine, BO)
    await engine.edit(mine, salespersonCode="BO", phoneNumber="+49 30 2")
    await engine.look("CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    assert (theirs["telephone1"], theirs["_ownerid_value"]) == ("+49 30 2", ANJA.id)
    assert await engine.problems("CUSTOMER") == [("no_owner", "salespersonCode")]


async def test_who_waits_is_released_when_the_user_is_enabled_again(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="AB")
    await engine.seed(mine)
    await engine.sync("SALESPEOPLE")
    await leaves(engine, ANJA)
    await engine.sync("CUSTOMER")
    assert not await engine.sales.rows("accounts")
    await engine.edit(ANJA, isdisabled=False)
    engine.forget()
    await engine.look("SALESPEOPLE")
    assert await owner(engine, mine) == ANJA.id
    assert not await engine.problems()


async def test_who_waits_is_released_when_the_salesperson_is_coupled(engine: Engine) -> None:
    mine, carla = customer("C1", salespersonCode="CC"), user("CC", "Carla Conti")
    await engine.seed(salesperson("CC", "Carla Conti"), mine)
    await engine.sync(*MAPPINGS)
    await engine.seed(carla)
    await engine.sync("SALESPEOPLE")
    assert await owner(engine, mine) == carla.id
    assert not await engine.problems()


@pytest.mark.parametrize(
    "what",
    [{"applicationid": "7a1d6f30-5a34-4c6e-9a54-0d5dc1e1a0f1"}, {"isintegrationuser": True}, {"islicensed": False}, {"isdisabled": True}],
    ids=["application", "integration", "unlicensed", "disabled"],
)
async def test_users_who_are_no_people_at_work_are_never_owners(engine: Engine, what: dict[str, object]) -> None:
    await engine.seed(salesperson("CC", "Carla Conti"), user("CC", "Carla Conti", **what), customer("C1", salespersonCode="CC"))
    await engine.sync(*MAPPINGS)
    assert await engine.coupling("SALESPEOPLE", salesperson("CC", "")) is None
    assert ("no_owner", "salespersonCode") in await engine.problems("CUSTOMER")


async def test_a_fallback_takes_records_without_owner(with_fallback: Engine) -> None:
    mine, someone = customer("C1", salespersonCode="CC"), person("P1", of="C1", salespersonCode="CC")
    await with_fallback.seed(salesperson("CC", "Carla Conti"), mine, someone)
    await with_fallback.sync(*MAPPINGS)
    assert (await owner(with_fallback, mine), await owner(with_fallback, someone)) == (BO.id, BO.id)


async def test_a_fallback_leaves_records_with_an_owner_alone(with_fallback: Engine) -> None:
    mine = customer("C1", salespersonCode="AB")
    await with_fallback.seed(mine)
    await with_fallback.sync(*MAPPINGS)
    assert await owner(with_fallback, mine) == ANJA.id


async def test_a_record_of_the_fallback_gets_its_own_owner_when_there_is_one(with_fallback: Engine) -> None:
    mine, carla = customer("C1", salespersonCode="CC"), user("CC", "Carla Conti")
    await with_fallback.seed(salesperson("CC", "Carla Conti"), mine)
    await with_fallback.sync(*MAPPINGS)
    await with_fallback.seed(carla)
    await with_fallback.sync("SALESPEOPLE")
    with_fallback.forget()
    await with_fallback.sync("CUSTOMER")
    assert await owner(with_fallback, mine) == carla.id


async def test_a_fallback_lists_the_records_it_took(with_fallback: Engine) -> None:
    await with_fallback.seed(salesperson("CC", "Carla Conti"), customer("C1", salespersonCode="CC"))
    await with_fallback.sync(*MAPPINGS)
    assert ("no_owner", "salespersonCode") in await with_fallback.problems("CUSTOMER")


async def test_a_contact_of_sales_keeps_its_owner_when_bc_has_no_salesperson_for_it(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sync(*MAPPINGS)
    account_id = (await engine.partner("CUSTOMER", mine))["accountid"]
    theirs = contact("K1", of=Record(mine.side.other, "accounts", account_id, {}), _ownerid_value=BO.id)
    await engine.seed(theirs)
    await engine.sync("CONTACT")
    assert (await engine.row(theirs))["_ownerid_value"] == BO.id
