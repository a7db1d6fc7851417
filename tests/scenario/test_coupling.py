"""Coupling by people: two records, in a direction or without synchronising, instead of another (rules A3 to A5)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from sync.heart.coupling import Life
from sync.heart.plan import Side
from tests.scenario.by_hand import couple, strangers
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer, item, person, product, salesperson, unit_group, user


async def _both(engine: Engine, pair: tuple[Record, Record], *names: str) -> list[Any]:
    """What the two records hold in these fields."""
    mine, theirs = [await engine.row(each) for each in pair]
    return [(mine if name in mine else theirs)[name] for name in names]


@pytest.mark.rule("A3")
@pytest.mark.case("T098", "T161", "T190", "T631")
@pytest.mark.feature("F055")
async def test_two_records_are_coupled_and_bc_wins_where_both_hold_something(engine: Engine) -> None:
    pair = await strangers(engine, {"phoneNumber": "111", "email": "c@example.com"}, {"telephone1": "222", "fax": "333"})
    answer = await couple(engine, bc=pair[0].id, sales=pair[1].id)
    assert (answer["outcome"], answer["sync"], answer["toSales"]) == ("coupled", "toSales", "modified")
    assert (answer["bcName"], answer["salesName"]) == ("C1 Company C1", "Adler")
    assert await _both(engine, pair, "telephone1", "emailaddress1", "faxNumber") == ["111", "c@example.com", "333"]
    job = (await engine.api.get(f"jobs/{answer['job']}")).json
    assert (job["kind"], job["totals"]["toSales"]["coupled"], job["totals"]["toSales"]["modified"]) == ("coupling", 1, 1)


@pytest.mark.rule("A3")
@pytest.mark.case("T193")
async def test_from_sales_lets_sales_win_and_fills_what_is_blank(engine: Engine) -> None:
    pair = await strangers(engine, {"phoneNumber": "111", "faxNumber": "333"}, {"telephone1": "222"})
    await couple(engine, bc=pair[0].id, sales=pair[1].id, sync="fromSales")
    assert await _both(engine, pair, "phoneNumber", "displayName", "fax") == ["222", "Adler", "333"]


@pytest.mark.rule("A3")
async def test_a_merge_with_ask_leaves_what_differs_to_people_also_later(engine: Engine) -> None:
    pair = await strangers(engine, {"phoneNumber": "111"}, {"telephone1": "222", "fax": "333"})
    answer = await couple(engine, bc=pair[0].id, sales=pair[1].id, startRule="ask")
    assert answer["sync"] == "merge"
    assert {each["field"] for each in answer["problems"]} == {"phoneNumber", "displayName"}
    await engine.edit(pair[0], email="c@example.com")
    await engine.look("CUSTOMER")
    assert await _both(engine, pair, "phoneNumber", "telephone1", "faxNumber", "emailaddress1") == ["111", "222", "333", "c@example.com"]


@pytest.mark.rule("B1")
@pytest.mark.case("T118")
async def test_coupled_without_synchronising_both_sides_keep_their_data_for_good(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS", create="toSales")
    pair = await strangers(engine, {"phoneNumber": "111", "terms": "NET 30"}, {"telephone1": "222"})
    answer = await couple(engine, bc=pair[0].id, sales=pair[1].id, sync="none")
    assert (answer["outcome"], answer.get("toSales")) == ("coupled", None)
    await engine.edit(pair[0], email="c@example.com")
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert await _both(engine, pair, "displayName", "name", "phoneNumber", "telephone1") == ["Company C1", "Adler", "111", "222"]
    assert await _both(engine, pair, "paymenttermscode", "emailaddress1") == [None, "c@example.com"]
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.feature("F031")
@pytest.mark.case("T116")
async def test_a_salesperson_follows_the_user_it_is_coupled_to(engine: Engine) -> None:
    mine, theirs = salesperson("CC", "Carla Conti", phoneNo="111"), user("XY", "Xenia Young", mobilephone="222")
    await engine.seed(mine, theirs)
    answer = await couple(engine, "SALESPEOPLE", bc=mine.id, sales=theirs.id)
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
    answer = await couple(engine, bc=mine.id, sales=theirs.id)
    assert (answer["outcome"], answer["job"]) == ("alreadyCoupled", None)
    shown = await couple(engine, bc=mine.id, sales=theirs.id, dryRun=True)
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
        answer = await couple(engine, status=409, **body)
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
    answer = await couple(engine, "RESOURCE-PRODUCT", 409, bc=other.id, sales=theirs.id)
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
    answer = await couple(engine, bc=other.id, sales=theirs.id)
    assert answer["outcome"] == "coupled"
    assert (await engine.row(theirs))["telephone1"] == "222"
    assert [(each.bc_id, each.life) for each in await engine.couplings("CUSTOMER")] == [(other.id, Life.COUPLED)]
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("A5")
async def test_what_people_parted_is_joined_again_when_a_person_couples_it(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    await engine.edit(theirs, telephone1="222")
    await couple(engine, bc=mine.id, sales=theirs.id, startRule="salesWins")
    assert (await engine.row(mine))["phoneNumber"] == "222"
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling and (coupling.life, coupling.life_number) == (Life.COUPLED, 2)


@pytest.mark.rule("A5")
async def test_coupled_with_somebody_else_the_former_partner_stays_uncoupled(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other, another = customer("C2"), account("A2", name="Bussard")
    await engine.seed(other, another)
    await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    await couple(engine, bc=mine.id, sales=another.id)
    await engine.edit(other, number="C9", displayName="Company C1")
    await engine.sync("CUSTOMER", create="both")
    stones = (await engine.api.get("couplings/CUSTOMER?state=tombstone")).json["value"]
    assert [(each["bcId"], each["salesId"]) for each in stones] == [(None, theirs.id)]
    assert len(await engine.bc.rows("customers")) == 2, "no customer is made for the account that was parted"
    joined = await couple(engine, bc=other.id, sales=theirs.id, status=409)
    assert joined["type"] == "urn:couplet:coupled_elsewhere", "the other customer has an account by now"


@pytest.mark.case("T188", "T137", "T632")
@pytest.mark.feature("F055")
async def test_a_dry_run_shows_the_fields_of_both_and_writes_nothing(engine: Engine) -> None:
    pair = await strangers(engine, {"phoneNumber": "111"}, {"telephone1": "222"})
    await engine.reset_counters()
    answer = await couple(engine, bc=pair[0].id, sales=pair[1].id, dryRun=True)
    phone = next(each for each in answer["fields"] if each["field"] == "phoneNumber")
    assert (phone["bc"], phone["sales"], phone["writes"], phone["after"]) == ("111", "222", ["sales"], {"bc": "111", "sales": "111"})
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await engine.couplings("CUSTOMER") == []


@pytest.mark.rule("C1")
async def test_a_row_outside_the_filter_is_coupled_only_when_the_person_insists(engine: Engine) -> None:
    pair = await strangers(engine, {"phoneNumber": "111"}, {"customertypecode": 8})
    refused = await couple(engine, bc=pair[0].id, sales=pair[1].id, status=409)
    assert refused["type"] == "urn:couplet:outside_filter"
    assert "Adler (sales) is outside the filter: customertypecode is 8, not 3." in refused["detail"]
    forced = await couple(engine, bc=pair[0].id, sales=pair[1].id, force=True)
    assert forced["warnings"] == ["Adler (sales) is outside the filter: customertypecode is 8, not 3."]
    assert (await engine.row(pair[1]))["telephone1"] is None, "coupled, it still gives and gets nothing"


@pytest.mark.case("T127")
async def test_a_unit_is_coupled_to_another_unit_group(engine: Engine) -> None:
    await engine.sync("UNIT OF MEASURE", create="toSales")
    group = unit_group("BOXES")
    await engine.seed(*group)
    [box] = await engine.bc.rows("unitsOfMeasure", code="BOX")
    await engine.api.delete("couplings/UNIT OF MEASURE", {"bcId": box["id"]})
    await couple(engine, "UNIT OF MEASURE", bc=box["id"], sales=group[0].id, status=200)
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
    await couple(engine, bc=mine.id, sales=theirs.id, sync="none")
    await engine.drain()
    [made] = await engine.sales.rows("contacts")
    assert made["_parentcustomerid_value"] == theirs.id
    assert await engine.problems("CONTACT") == []


async def test_should_a_service_fail_after_the_coupling_the_pair_is_synchronised_later_as_wished(engine: Engine) -> None:
    pair = await strangers(engine, {"phoneNumber": "111"}, {"telephone1": "222"})
    engine._use(replace(engine.ctx, settings=replace(engine.ctx.settings, lease_seconds=1)))
    await engine.bc.fault("status", status=503, method="PATCH", path="customers", when="before", times=50)
    answer = await engine.api.post("couplings/CUSTOMER", {"bcId": pair[0].id, "salesId": pair[1].id, "sync": "fromSales"})
    assert answer.status == 502
    await engine.bc.heal()
    await asyncio.sleep(1.5)
    await engine.drain()
    assert await _both(engine, pair, "phoneNumber", "telephone1") == ["222", "222"]
