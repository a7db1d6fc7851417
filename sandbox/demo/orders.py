"""From the order to the money: submitted in Sales, shipped, invoiced and paid in Business Central, and all of it seen in Sales again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sandbox.demo.people import Pair, plain_pairs
from sandbox.demo.stage import DemoFailed, Row, Stage, wait_for

MAPPINGS = ("SALESORDER-ORDER", "POSTEDSALESINV-INV")
FREIGHT = 25.0
WORDS = "Collect the old furniture"
TEXT = "In the colour of the house, with the name of the owner engraved on the left side.\nPlease ring twice, the bell is hard to hear."

SUBMITTED, FULFILLED, INVOICED = 1, 3, 4
BILLED, COMPLETE = 4, 100001


@dataclass(frozen=True)
class Ordered:
    """An order in Sales, and the one in Business Central that came of it."""

    id: str
    number: str
    bc_id: str
    bc_number: str


def order_to_cash(stage: Stage) -> Row:
    """Show the way of one order there and back; the seconds until each step was seen on the other side."""
    stage.screen.chapter("An order is submitted in Sales")
    _switch_on(stage)
    pair, (first, second) = plain_pairs(stage, 1)[0], _goods(stage, 2)
    order, taken = _taken_over(stage, _written(stage, pair, first, second))
    shipped = _shipped(stage, order)
    invoice, invoiced = _invoiced(stage, order)
    return {
        "number": order.number,
        "bcNumber": order.bc_number,
        "bcId": order.bc_id,
        "salesId": order.id,
        "orderSeconds": taken,
        "shippedSeconds": shipped,
        "invoiceSeconds": invoiced,
        "paidSeconds": _paid(stage, invoice),
    }


def _switch_on(stage: Stage) -> None:
    """Let documents go by themselves, from their first look on: what was there before is nobody's surprise."""
    for mapping in MAPPINGS:
        stage.couplet.patch(f"mappings/{mapping}", {"enabled": True, "onlyCoupled": False})
        stage.couplet.post(f"mappings/{mapping}/run")
    for mapping in MAPPINGS:
        wait_for(f"the first look of {mapping}", partial(_looked, stage, mapping))


def _looked(stage: Stage, mapping: str) -> str | None:
    looked: str | None = stage.couplet.get(f"mappings/{mapping}")["lastLooked"]
    return looked


def _goods(stage: Stage, count: int) -> list[Row]:
    """Active products that are coupled, in one price list."""
    coupled = {each["salesId"] for each in stage.couplet.listed("couplings/ITEM-PRODUCT")}
    by_list: dict[str, list[Row]] = {}
    for row in stage.sales.rows("products"):
        if row["productid"] in coupled and row["statecode"] == 0 and row["price"] and row["_pricelevelid_value"]:
            by_list.setdefault(row["_pricelevelid_value"], []).append(row)
    goods = next((rows for rows in by_list.values() if len(rows) >= count), None)
    if goods is None:
        raise DemoFailed(f"the demo company does not sell {count} coupled products from one price list")
    return goods[:count]


def _written(stage: Stage, pair: Pair, first: Row, second: Row) -> Row:
    """A sales person writes an order with a discount, a text, words of her own and freight, and submits it."""
    order = stage.sales.hand("insert", set="salesorders", values=_header(stage, pair, first))
    wishes = (_line(first, 3) | {"manualdiscountamount": 1.5}, _line(second, 2) | {"description": TEXT}, _words())
    for place, wish in enumerate(wishes, 1):
        bind = {"salesorderid@odata.bind": f"/salesorders({order['salesorderid']})", "sequencenumber": place}
        stage.sales.hand("insert", set="salesorderdetails", values=wish | bind)
    submitted: Row = stage.sales.hand("submit", id=order["salesorderid"])
    stage.screen.say(f"{submitted['ordernumber']} of {pair.name}: two products, one of them with a long text, a wish in words, and freight")
    return submitted


def _taken_over(stage: Stage, order: Row) -> tuple[Ordered, float]:
    """The order in Business Central, with the same total; the seconds until it was there."""
    found, seconds = wait_for("the order in Business Central", lambda: _found(stage, order))
    count = sum(line["documentId"] == found["id"] for line in stage.bc.rows("salesOrderLines"))
    stage.screen.say(f"In Business Central after {seconds:.1f} s: order {found['number']} with {count} lines", "green")
    sums = (order["totalamount"], found["totalAmountExcludingTax"])
    if sums[0] != sums[1]:
        raise DemoFailed(f"the order comes to {sums[0]} in Sales and to {sums[1]} in Business Central")
    stage.screen.say(f"Both say {sums[0]:,.2f} without tax", "green")
    return Ordered(order["salesorderid"], order["ordernumber"], found["id"], found["number"]), seconds


def _header(stage: Stage, pair: Pair, product: Row) -> Row:
    price_list = product["_pricelevelid_value"]
    currency = next(row for row in stage.sales.rows("pricelevels") if row["pricelevelid"] == price_list)["_transactioncurrencyid_value"]
    return {
        "name": "New furniture for the hall",
        "customerid_account@odata.bind": f"/accounts({pair.sales_id})",
        "pricelevelid@odata.bind": f"/pricelevels({price_list})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})",
        "freightamount": FREIGHT,
    }


def _line(product: Row, quantity: float) -> Row:
    return {
        "productid@odata.bind": f"/products({product['productid']})",
        "uomid@odata.bind": f"/uoms({product['_defaultuomid_value']})",
        "quantity": quantity,
    }


def _words() -> Row:
    return {"isproductoverridden": True, "productdescription": WORDS, "quantity": 1, "priceperunit": 80.0}


def _found(stage: Stage, order: Row) -> Row | None:
    return next((row for row in stage.bc.rows("salesOrders") if row["yourReference"] == order["ordernumber"]), None)


def _shipped(stage: Stage, order: Ordered) -> float:
    """The back office releases the order and ships all of it."""
    stage.screen.chapter("The order is shipped and invoiced in Business Central")
    stage.bc.hand("release", id=order.bc_id)
    since = time.monotonic()
    stage.bc.hand("ship", id=order.bc_id)
    stage.screen.say(f"{order.bc_number} is released, and everything has left the warehouse")
    seconds = _arrives(f"the shipment of {order.number} in Sales", lambda: _order(stage, order)["statecode"] == FULFILLED, since)
    stage.screen.say(f"Fulfilled in Sales after {seconds:.1f} s", "green")
    return seconds


def _invoiced(stage: Stage, order: Ordered) -> tuple[Row, float]:
    """The back office posts the invoice; the one in Sales, and the seconds until it was there with its order Invoiced."""
    since = time.monotonic()
    posted = stage.bc.hand("invoice", id=order.bc_id)
    stage.screen.say(f"Invoice {posted['number']} is posted; the order is gone from Business Central, as it always is then")
    invoice, _ = wait_for("the invoice in Sales", lambda: _invoice(stage, posted["number"]), since=since)
    seconds = _arrives(f"{order.number} as invoiced", lambda: _order(stage, order)["statecode"] == INVOICED, since)
    stage.screen.say(f"In Sales after {seconds:.1f} s: the invoice over {invoice['totalamount']:,.2f}, its order is Invoiced", "green")
    return invoice | {"bcId": posted["id"]}, seconds


def _paid(stage: Stage, invoice: Row) -> float:
    """The customer pays."""
    since = time.monotonic()
    stage.bc.hand("pay", id=invoice["bcId"])
    stage.screen.say("The customer pays")
    seconds = _arrives(
        "the payment in Sales", lambda: (_invoice(stage, invoice["invoicenumber"]) or {}).get("statuscode") == COMPLETE, since
    )
    stage.screen.say(f"Paid in Sales after {seconds:.1f} s", "green")
    return seconds


def _order(stage: Stage, order: Ordered) -> Row:
    return next(row for row in stage.sales.rows("salesorders") if row["salesorderid"] == order.id)


def _invoice(stage: Stage, number: str) -> Row | None:
    """The invoice in Sales once its lines are there and it is somebody's: billed or paid."""
    found = next((row for row in stage.sales.rows("invoices") if row["invoicenumber"] == number), None)
    return found if found and found["statuscode"] in (BILLED, COMPLETE) else None


def _arrives(what: str, arrived: Callable[[], bool], since: float) -> float:
    return wait_for(what, lambda: arrived() or None, since=since)[1]
