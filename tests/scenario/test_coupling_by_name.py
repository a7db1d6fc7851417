"""The partner of a coupling named by what people call it."""

from __future__ import annotations

import pytest

from tests.scenario.by_hand import couple, strangers
from tests.scenario.engine import Engine
from tests.scenario.world import account, contact, customer, person, unit_group


@pytest.mark.case("T182")
@pytest.mark.parametrize("typed", ["Adler", "adl", "Falke", "A-17"])
async def test_the_partner_may_be_named_by_its_name_its_number_or_their_beginning(engine: Engine, typed: str) -> None:
    pair = await strangers(engine)
    falcon = account("A2", name="Falke", accountnumber="A-17")
    await engine.seed(falcon, account("A3", name="Falkenstein"))
    answer = await couple(engine, bc=pair[0].id, name=typed)
    assert answer["salesId"] == (pair[1].id if typed.lower().startswith("adl") else falcon.id)


@pytest.mark.case("T166", "T167", "T169", "T173", "T176", "T187")
async def test_every_sort_of_record_is_found_by_its_name(engine: Engine) -> None:
    mine, group = customer("C1"), unit_group("BOX")
    theirs = account("A1", name="Adler")
    ada = contact("K1", of=theirs, who=("Ada", "Byron"))
    await engine.seed(mine, person("P1", of="C1"), theirs, ada, contact("K2", of=None, who=("Ada", "Lovelace")), *group)
    await couple(engine, bc=mine.id, name="Adler")
    people = await engine.bc.rows("contacts", type="Person")
    assert (await couple(engine, "CONTACT", bc=people[0]["id"], name="Ada"))["salesId"] == ada.id, "the other Ada is outside the filter"
    boxes = await engine.bc.rows("unitsOfMeasure", code="BOX")
    assert (await couple(engine, "UNIT OF MEASURE", bc=boxes[0]["id"], name="NAV BOX"))["salesId"] == group[0].id
    dollars = await engine.bc.rows("currencies", code="USD")
    assert (await couple(engine, "CURRENCY", bc=dollars[0]["id"], name="US Dollar"))["outcome"] == "coupled"
    again = await couple(engine, "CUSTOMER", sales=theirs.id, name="C1")
    assert (again["bcId"], again["outcome"]) == (mine.id, "alreadyCoupled")


@pytest.mark.case("T184", "T175")
async def test_a_name_that_leads_nowhere_or_to_several_gets_the_candidates(engine: Engine) -> None:
    pair = await strangers(engine)
    falcons = [account("A2", name="Falke"), account("A3", name="Falkenstein"), account("A4", name="Falkner", customertypecode=8)]
    await engine.seed(*falcons)
    unknown = await couple(engine, bc=pair[0].id, name="Habicht", status=404)
    assert (unknown["type"], unknown["candidates"]) == ("urn:couplet:no_such_name", [])
    several = await couple(engine, bc=pair[0].id, name="Falk", status=404)
    assert sorted(each["name"] for each in several["candidates"]) == ["Falke", "Falkenstein"], "only those inside the filter"
    assert await engine.couplings("CUSTOMER") == []
