"""Rule D2: a country is resolved, not copied."""

from __future__ import annotations

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("D2")


@pytest.mark.parametrize("typed", ["DE", "de", "DEU", "Germany", "GERMANY", " germany ", "Deutschland"])
async def test_a_country_is_known_by_code_iso_letters_name_and_alias(engine: Engine, typed: str) -> None:
    theirs = account("A1", address1_country=typed, address1_city="Bonn")
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    mine = await engine.partner("CUSTOMER", theirs)
    assert (mine["country"], mine["city"]) == ("DE", "Bonn")


@pytest.mark.parametrize(("typed", "code"), [("UK", "GB"), ("England", "GB"), ("Great Britain", "GB"), ("Österreich", "AT"), ("CHE", "CH")])
async def test_other_spellings_lead_to_their_country(engine: Engine, typed: str, code: str) -> None:
    theirs = account("A1", address1_country=typed)
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", theirs))["country"] == code


@pytest.mark.parametrize("typed", ["GB", "GBR", "United Kingdom", "UK", "united kingdom of great britain and northern ireland"])
async def test_a_country_whose_code_is_not_its_iso_letters_is_known_by_them(engine: Engine, typed: str) -> None:
    [england] = await engine.bc.rows("countriesRegions", code="GB")
    await engine.bc.delete("countriesRegions", england["id"])
    await engine.bc.seed({"countriesRegions": [{"id": england["id"], "code": "ENG", "displayName": "England", "isoCode": "GB"}]})
    theirs = account("A1", address1_country=typed)
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", theirs))["country"] == "ENG"
    assert await engine.problems() == []


async def test_the_same_country_written_differently_is_no_difference(engine: Engine) -> None:
    mine, theirs = customer("C1", country="DE", city="Bonn"), account("A1", name="Company C1", accountnumber="C1", address1_city="Bonn")
    theirs.values["address1_country"] = "Deutschland"
    await engine.seed(mine, theirs)
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert (await engine.partner("CUSTOMER", mine))["address1_country"] == "Deutschland"


async def test_another_spelling_of_the_same_country_is_no_edit(engine: Engine) -> None:
    mine = customer("C1", country="DE")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    await engine.sales.edit("accounts", theirs["accountid"], address1_country="Deutschland")
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_a_country_is_written_as_its_code(engine: Engine) -> None:
    mine = customer("C1", country="FR")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["address1_country"] == "FR"


async def test_a_country_is_written_as_its_name_where_that_is_wanted(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, COUNTRY_FORMAT="name") as engine:
        mine = customer("C1", country="FR")
        await engine.seed(mine)
        await engine.sync("CUSTOMER")
        theirs = await engine.partner("CUSTOMER", mine)
        assert theirs["address1_country"] == "France"
        await engine.sales.edit("accounts", theirs["accountid"], address1_country="Austria")
        await engine.look("CUSTOMER")
        assert (await engine.row(mine))["country"] == "AT"


async def test_another_country_in_sales_arrives(engine: Engine) -> None:
    mine = customer("C1", country="DE")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    await engine.sales.edit("accounts", theirs["accountid"], address1_country="austria")
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["country"] == "AT"


async def test_an_unknown_country_holds_back_the_address_and_nothing_else(engine: Engine) -> None:
    theirs = account("A1", address1_country="Atlantis", address1_city="Poseidonis", telephone1="+49 30 1")
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    mine = await engine.partner("CUSTOMER", theirs)
    assert (mine["phoneNumber"], mine["city"], mine["country"]) == ("+49 30 1", "", "")
    assert await engine.problems() == [("unknown_country", "address")]


async def test_an_unknown_country_put_right_goes_through(engine: Engine) -> None:
    theirs = account("A1", address1_country="Atlantis", address1_city="Bonn")
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    await engine.edit(theirs, address1_country="Germany")
    await engine.look("CUSTOMER")
    mine = await engine.partner("CUSTOMER", theirs)
    assert (mine["country"], mine["city"]) == ("DE", "Bonn")
    assert not await engine.problems()


async def test_the_problem_of_an_unknown_country_says_what_was_typed(engine: Engine) -> None:
    await engine.seed(account("A1", address1_country="Atlantis"))
    await engine.sync("CUSTOMER")
    [row] = await engine.problem_rows("CUSTOMER")
    assert "Atlantis" in row.message
