"""What becomes of an order in BC, as its order in Sales shows it: released, shipped, invoiced, gone (rule C5; behaviour.md, section 15.1).

Natively posts on the wall tell of it; here notes on the timeline of the order do, and of an invoice on that of its account, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mapping.beside import Related, Watch
from mapping.fields import to_sales
from mapping.filters import OneOf, blank, equals
from mapping.gone import Became, Ending, Gone
from mapping.model import Addition, Draft
from mapping.order_quotes import BEARING_REFERENCE
from mapping.order_states import BILLED, CANCELED, COMPLETE, FULFILLED, IN_PROGRESS, INVOICED, PENDING, SUBMITTED
from mapping.ours import NUMBER
from mapping.plain import Day
from mapping.steps import Create, Delete, Single, Update
from mapping.timeline import told
from mapping.values import Refusal, Row, Side
from mapping.world import World

DETAILS, PRODUCTS = "lines of the order", "products of its lines"
SHIPMENTS, INVOICES, INVOICED_LINES, ARCHIVES, ARCHIVED_LINES = (
    "shipments of the order",
    "invoices of the order",
    "invoiced lines of the order",
    "archived versions of the order",
    "archived lines of the order",
)
REFERENCE = BEARING_REFERENCE["salesInvoices"]
UNMARKED = {
    "shipments under its number in Sales": ("salesShipments", ("number", "postingDate")),
    "invoices under its number in Sales": ("salesInvoices", ("number",)),
}
"""What bears the number of Sales as its reference."""

SHIPPED_ON = to_sales("lastShipmentDate", "datefulfilled", Day(local=True))
"""The day of the last shipment."""

RELEASED = "Open"
"""What API v2.0 calls an order that is released, or waits for its prepayment; one that nobody released is a draft."""

_is_released = equals("status", RELEASED)


def _posted(of: str, where: OneOf | None = None) -> tuple[Related, ...]:
    """What was posted of an order whose number in BC is in a column of its row; one invoice of several orders names them on its lines."""
    columns = {
        (SHIPMENTS, "salesShipments"): ("number", "postingDate"),
        (INVOICES, "salesInvoices"): ("number",),
        (INVOICED_LINES, "salesInvoiceLines"): ("documentNumber",),
    }
    return tuple(
        Related(name=name, side=Side.BC, table=table, key="orderNumber", of=of, where=where, columns=("id", "orderNumber", *told))
        for (name, table), told in columns.items()
    )


POSTED_OF_ORDER = _posted("number", _is_released)
"""What was posted of an order that is still there; before it is released nothing can be."""


def what_became_of_it(order: Row, world: World) -> Became | None:
    """An order that is gone from BC was invoiced, if anything of it was posted or its archive says so; else it was deleted (rule C5).

    One that was deleted can be submitted again. BC lets nobody delete what was shipped and not invoiced: a shipment is enough. Of an
    order whose number in BC did not come to its row, only what was posted under its number in Sales can tell.
    """
    number, state = str(order.get(NUMBER) or ""), order.get("statecode")
    if not number:
        return _ended_unmarked(order, world)
    posted = [name for name in (INVOICED_LINES, INVOICES, SHIPMENTS) if world.rows(name, number)]
    archived = any(float(line.get("invoicedQuantity") or 0) for line in world.rows(ARCHIVED_LINES, number))
    if not posted and not archived:
        # Without the day it was put back before: who submits it then submits it anew
        put_back = state in (CANCELED, INVOICED) or not order.get("lastbackofficesubmit")
        values = {} if put_back else {**PENDING, "lastbackofficesubmit": None}
        return Became(ending=Ending.FREE, why="it was deleted in Business Central", values=values)
    values = {**BILLED, **_delivered(order, number, world), **_discount(order, number, world)} if state != CANCELED else {}
    notes = [note for shipment in world.rows(SHIPMENTS, number) for note in _shipped(order, shipment)]
    notes += [note for invoice in _numbers(number, world) for note in _invoiced(order, invoice)]
    lines = tuple(last_lines(order, number, world)) if values else ()
    return Became(ending=Ending.DONE, why="it was invoiced in Business Central", values=values, within=lines, after=tuple(notes))


def _ended_unmarked(order: Row, world: World) -> Became | None:
    """An order that came to its end while no worker was there to say in Sales which number it has (rule A6)."""
    shipments, invoices = (world.rows(name, order["ordernumber"]) for name in UNMARKED)
    if not shipments and not invoices:
        return None
    notes = [note for shipment in shipments for note in _shipped(order, shipment)]
    notes += [note for invoice in invoices for note in _invoiced(order, str(invoice["number"]))]
    values = BILLED if order.get("statecode") != CANCELED else {}
    return Became(ending=Ending.DONE, why="it was invoiced in Business Central", values=values, after=tuple(notes))


def _delivered(order: Row, number: str, world: World) -> Mapping[str, Any]:
    """When the last shipment was posted, where that is not what the order says."""
    member, days = SHIPPED_ON.members[0], [str(shipment["postingDate"])[:10] for shipment in world.rows(SHIPMENTS, number)]
    if not days or member.read(Side.SALES, order, world) == max(days):
        return {}
    written = member.write(Side.SALES, max(days), {}, world)
    return {} if isinstance(written, Refusal) else written.values


def _last_version(number: str, world: World) -> Row | None:
    return max(world.rows(ARCHIVES, number), key=lambda row: (int(row["occurrence"]), int(row["version"])), default=None)


def _discount(order: Row, number: str, world: World) -> Mapping[str, Any]:
    """The payment discount as the last archived version has it."""
    last = _last_version(number, world)
    if last is None or float(last["paymentDiscountPercent"] or 0) == float(order.get("discountpercentage") or 0):
        return {}
    return {"discountpercentage": last["paymentDiscountPercent"]}


def last_lines(order: Row, number: str, world: World) -> Iterator[Single]:
    """The lines of Sales as they were delivered: quantities of the last archived version, without lines that it has no more.

    A line is known by its product, several of one product by their order; write-ins and what BC added stay as they are.
    """
    last = _last_version(number, world) or {}
    left: dict[str, list[Row]] = {}
    for line in sorted(world.rows(ARCHIVED_LINES, number), key=lambda line: int(line["sequence"])):
        if line["lineObjectNumber"] and all(line[name] == last.get(name) for name in ("occurrence", "version")):
            left.setdefault(str(line["lineObjectNumber"]), []).append(line)
    details = world.rows(DETAILS, order["salesorderid"]) if left else ()
    for line in sorted(details, key=lambda line: int(line["sequencenumber"] or 0)):
        product = world.row(PRODUCTS, line["_productid_value"]).get("productnumber")
        same = left.get(str(product), []) if product else None
        place = {"side": Side.SALES, "table": "salesorderdetails", "id": line["salesorderdetailid"]}
        if same == []:
            yield Delete(**place)
        elif same and float((kept := same.pop(0))["quantity"]) != float(line["quantity"]):
            yield Update(**place, values={"quantity": kept["quantity"]})


def fulfilled_when_shipped(draft: Draft, world: World) -> Addition:
    """An order that is shipped to the last piece is Fulfilled, and no longer if that is taken back (native: both ways only).

    One that was invoiced together with others is Invoiced while BC still has it: it stays there until a batch job deletes it.
    Only a Submitted one is, and only what we fulfilled is taken back: Active, Canceled and Invoiced are people's decisions.
    """
    if draft.creates or Side.BC not in draft.rows:
        return Addition()
    state, shipped = draft.rows[Side.SALES].get("statecode"), bool(draft.rows[Side.BC].get("fullyShipped"))
    if draft.rows[Side.BC].get("fullyInvoiced") and state in (SUBMITTED, FULFILLED):
        return Addition(values={Side.SALES: BILLED}, remembers={OURS: True})
    if shipped and state == SUBMITTED:
        return Addition(values={Side.SALES: COMPLETE}, remembers={OURS: True})
    if not shipped and state in (FULFILLED, INVOICED) and draft.remembered.get(OURS):
        return Addition(values={Side.SALES: IN_PROGRESS}, remembers={OURS: False})
    return Addition()


OURS = "fulfilled"
"""Under this name the rule remembers that the order is Fulfilled by its doing."""


def told_on_the_timeline(draft: Draft, world: World) -> Addition:
    """Notes for people: the order was released, a shipment was posted, an invoice was posted; each once."""
    if draft.creates or Side.BC not in draft.rows:
        return Addition()
    mine, order = draft.rows[Side.BC], draft.rows[Side.SALES]
    number = str(mine["number"])
    news = {f"told {event}": notes for event, notes in _events(mine, order, number, world) if not draft.remembered.get(f"told {event}")}
    return Addition(after=tuple(note for notes in news.values() for note in notes), remembers=dict.fromkeys(news, True))


def _events(mine: Row, order: Row, number: str, world: World) -> Iterator[tuple[str, list[Create]]]:
    """What there is to tell of an order, by a name of its own."""
    if mine.get("documentStatus", "Released") == "Released" and _is_released(mine, world) is None:
        yield "released", [told("salesorder", order["salesorderid"], f"Released as order {number}.")]
    for shipment in world.rows(SHIPMENTS, number):
        yield f"shipment {shipment['number']}", list(_shipped(order, shipment))
    for invoice in _numbers(number, world):
        yield f"invoice {invoice}", list(_invoiced(order, invoice))


def _numbers(number: str, world: World) -> list[str]:
    """The numbers of the invoices in which something of an order stands."""
    lines = {str(line["documentNumber"]) for line in world.rows(INVOICED_LINES, number)}
    return sorted(lines | {str(invoice["number"]) for invoice in world.rows(INVOICES, number)})


def _shipped(order: Row, shipment: Row) -> Iterator[Create]:
    yield told("salesorder", order["salesorderid"], f"Shipment {shipment['number']} was posted on {str(shipment['postingDate'])[:10]}.")


def _invoiced(order: Row, invoice: str) -> Iterator[Create]:
    yield told("salesorder", order["salesorderid"], f"Invoice {invoice} was posted.")
    if order.get("_accountid_value"):
        yield told("account", order["_accountid_value"], f"Invoice {invoice} was posted for order {order['ordernumber']}.")


GONE = Gone(
    side=Side.BC,
    related=(
        *_posted(NUMBER),
        *(
            Related(
                name=name,
                side=Side.BC,
                table=table,
                key=REFERENCE,
                of="ordernumber",
                where=blank(NUMBER),
                columns=("id", REFERENCE, *told),
            )
            for name, (table, told) in UNMARKED.items()
        ),
        Related(
            name=ARCHIVES,
            side=Side.BC,
            table="salesOrderArchives",
            key="number",
            of=NUMBER,
            columns=("id", "number", "occurrence", "version", "paymentDiscountPercent"),
        ),
        Related(
            name=ARCHIVED_LINES,
            side=Side.BC,
            table="salesOrderArchiveLines",
            key="documentNumber",
            of=NUMBER,
            columns=("id", "documentNumber", "occurrence", "version", "sequence", "lineObjectNumber", "quantity", "invoicedQuantity"),
        ),
        Related(
            name=DETAILS,
            side=Side.SALES,
            table="salesorderdetails",
            key="_salesorderid_value",
            of="salesorderid",
            columns=("salesorderdetailid", "_salesorderid_value", "sequencenumber", "quantity", "_productid_value"),
        ),
        Related(
            name=PRODUCTS,
            side=Side.SALES,
            table="products",
            key="productid",
            of="_productid_value",
            beside=DETAILS,
            columns=("productid", "productnumber"),
        ),
    ),
    rule=what_became_of_it,
)

INVOICES_POSTED = Watch(table="salesInvoices", column="orderNumber", key=NUMBER, across=True)
LINES_POSTED = Watch(table="salesInvoiceLines", column="orderNumber", key=NUMBER, across=True)
"""An invoice takes its orders with it; one of several orders names them on its lines only, which API v2.0 does not show (rule F1)."""

SHOWN: Mapping[Side, tuple[str, ...]] = {
    Side.BC: ("status", "fullyShipped", "fullyInvoiced", "documentStatus"),
    Side.SALES: ("statecode", "statuscode", "lastbackofficesubmit", "datefulfilled", "discountpercentage", "_accountid_value"),
}
"""What the rules look at."""
