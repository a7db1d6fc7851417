"""Create Salesperson: a person has a salesperson made of a user; no run ever does (rule A2)."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.salespeople import next_code
from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import Record, customer, salesperson, user

CARLA = user("CC", "Carla Conti", mobilephone="+39 06 1")


async def made_of(engine: Engine, *users: Record, status: int = 200) -> Any:
    """A person has salespeople made of these users."""
    wanted: Any = users[0].id if len(users) == 1 else [each.id for each in users]
    answer = await engine.api.post("couplings/SALESPEOPLE", {"salesId": wanted, "createNew": True})
    assert answer.status == status, answer.json
    return answer.json


@pytest.mark.rule("A2")
@pytest.mark.case("T067")
@pytest.mark.feature("F032")
async def test_a_salesperson_made_of_a_user_has_a_code_of_its_own_and_what_the_user_shows(engine: Engine) -> None:
    await engine.seed(CARLA)
    answer = await made_of(engine, CARLA)
    mine = await engine.bc.row("salespeoplePurchasers", answer["bcId"])
    assert (mine["code"], mine["displayName"]) == ("SP NO. 00001", "Carla Conti")
    assert (mine["email"], mine["phoneNo"]) == ("cc@example.com", "+39 06 1")
    assert (answer["outcome"], answer["fromSales"]) == ("created", "inserted")
    assert await engine.coupling("SALESPEOPLE", CARLA)


@pytest.mark.case("T067")
async def test_salespeople_made_together_have_codes_after_the_last(engine: Engine) -> None:
    dora = user("DD", "Dora Dahl")
    await engine.seed(salesperson("SP NO. 00007", "Seven", email="seven@example.com"), CARLA, dora)
    await made_of(engine, CARLA, dora)
    codes = {row["displayName"]: row["code"] for row in await engine.bc.rows("salespeoplePurchasers")}
    assert {codes["Carla Conti"], codes["Dora Dahl"]} == {"SP NO. 00008", "SP NO. 00009"}


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ((), "SP NO. 00001"),
        (("AB", "SP NO. 1"), "SP NO. 00001"),
        (("SP NO. 00001", "sp no. 00009"), "SP NO. 00010"),
        (("SP NO. 09999", "SP NO. 10000"), "SP NO. 10001"),
        (("SP NO. 0001",), "SP NO. 0002"),
    ],
)
def test_the_next_code_is_the_one_after_the_last_of_the_series_that_is_free(codes: tuple[str, ...], code: str) -> None:
    assert next_code(codes) == code


@pytest.mark.rule("D7")
async def test_of_who_is_no_person_at_work_no_salesperson_is_made(engine: Engine) -> None:
    application = {"applicationid": "7a1d6f30-5a34-4c6e-9a54-0d5dc1e1a0f1"}
    kinds: tuple[dict[str, Any], ...] = (application, {"isintegrationuser": True}, {"islicensed": False}, {"isdisabled": True})
    robots = [user(f"R{place}", "Robot", **what) for place, what in enumerate(kinds)]
    await engine.seed(*robots)
    told = await made_of(engine, *robots)
    assert [(each["outcome"], each["code"]) for each in told["records"]] == [("refused", "outside_filter")] * 4
    assert len(await engine.bc.rows("salespeoplePurchasers")) == 2


@pytest.mark.rule("A1")
async def test_of_a_user_whose_salesperson_is_there_no_second_one_is_made(engine: Engine) -> None:
    answer = await made_of(engine, user("AB", ""), status=409)
    assert (answer["type"], [each["name"] for each in answer["candidates"]]) == ("urn:couplet:partner_exists", ["AB Anja Becker"])


@pytest.mark.rule("A2")
async def test_no_run_makes_a_salesperson_of_a_user_or_a_user_of_a_salesperson(engine: Engine) -> None:
    await engine.seed(CARLA, salesperson("DD", "Dora Dahl"))
    engine.change("SALESPEOPLE", only_coupled=False)
    await engine.sync("SALESPEOPLE", create="both")
    await engine.edit(CARLA, jobtitle="Seller")
    await engine.look("SALESPEOPLE")
    assert len(await engine.bc.rows("salespeoplePurchasers")) == 3
    assert await engine.coupling("SALESPEOPLE", CARLA) is None


async def test_who_waited_for_the_user_of_a_salesperson_is_released_by_a_new_pair(engine: Engine) -> None:
    await engine.seed(CARLA)
    await made_of(engine, CARLA)
    [mine] = await engine.bc.rows("salespeoplePurchasers", displayName="Carla Conti")
    sold = customer("C1", salespersonCode=mine["code"])
    await engine.seed(sold)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", sold))["_ownerid_value"] == CARLA.id


async def test_also_without_the_extension(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, BC_PROFILE="standard") as engine:
        await engine.seed(CARLA)
        await made_of(engine, CARLA)
        coupling = await engine.coupling("SALESPEOPLE", CARLA)
        assert coupling and (await engine.bc.row("salespeoplePurchasers", coupling.of(Side.BC)))["code"] == "SP NO. 00001"
