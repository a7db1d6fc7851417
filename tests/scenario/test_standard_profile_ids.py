"""Business Central without Couplet's extension: rows whose id BC gives are made once, whatever gets lost on the way (rule A6)."""

from __future__ import annotations

import asyncio

import pytest

from mapping.policies import DeletionPolicy
from sync.desk.explain import explain
from sync.heart.coupling import Life
from sync.heart.plan import Run, Side
from sync.record.records import Seen, synchronize
from sync.run import full, messages
from sync.store import FullSync
from tests.scenario.engine import Engine
from tests.scenario.settled import nothing_more_to_do
from tests.scenario.world import Record, account, contact, customer


async def _customers_of(standard: Engine, *accounts: Record) -> None:
    """Each account has its own customer, under an id that is there, and nothing is in trouble."""
    await nothing_more_to_do(standard, "CUSTOMER")
    names = {row["id"]: row["displayName"] for row in await standard.bc.rows("customers")}
    couplings = await standard.couplings("CUSTOMER")
    assert {each.life for each in couplings} == {Life.COUPLED}
    assert {each.sales_id: names[each.bc_id] for each in couplings} == {each.id: each.values["name"] for each in accounts}
    assert len(names) == len(accounts)


async def _until_over(standard: Engine, started: FullSync) -> None:
    """Messages that come back after some seconds are waited for."""
    for _ in range(100):
        await standard.drain()
        if await standard.ended(started):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the full synch does not end")


@pytest.mark.rule("A6")
@pytest.mark.parametrize("many", [1, 5])
async def test_accounts_become_customers_once_under_the_ids_that_bc_gives(standard: Engine, many: int) -> None:
    accounts = [account(f"A{n}", name=f"House {n}", address1_city="Bonn") for n in range(many)]
    await standard.seed(*accounts)
    lines = await standard.sync("CUSTOMER")
    assert lines["CUSTOMER"].from_sales["inserted"] == many
    await _customers_of(standard, *accounts)
    first = await standard.partner("CUSTOMER", accounts[0])
    assert (await standard.row(accounts[0]))["accountnumber"] == first["number"]
    await standard.edit(accounts[0], name="House of Adler")
    await standard.look("CUSTOMER")
    assert (await standard.partner("CUSTOMER", accounts[0]))["displayName"] == "House of Adler"


@pytest.mark.rule("A6")
@pytest.mark.parametrize("many", [1, 5])
async def test_a_lost_answer_to_a_creation_is_settled_by_looking(standard: Engine, many: int) -> None:
    accounts = [account(f"A{n}", name=f"House {n}", address1_city="Bonn") for n in range(many)]
    await standard.seed(*accounts)
    await standard.bc.fault("drop", method="POST", path="(customers|batch)", when="after")
    starting = await standard.begin_sync("CUSTOMER")
    await standard.drain()
    assert {each.life for each in await standard.couplings("CUSTOMER")} == {Life.CLAIMED}
    told = await explain(standard.ctx, standard.ctx.mappings["CUSTOMER"], Side.SALES, accounts[0].id)
    assert told["sentences"][0].startswith("A row was being made for it in Business Central")
    await standard.leases_run_out("CUSTOMER")
    await _until_over(standard, starting)
    await _customers_of(standard, *accounts)


@pytest.mark.rule("A6")
async def test_while_the_lost_answer_may_still_come_nobody_creates_again(standard: Engine) -> None:
    await standard.seed(account("A1", name="Adler"))
    await standard.bc.fault("drop", method="POST", path="customers", when="after")
    await standard.begin_sync("CUSTOMER")
    await standard.drain()
    await standard.look("CUSTOMER")
    assert len(await standard.bc.rows("customers")) == 1
    assert [each.life for each in await standard.couplings("CUSTOMER")] == [Life.CLAIMED]


@pytest.mark.rule("A6")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_that_dies_around_a_creation_leaves_one_row(standard: Engine, when: str) -> None:
    accounts = [account(f"A{n}", name=f"House {n}") for n in range(3)]
    await standard.seed(*accounts)
    starting = await standard.begin_sync("CUSTOMER")
    await standard.die(Side.BC, when)
    await standard.leases_run_out("CUSTOMER")
    await standard.drain()
    assert await standard.ended(starting)
    await _customers_of(standard, *accounts)


@pytest.mark.rule("A6")
async def test_a_customer_that_was_there_before_is_never_taken_for_ours(standard: Engine) -> None:
    theirs = account("A1", name="Adler")
    await standard.seed(theirs, customer("C1", displayName="Adler"))
    await standard.begin_sync("CUSTOMER")
    await standard.die(Side.BC, "before")
    await standard.leases_run_out("CUSTOMER")
    await standard.drain()
    assert (await standard.partner("CUSTOMER", theirs))["number"] != "C1"


@pytest.mark.rule("A6")
async def test_two_rows_that_could_be_ours_are_a_problem_until_one_is_gone(standard: Engine) -> None:
    theirs = account("A1", name="Adler", address1_city="Bonn")
    await standard.seed(theirs)
    await standard.begin_sync("CUSTOMER")
    await standard.die(Side.BC, "after")
    twin = await standard.bc.insert("customers", displayName="Adler", city="Bonn")
    await standard.leases_run_out("CUSTOMER")
    await standard.drain()
    [problem] = await standard.problem_rows("CUSTOMER")
    assert (problem.code, problem.key) == ("unclear_claim", f"sales:{theirs.id}")
    assert twin["id"] in problem.message
    assert len(await standard.bc.rows("customers")) == 2
    await standard.bc.delete("customers", twin["id"])
    await standard.sync("CUSTOMER", create="both")
    await _customers_of(standard, theirs)


@pytest.mark.rule("A6")
@pytest.mark.parametrize("alive", [True, False])
async def test_a_row_whose_making_was_interrupted_gets_no_second_account(standard: Engine, alive: bool) -> None:
    theirs = account("A1", name="Adler", address1_city="Bonn")
    await standard.seed(theirs)
    first = await standard.begin_sync("CUSTOMER")
    await standard.die(Side.BC, "after")
    await full.cancel(standard.ctx, first.id)
    if not alive:
        await standard.leases_run_out("CUSTOMER")
    [made] = await standard.bc.rows("customers")
    run = Run(creates=frozenset(Side), couples=True)
    mapping = standard.ctx.mappings["CUSTOMER"]
    tally = await synchronize(standard.ctx, mapping, await Seen.read(standard.ctx, mapping, Side.BC, [made["id"]]), run, "job")
    assert (tally.busy == [made["id"]]) is alive
    assert len(await standard.sales.rows("accounts")) == 1
    await standard.leases_run_out("CUSTOMER")
    await standard.drain()
    await _customers_of(standard, theirs)


@pytest.mark.rule("A6")
async def test_an_edit_made_while_the_answer_was_lost_is_kept(standard: Engine) -> None:
    theirs = account("A1", name="Adler", address1_city="Bonn")
    await standard.seed(theirs)
    await standard.begin_sync("CUSTOMER")
    await standard.die(Side.BC, "after")
    await standard.edit(theirs, name="Adler and Sons")
    await standard.leases_run_out("CUSTOMER")
    await standard.drain()
    assert (await standard.partner("CUSTOMER", theirs))["displayName"] == "Adler and Sons"
    assert len(await standard.bc.rows("customers")) == 1


@pytest.mark.rule("A6")
async def test_by_hand_a_customer_is_made_again_after_each_uncoupling_and_contacts_go_along(standard: Engine) -> None:
    theirs = account("A1", name="Adler")
    await standard.seed(theirs, contact("K1", of=theirs))
    made = []
    for _ in range(2):
        answer = await standard.api.post("couplings/CUSTOMER", {"salesId": theirs.id, "createNew": True, "force": True})
        assert (answer.status, answer.json["outcome"]) == (200, "created"), answer.json
        made.append(answer.json["bcId"])
        await standard.sync("CONTACT", create="fromSales")
        parted = (await standard.api.delete("couplings/CUSTOMER", {"salesId": theirs.id})).json
        assert [each["outcome"] for each in parted["records"]] == ["uncoupled"]
        assert [each["mapping"] for each in parted["along"]] == (["CONTACT"] if len(made) == 1 else [])
    assert sorted(made) == sorted(row["id"] for row in await standard.bc.rows("customers"))


@pytest.mark.rule("C2", "A6")
@pytest.mark.parametrize("dies", [False, True])
async def test_a_deleted_customer_is_made_again_under_the_id_that_business_central_gives(standard: Engine, dies: bool) -> None:
    mine, theirs = await standard.coupled()
    standard.change("CUSTOMER", deletion=DeletionPolicy.RESTORE)
    await standard.delete(mine)
    await standard.ctx.store.queue.send_many(messages.records(standard.ctx.company, "CUSTOMER", Side.BC, [mine.id]))
    if dies:
        await standard.die(Side.BC, "after")
        await standard.leases_run_out("CUSTOMER")
        await standard.ctx.store.queue.send_many(messages.records(standard.ctx.company, "CUSTOMER", Side.SALES, [theirs.id]))
    await standard.drain()
    [made] = await standard.bc.rows("customers")
    [coupling] = await standard.couplings("CUSTOMER")
    assert (coupling.bc_id, coupling.life, coupling.life_number) == (made["id"], Life.COUPLED, 2)
    assert await standard.problems() == []
