"""Why is this record as it is? What people are told, in the situations of their day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from sync.heart.plan import Side
from sync.store import Parked
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, item, person, product


async def told(engine: Engine, mapping: str, record: Record) -> tuple[str, dict[str, Any]]:
    """All sentences as one text, and the whole answer."""
    answer = await engine.api.get(f"explain/{mapping}/{record.side}/{record.id}")
    assert answer.status == 200, answer.json
    return " ".join(answer.json["sentences"]), answer.json


async def test_a_record_in_step_says_with_whom_and_since_when_by_which_job(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "It is coupled to C1 Adler in Sales." in text
    assert "by a full synch (job CUSTOMER-" in text and "UTC" in text
    assert text.endswith("Both sides are in step: nothing would be written.")
    assert (answer["name"], answer["coupledTo"], answer["plan"], answer["changes"]) == ("C1 Adler", theirs.id, [], [])
    assert answer["lastJob"].startswith("CUSTOMER-")


async def test_the_plan_names_every_value_that_would_be_written(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.reset_counters()
    text, answer = await told(engine, "CUSTOMER", theirs)
    assert "If it ran now, 1 value would be written: Sales, phoneNumber: from '111' to '222'." in text
    assert answer["changes"] == [{"side": "sales", "field": "phoneNumber", "column": "telephone1", "old": "111", "new": "222"}]
    assert [(step["do"], step["side"]) for step in answer["plan"]] == [("update", "sales")]
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert (await engine.row(theirs))["telephone1"] == "111"


@pytest.mark.rule("A2")
async def test_an_uncoupled_record_says_that_its_schedule_does_nothing_and_what_a_full_synch_would(engine: Engine) -> None:
    mine = customer("C1", displayName="Adler")
    await engine.seed(mine)
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "It is not coupled, and no partner was found for it in Sales." in text
    assert "Its regular job does nothing with it: CUSTOMER synchronises coupled records only." in text
    assert text.endswith("If it ran now, a new row would be made in Sales.")
    assert {"side": "sales", "field": "displayName", "column": "name", "old": None, "new": "Adler"} in answer["changes"]
    engine.change("CUSTOMER", only_coupled=False)
    assert "regular job" not in (await told(engine, "CUSTOMER", mine))[0]


@pytest.mark.rule("A2")
async def test_an_account_says_that_customers_are_made_only_when_asked_for(engine: Engine) -> None:
    falke = account("A1", name="Falke")
    await engine.seed(falke)
    text, _ = await told(engine, "CUSTOMER", falke)
    assert "made in Business Central only by a run that is told so (createNew: fromSales or both)" in text


@pytest.mark.rule("A1")
async def test_a_record_with_a_partner_of_the_same_key_says_to_whom_it_would_be_coupled(engine: Engine) -> None:
    mine = customer("C1", displayName="Adler")
    await engine.seed(mine, account("A1", accountnumber="C1", name="Eagle"))
    assert "it would be coupled to C1 Eagle in Sales, which has the same key" in (await told(engine, "CUSTOMER", mine))[0]


@pytest.mark.rule("A1")
async def test_an_ambiguous_record_names_its_candidates(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine, account("A1", accountnumber="C1", name="Adler"), account("A2", accountnumber="C1", name="Falke"))
    text, _ = await told(engine, "CUSTOMER", mine)
    assert "C1 Adler" in text and "C1 Falke" in text and "(ambiguous_match)" in text


@pytest.mark.rule("A5")
async def test_an_uncoupled_record_says_from_whom_a_person_parted_it(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    assert (await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})).status == 200
    for record in (mine, theirs):
        text, answer = await told(engine, "CUSTOMER", record)
        assert "A person uncoupled it from C1 Adler" in text and "stays so until a person couples it" in text
        assert (answer["uncoupled"], answer["coupledTo"], answer["plan"]) == (True, None, [])


@pytest.mark.rule("C1")
async def test_a_record_outside_says_which_filter_keeps_it_out(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.edit(mine, blocked="All", phoneNumber="333")
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "It is left alone: blocked is All." in text
    assert (answer["outside"], answer["changes"]) == ("blocked is All", [])


@pytest.mark.rule("B3")
async def test_a_conflict_shows_both_values_and_since_when_it_waits(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.edit(theirs, telephone1="333")
    await engine.look("CUSTOMER")
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "phoneNumber is held back" in text and "'222'" in text and "'333'" in text
    assert "This is an open problem (conflicting_edits) since" in text and "tried" in text and "It is tried again" in text
    assert answer["open"]["code"] == "conflicting_edits"
    assert answer["problems"][0]["remedy"]


@pytest.mark.rule("B1")
async def test_a_difference_once_accepted_is_told_as_such(engine: Engine) -> None:
    mine, _ = await engine.coupled({}, {"accountnumber": "OWN-7", "name": "Company C1", "address1_postalcode": "1"})
    mine = customer("C2", displayName="Falke", postalCode="2")
    await engine.seed(mine, account("A2", accountnumber="OWN-8", name="Falke", address1_postalcode="2"))
    await engine.sync("CUSTOMER")
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "number differs: Business Central has 'C2', Sales has 'OWN-8'. That was so when the two were last in step" in text
    assert next(each for each in answer["fields"] if each["field"] == "number")["writes"] == []


@pytest.mark.rule("B6")
async def test_who_waits_for_a_parent_is_told_its_name_and_why_it_is_not_there(engine: Engine) -> None:
    house, mine = customer("C1", displayName="Adler", blocked="All"), person("P1", of="C1")
    await engine.seed(house, mine)
    await engine.sync("CONTACT")
    text, answer = await told(engine, "CONTACT", mine)
    assert "It waits for C1 Adler (CUSTOMER)." in text
    assert "Of C1 Adler: It is left alone: blocked is All." in text
    [parent] = answer["waitsFor"]
    assert (parent["mapping"], parent["id"], parent["waitsFor"]) == ("CUSTOMER", house.id, [])


@pytest.mark.rule("C2")
async def test_a_deleted_row_is_told_from_both_sides(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    await engine.delete(theirs)
    gone, answer = await told(engine, "CUSTOMER", theirs)
    assert "There is no such row in Sales: it was deleted." in gone and "It is coupled to C1 Adler in Business Central." in gone
    assert (answer["exists"], answer["coupledTo"]) == (False, mine.id)
    assert "counterpart_deleted" in (await told(engine, "CUSTOMER", mine))[0]


@pytest.mark.case("T062")
async def test_a_record_that_never_was_says_no_more_than_that(engine: Engine) -> None:
    text, answer = await told(engine, "CUSTOMER", customer("C404"))
    assert text == "There is no such row in Business Central."
    assert (answer["exists"], answer["plan"], answer["coupledTo"]) == (False, [], None)


async def test_on_hold_says_why_and_until_when(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "CUSTOMER is on hold: audit. Nothing happens until it is resumed." in text
    assert answer["hold"] == "CUSTOMER is on hold: audit."


@pytest.mark.rule("A6")
async def test_a_row_that_was_being_made_says_so(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.begin_sync("CUSTOMER", create="toSales")
    await engine.die(Side.SALES, "before")
    assert "A row was being made for it in Sales" in (await told(engine, "CUSTOMER", mine))[0]


@pytest.mark.rule("E2")
async def test_products_and_contacts_are_explained_in_the_same_words(engine: Engine) -> None:
    falke = account("A1", name="Falke")
    theirs = contact("S1", of=falke, firstname="Ina", lastname="Falk", fullname="Ina Falk")
    await engine.seed(item("I1", displayName="Desk"), product("I1", name="Desk"), falke, theirs)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    text, _ = await told(engine, "ITEM-PRODUCT", item("I1"))
    assert "It is coupled to I1 Desk in Sales." in text
    text, answer = await told(engine, "CONTACT", theirs)
    assert "It waits for Falke (CUSTOMER)." in text
    assert answer["name"] == "Ina Falk"


async def test_an_id_that_is_none_is_refused_and_an_unknown_mapping_or_side_is_404(engine: Engine) -> None:
    id_ = "5d115c9c-44e3-ea11-bb43-000d3a2feca1"
    for route in ("CUSTOMER/bc/12", "CUSTOMER/bc/x'", f"CUSTOMER/bc/{id_}x"):
        assert (await engine.api.get(f"explain/{route}")).status == 400, route
    for route in (f"SUPPLIER/bc/{id_}", f"CUSTOMER/erp/{id_}"):
        assert (await engine.api.get(f"explain/{route}")).status == 404, route


async def test_a_connection_on_hold_is_told_with_its_reason(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    assert (await engine.api.post("connection/hold", {"reason": "move"})).status == 200
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "The connection is on hold: move" in text and "move" in answer["hold"]


@pytest.mark.rule("F3")
async def test_a_parked_problem_says_what_brings_it_back(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.edit(theirs, telephone1="333")
    await engine.look("CUSTOMER")
    [row] = await engine.problem_rows("CUSTOMER")
    await engine.ctx.store.problems.change([replace(row, parked=Parked.ATTEMPTS, not_before=None)])
    text, answer = await told(engine, "CUSTOMER", mine)
    assert "It is parked: it is tried again when one of the rows or a setting changes" in text
    assert answer["open"]["parked"] == "attempts"


@pytest.mark.rule("B6", "A6")
async def test_an_explanation_makes_no_price_list_and_forgets_that_it_did_not(engine: Engine) -> None:
    desk = item("I1", displayName="Desk")
    await engine.seed(desk)
    await engine.sync("UNIT OF MEASURE")
    text, answer = await told(engine, "ITEM-PRODUCT", desk)
    assert "a new row would be made in Sales" in text and answer["plan"][0]["do"] == "create"
    assert await engine.sales.rows("pricelevels") == []
    await engine.sync("ITEM-PRODUCT")
    assert len(await engine.sales.rows("pricelevels")) == 1


async def test_who_asks_why_does_not_wait_behind_a_full_synch(engine: Engine) -> None:
    mine, _ = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    lanes = engine.ctx.sales.connection._lanes  # tests look behind the service's door
    while not lanes.locked():
        await lanes.acquire()
    async with asyncio.timeout(10):
        text, _ = await told(engine, "CUSTOMER", mine)
    assert "It is coupled to C1 Adler in Sales." in text
