"""Business Central without Couplet's extension: what works, what is named as missing, and rows whose id BC gives (rules A6, E1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from mapping.policies import DeletionPolicy
from sandbox.running import Sandbox
from sync.desk.explain import explain
from sync.heart.coupling import Life
from sync.heart.plan import Run, Side
from sync.record.records import Seen, synchronize
from sync.run import full, messages
from sync.store import FullSync
from sync.triggers.answers import BadRequest, mapping_of
from tests.scenario.engine import Engine, engine_on
from tests.scenario.people import People
from tests.scenario.world import Record, account, contact, customer, item, person


@pytest.fixture
async def engine(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """Couplet before its first synch, on a Business Central that serves API v2.0 only."""
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    people = People(sandbox_processes.business_central)
    await people.switch(profile="standard")
    try:
        async with engine_on(sandbox_processes, fresh=True) as fresh:
            yield fresh
    finally:
        await people.switch(profile="extended")
        await people.close()


async def _nothing_more_to_do(engine: Engine, *mappings: str) -> None:
    await engine.reset_counters()
    lines = await engine.sync(*mappings)
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert {line.status for line in lines.values()} == {"success"}
    assert await engine.problems() == []


async def _customers_of(engine: Engine, *accounts: Record) -> None:
    """Each account has its own customer, under an id that is there, and nothing is in trouble."""
    await _nothing_more_to_do(engine, "CUSTOMER")
    names = {row["id"]: row["displayName"] for row in await engine.bc.rows("customers")}
    couplings = await engine.couplings("CUSTOMER")
    assert {each.life for each in couplings} == {Life.COUPLED}
    assert {each.sales_id: names[each.bc_id] for each in couplings} == {each.id: each.values["name"] for each in accounts}
    assert len(names) == len(accounts)


async def _until_over(engine: Engine, started: FullSync) -> None:
    """Messages that come back after some seconds are waited for."""
    for _ in range(100):
        await engine.drain()
        if await engine.ended(started):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the full synch does not end")


async def test_what_needs_the_extension_is_left_out_and_named(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    missing = {(one.mapping, one.field) for one in engine.ctx.unavailable}
    assert missing >= {("SHIPPING AGENT", None), ("CUSTOMER", "shippingAgentCode"), ("CUSTOMER", "faxNumber"), ("CONTACT", "pager")}
    assert "SHIPPING AGENT" not in engine.ctx.mappings
    assert "SHIPPING AGENT" not in engine.ctx.mappings["CUSTOMER"].needs
    told = [record.getMessage() for record in caplog.get_records("setup") if "SHIPPING AGENT" in record.getMessage()]
    assert len(told) == 1
    assert "CONTACT pager" in told[0]


async def test_who_asks_for_a_mapping_that_is_unavailable_is_told_why(engine: Engine) -> None:
    with pytest.raises(BadRequest, match=r"SHIPPING AGENT is unavailable: API v2\.0 does not serve the table shippingAgents") as refused:
        mapping_of(engine.ctx, "shipping agent")
    assert "extension" in refused.value.more["remedy"]


async def test_with_the_extension_nothing_is_missing(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True) as extended:
        assert extended.ctx.unavailable == []
        assert "SHIPPING AGENT" in extended.ctx.mappings


async def test_a_full_synch_of_a_small_company_ends_clean(engine: Engine) -> None:
    house = customer("C1", currency="USD", terms="NET 30", shipment="FOB", salespersonCode="AB", city="Bonn", country="DE", creditLimit=100)
    her, screw, born = person("P1", of="C1", email="ada@example.com"), item("I-1"), account("A2", name="Eagle")
    await engine.seed(house, her, screw, born, contact("K2", of=born, who=("Bo", "Berg")))
    lines = await engine.sync()
    assert {line.status for line in lines.values()} == {"success"}
    assert await engine.problems() == []
    made = await engine.partner("CUSTOMER", house)
    assert (made["name"], made["accountnumber"], made["address1_city"], made["creditlimit"]) == ("Company C1", "C1", "Bonn", 110)
    assert (await engine.partner("CONTACT", her))["fullname"] == "Ada P1"
    assert (await engine.partner("ITEM-PRODUCT", screw))["productnumber"] == "I-1"
    assert (await engine.partner("CUSTOMER", born))["displayName"] == "Eagle"
    await _nothing_more_to_do(engine)


@pytest.mark.rule("A6")
@pytest.mark.parametrize("many", [1, 5])
async def test_accounts_become_customers_once_under_the_ids_that_bc_gives(engine: Engine, many: int) -> None:
    accounts = [account(f"A{n}", name=f"House {n}", address1_city="Bonn") for n in range(many)]
    await engine.seed(*accounts)
    lines = await engine.sync("CUSTOMER")
    assert lines["CUSTOMER"].from_sales["inserted"] == many
    await _customers_of(engine, *accounts)
    first = await engine.partner("CUSTOMER", accounts[0])
    assert (await engine.row(accounts[0]))["accountnumber"] == first["number"]
    await engine.edit(accounts[0], name="House of Adler")
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", accounts[0]))["displayName"] == "House of Adler"


@pytest.mark.rule("A6")
@pytest.mark.parametrize("many", [1, 5])
async def test_a_lost_answer_to_a_creation_is_settled_by_looking(engine: Engine, many: int) -> None:
    accounts = [account(f"A{n}", name=f"House {n}", address1_city="Bonn") for n in range(many)]
    await engine.seed(*accounts)
    await engine.bc.fault("drop", method="POST", path="(customers|batch)", when="after")
    starting = await engine.begin_sync("CUSTOMER")
    await engine.drain()
    assert {each.life for each in await engine.couplings("CUSTOMER")} == {Life.CLAIMED}
    told = await explain(engine.ctx, engine.ctx.mappings["CUSTOMER"], Side.SALES, accounts[0].id)
    assert told["sentences"][0].startswith("A row was being made for it in Business Central")
    await engine.leases_run_out("CUSTOMER")
    await _until_over(engine, starting)
    await _customers_of(engine, *accounts)


@pytest.mark.rule("A6")
async def test_while_the_lost_answer_may_still_come_nobody_creates_again(engine: Engine) -> None:
    await engine.seed(account("A1", name="Adler"))
    await engine.bc.fault("drop", method="POST", path="customers", when="after")
    await engine.begin_sync("CUSTOMER")
    await engine.drain()
    await engine.look("CUSTOMER")
    assert len(await engine.bc.rows("customers")) == 1
    assert [each.life for each in await engine.couplings("CUSTOMER")] == [Life.CLAIMED]


@pytest.mark.rule("A6")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_that_dies_around_a_creation_leaves_one_row(engine: Engine, when: str) -> None:
    accounts = [account(f"A{n}", name=f"House {n}") for n in range(3)]
    await engine.seed(*accounts)
    starting = await engine.begin_sync("CUSTOMER")
    await engine.die(Side.BC, when)
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert await engine.ended(starting)
    await _customers_of(engine, *accounts)


@pytest.mark.rule("A6")
async def test_a_customer_that_was_there_before_is_never_taken_for_ours(engine: Engine) -> None:
    theirs = account("A1", name="Adler")
    await engine.seed(theirs, customer("C1", displayName="Adler"))
    await engine.begin_sync("CUSTOMER")
    await engine.die(Side.BC, "before")
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert (await engine.partner("CUSTOMER", theirs))["number"] != "C1"


@pytest.mark.rule("A6")
async def test_two_rows_that_could_be_ours_are_a_problem_until_one_is_gone(engine: Engine) -> None:
    theirs = account("A1", name="Adler", address1_city="Bonn")
    await engine.seed(theirs)
    await engine.begin_sync("CUSTOMER")
    await engine.die(Side.BC, "after")
    twin = await engine.bc.insert("customers", displayName="Adler", city="Bonn")
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    [problem] = await engine.problem_rows("CUSTOMER")
    assert (problem.code, problem.key) == ("unclear_claim", f"sales:{theirs.id}")
    assert twin["id"] in problem.message
    assert len(await engine.bc.rows("customers")) == 2
    await engine.bc.delete("customers", twin["id"])
    await engine.sync("CUSTOMER", create="both")
    await _customers_of(engine, theirs)


@pytest.mark.rule("A6")
@pytest.mark.parametrize("alive", [True, False])
async def test_a_row_whose_making_was_interrupted_gets_no_second_account(engine: Engine, alive: bool) -> None:
    theirs = account("A1", name="Adler", address1_city="Bonn")
    await engine.seed(theirs)
    first = await engine.begin_sync("CUSTOMER")
    await engine.die(Side.BC, "after")
    await full.cancel(engine.ctx, first.id)
    if not alive:
        await engine.leases_run_out("CUSTOMER")
    [made] = await engine.bc.rows("customers")
    run = Run(creates=frozenset(Side), couples=True)
    mapping = engine.ctx.mappings["CUSTOMER"]
    tally = await synchronize(engine.ctx, mapping, await Seen.read(engine.ctx, mapping, Side.BC, [made["id"]]), run, "job")
    assert (tally.busy == [made["id"]]) is alive
    assert len(await engine.sales.rows("accounts")) == 1
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    await _customers_of(engine, theirs)


@pytest.mark.rule("A6")
async def test_an_edit_made_while_the_answer_was_lost_is_kept(engine: Engine) -> None:
    theirs = account("A1", name="Adler", address1_city="Bonn")
    await engine.seed(theirs)
    await engine.begin_sync("CUSTOMER")
    await engine.die(Side.BC, "after")
    await engine.edit(theirs, name="Adler and Sons")
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert (await engine.partner("CUSTOMER", theirs))["displayName"] == "Adler and Sons"
    assert len(await engine.bc.rows("customers")) == 1


@pytest.mark.rule("E1")
async def test_a_person_s_company_becomes_the_parent_account_and_back(engine: Engine) -> None:
    house, other, her = customer("C1"), customer("C2"), person("P1", of="C1")
    await engine.seed(house, other, her)
    await engine.sync()
    accounts = [(await engine.partner("CUSTOMER", each))["accountid"] for each in (house, other)]
    made = await engine.partner("CONTACT", her)
    assert made["_parentcustomerid_value"] == accounts[0]
    await engine.sales.edit("contacts", made["contactid"], **{"parentcustomerid_account@odata.bind": f"/accounts({accounts[1]})"})
    await engine.look("CONTACT")
    assert (await engine.row(her))["companyNumber"] == "CT-C2"
    await engine.edit(her, companyNumber="CT-C1")
    await engine.look("CONTACT")
    assert (await engine.partner("CONTACT", her))["_parentcustomerid_value"] == accounts[0]
    await _nothing_more_to_do(engine)


@pytest.mark.rule("E1")
async def test_a_contact_becomes_a_person_of_the_customer_that_its_account_is(engine: Engine) -> None:
    house, with_people = customer("C1"), customer("C2")
    accounts = [account("A1", accountnumber="C1", name="Company C1"), account("A2", accountnumber="C2", name="Company C2")]
    people = [contact("K1", of=accounts[0], who=("Bo", "Berg")), contact("K2", of=accounts[1], who=("Cy", "Dahl"))]
    await engine.seed(house, with_people, person("P1", of="C2"), *accounts, *people)
    await engine.sync()
    made = [await engine.partner("CONTACT", each) for each in people]
    assert [row["companyNumber"] for row in made] == ["CT-C1", "CT-C2"]
    assert [(row["type"], row["displayName"]) for row in made] == [("Person", "Bo Berg"), ("Person", "Cy Dahl")]
    await _nothing_more_to_do(engine)


@pytest.mark.rule("E1")
async def test_a_person_of_a_company_that_is_no_customer_is_outside(engine: Engine) -> None:
    stranger = person("P1", of="C1", companyNumber="CT-NOBODY")
    await engine.seed(customer("C1"), stranger)
    await engine.sync()
    assert await engine.sales.rows("contacts") == []
    assert await engine.problems() == []


@pytest.mark.rule("E1")
async def test_a_full_name_is_one_field_whose_last_word_is_the_last_name(engine: Engine) -> None:
    her = person("P1", of="C1", name=("Ada", "Lovelace"))
    await engine.seed(customer("C1"), her)
    await engine.sync()
    await engine.edit(her, displayName="Ada King Byron")
    await engine.look("CONTACT")
    made = await engine.partner("CONTACT", her)
    assert (made["firstname"], made["lastname"]) == ("Ada King", "Byron")
    await engine.sales.edit("contacts", made["contactid"], firstname="Augusta", lastname="King")
    await engine.look("CONTACT")
    assert (await engine.row(her))["displayName"] == "Augusta King"
    await _nothing_more_to_do(engine)


@pytest.mark.rule("A6")
async def test_by_hand_a_customer_is_made_again_after_each_uncoupling_and_contacts_go_along(engine: Engine) -> None:
    theirs = account("A1", name="Adler")
    await engine.seed(theirs, contact("K1", of=theirs))
    made = []
    for _ in range(2):
        answer = await engine.api.post("couplings/CUSTOMER", {"salesId": theirs.id, "createNew": True, "force": True})
        assert (answer.status, answer.json["outcome"]) == (200, "created"), answer.json
        made.append(answer.json["bc"])
        await engine.sync("CONTACT", create="fromSales")
        parted = (await engine.api.delete("couplings/CUSTOMER", {"salesId": theirs.id})).json
        assert [each["outcome"] for each in parted["records"]] == ["uncoupled"]
        assert [each["mapping"] for each in parted["along"]] == (["CONTACT"] if len(made) == 1 else [])
    assert sorted(made) == sorted(row["id"] for row in await engine.bc.rows("customers"))


@pytest.mark.rule("C2", "A6")
@pytest.mark.parametrize("dies", [False, True])
async def test_a_deleted_customer_is_made_again_under_the_id_that_business_central_gives(engine: Engine, dies: bool) -> None:
    mine, theirs = await engine.coupled()
    engine.change("CUSTOMER", deletion=DeletionPolicy.RESTORE)
    await engine.delete(mine)
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", Side.BC, [mine.id]))
    if dies:
        await engine.die(Side.BC, "after")
        await engine.leases_run_out("CUSTOMER")
        await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", Side.SALES, [theirs.id]))
    await engine.drain()
    [made] = await engine.bc.rows("customers")
    [coupling] = await engine.couplings("CUSTOMER")
    assert (coupling.bc_id, coupling.life, coupling.life_number) == (made["id"], Life.COUPLED, 2)
    assert await engine.problems() == []


@pytest.mark.rule("A1")
async def test_customers_and_their_people_are_matched_without_the_extension_too(engine: Engine) -> None:
    mine, theirs = customer("C1", phoneNumber="+49 40 123456"), account("A1", name="Other", telephone1="0049 40 123456")
    human, card = person("P1", of="C1", email="ada@example.com"), contact("K1", of=theirs, emailaddress1="ADA@example.com")
    await engine.seed(mine, theirs, human, card)
    for name, criteria in (("CUSTOMER", [{"field": "phoneNumber"}]), ("CONTACT", None)):
        await engine.api.post(f"couplings/{name}/match", {"criteria": criteria} if criteria else {})
        await engine.drain()
    assert [(each.bc_id, each.sales_id) for each in await engine.couplings("CUSTOMER")] == [(mine.id, theirs.id)]
    assert [(each.bc_id, each.sales_id) for each in await engine.couplings("CONTACT")] == [(human.id, card.id)]


@pytest.mark.rule("A2", "B6")
async def test_a_dry_run_foresees_customers_and_their_contacts_whose_ids_business_central_will_give(engine: Engine) -> None:
    falke = account("A1", name="Falke")
    await engine.seed(falke, contact("S1", of=falke, firstname="Ina", lastname="Falk", fullname="Ina Falk"))
    await engine.reset_counters()
    dry = (await engine.api.post("full-sync", {"dryRun": True, "createNew": "both"})).json["id"]
    await engine.drain()
    assert await engine.written() == {"bc": 0, "sales": 0}
    lines = {line["mapping"]: line for line in (await engine.api.get(f"full-sync/{dry}")).json["lines"]}
    assert {name: lines[name]["fromSales"].get("inserted") for name in ("CUSTOMER", "CONTACT")} == {"CUSTOMER": 1, "CONTACT": 1}
    assert lines["CUSTOMER"]["toSales"]["modified"] == 1, "the number travels back"
