"""VENDOR: vendors and accounts of relationship type Vendor, once somebody switches the mapping on, and the people who work for them."""

from __future__ import annotations

from typing import Any

import pytest

from sync.heart.coupling import Life
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, company_contact, contact, customer, person, supplier, vendor

NAMES = ("VENDOR", "CONTACT")


@pytest.fixture
async def purchasing(engine: Engine) -> Engine:
    """Couplet with the mapping VENDOR switched on."""
    await engine.switch("VENDOR", enabled=True)
    return engine


def vendors_person(number: str, *, of: str, **values: Any) -> Record:
    """A person in Business Central who works for a vendor."""
    return person(number, of=of, contactBusinessRelation="Vendor", **values)


@pytest.mark.case("T650")
@pytest.mark.feature("F117")
async def test_vendors_are_left_alone_until_somebody_switches_them_on(engine: Engine) -> None:
    await engine.seed(vendor("V1"), supplier("A1"), vendors_person("P1", of="V1"))
    lines = await engine.sync()
    assert "VENDOR" not in lines
    assert not await engine.couplings("VENDOR")
    assert not await engine.couplings("CONTACT")
    assert await engine.problems() == []
    await engine.switch("VENDOR", enabled=True)
    await engine.sync()
    assert len(await engine.couplings("VENDOR")) == 2
    assert len(await engine.couplings("CONTACT")) == 1


@pytest.mark.case("T650")
@pytest.mark.feature("F117")
async def test_a_vendor_becomes_an_account_of_type_vendor(purchasing: Engine) -> None:
    mine = vendor(
        "V1", purchaserCode="AB", city="Bonn", country="DE", phoneNumber="+49 228 1", faxNumber="+49 228 2", currency="USD",
        terms="NET 30", shipmentMethodCode="FOB", shippingAgentCode="DHL",
    )  # fmt: skip
    await purchasing.seed(mine)
    await purchasing.sync()
    theirs = await purchasing.partner("VENDOR", mine)
    assert (theirs["customertypecode"], theirs["name"], theirs["accountnumber"]) == (11, "Company V1", "V1")
    assert (theirs["address1_city"], theirs["address1_country"]) == ("Bonn", "DE")
    assert (theirs["telephone1"], theirs["fax"]) == ("+49 228 1", "+49 228 2")
    assert theirs["_ownerid_value"] == (await purchasing.sales.rows("systemusers", domainname="ab@example.com"))[0]["systemuserid"]
    assert all(theirs[column] for column in ("paymenttermscode", "address1_freighttermscode", "address1_shippingmethodcode"))
    assert theirs.get("creditlimit") is None
    assert await purchasing.problems() == []
    await purchasing.reset_counters()
    await purchasing.sync()
    assert await purchasing.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("E8")
@pytest.mark.feature("F117")
async def test_an_account_of_type_vendor_becomes_a_vendor_that_can_be_bought_from(purchasing: Engine) -> None:
    theirs = supplier("A1", name="Falke", address1_city="Bonn")
    await purchasing.seed(theirs, account("A2"))
    await purchasing.sync("VENDOR")
    mine = await purchasing.partner("VENDOR", theirs)
    assert (mine["displayName"], mine["city"]) == ("Falke", "Bonn")
    groups = ("vendorPostingGroup", "generalBusinessPostingGroup", "vatBusinessPostingGroup")
    assert [mine[name] for name in groups] == ["DOMESTIC"] * 3
    assert (await purchasing.row(theirs))["accountnumber"] == mine["number"]
    assert len(await purchasing.bc.rows("vendors")) == 1


async def test_edits_travel_both_ways(purchasing: Engine) -> None:
    mine, theirs = vendor("V1"), supplier("A1", name="Company V1", accountnumber="V1")
    await purchasing.seed(mine, theirs)
    await purchasing.sync("VENDOR")
    await purchasing.edit(mine, phoneNumber="111")
    await purchasing.edit(theirs, address1_city="Bonn")
    await purchasing.look("VENDOR")
    assert (await purchasing.row(theirs))["telephone1"] == "111"
    assert (await purchasing.row(mine))["city"] == "Bonn"


@pytest.mark.rule("C1")
async def test_an_inactive_account_gives_nothing_and_does_not_block_its_vendor(purchasing: Engine) -> None:
    mine, theirs = vendor("V1"), supplier("A1", name="Company V1", accountnumber="V1")
    await purchasing.seed(mine, theirs)
    await purchasing.sync("VENDOR")
    await purchasing.edit(theirs, statecode=1, statuscode=2, telephone1="111")
    await purchasing.look("VENDOR")
    row = await purchasing.row(mine)
    assert (row["blocked"], row["phoneNumber"]) == ("_x0020_", "")
    assert await purchasing.coupling("VENDOR", mine)


@pytest.mark.rule("A4")
async def test_an_account_is_customer_or_vendor_and_a_changed_type_is_a_problem(purchasing: Engine) -> None:
    mine, theirs = await purchasing.coupled()
    await purchasing.seed(vendor("V1", displayName="Company C1"))
    await purchasing.edit(theirs, customertypecode=11)
    await purchasing.look("CUSTOMER")
    await purchasing.sync("VENDOR")
    assert await purchasing.problems("CUSTOMER") == [("type_changed", None)]
    assert await purchasing.coupling("CUSTOMER", mine)
    assert await purchasing.coupling("VENDOR", theirs) is None


@pytest.mark.rule("A4")
async def test_an_account_that_is_a_customers_is_no_vendors_by_hand_either(purchasing: Engine) -> None:
    _, theirs = await purchasing.coupled()
    other = vendor("V1")
    await purchasing.seed(other)
    answer = await purchasing.api.post("couplings/VENDOR", {"bcId": other.id, "salesId": theirs.id, "force": True})
    assert answer.status == 409
    assert "CUSTOMER" in answer.json["detail"]


@pytest.mark.rule("E1")
@pytest.mark.case("T385")
async def test_the_contact_of_a_vendors_account_gets_the_vendors_company_and_no_customer_is_made(purchasing: Engine) -> None:
    firm = supplier("A1", name="Falke")
    ada = contact("K1", of=firm)
    await purchasing.seed(firm, ada)
    await purchasing.sync(*NAMES)
    found = await purchasing.partner("CONTACT", ada)
    [relation] = await purchasing.bc.rows("contactBusinessRelations", contactNumber=found["companyNumber"])
    assert (relation["linkToTable"], relation["number"]) == ("Vendor", (await purchasing.partner("VENDOR", firm))["number"])
    assert not await purchasing.bc.rows("customers")
    assert await purchasing.problems() == []


@pytest.mark.rule("E1")
async def test_a_person_of_a_vendor_gets_the_vendors_account_as_parent(purchasing: Engine) -> None:
    mine, ada = vendor("V1"), vendors_person("P1", of="V1")
    await purchasing.seed(mine, ada)
    await purchasing.sync(*NAMES)
    assert (await purchasing.partner("CONTACT", ada))["_parentcustomerid_value"] == (await purchasing.partner("VENDOR", mine))["accountid"]


@pytest.mark.rule("E1")
@pytest.mark.parametrize("side", list(Side))
async def test_who_works_for_a_vendor_waits_for_the_vendor_and_is_released_with_it(purchasing: Engine, side: Side) -> None:
    firm = vendor("V1") if side is Side.BC else supplier("A1")
    ada = vendors_person("P1", of="V1") if side is Side.BC else contact("K1", of=firm)
    await purchasing.seed(firm, ada)
    await purchasing.sync("CONTACT")
    [row] = await purchasing.problem_rows("CONTACT")
    assert (row.code, row.released_by) == ("waiting_for_parent", f"VENDOR {side}:{firm.id}")
    await purchasing.sync("VENDOR")
    assert await purchasing.partner("CONTACT", ada)
    assert await purchasing.problems() == []


@pytest.mark.rule("E1")
@pytest.mark.parametrize("coupled", ["both", "vendor alone"])
async def test_who_works_for_a_customer_that_is_a_vendor_too_belongs_to_the_customer_first(purchasing: Engine, coupled: str) -> None:
    buys, sells = customer("C1"), vendor("V1")
    ada = person("P1", of="C1", contactBusinessRelation="Multiple")
    await purchasing.seed(buys, sells, ada)
    [also] = await purchasing.bc.rows("contactBusinessRelations", number="V1")
    await purchasing.bc.delete("contactBusinessRelations", also["id"])
    both = company_contact("V1", "Vendor")[1]
    await purchasing.bc.seed({"contactBusinessRelations": [both.values | {"contactNumber": "CT-C1"}]})
    await purchasing.sync(*(["CUSTOMER", "VENDOR"] if coupled == "both" else ["VENDOR"]))
    await purchasing.sync("CONTACT")
    parent = ("CUSTOMER", buys) if coupled == "both" else ("VENDOR", sells)
    assert (await purchasing.partner("CONTACT", ada))["_parentcustomerid_value"] == (await purchasing.partner(*parent))["accountid"]


@pytest.mark.rule("C2")
async def test_uncoupling_a_vendor_uncouples_its_contacts(purchasing: Engine) -> None:
    mine, ada = vendor("V1"), vendors_person("P1", of="V1")
    await purchasing.seed(mine, ada)
    await purchasing.sync(*NAMES)
    answer = await purchasing.api.delete("couplings/VENDOR", {"bcId": mine.id})
    assert [each["mapping"] for each in answer.json["along"]] == ["CONTACT"]
    parted = await purchasing.coupling("CONTACT", ada)
    assert parted and parted.life is Life.TOMBSTONE
