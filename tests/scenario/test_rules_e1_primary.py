"""Rule E1: the primary contact of a company, linked once it is there, and found for a company that has none."""

from __future__ import annotations

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import account, contact, customer, person

pytestmark = pytest.mark.rule("E1")


@pytest.mark.case("T155", "T160")
async def test_the_primary_contact_is_linked_once_it_is_there(engine: Engine) -> None:
    mine, ada = customer("C1", primaryContactNumber="P1", contact="Ada P1"), person("P1", of="C1")
    await engine.seed(mine, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    found = await engine.partner("CUSTOMER", mine)
    assert found["_primarycontactid_value"] == (await engine.partner("CONTACT", ada))["contactid"]
    assert not await engine.problems()


async def test_the_primary_contact_of_an_account_is_linked_in_bc_once_it_is_there(engine: Engine) -> None:
    firm = account("A1")
    ada = contact("K1", of=firm)
    firm.values["_primarycontactid_value"] = ada.id
    await engine.seed(firm, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    mine, found = await engine.partner("CUSTOMER", firm), await engine.partner("CONTACT", ada)
    assert mine["primaryContactNumber"] == found["number"]
    assert not await engine.problems()


@pytest.mark.case("T356")
async def test_another_primary_contact_travels_both_ways(engine: Engine) -> None:
    mine, ada, bob = customer("C1", primaryContactNumber="P1"), person("P1", of="C1"), person("P2", of="C1", name=("Bob", "P2"))
    await engine.seed(mine, ada, bob)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.edit(mine, primaryContactNumber="P2")
    await engine.look("CUSTOMER")
    firm, his, hers = await engine.partner("CUSTOMER", mine), await engine.partner("CONTACT", bob), await engine.partner("CONTACT", ada)
    assert firm["_primarycontactid_value"] == his["contactid"]
    bind = {"primarycontactid@odata.bind": f"/contacts({hers['contactid']})"}
    await engine.sales.edit("accounts", firm["accountid"], **bind)
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["primaryContactNumber"] == "P1"


@pytest.mark.parametrize("side", list(Side))
async def test_the_first_contact_made_for_a_company_without_a_primary_one_becomes_it_on_both_sides(engine: Engine, side: Side) -> None:
    mine, firm = customer("C1"), account("A1", name="Company C1", accountnumber="C1")
    await engine.seed(mine, firm)
    await engine.sync("CUSTOMER")
    people = [person(f"P{n}", of="C1") for n in (1, 2)] if side is Side.BC else [contact(f"K{n}", of=firm) for n in (1, 2)]
    await engine.seed(*people)
    await engine.sync("CONTACT")
    partners = [await engine.partner("CONTACT", each) for each in people]
    ids = [row["contactid"] for row in partners] if side is Side.BC else [each.id for each in people]
    numbers = [each.values["number"] for each in people] if side is Side.BC else [row["number"] for row in partners]
    chosen = (await engine.row(firm))["_primarycontactid_value"]
    assert chosen in ids
    assert (await engine.row(mine))["primaryContactNumber"] == numbers[ids.index(chosen)]
    await engine.look("CUSTOMER", "CONTACT")
    await engine.reset_counters()
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.look("CUSTOMER", "CONTACT")
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await engine.problems() == []


async def test_a_company_with_a_primary_contact_keeps_it_whoever_comes(engine: Engine) -> None:
    mine, ada, bob = customer("C1", primaryContactNumber="P2"), person("P1", of="C1"), person("P2", of="C1", salespersonCode="AB")
    await engine.seed(mine, ada, bob)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.look("CUSTOMER")
    assert not (await engine.partner("CUSTOMER", mine)).get("_primarycontactid_value"), "P2 waits for his owner"
    assert (await engine.row(mine))["primaryContactNumber"] == "P2"


async def test_where_the_primary_contact_goes_one_way_nobody_becomes_it_by_himself(engine: Engine) -> None:
    fields = tuple(unit for unit in engine.ctx.mappings["CUSTOMER"].fields if unit.name != "primaryContactNumber")
    engine.change("CUSTOMER", fields=fields)
    mine = customer("C1")
    await engine.seed(mine, person("P1", of="C1"))
    await engine.sync("CUSTOMER", "CONTACT")
    assert not (await engine.partner("CUSTOMER", mine)).get("_primarycontactid_value")
