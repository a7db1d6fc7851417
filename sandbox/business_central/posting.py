"""What people and bound actions do with documents: release, ship, invoice, pay, cancel, and stock."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.business_central import archives, errors, notes, posting_groups
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.documents import lines_of, outstanding, rate, recalculate, retotal
from sandbox.business_central.ledger import owe, stock
from sandbox.business_central.tables import Row, Table, new_id

Quantities = dict[str, float]
HEADER_ONLY = {"SystemId", "version", "SystemModifiedAt", "SystemCreatedAt", "Status", "Document Type", "No.", "Completely Shipped"}


def release(company: Company, order: Row) -> None:
    """Release an order or quote that has lines."""
    if not lines_of(company, order):
        raise errors.dialog(f"There is nothing to release for {order['Document Type']} {order['No.']}.")
    company.table("Sales Header").modify({**order, "Status": "Released"})


def reopen(company: Company, order: Row) -> None:
    company.table("Sales Header").modify({**order, "Status": "Open"})


def ship(company: Company, order: Row, quantities: Quantities | None = None) -> Row:
    """Post a shipment of an order: all that is open, or given quantities by line id. Answers the shipment. Raises Refused."""
    if order.get("Document Type") != "Order":
        raise errors.dialog("Only an order can be shipped.")
    posting_groups.check(company, order)
    with company.environment.journal.atomic():
        chosen = _chosen(company, order, quantities)
        shipment = _shipment(company, order)
        for line, quantity in chosen:
            _ship_line(company, order, shipment, line, quantity)
        retotal(company, order["SystemId"])
        return shipment


def _chosen(company: Company, order: Row, quantities: Quantities | None) -> list[tuple[Row, float]]:
    chosen = []
    for line in lines_of(company, order):
        still_open = tidy(line.get("Quantity", 0) - line.get("Quantity Shipped", 0))
        quantity = still_open if quantities is None else quantities.get(line["SystemId"], 0)
        if quantity > still_open:
            raise errors.field_error(f"You cannot ship more than {still_open} units in Sales Line: Line No.={line['Line No.']}.")
        if quantity > 0:
            chosen.append((line, quantity))
    if not chosen:
        raise errors.dialog("There is nothing to post.")
    return chosen


def _shipment(company: Company, order: Row) -> Row:
    table = company.table("Sales Shipment Header")
    header = {name: value for name, value in order.items() if name in table.definition.fields and name not in HEADER_ONLY}
    header |= {"No.": company.next_number("Shipment"), "Order No.": order["No."], "Posting Date": company.environment.clock.today()}
    return table.insert(header)


def _ship_line(company: Company, order: Row, shipment: Row, line: Row, quantity: float) -> None:
    table = company.table("Sales Shipment Line")
    posted = {name: value for name, value in line.items() if name in table.definition.fields and not name.startswith("System")}
    kind = line.get("API Type", "Item")
    posted |= {
        "Document Id": shipment["SystemId"],
        "Document No.": shipment["No."],
        "Quantity": quantity,
        "Order No.": order["No."],
        "Type": kind if kind in ("Item", "Resource") else "_x0020_",
        "Order Line No.": line["Line No."],
    }
    table.insert(posted)
    changed = {**line, "Quantity Shipped": tidy(line.get("Quantity Shipped", 0) + quantity)}
    recalculate(changed)
    company.table("Sales Line").modify(changed)
    if kind == "Item":
        source = {"Source No.": order["Sell-to Customer No."], "Source Type": "Customer", "Document Type": "Sales_x0020_Shipment"}
        stock(company, line["No."], -quantity, "Sale", {**source, "Document No.": shipment["No."]})


def invoice(company: Company, orders: Iterable[Row]) -> Row:
    """Post one invoice for all that was shipped and not invoiced of orders of one customer; finished orders disappear. Raises Refused."""
    orders = list(orders)
    if len({(order["Sell-to Customer No."], order.get("Currency Code", "")) for order in orders}) != 1:
        raise errors.dialog("Shipments of different customers or currencies cannot be combined.")
    for order in orders:
        posting_groups.check(company, order)
    with company.environment.journal.atomic():
        posted = _posted_header(company, orders)
        for order in orders:
            for line in lines_of(company, order):
                _invoice_line(company, posted, line)
        if not lines_of(company, posted):
            raise errors.dialog("There is nothing to post.")
        posted = _open_balance(company, posted)
        for order in orders:
            _close(company, order)
        return posted


def _posted_header(company: Company, orders: list[Row]) -> Row:
    table = company.table("Sales Invoice")
    first = orders[0]
    header = {name: value for name, value in first.items() if name in table.definition.fields and name not in HEADER_ONLY}
    if len(orders) == 1:
        header |= {"Order Id": first["SystemId"], "Order No.": first["No."]}
    today = company.environment.clock.today()
    header |= {
        "No.": company.next_number("Posted Invoice"),
        "Posted": True,
        "Status": "Open",
        "Posting Date": today,
        "Due Date": today,
        "SystemId": new_id(),
    }
    return table.insert(header)


def _invoice_line(company: Company, posted: Row, line: Row) -> None:
    quantity = tidy(line.get("Quantity Shipped", 0) - line.get("Quantity Invoiced", 0))
    if quantity <= 0:
        return
    lines = company.table("Sales Line")
    copy = {name: value for name, value in line.items() if not name.startswith("System") and name != "version"}
    number = max((other["Line No."] for other in lines_of(company, posted)), default=0) + 10000
    copy |= {
        "Document Id": posted["SystemId"],
        "Document Type": "Invoice",
        "Line No.": number,
        "Quantity": quantity,
        "Quantity Shipped": 0,
        "Quantity Invoiced": 0,
    }
    recalculate(copy)
    lines.insert(copy)
    changed = {**line, "Quantity Invoiced": tidy(line.get("Quantity Invoiced", 0) + quantity)}
    recalculate(changed)
    lines.modify(changed)


def _open_balance(company: Company, posted: Row) -> Row:
    """Totals of a posted invoice, and the customer's debt."""
    retotal(company, posted["SystemId"])
    posted = company.table("Sales Invoice").rows[posted["SystemId"]]
    company.totals["Remaining Amount"][posted["No."]] = posted["Amount Including VAT"]
    worth = rate(company, posted.get("Currency Code", ""))
    owe(company, posted, posted["Amount Including VAT"], "Initial_x0020_Entry")
    company.add_total("Sales (LCY)", posted["Sell-to Customer No."], round(posted["Amount"] * worth, 2))
    return posted


def _close(company: Company, order: Row) -> None:
    order = company.table("Sales Header").rows[order["SystemId"]]
    lines = lines_of(company, order)
    if all(line.get("Quantity Invoiced", 0) >= line.get("Quantity", 0) for line in lines):
        archives.archive_if_wanted(company, order)
        notes.drop(company, order)
        for line in lines:
            company.table("Sales Line").delete(line["SystemId"])
        company.table("Sales Header").delete(order["SystemId"])
    outstanding(company, order["Sell-to Customer No."])


def ship_and_invoice(company: Company, order: Row) -> None:
    """The bound action: everything shipped, everything invoiced, the order gone."""
    with company.environment.journal.atomic():
        lines = lines_of(company, order)
        if any(line.get("Quantity Shipped", 0) < line.get("Quantity", 0) for line in lines):
            ship(company, order)
        invoice(company, [company.table("Sales Header").rows[order["SystemId"]]])


def post(company: Company, draft: Row) -> None:
    """Post a draft invoice; it keeps its id and gets a number of the posted series. Raises Refused."""
    if draft.get("Posted"):
        raise errors.dialog("The invoice has been posted.")
    posting_groups.check(company, draft)
    lines = lines_of(company, draft)
    if not any(line.get("Quantity") for line in lines):
        raise errors.dialog("There is nothing to post.")
    with company.environment.journal.atomic():
        changed = {**draft, "No.": company.next_number("Posted Invoice"), "Posted": True, "Status": "Open"}
        posted = company.table("Sales Invoice").modify(changed)
        for line in lines:
            if line.get("API Type") == "Item":
                stock(company, line["No."], -line.get("Quantity", 0), "Sale", {"Document No.": posted["No."]})
        _open_balance(company, posted)


def make_order(company: Company, quote: Row) -> None:
    _turn(company, quote, company.table("Sales Header"), {"Document Type": "Order", "Status": "Open", "No.": company.next_number("Order")})


def make_invoice(company: Company, quote: Row) -> None:
    _turn(company, quote, company.table("Sales Invoice"), {"Status": "Draft", "No.": company.next_number("Invoice")})


def _turn(company: Company, quote: Row, target: Table, values: Row) -> None:
    """A quote becomes an order or invoice with the same lines, and is gone."""
    with company.environment.journal.atomic():
        kept = {name: value for name, value in quote.items() if name in target.definition.fields and name not in HEADER_ONLY}
        made = target.insert({**kept, **values})
        lines = company.table("Sales Line")
        for line in lines_of(company, quote):
            copy = {name: value for name, value in line.items() if not name.startswith("System") and name != "version"}
            lines.insert({**copy, "Document Id": made["SystemId"], "Document Type": values.get("Document Type", "Invoice")})
            lines.delete(line["SystemId"])
        company.table("Sales Header").delete(quote["SystemId"])
        retotal(company, made["SystemId"])


def send(company: Company, document: Row) -> None:
    """Sent documents look the same afterwards, except for quotes, which show when."""
    if document.get("Document Type") == "Quote":
        company.table("Sales Header").modify({**document, "Quote Sent to Customer": company.environment.clock.stamp()})
