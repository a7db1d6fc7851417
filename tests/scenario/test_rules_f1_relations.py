"""Rule F1: what links a company to a customer makes its people due, and a customer that comes later takes its people along (rule E1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import Record, account, contact, customer, in_bc, person

pytestmark = pytest.mark.rule("F1", "E1")


def lonely_company(number: str) -> Record:
    """A company contact of BC that is nobody's customer."""
    row = person(number, of="NOBODY", name=("", "")).values
    return in_bc("contacts", number, **{**row, "type": "Company", "displayName": number, "companyNumber": number})


async def _relation_of(engine: Engine, number: str) -> str:
    [relation] = await engine.bc.rows("contactBusinessRelations", number=number)
    return str(relation["id"])


@pytest.mark.case("T376")
async def test_people_of_a_company_come_once_it_is_linked_to_a_customer(engine: Engine) -> None:
    mine, ada = customer("C1"), person("P1", of="C1", companyNumber="CT-X", contactBusinessRelation="None")
    await engine.seed(mine, lonely_company("CT-X"), ada)
    await engine.sync("CUSTOMER", "CONTACT")
    assert await engine.coupling("CONTACT", ada) is None
    engine.change("CONTACT", only_coupled=False)
    await engine.look("CONTACT")
    await engine.bc.delete("contactBusinessRelations", await _relation_of(engine, "C1"))
    linked = {"contactNumber": "CT-X", "businessRelationCode": "CUST", "linkToTable": "Customer", "number": "C1"}
    await engine.bc.insert("contactBusinessRelations", **linked)
    await engine.look("CONTACT")
    assert (await engine.partner("CONTACT", ada))["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", mine))["accountid"]


async def test_people_follow_their_company_to_another_customer(engine: Engine) -> None:
    one, two, ada = customer("C1"), customer("C2"), person("P1", of="C1")
    await engine.seed(one, two, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.look("CONTACT")
    await engine.bc.delete("contactBusinessRelations", await _relation_of(engine, "C2"))
    await engine.bc.edit("contactBusinessRelations", await _relation_of(engine, "C1"), number="C2")
    await engine.look("CONTACT")
    assert (await engine.partner("CONTACT", ada))["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", two))["accountid"]


async def test_existing_people_of_a_customer_that_gets_an_account_later_follow_by_themselves(engine: Engine) -> None:
    mine, ada = customer("C1", salespersonCode="AB"), person("P1", of="C1")
    await engine.seed(mine, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    assert await engine.coupling("CONTACT", ada) is None
    await engine.edit(mine, salespersonCode="")
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CONTACT", ada))["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", mine))["accountid"]
    assert await engine.problems() == []


async def test_contacts_of_an_account_that_is_coupled_later_get_its_company(engine: Engine) -> None:
    mine, firm, old = customer("C1"), account("A1"), customer("C2")
    ada, bob = contact("K1", of=firm), person("P2", of="C2", name=("Bob", "Berg"))
    await engine.seed(mine, old, ada, bob)
    await engine.sync("CUSTOMER", "CONTACT", create="toSales")
    await engine.seed(firm)
    his = await engine.partner("CONTACT", bob)
    await engine.sales.edit("contacts", his["contactid"], **{"parentcustomerid_account@odata.bind": f"/accounts({firm.id})"})
    await engine.look("CONTACT")
    await engine.sync("CONTACT", create="fromSales")
    assert await engine.problems("CONTACT") == [("waiting_for_parent", "companyNumber")] * 2
    await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    answer = await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "salesId": firm.id, "sync": "toSales"})
    assert answer.status == 200, answer.json
    await engine.drain()
    assert (await engine.row(bob))["companyNumber"] == "CT-C1"
    assert (await engine.partner("CONTACT", ada))["companyNumber"] == "CT-C1"
    assert await engine.problems("CONTACT") == []


OFFERED = """
[CUSTOMER.fields]
mobilePhoneNumber.enabled = true
[CONTACT.fields]
salutationCode.enabled = true
"""


@pytest.mark.feature("F038", "F039")
async def test_rows_that_are_offered_disabled_work_once_they_are_enabled(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, OFFERED) as engine:
        mine = customer("C1", mobilePhoneNumber="+49 170 1")
        ada, bob = person("P1", of="C1", salutationCode="F"), person("P2", of="C1", name=("Bob", "Berg"))
        await engine.seed(mine, ada, bob)
        await engine.sync("CUSTOMER", "CONTACT")
        assert (await engine.partner("CUSTOMER", mine))["telephone2"] == "+49 170 1"
        assert (await engine.partner("CONTACT", ada))["salutation"] == "F"
        his = await engine.partner("CONTACT", bob)
        await engine.sales.edit("contacts", his["contactid"], salutation="M")
        await engine.look("CONTACT")
        assert (await engine.row(bob))["salutationCode"] == "M"
        await engine.sales.edit("contacts", his["contactid"], salutation="Professor Dr.")
        await engine.look("CONTACT")
        assert await engine.problems("CONTACT") == [("too_long", "salutationCode")]


async def test_without_being_enabled_they_carry_nothing(engine: Engine) -> None:
    mine, ada = customer("C1", mobilePhoneNumber="+49 170 1"), person("P1", of="C1", salutationCode="F")
    await engine.seed(mine, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    assert not (await engine.partner("CUSTOMER", mine)).get("telephone2")
    assert not (await engine.partner("CONTACT", ada)).get("salutation")
