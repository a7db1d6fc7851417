"""Rules A4 to A6: one row, one coupling; uncoupled stays uncoupled; made twice is made once."""

from __future__ import annotations

import pytest

from mapping.catalogue import CATALOGUE
from sync.desk.explain import explain
from sync.desk.sentences import UNCOUPLED
from sync.heart.coupling import Life
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer, item, product, unit_group


@pytest.mark.rule("A4")
async def test_an_account_that_becomes_something_else_than_a_customer_is_a_problem_and_gets_nothing(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, customertypecode=8)
    await engine.edit(mine, phoneNumber="555")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("type_changed", None)]
    assert (await engine.row(theirs))["telephone1"] is None


@pytest.mark.rule("A4")
async def test_turned_back_into_a_customer_the_account_catches_up(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, customertypecode=8)
    await engine.edit(mine, phoneNumber="555")
    await engine.look("CUSTOMER")
    await engine.edit(theirs, customertypecode=3)
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == []
    assert (await engine.row(theirs))["telephone1"] == "555"


@pytest.mark.rule("A4")
async def test_a_product_that_becomes_a_service_is_a_problem(engine: Engine) -> None:
    theirs = product("I-1")
    await engine.seed(item("I-1"), theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    await engine.edit(theirs, producttypecode=3)
    await engine.look("ITEM-PRODUCT")
    assert await engine.problems("ITEM-PRODUCT") == [("type_changed", None)]


@pytest.mark.rule("A4")
async def test_a_second_customer_with_the_number_of_a_coupled_account_gets_an_account_of_its_own(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(mine, number="C9")
    await engine.seed(customer("C1-NEW"))
    other = next(row for row in await engine.bc.rows("customers") if row["number"] == "C1-NEW")
    await engine.bc.edit("customers", other["id"], number="C1")
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id
    assert len({each.sales_id for each in await engine.couplings("CUSTOMER")}) == 2


async def _uncouple(engine: Engine, mine: Record) -> None:
    answer = await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    assert [each["outcome"] for each in answer.json["records"]] == ["uncoupled"]


@pytest.mark.rule("A5")
async def test_what_people_parted_is_not_joined_again_by_any_run(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await _uncouple(engine, mine)
    await engine.edit(mine, phoneNumber="555")
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER", create="both")
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling and coupling.life is Life.TOMBSTONE
    assert (await explain(engine.ctx, CATALOGUE["CUSTOMER"], mine.side, mine.id))["sentences"][-1] == UNCOUPLED
    assert (await engine.row(theirs))["telephone1"] is None
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (1, 1)


@pytest.mark.rule("A5")
async def test_an_uncoupled_account_is_no_candidate_for_another_customer(engine: Engine) -> None:
    mine, _theirs = await engine.coupled()
    await _uncouple(engine, mine)
    other = customer("C2", displayName="Company A1")
    await engine.seed(other)
    await engine.sync("CUSTOMER", create="none")
    assert await engine.coupling("CUSTOMER", other) is None


CREATED_IN = [(Side.SALES, customer("C1", displayName="Adler")), (Side.BC, account("A1", name="Adler"))]


async def _as_many_as_one(engine: Engine) -> None:
    """One customer, one account, coupled with each other, nothing in trouble, and nothing more to do."""
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (1, 1)
    assert [each.life for each in await engine.couplings("CUSTOMER")] == [Life.COUPLED]
    assert await engine.problems("CUSTOMER") == []
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("A6")
@pytest.mark.parametrize(("made_in", "source"), CREATED_IN)
async def test_a_lost_answer_to_a_creation_makes_no_second_row(engine: Engine, made_in: Side, source: Record) -> None:
    await engine.seed(source)
    await engine.people(made_in).fault("drop", method="POST", path="(accounts|customers|batch)", when="after")
    await engine.sync("CUSTOMER")
    assert await engine.people(made_in).unused_faults() == 0
    await _as_many_as_one(engine)


@pytest.mark.rule("A6")
async def test_a_lost_answer_to_the_creation_of_many_makes_none_twice(engine: Engine) -> None:
    await engine.seed(*(customer(f"C{n}") for n in range(5)))
    await engine.sales.fault("drop", method="POST", path="CreateMultiple", when="after")
    await engine.sync("CUSTOMER")
    assert await engine.sales.unused_faults() == 0
    assert sorted(row["accountnumber"] for row in await engine.sales.rows("accounts")) == [f"C{n}" for n in range(5)]
    assert len(await engine.couplings("CUSTOMER")) == 5
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("A6")
async def test_a_lost_answer_to_the_creation_of_many_customers_makes_none_twice(engine: Engine) -> None:
    await engine.seed(*(account(f"A{n}", name=f"Falke {n}") for n in range(5)))
    await engine.bc.fault("drop", method="POST", path="batch", when="after")
    await engine.sync("CUSTOMER")
    assert await engine.bc.unused_faults() == 0
    assert sorted(row["displayName"] for row in await engine.bc.rows("customers")) == [f"Falke {n}" for n in range(5)]
    assert len(await engine.couplings("CUSTOMER")) == 5
    numbers = {row["number"] for row in await engine.bc.rows("customers")}
    assert {row["accountnumber"] for row in await engine.sales.rows("accounts")} == numbers
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("A6")
@pytest.mark.parametrize("table", ["products", "productpricelevels"])
async def test_a_lost_answer_while_a_product_is_made_leaves_one_published_product(engine: Engine, table: str) -> None:
    mine = item("I-1")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE")
    await engine.sales.fault("drop", method="POST", path=f"{table}$", when="after")
    await engine.sync("ITEM-PRODUCT")
    assert await engine.sales.unused_faults() == 0
    made = await engine.partner("ITEM-PRODUCT", mine)
    assert (made["statecode"], made["price"]) == (0, 10)
    assert len(await engine.sales.rows("products")) == 1
    assert [row["amount"] for row in await engine.sales.rows("productpricelevels")] == [10]
    assert await engine.problems("ITEM-PRODUCT") == []


@pytest.mark.rule("A6")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("made_in", "source"), CREATED_IN)
async def test_a_worker_that_dies_around_a_creation_leaves_one_row(engine: Engine, made_in: Side, source: Record, when: str) -> None:
    await engine.seed(source)
    starting = await engine.begin_sync("CUSTOMER")
    await engine.die(made_in, when)
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert await engine.ended(starting)
    await _as_many_as_one(engine)


@pytest.mark.rule("A6")
async def test_an_edit_of_the_row_that_a_dead_worker_made_is_kept(engine: Engine) -> None:
    source = customer("C1", displayName="Adler", phoneNumber="111")
    await engine.seed(source)
    await engine.begin_sync("CUSTOMER")
    await engine.die(Side.SALES, "after")
    made = (await engine.sales.rows("accounts"))[0]
    await engine.sales.edit("accounts", made["accountid"], telephone1="222")
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert (await engine.row(source))["phoneNumber"] == "222"


@pytest.mark.rule("A6")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_that_dies_around_an_update_loses_nobodys_edit(engine: Engine, when: str) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.ask_for_a_look("CUSTOMER")
    await engine.die(Side.SALES, when)
    await engine.edit(theirs, emailaddress1="adler@example.com")
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    await engine.look("CUSTOMER")
    assert [(await engine.row(each))[name] for each, name in ((mine, "phoneNumber"), (theirs, "telephone1"))] == ["222", "222"]
    assert (await engine.row(mine))["email"] == "adler@example.com"


@pytest.mark.rule("A6")
async def test_an_edit_right_after_a_dead_workers_write_wins_over_what_it_wrote(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.ask_for_a_look("CUSTOMER")
    await engine.die(Side.SALES, "after")
    await engine.edit(mine, phoneNumber="333")
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["telephone1"] == "333"
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("A6")
async def test_a_row_is_made_under_the_same_id_whoever_makes_it(engine: Engine) -> None:
    source = customer("C1", displayName="Adler")
    await engine.seed(source)
    await engine.sync("CUSTOMER")
    first = (await engine.partner("CUSTOMER", source))["accountid"]
    await engine.sales.reset()
    await engine.forget_everything()
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", source))["accountid"] == first
