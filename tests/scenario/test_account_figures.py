"""The figures of a customer on its account: twelve values as of a day, in local currency, for the customers that moved (F1, D1, D8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.scenario.by_hand import uncouple
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer, item

NAME = "ACCOUNT-FIGURES"
FIGURES = "couplet_accountfigureses"
LINK = "_couplet_accountfiguresid_value"


GOODS = {"generalProductPostingGroupCode": "RETAIL", "vatProductPostingGroup": "VAT19", "inventoryPostingGroupCode": "RESALE"}


def buyer(number: str, **values: Any) -> Record:
    """A customer to whom something can be invoiced."""
    return customer(number, vatBusinessPostingGroup="DOMESTIC", **values)


def bolt() -> Record:
    """Something that can be sold, for ten."""
    return item("BOLT", unitPrice=10, **GOODS)


async def figures(engine: Engine, record: Record) -> dict[str, Any]:
    """The figures to which the account of a customer leads, without our prefix."""
    link = (await engine.partner("CUSTOMER", record))[LINK]
    [row] = [each for each in await engine.sales.rows(FIGURES) if each["couplet_accountfiguresid"] == link]
    return {name.removeprefix("couplet_"): value for name, value in row.items()}


async def ordered(engine: Engine, record: Record, quantity: int = 3) -> dict[str, Any]:
    """A customer orders some bolts for ten each."""
    lines = [{"type": "Item", "lineObjectNumber": "BOLT", "quantity": quantity, "unitPrice": 10}]
    return await engine.bc.insert("salesOrders", customerNumber=record.values["number"], salesOrderLines=lines)


async def owing(engine: Engine) -> Record:
    """A coupled customer with an order and a posted invoice, and its figures in Sales."""
    mine = buyer("C1", creditLimit=500)
    await engine.seed(mine, bolt())
    await invoiced(engine, mine)
    await ordered(engine, mine)
    await engine.sync("CUSTOMER", NAME, create="toSales")
    await engine.look(NAME)
    return mine


async def invoiced(engine: Engine, record: Record, quantity: int = 2) -> str:
    """An order of a customer is shipped and invoiced; the invoice's id."""
    order = await ordered(engine, record, quantity)
    await engine.bc.hand("release", id=order["id"])
    await engine.bc.hand("ship", id=order["id"])
    return str((await engine.bc.hand("invoice", id=order["id"]))["id"])


@pytest.mark.rule("D1", "D8")
@pytest.mark.case("T560")
@pytest.mark.feature("F148")
async def test_the_calculated_figures_of_a_customer_stand_beside_its_account(engine: Engine) -> None:
    mine = await owing(engine)
    shown = await figures(engine, mine)
    values = ("name", "bcnumber", "balance", "outstandingorders", "total", "creditlimit", "totalsales", "currency")
    assert [shown[each] for each in values] == ["Company C1", "C1", 20, 30, 50, 500, 20, "EUR"]
    assert [shown[each] for each in ("shippednotinvoiced", "outstandinginvoices", "invoicedprepayment")] == [0, 0, 0]
    assert shown["asof"] == datetime.now(UTC).date().isoformat()
    assert (shown["companyid"], shown["bcid"]) == (engine.ctx.company, mine.id)
    assert not await engine.problems()


@pytest.mark.case("T562")
async def test_the_link_makes_no_account_look_changed(engine: Engine) -> None:
    mine = await owing(engine)
    await engine.look("CUSTOMER")
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER", NAME)
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert (await engine.partner("CUSTOMER", mine))[LINK]


@pytest.mark.case("T563")
async def test_an_account_that_was_changed_before_stays_changed_and_travels(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(theirs, telephone1="+49 30 1")
    await engine.sync(NAME, create="toSales")
    assert (await engine.row(theirs))[LINK]
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["phoneNumber"] == "+49 30 1"
    assert not await engine.problems()


@pytest.mark.rule("F1")
async def test_only_the_customers_that_moved_are_written(engine: Engine) -> None:
    one, two = buyer("C1"), buyer("C2")
    await engine.seed(one, two, bolt())
    await engine.sync("CUSTOMER", NAME, create="toSales")
    await engine.look(NAME)
    await engine.reset_counters()
    order = await ordered(engine, one)
    await engine.look(NAME)
    assert (await figures(engine, one))["outstandingorders"] == 30
    await engine.edit(Record(one.side, "salesOrderLines", await line_of(engine, order["id"]), {}), quantity=5)
    await engine.look(NAME)
    assert (await figures(engine, one))["outstandingorders"] == 50
    assert (await engine.written())["sales"] == 2
    invoice = await invoiced(engine, two)
    await engine.look(NAME)
    assert (await figures(engine, two))["balance"] == 20
    await engine.bc.hand("pay", id=invoice)
    await engine.look(NAME)
    assert (await figures(engine, two))["balance"] == 0


async def line_of(engine: Engine, order: str) -> str:
    """The only line of an order."""
    [line] = [each for each in await engine.bc.rows("salesOrderLines") if each["documentId"] == order]
    return str(line["id"])


@pytest.mark.rule("F1")
async def test_what_is_overdue_since_today_is_seen_though_nobody_posted_anything(engine: Engine) -> None:
    mine = buyer("C1")
    await engine.seed(mine, bolt())
    await invoiced(engine, mine)
    await engine.sync("CUSTOMER", NAME, create="toSales")
    await engine.look(NAME)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    [invoice] = await engine.bc.rows("salesInvoices")
    await engine.bc.edit("salesInvoices", invoice["id"], dueDate=str(yesterday))
    await engine.look(NAME)
    await engine.ctx.store.entries.merge(engine.ctx.company, NAME, day_seen=yesterday.isoformat())
    await engine.reset_counters()
    await engine.look(NAME)
    asked = (await engine.bc.counters())["byRoute"]
    assert asked.get("GET customerFigures", 0) >= 2, "the customer of the invoice was due"


@pytest.mark.feature("F149")
async def test_a_person_has_the_figures_of_one_customer_at_once(engine: Engine) -> None:
    mine = await owing(engine)
    await ordered(engine, mine, 1)
    answer = await engine.api.post(f"records/{NAME}/bc/{mine.id}/sync")
    assert (answer.status, answer.json["toSales"]) == (200, "modified")
    assert (await figures(engine, mine))["outstandingorders"] == 40


@pytest.mark.case("T092")
async def test_without_changes_the_figures_go_on_inactivity_hold(engine: Engine) -> None:
    await owing(engine)
    assert (await engine.api.patch(f"mappings/{NAME}", {"inactivityTimeout": 30})).status == 200
    await engine.look(NAME)
    assert (await engine.api.get(f"mappings/{NAME}")).json["status"] == "On Hold with Inactivity Timeout"


async def test_a_customer_that_is_coupled_later_gets_its_figures_at_once(engine: Engine) -> None:
    await engine.look("CUSTOMER", NAME)
    mine, theirs = customer("C1"), account("A1", name="Adler")
    await engine.seed(mine, theirs)
    await engine.look(NAME)
    assert not await engine.sales.rows(FIGURES)
    await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "salesId": theirs.id})
    await engine.drain()
    assert (await figures(engine, mine))["bcnumber"] == "C1"
    assert not await engine.problems()


@pytest.mark.rule("A6")
async def test_uncoupling_a_customer_takes_its_figures_away_and_coupling_brings_others(engine: Engine) -> None:
    mine = await owing(engine)
    theirs = await engine.partner("CUSTOMER", mine)
    await uncouple(engine, bc=mine.id)
    assert not await engine.sales.rows(FIGURES)
    assert (await engine.sales.row("accounts", theirs["accountid"]))[LINK] is None
    await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "salesId": theirs["accountid"]})
    await engine.drain()
    assert (await figures(engine, mine))["balance"] == 20
    assert not await engine.problems()


async def test_a_customer_that_is_not_coupled_has_none_and_is_no_problem(engine: Engine) -> None:
    await engine.seed(customer("C1"), customer("C2", blocked="All"))
    lines = await engine.sync("CUSTOMER", NAME, create="none")
    assert lines[NAME].status == "success"
    assert not await engine.sales.rows(FIGURES)
    assert not await engine.problems()


@pytest.mark.rule("F1")
async def test_an_order_that_is_deleted_is_gone_from_the_figures_with_the_next_comparison(engine: Engine) -> None:
    mine, other = buyer("C1"), buyer("C2")
    await engine.seed(mine, other, bolt())
    order = await ordered(engine, mine)
    await ordered(engine, other)
    await engine.sync("CUSTOMER", NAME, create="toSales")
    await engine.bc.delete("salesOrders", order["id"])
    assert (await figures(engine, mine))["outstandingorders"] == 30
    assert (await engine.api.post(f"mappings/{NAME}/compare", {})).status == 202
    await engine.drain()
    shown = [(await figures(engine, each))["outstandingorders"] for each in (mine, other)]
    assert shown == [0, 30]
    assert not await engine.problems()
