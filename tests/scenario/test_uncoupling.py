"""Uncoupling by people: one record, many, all; what goes along, what stays, and what comes after (rules A5, A6, G2)."""

from __future__ import annotations

from typing import Any

import pytest

from sync.heart.coupling import Life
from sync.heart.plan import Side
from tests.scenario.by_hand import NOBODY, uncouple
from tests.scenario.engine import Engine
from tests.scenario.world import Record, customer, item, person, product, unit_group


async def _three_customers(engine: Engine) -> list[Record]:
    """Three customers with accounts that Couplet made."""
    customers = [customer(f"C{n}") for n in (1, 2, 3)]
    await engine.seed(*customers)
    await engine.sync("CUSTOMER", create="toSales")
    return customers


async def _states(engine: Engine, mapping: str = "CUSTOMER") -> list[str]:
    return sorted(each.life for each in await engine.couplings(mapping))


@pytest.mark.rule("A5")
@pytest.mark.case("T212", "T209", "T208")
@pytest.mark.feature("F056")
async def test_one_customer_is_uncoupled_and_stays_so_whatever_run_follows(engine: Engine) -> None:
    one, two, _ = await _three_customers(engine)
    theirs = (await engine.partner("CUSTOMER", one))["accountid"]
    answer = await uncouple(engine, "CUSTOMER", bc=one.id)
    assert [each["outcome"] for each in answer["records"]] == ["uncoupled"]
    await engine.edit(one, phoneNumber="555")
    await engine.edit(two, phoneNumber="666")
    await engine.sync("CUSTOMER", create="both")
    assert (await engine.sales.row("accounts", theirs))["telephone1"] is None
    assert (await engine.partner("CUSTOMER", two))["telephone1"] == "666"
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (3, 3)


@pytest.mark.rule("A5")
@pytest.mark.case("T211")
async def test_two_of_three_customers_are_uncoupled_and_the_job_says_so(engine: Engine) -> None:
    one, two, three = await _three_customers(engine)
    answer = await uncouple(engine, "CUSTOMER", bc=[one.id, two.id])
    job = (await engine.api.get(f"jobs/{answer['job']}")).json
    assert (job["kind"], job["status"], job["totals"]) == ("uncoupling", "success", {"toSales": {"uncoupled": 2}})
    assert await _states(engine) == ["coupled", "tombstone", "tombstone"]
    assert (await engine.coupling("CUSTOMER", three)) is not None


@pytest.mark.feature("F034")
@pytest.mark.case("T217", "T218", "T226", "T227", "T232", "T233", "T223", "T224", "T214", "T215")
@pytest.mark.case("T667", "T668", "T671", "T673", "T674")
@pytest.mark.feature("F063")
async def test_every_sort_of_record_is_uncoupled_the_same_way(engine: Engine) -> None:
    await engine.seed(item("I-1"), customer("C1"), person("P1", of="C1"))
    await engine.sync(create="toSales")
    options = (await engine.api.get("couplings/PAYMENT TERMS?names=true")).json["value"]
    assert {(each["bcName"], each["salesName"]) for each in options} == {("NET 30", "Net 30"), ("14 DAYS", "14 DAYS")}
    for mapping in ("ITEM-PRODUCT", "CONTACT", "UNIT OF MEASURE", "CURRENCY", "SALESPEOPLE", "PAYMENT TERMS"):
        known = {each.sales_id: each.bc_id for each in await engine.couplings(mapping)}
        for sales_id, bc_id in known.items():
            [found] = (await engine.api.get(f"couplings/{mapping}?salesId={sales_id}&names=true")).json["value"]
            assert (found["bcId"], bool(found["bcName"])) == (bc_id, True), "from a row of Sales to the record of Business Central"
        coupled = list(known)
        answer = await uncouple(engine, mapping, sales=coupled)
        assert [each["outcome"] for each in answer["records"]] == ["uncoupled"] * len(coupled)
        assert set(await _states(engine, mapping)) == {"tombstone"}
        assert (await engine.api.get(f"jobs/{answer['job']}")).json["kind"] == "uncoupling"
    values = [each["salesId"] for each in options]
    left = await engine.ctx.services[Side.SALES].rows("options/accounts/paymenttermscode", values)
    assert set(left) == set(values), "the options themselves stay"


@pytest.mark.case("T106")
async def test_uncoupling_twice_is_no_error_and_answers_for_each_record(engine: Engine) -> None:
    one, _, _ = await _three_customers(engine)
    await uncouple(engine, "CUSTOMER", bc=one.id)
    again = await uncouple(engine, "CUSTOMER", bc=[one.id, NOBODY])
    assert [(each["outcome"], each["why"]) for each in again["records"]] == [
        ("notCoupled", "it was uncoupled before"),
        ("notCoupled", "no such record is coupled"),
    ]
    assert again["job"] is None, "nothing happened that the log would tell"
    coupling = await engine.coupling("CUSTOMER", one)
    assert coupling and coupling.life_number == 2


@pytest.mark.rule("G2")
async def test_nothing_of_what_the_records_held_is_kept(engine: Engine) -> None:
    mine, _ = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.look("CUSTOMER")
    await uncouple(engine, "CUSTOMER", bc=mine.id)
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling
    assert (coupling.life, coupling.held, coupling.turns, coupling.intent) == (Life.TOMBSTONE, {}, {}, {})
    assert (coupling.bc_version, coupling.sales_version) == (None, None)
    log = (await engine.api.get(f"records/CUSTOMER/bc/{mine.id}/log")).json["value"]
    assert [each["kind"] for each in log] == ["uncoupled"], "replaced values are gone, that it was uncoupled is not"


@pytest.mark.rule("A5")
@pytest.mark.case("T236", "T238")
async def test_the_problems_of_an_uncoupled_record_are_over(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222", email="a@example.com")
    await engine.edit(theirs, telephone1="333", emailaddress1="b@example.com")
    await engine.look("CUSTOMER")
    assert sorted(await engine.problems("CUSTOMER")) == [("conflicting_edits", "email"), ("conflicting_edits", "phoneNumber")]
    before = len((await engine.api.get("jobs?mapping=CUSTOMER")).json["value"])
    await uncouple(engine, "CUSTOMER", bc=mine.id)
    assert await engine.problems("CUSTOMER") == []
    assert len((await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]) == before + 1, "one job, however many problems"


@pytest.mark.rule("A5")
async def test_an_uncoupled_record_waits_for_nobody_any_more(engine: Engine) -> None:
    mine = customer("C1", terms="NET 30")
    await engine.seed(mine)
    await engine.sync("CUSTOMER", create="toSales")
    theirs = await engine.partner("CUSTOMER", mine)
    await uncouple(engine, "CUSTOMER", bc=mine.id)
    await engine.sync("PAYMENT TERMS", create="toSales")
    assert (await engine.sales.row("accounts", theirs["accountid"]))["paymenttermscode"] is None
    assert len(await engine.sales.rows("accounts")) == 1


async def _customer_with_contacts(engine: Engine) -> tuple[Record, Record, Record, Record]:
    """Two customers with an account each; P1 belongs to the first on both sides, P2 to the second in BC and the first in Sales."""
    mine, other = customer("C1"), customer("C2")
    await engine.seed(mine, other, person("P1", of="C1"), person("P2", of="C2"))
    await engine.sync("CUSTOMER", "CONTACT", create="toSales")
    people = [Record(Side.BC, "contacts", row["id"], row) for row in await engine.bc.rows("contacts", type="Person")]
    one, two = sorted(people, key=lambda each: str(each.values["number"]))
    theirs = (await engine.partner("CUSTOMER", mine))["accountid"]
    mixed = (await engine.partner("CONTACT", two))["contactid"]
    await engine.sales.edit("contacts", mixed, **{"parentcustomerid_account@odata.bind": f"/accounts({theirs})"})
    return mine, other, one, two


@pytest.mark.rule("A5")
@pytest.mark.case("T140")
async def test_a_customers_contacts_go_along_where_both_records_belong_to_it(engine: Engine) -> None:
    mine, _, one, two = await _customer_with_contacts(engine)
    answer = await uncouple(engine, "CUSTOMER", bc=mine.id)
    assert [(each["mapping"], each["bcId"]) for each in answer["along"]] == [("CONTACT", one.id)]
    lives = {each.bc_id: each.life for each in await engine.couplings("CONTACT")}
    assert lives == {one.id: Life.TOMBSTONE, two.id: Life.COUPLED}
    job = (await engine.api.get(f"jobs/{answer['job']}")).json
    assert job["totals"]["toSales"] == {"uncoupled": 1, "uncoupledAlong": 1}


@pytest.mark.rule("A5")
async def test_the_contacts_of_another_customer_stay_coupled(engine: Engine) -> None:
    _, other, one, _ = await _customer_with_contacts(engine)
    answer = await uncouple(engine, "CUSTOMER", bc=other.id)
    assert answer["along"] == []
    coupling = await engine.coupling("CONTACT", one)
    assert coupling and coupling.life is Life.COUPLED


@pytest.mark.case("T205", "T206")
@pytest.mark.feature("F065")
async def test_all_records_of_a_mapping_are_uncoupled_when_their_number_is_confirmed(engine: Engine) -> None:
    await _three_customers(engine)
    refused = await uncouple(engine, "CUSTOMER", 409, all=True, confirm=2)
    assert (refused["type"], refused["count"]) == ("urn:couplet:count_differs", 3)
    assert await _states(engine) == ["coupled"] * 3
    accepted = await uncouple(engine, "CUSTOMER", 202, all=True, confirm=3)
    await engine.drain()
    assert await _states(engine) == ["tombstone"] * 3
    job = (await engine.api.get(f"jobs/{accepted['job']}")).json
    assert (job["status"], job["totals"]["toSales"]["uncoupled"]) == ("success", 3)


async def test_more_than_a_hundred_go_over_the_queue_and_are_counted_once(engine: Engine) -> None:
    await engine.seed(*(customer(f"C{n}") for n in range(103)))
    await engine.sync("CUSTOMER", create="toSales")
    ids = [each.bc_id for each in await engine.couplings("CUSTOMER")]
    accepted = await uncouple(engine, "CUSTOMER", 202, bc=ids)
    assert accepted["scheduled"] == 103
    message = await engine.message()
    assert message
    await engine.ctx.store.queue.send_many([message, message])
    await engine.drain()
    job = (await engine.api.get(f"jobs/{accepted['job']}")).json
    assert (job["kind"], job["totals"]["toSales"]["uncoupled"]) == ("uncoupling", 103)


@pytest.mark.rule("A5")
async def test_whoever_works_on_a_record_lets_go_when_a_person_uncouples_it(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111", "email": "old@example.com"})
    await engine.edit(mine, phoneNumber="222")

    async def happens() -> None:
        await uncouple(engine, "CUSTOMER", bc=mine.id)
        await engine.edit(theirs, emailaddress1="new@example.com")

    async with engine.before_the_next_write(Side.SALES, happens):
        await engine.look("CUSTOMER")
    assert await _states(engine) == ["tombstone"]
    assert (await engine.row(mine))["email"] == "old@example.com"
    assert await engine.problems("CUSTOMER") == []
    await engine.look("CUSTOMER")
    assert await _states(engine) == ["tombstone"]


@pytest.mark.rule("A6")
async def test_what_is_made_in_a_later_life_bears_an_id_of_its_own(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sync("CUSTOMER", create="toSales")
    ids = [(await engine.partner("CUSTOMER", mine))["accountid"]]
    for _ in range(2):
        await uncouple(engine, "CUSTOMER", bc=mine.id)
        made = await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "createNew": True})
        assert made.status == 200, made.json
        ids.append(made.json["salesId"])
    assert len(set(ids)) == 3
    assert sorted(row["accountid"] for row in await engine.sales.rows("accounts")) == sorted(ids)


@pytest.mark.case("T664", "T665", "T097")
@pytest.mark.feature("F060", "F061", "F062")
async def test_the_couplings_of_a_mapping_are_listed_by_state_by_id_and_page_by_page(engine: Engine) -> None:
    one, two, three = await _three_customers(engine)
    await uncouple(engine, "CUSTOMER", bc=two.id)
    theirs = (await engine.partner("CUSTOMER", one))["accountid"]
    page = (await engine.api.get("couplings/CUSTOMER?limit=2&count=true")).json
    rest = (await engine.api.get(f"couplings/CUSTOMER?limit=2&cursor={page['cursor']}")).json
    assert {each["bcId"] for each in (*page["value"], *rest["value"])} == {one.id, two.id, three.id}
    assert page["count"] == {"claimed": 0, "coupled": 2, "tombstone": 1, "done": 0}
    stones = (await engine.api.get("couplings/CUSTOMER?state=tombstone&names=true")).json["value"]
    assert [(each["bcId"], each["bcName"], each["salesName"], each["lifeNumber"]) for each in stones] == [
        (two.id, "C2 Company C2", "C2 Company C2", 2)
    ]
    for asked in (f"bcId={one.id}", f"salesId={theirs}"):
        [found] = (await engine.api.get(f"couplings/CUSTOMER?{asked}")).json["value"]
        assert (found["bcId"], found["salesId"], found["state"]) == (one.id, theirs, "coupled")
    assert (await engine.api.get(f"couplings/CUSTOMER?bcId={NOBODY}")).json["value"] == []


async def test_couplings_of_which_a_record_is_gone_are_listed_as_broken(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.delete(theirs)
    await engine.edit(mine, phoneNumber="222")
    await engine.look("CUSTOMER")
    [broken] = (await engine.api.get("couplings/CUSTOMER?state=broken")).json["value"]
    assert (broken["bcId"], broken["salesId"]) == (mine.id, theirs.id)


BAD: dict[str, dict[str, Any]] = {
    "nothing said": {},
    "both sides said": {"bcId": NOBODY, "salesId": NOBODY},
    "no id": {"bcId": []},
    "a number instead of an id": {"bcId": ["C1"]},
    "too many ids": {"bcId": [NOBODY] * 1001},
    "one and all": {"bcId": NOBODY, "all": True, "confirm": 1},
    "all without confirming": {"all": True},
    "a text for a number": {"all": True, "confirm": "3"},
    "true for a number": {"all": True, "confirm": True},
    "not all, confirmed": {"all": False, "confirm": 1},
    "one, confirmed": {"bcId": NOBODY, "confirm": 1},
    "a number for an id": {"bcId": 5},
    "an unknown word": {"pair": NOBODY},
}


async def test_a_bad_request_to_uncouple_changes_nothing(engine: Engine) -> None:
    await engine.coupled()
    answers = {name: await engine.api.delete("couplings/CUSTOMER", body) for name, body in BAD.items()}
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(BAD, 400)
    assert await _states(engine) == ["coupled"]


@pytest.mark.case("T634")
async def test_calls_that_cannot_be_meant_get_a_clear_answer(engine: Engine) -> None:
    assert (await engine.api.delete("couplings/SUPPLIER", {"bcId": NOBODY})).status == 404
    assert (await engine.api.delete("couplings/CUSTOMER", b"[" * 70_000)).status == 413
    assert (await engine.api.delete("couplings/CUSTOMER", b"no json")).status == 400
    assert (await engine.api.get("couplings/CUSTOMER?state=lost")).status == 400
    assert (await engine.api.get(f"couplings/CUSTOMER?state=coupled&bcId={NOBODY}")).status == 400
    assert (await engine.api.get("couplings/CUSTOMER?bcId=C1")).status == 400


async def test_a_product_and_an_account_are_uncoupled_by_their_ids_in_sales_too(engine: Engine) -> None:
    theirs = product("I-1")
    await engine.seed(item("I-1"), theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="none")
    answer = await uncouple(engine, "ITEM-PRODUCT", sales=theirs.id)
    assert [each["salesId"] for each in answer["records"]] == [theirs.id]
