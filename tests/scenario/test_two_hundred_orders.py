"""Two hundred orders from Sales through Business Central and back, with the hosts killed at random: each document once, equal totals."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest

from sandbox.running import SECONDS, Options, Sandbox
from tests.scenario.order_company import CUSTOMERS, PRODUCTS
from tests.scenario.order_expected import INVOICE_STATES, ORDER_STATES, net, sold, sold_in_bc, words, words_in_bc
from tests.scenario.order_story import Ended, Story
from tests.scenario.random_orders import CENT, INVOICED, Fate, random_orders

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SEEDS = [int(each) for each in os.environ.get("ORDER_SEEDS", "").split()] or [5]
"""ORDER_SEEDS="6 7" tells other stories."""

ORDERS, DEATHS = 200, 8
ROUNDING = "Rounding"


@pytest.fixture(scope="module", params=SEEDS)
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """The end of the story."""
    seed = int(request.param)
    orders = random_orders(seed, ORDERS, customers=CUSTOMERS, products=PRODUCTS)
    with Sandbox(Options(scale=0, pace=SECONDS, with_host=False, home=tmp_path_factory.mktemp("orders"))) as sandbox:
        yield asyncio.run(Story(sandbox, orders, seed, DEATHS).told())


@pytest.mark.rule("E6")
def test_each_order_is_in_business_central_once_and_nothing_else_is(ended: Ended) -> None:
    coupled = [each["salesId"] for each in ended.couplings if each["mapping"] == "SALESORDER-ORDER"]
    assert max(Counter(coupled).values()) == 1
    left = {ended.order(order)["ordernumber"] for order in ended.orders if order.fate not in INVOICED}
    assert Counter(row["yourReference"] for row in ended.rows["salesOrders"]) == Counter(left)


@pytest.mark.rule("E6")
def test_the_lines_are_those_that_were_typed_with_their_texts_and_freight(ended: Ended) -> None:
    by_reference = {row["yourReference"]: row["id"] for row in ended.rows["salesOrders"]}
    for order in ended.orders:
        if order.fate not in INVOICED:
            document = by_reference[ended.order(order)["ordernumber"]]
            lines = [row for row in ended.rows["salesOrderLines"] if row["documentId"] == document]
            assert (sold_in_bc(lines), words_in_bc(order, lines)) == (sold(order), words(order)), order


@pytest.mark.rule("E6")
def test_the_totals_are_equal_to_the_cent(ended: Ended) -> None:
    by_reference = {row["yourReference"]: row for row in ended.rows["salesOrders"]}
    for order in ended.orders:
        if order.fate not in INVOICED:
            mine = ended.order(order)
            assert Decimal(str(by_reference[mine["ordernumber"]]["totalAmountExcludingTax"])) == net(order), order


@pytest.mark.rule("C5")
def test_each_order_in_sales_says_what_became_of_it(ended: Ended) -> None:
    found = {order.place: (ended.order(order)["statecode"], ended.order(order)["statuscode"]) for order in ended.orders}
    assert found == {order.place: ORDER_STATES[order.fate] for order in ended.orders}


@pytest.mark.rule("E5")
def test_each_posted_invoice_is_in_sales_once_with_equal_totals_and_as_many_lines(ended: Ended) -> None:
    posted = {row["number"]: row for row in ended.rows["salesInvoices"]}
    assert Counter(row["invoicenumber"] for row in ended.rows["invoices"]) == Counter(posted.keys())
    for row in ended.rows["invoices"]:
        mine = posted[row["invoicenumber"]]
        totals = (row["totalamountlessfreight"], row["totalamount"])
        assert totals == (mine["totalAmountExcludingTax"], mine["totalAmountIncludingTax"]), row["invoicenumber"]
        lines = [line for line in ended.rows["salesInvoiceLines"] if line["documentId"] == mine["id"] and line["quantity"]]
        details = [line for line in ended.rows["invoicedetails"] if line["_invoiceid_value"] == row["invoiceid"] and line["quantity"]]
        details = [line for line in details if line["productdescription"] != ROUNDING]
        assert len(details) == len(lines), row["invoicenumber"]


@pytest.mark.rule("E5")
def test_an_order_that_is_invoiced_comes_to_what_was_ordered(ended: Ended) -> None:
    posted = ended.by_id("salesInvoices")
    for order in ended.orders:
        if order.fate in INVOICED - {Fate.COMBINED}:
            amounts = [Decimal(str(posted[id_]["totalAmountExcludingTax"])) for id_ in ended.invoices[order.place]]
            # Each part of a line is rounded by itself, where its price has more digits than its currency
            apart = abs(sum(amounts, Decimal(0)) - net(order))
            assert apart <= (CENT if order.fate is Fate.IN_TWO else 0), order


@pytest.mark.rule("E5")
def test_what_was_paid_unapplied_and_canceled_is_seen_on_the_invoice_in_sales(ended: Ended) -> None:
    posted = ended.by_id("salesInvoices")
    states = {row["invoicenumber"]: (row["statecode"], row["statuscode"]) for row in ended.rows["invoices"]}
    for order in ended.orders:
        if order.fate in INVOICED:
            number = posted[ended.invoices[order.place][-1]]["number"]
            assert states[number] == INVOICE_STATES[order.fate], order


def test_the_host_was_killed_again_and_again_and_nobody_is_left_with_a_problem(ended: Ended) -> None:
    assert ended.deaths == DEATHS
    assert ended.problems == []
