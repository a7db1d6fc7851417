"""Rules C1 and C6: leaving a filter is not a deletion; the order of two messages for one record does not matter."""

from __future__ import annotations

import asyncio

import pytest

from sync.heart.plan import Run, Side
from sync.run import messages
from sync.run.work import handle
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, item, person, product, unit_group

Pair = tuple[Record, Record]


async def _phones(engine: Engine, pair: Pair) -> tuple[str, str | None]:
    return (await engine.row(pair[0]))["phoneNumber"], (await engine.row(pair[1]))["telephone1"]


LEAVING = [
    pytest.param(0, {"blocked": "All"}, {"blocked": "_x0020_"}, id="customer blocked"),
    pytest.param(1, {"statecode": 1, "statuscode": 2}, {"statecode": 0, "statuscode": 1}, id="account deactivated"),
]


@pytest.mark.rule("C1")
@pytest.mark.parametrize(("who", "leave", "_back"), LEAVING)
async def test_a_coupled_record_outside_the_filter_keeps_its_coupling_and_gives_nothing(
    engine: Engine, who: int, leave: dict[str, object], _back: dict[str, object]
) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[who], **leave)
    await engine.edit(pair[0], phoneNumber="222")
    await engine.look("CUSTOMER")
    lines = await engine.sync("CUSTOMER")
    assert await _phones(engine, pair) == ("222", "111")
    assert await engine.coupling("CUSTOMER", pair[0])
    assert lines["CUSTOMER"].to_sales["outOfFilter"] == 1
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("C1")
@pytest.mark.parametrize(("who", "leave", "back"), LEAVING)
async def test_on_its_return_it_merges_what_happened_meanwhile(
    engine: Engine, who: int, leave: dict[str, object], back: dict[str, object]
) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[who], **leave)
    await engine.look("CUSTOMER")
    await engine.edit(pair[0], phoneNumber="222")
    if who == 0:
        await engine.edit(pair[1], emailaddress1="adler@example.com")
    await engine.look("CUSTOMER")
    await engine.edit(pair[who], **back)
    await engine.look("CUSTOMER")
    assert await _phones(engine, pair) == ("222", "222")
    assert (await engine.row(pair[0]))["email"] == ("adler@example.com" if who == 0 else "")


@pytest.mark.rule("C1")
async def test_contradictions_from_the_time_outside_are_seen_on_return(engine: Engine) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[0], blocked="All", phoneNumber="222")
    await engine.look("CUSTOMER")
    await engine.edit(pair[1], telephone1="333")
    await engine.look("CUSTOMER")
    await engine.edit(pair[0], blocked="_x0020_")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "phoneNumber")]


@pytest.mark.rule("C1")
async def test_a_blocked_customer_that_was_never_coupled_is_not_created(engine: Engine) -> None:
    await engine.seed(customer("C1", blocked="All"), account("A1", customertypecode=8), account("A2", statecode=1, statuscode=2))
    await engine.sync("CUSTOMER")
    assert await engine.couplings("CUSTOMER") == []
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (1, 2)


@pytest.mark.rule("C1")
async def test_a_record_outside_the_filter_is_no_partner(engine: Engine) -> None:
    mine, theirs = customer("C1"), account("A1", accountnumber="C1", customertypecode=8)
    await engine.seed(mine, theirs)
    await engine.sync("CUSTOMER", create="none")
    assert await engine.couplings("CUSTOMER") == []


@pytest.mark.case("T679", "T680")
@pytest.mark.rule("C1")
async def test_a_blocked_item_retires_its_product_and_an_unblocked_one_activates_it(engine: Engine) -> None:
    mine = item("I-1")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    await engine.edit(mine, blocked=True, displayName="Renamed")
    await engine.look("ITEM-PRODUCT")
    made = await engine.partner("ITEM-PRODUCT", mine)
    assert (made["statecode"], made["name"]) == (1, "Item I-1")
    await engine.edit(mine, blocked=False)
    await engine.look("ITEM-PRODUCT")
    made = await engine.partner("ITEM-PRODUCT", mine)
    assert (made["statecode"], made["name"]) == (0, "Renamed")


@pytest.mark.rule("C1")
async def test_a_product_retired_in_sales_is_active_again_as_business_central_owns_the_state(engine: Engine) -> None:
    mine, theirs = item("I-1"), product("I-1")
    await engine.seed(mine, theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    await engine.sales.hand("retire", id=theirs.id)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(theirs))["statecode"] == 0
    assert (await engine.row(mine))["blocked"] is False


@pytest.mark.case("T379", "T382")
@pytest.mark.rule("C1")
async def test_a_contact_whose_company_becomes_blank_keeps_its_coupling(engine: Engine) -> None:
    house, home = customer("C1"), account("A1", accountnumber="C1")
    mine, theirs = person("P1", of="C1", email="ada@example.com"), contact("K1", of=home, emailaddress1="ada@example.com")
    await engine.seed(house, home, mine, theirs)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.edit(theirs, **{"parentcustomerid_account@odata.bind": None, "telephone1": "222"})
    await engine.look("CONTACT")
    assert await engine.coupling("CONTACT", mine)
    row = await engine.row(mine)
    assert (row["companyNumber"], row["phoneNumber"]) == ("CT-C1", "")


def _message(engine: Engine, record: Record) -> messages.Message:
    """The work message that a change of a record makes."""
    run = Run(creates=frozenset(Side), couples=True)
    (message,) = messages.records(engine.ctx.company, "CUSTOMER", record.side, [record.id], run=run)
    return message


async def _settled(engine: Engine, pair: Pair) -> None:
    await engine.drain()
    assert await _phones(engine, pair) == ("222", "222")
    assert (await engine.row(pair[0]))["email"] == "adler@example.com"
    assert await engine.problems("CUSTOMER") == []
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("C6")
@pytest.mark.parametrize("first", [0, 1])
async def test_two_messages_for_one_record_lead_to_the_same_in_either_order(engine: Engine, first: int) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[0], phoneNumber="222")
    await engine.edit(pair[1], emailaddress1="adler@example.com")
    for place in (first, 1 - first):
        await handle(engine.environment, _message(engine, pair[place]))
    await _settled(engine, pair)


@pytest.mark.rule("C6")
async def test_two_messages_for_one_record_at_the_same_time_lose_no_edit(engine: Engine) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[0], phoneNumber="222")
    await engine.edit(pair[1], emailaddress1="adler@example.com")
    await asyncio.gather(*(handle(engine.environment, _message(engine, record)) for record in pair))
    await _settled(engine, pair)


@pytest.mark.rule("C6")
async def test_both_rows_of_a_new_pair_worked_at_the_same_time_become_one_coupling(engine: Engine) -> None:
    pair = customer("C1", phoneNumber="222"), account("A1", accountnumber="C1", emailaddress1="adler@example.com")
    await engine.seed(*pair)
    await asyncio.gather(*(handle(engine.environment, _message(engine, record)) for record in pair))
    await engine.drain()
    assert [(each.bc_id, each.sales_id) for each in await engine.couplings("CUSTOMER")] == [(pair[0].id, pair[1].id)]
    assert (await engine.row(pair[0]))["displayName"] == (await engine.row(pair[1]))["name"]
    await _settled(engine, pair)


@pytest.mark.rule("C6")
async def test_one_row_worked_twice_at_the_same_time_is_made_once(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await asyncio.gather(*(handle(engine.environment, _message(engine, mine)) for _ in range(3)))
    await engine.drain()
    assert [row["accountnumber"] for row in await engine.sales.rows("accounts")] == ["C1"]
    assert len(await engine.couplings("CUSTOMER")) == 1
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("C6")
@pytest.mark.parametrize("side", list(Side))
async def test_an_edit_between_reading_and_writing_is_not_overwritten(engine: Engine, side: Side) -> None:
    """A person saves on the receiving side just before Couplet writes there."""
    pair = await engine.coupled({"phoneNumber": "111"})
    record, other = (pair[1], pair[0]) if side is Side.SALES else pair
    edits = {Side.BC: {"phoneNumber": "222"}, Side.SALES: {"telephone1": "222"}}
    meanwhile = {Side.BC: {"email": "adler@example.com"}, Side.SALES: {"emailaddress1": "adler@example.com"}}
    await engine.edit(other, **edits[other.side])
    async with engine.before_the_next_write(side, lambda: engine.edit(record, **meanwhile[side])):
        await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    await _settled(engine, pair)


@pytest.mark.rule("C6")
async def test_a_page_read_before_another_worker_was_done_is_not_taken_for_an_edit(engine: Engine) -> None:
    """A full synch reads a page; a person edits a customer, and that edit is synchronised before the page is worked."""
    pair = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(pair[1], emailaddress1="adler@example.com")

    async def meanwhile() -> None:
        await engine.edit(pair[0], phoneNumber="222")
        await handle(engine.environment, _message(engine, pair[0]))

    await engine.reset_counters()
    async with engine.after_the_next_page(Side.BC, meanwhile):
        await engine.sync("CUSTOMER")
    assert (await engine.written())["sales"] == 1, "the number of the stale page was carried to Sales"
    await _settled(engine, pair)
