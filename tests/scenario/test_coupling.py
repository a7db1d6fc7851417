"""Coupling by people: two records, in a direction or without synchronising, by name, instead of another; and moving (rules A3 to A6)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from sync.connection import hold
from sync.coupling import Life
from sync.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, item, person, product, salesperson, unit_group, user

NOBODY = "00000000-0000-4000-8000-000000000000"


async def _couple(engine: Engine, mapping: str = "CUSTOMER", status: int = 200, **body: Any) -> Any:
    answer = await engine.api.post(f"couplings/{mapping}", body)
    assert answer.status == status, answer.json
    return answer.json


async def _two_strangers(engine: Engine, mine: dict[str, Any] | None = None, theirs: dict[str, Any] | None = None) -> tuple[Record, Record]:
    """A customer and an account that nothing would couple by itself, and marks from which looks see only what changes."""
    pair = customer("C1", **(mine or {})), account("A1", **{"name": "Adler", **(theirs or {})})
    await engine.seed(*pair)
    await engine.look("CUSTOMER")
    return pair


async def _both(engine: Engine, pair: tuple[Record, Record], *names: str) -> list[Any]:
    """What both records hold in these fields, BC's first."""
    mine, theirs = [await engine.row(each) for each in pair]
    return [(mine if name in mine else theirs)[name] for name in names]


@pytest.mark.rule("A3")
@pytest.mark.case("T098", "T161", "T190", "T631")
@pytest.mark.feature("F055")
async def test_two_records_are_coupled_and_bc_wins_where_both_hold_something(engine: Engine) -> None:
    pair = await _two_strangers(engine, {"phoneNumber": "111", "email": "c@example.com"}, {"telephone1": "222", "fax": "333"})
    answer = await _couple(engine, bc=pair[0].id, sales=pair[1].id)
    assert (answer["outcome"], answer["sync"], answer["toSales"]) == ("coupled", "toSales", "modified")
    assert (answer["bcName"], answer["salesName"]) == ("C1 Company C1", "Adler")
    assert await _both(engine, pair, "telephone1", "emailaddress1", "faxNumber") == ["111", "c@example.com", "333"]
    job = (await engine.api.get(f"jobs/{answer['job']}")).json
    assert (job["kind"], job["totals"]["toSales"]["coupled"], job["totals"]["toSales"]["modified"]) == ("coupling", 1, 1)


@pytest.mark.rule("A3")
@pytest.mark.case("T193")
async def test_from_sales_lets_sales_win_and_fills_what_is_blank(engine: Engine) -> None:
    pair = await _two_strangers(engine, {"phoneNumber": "111", "faxNumber": "333"}, {"telephone1": "222"})
    await _couple(engine, bc=pair[0].id, sales=pair[1].id, sync="fromSales")
    assert await _both(engine, pair, "phoneNumber", "displayName", "fax") == ["222", "Adler", "333"]


@pytest.mark.rule("A3")
async def test_a_merge_with_ask_leaves_what_differs_to_people_also_later(engine: Engine) -> None:
    pair = await _two_strangers(engine, {"phoneNumber": "111"}, {"telephone1": "222", "fax": "333"})
    answer = await _couple(engine, bc=pair[0].id, sales=pair[1].id, startRule="ask")
    assert answer["sync"] == "merge"
    assert {each["field"] for each in answer["problems"]} == {"phoneNumber", "displayName"}
    await engine.edit(pair[0], email="c@example.com")
    await engine.look("CUSTOMER")
    assert await _both(engine, pair, "phoneNumber", "telephone1", "faxNumber", "emailaddress1") == ["111", "222", "333", "c@example.com"]


@pytest.mark.rule("B1")
@pytest.mark.case("T118")
async def test_coupled_without_synchronising_both_sides_keep_their_data_for_good(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS", create="toSales")
    pair = await _two_strangers(engine, {"phoneNumber": "111", "terms": "NET 30"}, {"telephone1": "222"})
    answer = await _couple(engine, bc=pair[0].id, sales=pair[1].id, sync="none")
    assert (answer["outcome"], answer.get("toSales")) == ("coupled", None)
    await engine.edit(pair[0], email="c@example.com")
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert await _both(engine, pair, "displayName", "name", "phoneNumber", "telephone1") == ["Company C1", "Adler", "111", "222"]
    assert await _both(engine, pair, "paymenttermscode", "emailaddress1") == [None, "c@example.com"]
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.case("T116")
async def test_a_salesperson_follows_the_user_it_is_coupled_to(engine: Engine) -> None:
    mine, theirs = salesperson("CC", "Carla Conti", phoneNo="111"), user("XY", "Xenia Young", mobilephone="222")
    await engine.seed(mine, theirs)
    answer = await _couple(engine, "SALESPEOPLE", bc=mine.id, sales=theirs.id)
    assert answer["sync"] == "fromSales"
    row = await engine.row(mine)
    assert (row["displayName"], row["phoneNo"], row["email"]) == ("Xenia Young", "222", "xy@example.com")


@pytest.mark.case("T145")
async def test_the_list_of_couplings_shows_which_salesperson_a_user_is(engine: Engine) -> None:
    await engine.sync("SALESPEOPLE", create="none")
    listed = (await engine.api.get("couplings/SALESPEOPLE?names=true")).json["value"]
    assert {(each["bcName"], each["salesName"]) for each in listed} == {("AB Anja Becker", "Anja Becker"), ("BO Bo Olsen", "Bo Olsen")}


async def test_two_that_are_coupled_with_each_other_stay_as_they_are(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(theirs, telephone1="222")
    answer = await _couple(engine, bc=mine.id, sales=theirs.id)
    assert (answer["outcome"], answer["job"]) == ("alreadyCoupled", None)
    shown = await _couple(engine, bc=mine.id, sales=theirs.id, dryRun=True)
    assert shown["warnings"] == ["The two are coupled with each other already."]
    assert await _both(engine, (mine, theirs), "phoneNumber", "telephone1") == ["111", "222"]


@pytest.mark.rule("A4")
@pytest.mark.case("T100", "T104")
@pytest.mark.feature("F064")
async def test_a_record_that_is_coupled_is_refused_with_the_name_of_its_partner(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other, another = customer("C2"), account("A2", name="Bussard")
    await engine.seed(other, another)
    for body, said in (
        ({"bc": other.id, "sales": theirs.id}, "C1 Company C1 (sales) is coupled with C1 Company C1 (bc) in mapping CUSTOMER."),
        ({"bc": mine.id, "sales": another.id}, "C1 Company C1 (bc) is coupled with C1 Company C1 (sales) in mapping CUSTOMER."),
    ):
        answer = await _couple(engine, status=409, **body)
        assert (answer["type"], answer["detail"]) == ("urn:couplet:coupled_elsewhere", said)
        assert answer["coupledWith"]["id"] in (mine.id, theirs.id)
    assert len(await engine.couplings("CUSTOMER")) == 1


@pytest.mark.rule("A4")
async def test_a_row_that_another_mapping_of_its_table_holds_is_refused_and_never_matched(engine: Engine) -> None:
    theirs = product("I-1")
    await engine.seed(item("I-1"), item("I-2"), theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="none")
    engine.change("RESOURCE-PRODUCT", like="ITEM-PRODUCT")
    other = next(Record(Side.BC, "items", row["id"], row) for row in await engine.bc.rows("items") if row["number"] == "I-2")
    answer = await _couple(engine, "RESOURCE-PRODUCT", 409, bc=other.id, sales=theirs.id)
    assert "is coupled with I-1 Item I-1 (bc) in mapping ITEM-PRODUCT" in answer["detail"]
    await engine.edit(other, number="I-9")
    await engine.edit(theirs, productnumber="I-9")
    await engine.sync("RESOURCE-PRODUCT", create="none")
    assert await engine.couplings("RESOURCE-PRODUCT") == []


@pytest.mark.case("T103")
async def test_an_account_whose_customer_was_deleted_is_coupled_again(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other = customer("C2", phoneNumber="222")
    await engine.seed(other)
    await engine.delete(mine)
    answer = await _couple(engine, bc=other.id, sales=theirs.id)
    assert answer["outcome"] == "coupled"
    assert (await engine.row(theirs))["telephone1"] == "222"
    assert [(each.bc_id, each.life) for each in await engine.couplings("CUSTOMER")] == [(other.id, Life.COUPLED)]
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("A5")
async def test_what_people_parted_is_joined_again_when_a_person_couples_it(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.api.delete("couplings/CUSTOMER", {"bc": mine.id})
    await engine.edit(theirs, telephone1="222")
    await _couple(engine, bc=mine.id, sales=theirs.id, startRule="salesWins")
    assert (await engine.row(mine))["phoneNumber"] == "222"
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling and (coupling.life, coupling.life_number) == (Life.COUPLED, 2)


@pytest.mark.rule("A5")
async def test_coupled_with_somebody_else_the_former_partner_stays_uncoupled(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other, another = customer("C2"), account("A2", name="Bussard")
    await engine.seed(other, another)
    await engine.api.delete("couplings/CUSTOMER", {"bc": mine.id})
    await _couple(engine, bc=mine.id, sales=another.id)
    await engine.edit(other, number="C9", displayName="Company C1")
    await engine.sync("CUSTOMER", create="both")
    stones = (await engine.api.get("couplings/CUSTOMER?state=tombstone")).json["value"]
    assert [(each["bc"], each["sales"]) for each in stones] == [(None, theirs.id)]
    assert len(await engine.bc.rows("customers")) == 2, "no customer is made for the account that was parted"
    joined = await _couple(engine, bc=other.id, sales=theirs.id, status=409)
    assert joined["type"] == "urn:couplet:coupled_elsewhere", "the other customer has an account by now"


@pytest.mark.case("T182")
@pytest.mark.parametrize("typed", ["Adler", "adl", "Falke", "A-17"])
async def test_the_partner_may_be_named_by_its_name_its_number_or_their_beginning(engine: Engine, typed: str) -> None:
    pair = await _two_strangers(engine)
    falcon = account("A2", name="Falke", accountnumber="A-17")
    await engine.seed(falcon, account("A3", name="Falkenstein"))
    answer = await _couple(engine, bc=pair[0].id, name=typed)
    assert answer["sales"] == (pair[1].id if typed.lower().startswith("adl") else falcon.id)


@pytest.mark.case("T166", "T167", "T169", "T173", "T176", "T187")
async def test_every_sort_of_record_is_found_by_its_name(engine: Engine) -> None:
    mine, group = customer("C1"), unit_group("BOX")
    theirs = account("A1", name="Adler")
    ada = contact("K1", of=theirs, who=("Ada", "Byron"))
    await engine.seed(mine, person("P1", of="C1"), theirs, ada, contact("K2", of=None, who=("Ada", "Lovelace")), *group)
    await _couple(engine, bc=mine.id, name="Adler")
    people = await engine.bc.rows("contacts", type="Person")
    assert (await _couple(engine, "CONTACT", bc=people[0]["id"], name="Ada"))["sales"] == ada.id, "the other Ada is outside the filter"
    boxes = await engine.bc.rows("unitsOfMeasure", code="BOX")
    assert (await _couple(engine, "UNIT OF MEASURE", bc=boxes[0]["id"], name="NAV BOX"))["sales"] == group[0].id
    dollars = await engine.bc.rows("currencies", code="USD")
    assert (await _couple(engine, "CURRENCY", bc=dollars[0]["id"], name="US Dollar"))["outcome"] == "coupled"
    again = await _couple(engine, "CUSTOMER", sales=theirs.id, name="C1")
    assert (again["bc"], again["outcome"]) == (mine.id, "alreadyCoupled")


@pytest.mark.case("T184", "T175")
async def test_a_name_that_leads_nowhere_or_to_several_gets_the_candidates(engine: Engine) -> None:
    pair = await _two_strangers(engine)
    falcons = [account("A2", name="Falke"), account("A3", name="Falkenstein"), account("A4", name="Falkner", customertypecode=8)]
    await engine.seed(*falcons)
    unknown = await _couple(engine, bc=pair[0].id, name="Habicht", status=404)
    assert (unknown["type"], unknown["candidates"]) == ("urn:couplet:no_such_name", [])
    several = await _couple(engine, bc=pair[0].id, name="Falk", status=404)
    assert sorted(each["name"] for each in several["candidates"]) == ["Falke", "Falkenstein"], "only those inside the filter"
    assert await engine.couplings("CUSTOMER") == []


@pytest.mark.case("T188", "T137", "T632")
@pytest.mark.feature("F055")
async def test_a_dry_run_shows_the_fields_of_both_and_writes_nothing(engine: Engine) -> None:
    pair = await _two_strangers(engine, {"phoneNumber": "111"}, {"telephone1": "222"})
    await engine.reset_counters()
    answer = await _couple(engine, bc=pair[0].id, sales=pair[1].id, dryRun=True)
    phone = next(each for each in answer["fields"] if each["field"] == "phoneNumber")
    assert (phone["bc"], phone["sales"], phone["writes"], phone["after"]) == ("111", "222", ["sales"], {"bc": "111", "sales": "111"})
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await engine.couplings("CUSTOMER") == []


@pytest.mark.rule("C1")
async def test_a_row_outside_the_filter_is_coupled_only_when_the_person_insists(engine: Engine) -> None:
    pair = await _two_strangers(engine, {"phoneNumber": "111"}, {"customertypecode": 8})
    refused = await _couple(engine, bc=pair[0].id, sales=pair[1].id, status=409)
    assert refused["type"] == "urn:couplet:outside_filter"
    assert "Adler (sales) is outside the filter: customertypecode is 8, not 3." in refused["detail"]
    forced = await _couple(engine, bc=pair[0].id, sales=pair[1].id, force=True)
    assert forced["warnings"] == ["Adler (sales) is outside the filter: customertypecode is 8, not 3."]
    assert (await engine.row(pair[1]))["telephone1"] is None, "coupled, it still gives and gets nothing"


@pytest.mark.case("T127")
async def test_a_unit_is_coupled_to_another_unit_group(engine: Engine) -> None:
    await engine.sync("UNIT OF MEASURE", create="toSales")
    group = unit_group("BOXES")
    await engine.seed(*group)
    [box] = await engine.bc.rows("unitsOfMeasure", code="BOX")
    await engine.api.delete("couplings/UNIT OF MEASURE", {"bc": box["id"]})
    await _couple(engine, "UNIT OF MEASURE", bc=box["id"], sales=group[0].id, status=200)
    coupling = next(each for each in await engine.couplings("UNIT OF MEASURE") if each.bc_id == box["id"])
    assert coupling.sales_id == group[0].id


@pytest.mark.case("T160")
async def test_a_record_that_waits_for_one_goes_on_when_a_person_couples_it(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine, person("P1", of="C1"))
    await engine.sync("CONTACT", create="toSales")
    assert await engine.problems("CONTACT") == [("waiting_for_parent", "companyNumber")]
    theirs = account("A1", name="Adler")
    await engine.seed(theirs)
    await _couple(engine, bc=mine.id, sales=theirs.id, sync="none")
    await engine.drain()
    [made] = await engine.sales.rows("contacts")
    assert made["_parentcustomerid_value"] == theirs.id
    assert await engine.problems("CONTACT") == []


@pytest.mark.rule("C4")
@pytest.mark.case("T101", "T146", "T148")
async def test_a_coupling_moves_to_the_survivor_of_two_merged_records(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    survivor = account("A2", name="Company C1", fax="333")
    await engine.seed(survivor)
    answer = await engine.api.post("couplings/CUSTOMER/move", {"sales": theirs.id, "to": survivor.id})
    assert answer.status == 200, answer.json
    assert (answer.json["outcome"], answer.json["sales"]) == ("moved", survivor.id)
    assert (await engine.row(survivor))["telephone1"] == "111"
    assert (await engine.row(mine))["faxNumber"] == "333"
    assert await engine.coupling("CUSTOMER", theirs) is None, "the first is free"
    assert (await engine.api.get(f"jobs/{answer.json['job']}")).json["kind"] == "coupling"
    log = (await engine.api.get(f"records/CUSTOMER/bc/{mine.id}/log")).json["value"]
    moved = next(each for each in log if each["kind"] == "moved")
    assert moved["fields"] == [{"field": "coupling", "before": theirs.id, "after": survivor.id}]
    undone = (await engine.api.post(f"jobs/{answer.json['job']}/undo")).json
    assert any("couplings are not taken back" in (each["leftAlone"] or "") for each in undone["fields"])


@pytest.mark.rule("C4")
async def test_a_coupling_does_not_move_to_a_record_that_is_coupled(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other, another = customer("C2"), account("A2", accountnumber="C2", name="Bussard")
    await engine.seed(other, another)
    await engine.sync("CUSTOMER", create="none")
    for body in ({"bc": mine.id, "to": other.id}, {"sales": theirs.id, "to": another.id}):
        answer = await engine.api.post("couplings/CUSTOMER/move", body)
        assert (answer.status, answer.json["type"]) == (409, "urn:couplet:coupled_elsewhere")
        assert "C2" in answer.json["detail"]
    assert {(each.bc_id, each.sales_id) for each in await engine.couplings("CUSTOMER")} == {(mine.id, theirs.id), (other.id, another.id)}


@pytest.mark.rule("A6")
async def test_the_record_that_lost_its_coupling_begins_another_life(engine: Engine) -> None:
    mine = customer("C1")
    survivor = customer("C2")
    await engine.seed(mine)
    await engine.sync("CUSTOMER", create="toSales")
    first = (await engine.partner("CUSTOMER", mine))["accountid"]
    await engine.seed(survivor)
    answer = await engine.api.post("couplings/CUSTOMER/move", {"bc": mine.id, "to": survivor.id})
    assert answer.status == 200, answer.json
    made = await _couple(engine, bc=mine.id, createNew=True)
    assert made["sales"] != first
    assert {each.sales_id for each in await engine.couplings("CUSTOMER")} == {first, made["sales"]}


async def test_should_a_service_fail_after_the_coupling_the_pair_is_synchronised_later_as_wished(engine: Engine) -> None:
    pair = await _two_strangers(engine, {"phoneNumber": "111"}, {"telephone1": "222"})
    engine._use(replace(engine.ctx, settings=replace(engine.ctx.settings, lease_seconds=1)))
    await engine.bc.fault("status", status=503, method="PATCH", path="customers", when="before", times=50)
    answer = await engine.api.post("couplings/CUSTOMER", {"bc": pair[0].id, "sales": pair[1].id, "sync": "fromSales"})
    assert answer.status == 502
    await engine.bc.heal()
    await asyncio.sleep(1.5)
    await engine.drain()
    assert await _both(engine, pair, "phoneNumber", "telephone1") == ["222", "222"]


BAD: dict[str, dict[str, Any]] = {
    "one record": {"bc": NOBODY},
    "a record and two names for the other": {"bc": NOBODY, "sales": NOBODY, "name": "Adler"},
    "no guid": {"bc": "C1", "sales": NOBODY},
    "a list": {"bc": [NOBODY], "sales": NOBODY},
    "an empty name": {"bc": NOBODY, "name": " "},
    "a long name": {"bc": NOBODY, "name": "x" * 201},
    "an unknown direction": {"bc": NOBODY, "sales": NOBODY, "sync": "both"},
    "an unknown start rule": {"bc": NOBODY, "sales": NOBODY, "startRule": "newest"},
    "a direction and the other side's start rule": {"bc": NOBODY, "sales": NOBODY, "sync": "toSales", "startRule": "salesWins"},
    "no synchronising and a start rule": {"bc": NOBODY, "sales": NOBODY, "sync": "none", "startRule": "ask"},
    "force as a text": {"bc": NOBODY, "sales": NOBODY, "force": "yes"},
    "create new with two records": {"bc": NOBODY, "sales": NOBODY, "createNew": True},
    "create new with a name": {"bc": NOBODY, "name": "Adler", "createNew": True},
    "create new with a direction": {"bc": NOBODY, "createNew": True, "sync": "toSales"},
    "create new for too many": {"bc": [f"00000000-0000-4000-8000-{n:012}" for n in range(101)], "createNew": True},
}


async def test_a_bad_request_to_couple_changes_nothing(engine: Engine) -> None:
    answers = {name: await engine.api.post("couplings/CUSTOMER", body) for name, body in BAD.items()}
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(BAD, 400)
    assert (await engine.api.post("couplings/CURRENCY", {"bc": NOBODY, "sales": NOBODY, "sync": "fromSales"})).status == 400
    assert (await engine.api.post("couplings/CUSTOMER", b"x" * 70_000)).status == 413
    assert (await engine.api.post("couplings/VENDOR", {"bc": NOBODY, "sales": NOBODY})).status == 404
    for body in ({}, {"bc": NOBODY, "to": NOBODY}, {"bc": NOBODY, "sales": NOBODY, "to": NOBODY}, {"bc": NOBODY}):
        assert (await engine.api.post("couplings/CUSTOMER/move", body)).status == 400
    assert await engine.couplings("CUSTOMER") == []


async def test_records_that_are_not_there_are_named(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other = item("I-1")
    await engine.seed(other)
    for body in ({"bc": NOBODY, "sales": theirs.id}, {"bc": mine.id, "sales": NOBODY}, {"bc": other.id, "sales": theirs.id}):
        answer = await _couple(engine, status=404, **body)
        assert answer["type"] == "urn:couplet:no_such_record"
    missing = await engine.api.post("couplings/CUSTOMER/move", {"bc": other.id, "to": mine.id})
    assert (missing.status, missing.json["type"]) == (409, "urn:couplet:not_coupled")


@pytest.mark.case("T199", "T200")
async def test_on_hold_nothing_is_coupled_that_would_be_written_to(engine: Engine) -> None:
    pair = await _two_strangers(engine)
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    refused = await _couple(engine, bc=pair[0].id, sales=pair[1].id, status=409)
    assert (refused["type"], refused["detail"]) == ("urn:couplet:on_hold", "CUSTOMER is on hold: stocktaking.")
    assert (await _couple(engine, bc=pair[0].id, createNew=True, status=409))["type"] == "urn:couplet:on_hold"
    assert (await _couple(engine, bc=pair[0].id, sales=pair[1].id, sync="none"))["outcome"] == "coupled"
    await hold(engine.ctx, "moving house")
    for call in (engine.api.post, engine.api.delete):
        answer = await call("couplings/CUSTOMER", {"bc": pair[0].id})
        assert (answer.status, "moving house" in answer.json["detail"]) == (409, True), "without a connection nothing is offered"
