"""Rules B1 to B3 and B8: what each side held, fields of one way, fields of two ways and their conflicts."""

from __future__ import annotations

import asyncio

import pytest

from mapping.policies import ConflictPolicy
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer, item, product, unit_group


async def _phones(engine: Engine, pair: tuple[Record, Record]) -> tuple[str, str]:
    return (await engine.row(pair[0]))["phoneNumber"], (await engine.row(pair[1]))["telephone1"]


async def _rest(engine: Engine, *mappings: str) -> None:
    """Neither a look nor a full synch has anything to write."""
    await engine.reset_counters()
    await engine.look(*mappings)
    await engine.sync(*mappings)
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.case("T005", "T085")
@pytest.mark.rule("B1")
async def test_an_edit_travels_to_the_other_side_and_stays_there(engine: Engine) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[0], phoneNumber="222")
    await engine.look("CUSTOMER")
    assert await _phones(engine, pair) == ("222", "222")
    await engine.edit(pair[1], telephone1="333")
    await engine.look("CUSTOMER")
    assert await _phones(engine, pair) == ("333", "333")
    await _rest(engine, "CUSTOMER")


@pytest.mark.case("T047")
@pytest.mark.rule("B1")
async def test_edits_of_different_fields_of_one_record_merge(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await asyncio.gather(engine.edit(mine, phoneNumber="222"), engine.edit(theirs, emailaddress1="adler@example.com"))
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["telephone1"] == "222"
    assert (await engine.row(mine))["email"] == "adler@example.com"
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B1")
async def test_a_deleted_value_is_deleted_on_the_other_side_too(engine: Engine) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[1], telephone1=None)
    await engine.look("CUSTOMER")
    assert (await _phones(engine, pair))[0] == ""


@pytest.mark.rule("B1")
async def test_a_price_that_sales_rounds_is_no_edit(engine: Engine) -> None:
    mine = item("I-1", unitPrice=9.999)
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["price"] == 10
    await engine.edit(mine, displayName="Another name")
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(mine))["unitPrice"] == 9.999
    await _rest(engine, "ITEM-PRODUCT")


@pytest.mark.case("T059")
@pytest.mark.rule("B1")
async def test_an_echo_of_our_own_write_is_no_edit(engine: Engine) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[1], telephone1="222")
    await engine.look("CUSTOMER")
    await engine.edit(pair[1], telephone1="333")
    await engine.look("CUSTOMER")
    assert await _phones(engine, pair) == ("333", "333")
    assert await engine.problems() == []


@pytest.mark.case("T028")
@pytest.mark.rule("B2")
async def test_an_edit_of_a_credit_limit_in_sales_is_set_back_and_counted(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"creditLimit": 5000})
    assert (await engine.row(theirs))["creditlimit"] == 5000
    await engine.edit(theirs, creditlimit=9000)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["creditlimit"] == 5000
    assert (await engine.row(mine))["creditLimit"] == 5000
    assert (await engine.totals("CUSTOMER"))["toSales"]["setBack"] == 1


@pytest.mark.case("T058")
@pytest.mark.rule("B2")
async def test_an_edit_of_a_credit_limit_in_business_central_arrives(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"creditLimit": 5000})
    await engine.edit(mine, creditLimit=7500)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["creditlimit"] == 7500
    assert "setBack" not in {name for name, count in (await engine.totals("CUSTOMER"))["toSales"].items() if count}


@pytest.mark.rule("B2")
async def test_an_account_born_in_sales_keeps_its_credit_limit_until_business_central_says_one(engine: Engine) -> None:
    theirs = account("A1", name="Adler", creditlimit=5000)
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    made = await engine.partner("CUSTOMER", theirs)
    assert (await engine.row(theirs))["creditlimit"] == 5000
    await engine.edit(theirs, creditlimit=6000)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["creditlimit"] == 6000
    await engine.bc.edit("customers", made["id"], creditLimit=100)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["creditlimit"] == 100


@pytest.mark.rule("B2")
async def test_a_product_born_in_sales_keeps_its_price_until_business_central_says_one(engine: Engine) -> None:
    theirs = product("P-1", name="Bench", price=49.5)
    await engine.seed(theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    made = await engine.partner("ITEM-PRODUCT", theirs)
    assert (made["displayName"], made["unitPrice"]) == ("Bench", 0)
    assert (await engine.row(theirs))["price"] == 49.5
    await engine.bc.edit("items", made["id"], unitPrice=60)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(theirs))["price"] == 60


@pytest.mark.rule("B2")
async def test_the_number_that_business_central_gave_stands_on_the_account_at_once(engine: Engine) -> None:
    theirs = account("A1", name="Adler")
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    made = await engine.partner("CUSTOMER", theirs)
    assert made["number"]
    assert (await engine.row(theirs))["accountnumber"] == made["number"]


async def _contradict(engine: Engine) -> tuple[Record, Record]:
    """A coupled pair whose phone number was changed on both sides, to different numbers."""
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.edit(theirs, telephone1="333", emailaddress1="adler@example.com")
    return mine, theirs


@pytest.mark.case("T049", "T050")
@pytest.mark.rule("B3")
async def test_by_default_a_contradiction_is_a_problem_with_both_values_and_only_that_field_waits(engine: Engine) -> None:
    pair = await _contradict(engine)
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "phoneNumber")]
    (found,) = await engine.problem_rows("CUSTOMER")
    assert all(value in found.message for value in ("222", "333"))
    assert await _phones(engine, pair) == ("222", "333")
    assert (await engine.row(pair[0]))["email"] == "adler@example.com"


@pytest.mark.rule("B3")
async def test_the_problem_of_a_contradiction_says_what_was_held_before(engine: Engine) -> None:
    await _contradict(engine)
    await engine.look("CUSTOMER")
    (found,) = await engine.problem_rows("CUSTOMER")
    assert "111" in found.message


@pytest.mark.rule("B3")
async def test_a_contradiction_ends_when_somebody_types_the_same_on_both_sides(engine: Engine) -> None:
    pair = await _contradict(engine)
    await engine.look("CUSTOMER")
    await engine.edit(pair[0], phoneNumber="333")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == []
    await engine.edit(pair[0], phoneNumber="444")
    await engine.look("CUSTOMER")
    assert await _phones(engine, pair) == ("444", "444")


@pytest.mark.rule("B3")
async def test_both_to_the_same_value_is_no_contradiction_and_writes_nothing(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.edit(theirs, telephone1="222")
    await _rest(engine, "CUSTOMER")
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.case("T052")
@pytest.mark.rule("B3")
@pytest.mark.parametrize(("policy", "winner"), [(ConflictPolicy.BC_WINS, "222"), (ConflictPolicy.SALES_WINS, "333")])
async def test_a_policy_decides_a_contradiction(engine: Engine, policy: ConflictPolicy, winner: str) -> None:
    engine.change("CUSTOMER", conflict=policy)
    pair = await _contradict(engine)
    await engine.look("CUSTOMER")
    assert await _phones(engine, pair) == (winner, winner)
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B8")
@pytest.mark.parametrize("later", ["bc", "sales"])
async def test_newest_takes_the_later_edit(engine: Engine, later: str) -> None:
    engine.change("CUSTOMER", conflict=ConflictPolicy.NEWEST)
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    edits = {"bc": lambda: engine.edit(mine, phoneNumber="222"), "sales": lambda: engine.edit(theirs, telephone1="333")}
    await edits.pop("sales" if later == "bc" else "bc")()
    await asyncio.sleep(3.1)
    await edits[later]()
    await engine.look("CUSTOMER")
    assert await _phones(engine, (mine, theirs)) == (("222", "222") if later == "bc" else ("333", "333"))


@pytest.mark.rule("B8")
async def test_two_edits_at_the_same_moment_are_left_to_people(engine: Engine) -> None:
    engine.change("CUSTOMER", conflict=ConflictPolicy.NEWEST)
    pair = await _contradict(engine)
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "phoneNumber")]
    assert await _phones(engine, pair) == ("222", "333")


@pytest.mark.rule("B8")
async def test_an_edit_of_ours_says_nothing_about_who_was_newest(engine: Engine) -> None:
    """Couplet's write to the account is later than the person's edit there, which came after the one in Business Central."""
    engine.change("CUSTOMER", conflict=ConflictPolicy.NEWEST)
    mine, theirs = await engine.coupled({"phoneNumber": "111", "email": "old@example.com"})
    await engine.edit(theirs, telephone1="333")
    await asyncio.sleep(3.1)
    await engine.edit(mine, phoneNumber="222")
    await engine.look("CUSTOMER")
    assert await _phones(engine, (mine, theirs)) == ("222", "222")


@pytest.mark.rule("B8")
async def test_our_own_write_of_another_field_makes_no_side_the_newest(engine: Engine) -> None:
    engine.change("CUSTOMER", conflict=ConflictPolicy.NEWEST)
    mine, theirs = await engine.coupled({"phoneNumber": "111", "email": "old@example.com"})
    await asyncio.gather(engine.edit(mine, phoneNumber="222", email="new@example.com"), engine.edit(theirs, telephone1="333"))
    await asyncio.sleep(3.1)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["emailaddress1"] == "new@example.com"
    await engine.sync("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "phoneNumber")]
    assert await _phones(engine, (mine, theirs)) == ("222", "333")


@pytest.mark.case("T007", "T061")
@pytest.mark.rule("B1")
async def test_a_pair_that_never_changes_costs_no_write_when_its_neighbour_does(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    other = customer("C2")
    await engine.seed(other)
    await engine.sync("CUSTOMER")
    before = await engine.coupling("CUSTOMER", other)
    await engine.edit(mine, phoneNumber="222")
    await engine.look("CUSTOMER")
    assert await engine.coupling("CUSTOMER", other) == before
