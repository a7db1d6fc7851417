"""What people and bound actions do with documents: release, ship, invoice, turn one into the next."""

from __future__ import annotations

from sandbox.business_central import archives, errors, fulfilment, invoicing, notes, posting_groups
from sandbox.business_central.amounts import COMMENT, lines_of, outstanding, recalculate, retotal
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.ledger import stock
from sandbox.business_central.lines import kind_of, quantity_per_unit
from sandbox.business_central.tables import Row, Table

Quantities = dict[str, float]
HEADER_ONLY = {"SystemId", "version", "SystemModifiedAt", "SystemCreatedAt", "Status", "Document Type", "No.", "Completely Shipped"}


def release(company: Company, order: Row) -> None:
    """Release an order or quote that has something to sell; with an unpaid prepayment it waits for that. Raises Refused."""
    if order["Status"] == "Released":
        return
    if not any(kind_of(line) != COMMENT and line.get("Quantity") for line in lines_of(company, order)):
        raise errors.dialog(f"There is nothing to release for {order['Document Type']} {order['No.']}.")
    waits = order["Document Type"] == "Order" and order.get("Prepayment %") and not invoicing.is_prepaid(company, order)
    company.table("Sales Header").modify({**order, "Status": "Pending_x0020_Prepayment" if waits else "Released"})


def reopen(company: Company, order: Row) -> None:
    if order["Status"] != "Open":
        company.table("Sales Header").modify({**order, "Status": "Open"})


def ship(company: Company, order: Row, quantities: Quantities | None = None) -> Row:
    """Post a shipment of an order: all that is open, or given quantities by line id. Answers the shipment. Raises Refused."""
    if order.get("Document Type") != "Order":
        raise errors.dialog("Only an order can be shipped.")
    if order.get("Prepayment %") and not invoicing.is_prepaid(company, order):
        raise errors.dialog(f"There are unposted prepayment amounts on the document of type Order with the number {order['No.']}.")
    _not_blocked(company, order, "Ship")
    posting_groups.check(company, order)
    with company.environment.journal.atomic():
        chosen = _chosen(company, order, quantities)
        shipment = _shipment(company, order)
        for line, quantity in chosen:
            _ship_line(company, order, shipment, line, quantity)
        company.totals["Last Shipment Date"]["Order", order["No."]] = shipment["Posting Date"]
        headers = company.table("Sales Header")
        headers.modify({**headers.rows[order["SystemId"]], "Status": "Released"})
        retotal(company, order["SystemId"])
        return shipment


def _not_blocked(company: Company, order: Row, kind: str) -> None:
    customer = company.table("Customer").find(order.get("Bill-to Customer No.") or order["Sell-to Customer No."]) or {}
    if customer.get("Blocked") in (kind, "All"):
        raise errors.dialog(
            f"You cannot post this type of document when Customer {customer['No.']} is blocked with type {customer['Blocked']}"
        )


def _chosen(company: Company, order: Row, quantities: Quantities | None) -> list[tuple[Row, float]]:
    """The lines to ship with their quantities, and the comments that go with them."""
    lines = lines_of(company, order)
    sold = {line["SystemId"]: _to_ship(line, quantities) for line in lines if kind_of(line) != COMMENT}
    if not any(sold.values()):
        raise errors.dialog("There is nothing to post.")
    return invoicing.with_comments(lines, sold)


def _to_ship(line: Row, quantities: Quantities | None) -> float:
    still_open = tidy(line.get("Quantity", 0) - line.get("Quantity Shipped", 0))
    quantity = still_open if quantities is None else quantities.get(line["SystemId"], 0)
    if abs(quantity) > abs(still_open):
        raise errors.field_error(f"You cannot ship more than {still_open} units in Sales Line: Line No.={line['Line No.']}.")
    return quantity


def _shipment(company: Company, order: Row) -> Row:
    table = company.table("Sales Shipment Header")
    header = {name: value for name, value in order.items() if name in table.definition.fields and name not in HEADER_ONLY}
    header |= {"No.": company.next_number("Shipment"), "Order No.": order["No."], "Posting Date": company.environment.clock.today()}
    return table.insert(header)


def _ship_line(company: Company, order: Row, shipment: Row, line: Row, quantity: float) -> None:
    table = company.table("Sales Shipment Line")
    posted = {name: value for name, value in line.items() if name in table.definition.fields and not name.startswith("System")}
    kind = kind_of(line)
    posted |= {
        "Document Id": shipment["SystemId"],
        "Document No.": shipment["No."],
        "Quantity": quantity,
        "Order No.": order["No."],
        "Type": kind if kind in ("Item", "Resource") else "_x0020_",
        "Order Line No.": line["Line No."],
    }
    table.insert(posted)
    if kind == COMMENT:
        return
    changed = {**line, "Quantity Shipped": tidy(line.get("Quantity Shipped", 0) + quantity)}
    recalculate(changed)
    fulfilment.plan(company, order, changed)
    company.table("Sales Line").modify(changed)
    if kind == "Item":
        source = {"Source No.": order["Sell-to Customer No."], "Source Type": "Customer", "Document Type": "Sales_x0020_Shipment"}
        pieces = tidy(-quantity * quantity_per_unit(company, line))
        stock(company, line["No."], pieces, "Sale", {**source, "Document No.": shipment["No."]})


def invoice(company: Company, orders: list[Row], quantities: Quantities | None = None, keep: bool = False) -> Row:
    """Post one invoice for what was shipped and not invoiced of orders of one customer, or for given quantities by line id.

    Finished orders disappear; those that were invoiced together are kept where the caller wants so. Raises Refused.
    """
    if len({(order["Sell-to Customer No."], order.get("Currency Code", "")) for order in orders}) != 1:
        raise errors.dialog("Shipments of different customers or currencies cannot be combined.")
    for order in orders:
        _not_blocked(company, order, "Invoice")
        posting_groups.check(company, order)
    with company.environment.journal.atomic():
        posted = invoicing.post_orders(company, orders, quantities)
        for order in orders:
            headers = company.table("Sales Header")
            headers.modify(dict(headers.rows[order["SystemId"]]))
            if not (keep and len(orders) > 1):
                close(company, company.table("Sales Header").rows[order["SystemId"]])
            outstanding(company, order["Sell-to Customer No."])
        return posted


def close(company: Company, order: Row) -> None:
    """An order that was invoiced to the last piece is gone; the archive keeps a version where the set-up says so."""
    lines = lines_of(company, order)
    if all(line.get("Quantity Invoiced", 0) == line.get("Quantity", 0) for line in lines):
        archives.archive_if_wanted(company, order)
        notes.drop(company, order)
        for line in lines:
            fulfilment.forget(company, line)
            company.table("Sales Line").delete(line["SystemId"])
        company.table("Sales Header").delete(order["SystemId"])


def delete_invoiced(company: Company) -> int:
    """The batch job that deletes orders which were invoiced together with others; how many."""
    table, before = company.table("Sales Header"), len(company.table("Sales Header").rows)
    for order in [row for row in table.rows.values() if row["Document Type"] == "Order"]:
        if any(line.get("Quantity Invoiced") for line in lines_of(company, order)):
            close(company, order)
    return before - len(table.rows)


def ship_and_invoice(company: Company, order: Row) -> None:
    """The bound action: everything shipped, everything invoiced, the order gone."""
    with company.environment.journal.atomic():
        lines = lines_of(company, order)
        if any(line.get("Quantity Shipped", 0) != line.get("Quantity", 0) for line in lines):
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
            if kind_of(line) == "Item":
                stock(company, line["No."], -line.get("Quantity", 0), "Sale", {"Document No.": posted["No."]})
        invoicing.open_balance(company, posted)


def make_order(company: Company, quote: Row) -> None:
    values = {"Document Type": "Order", "Status": "Open", "No.": company.next_number("Order"), "Quote No.": quote["No."]}
    _turn(company, quote, company.table("Sales Header"), values)


def make_invoice(company: Company, quote: Row) -> None:
    values = {"Status": "Draft", "No.": company.next_number("Invoice"), "Quote No.": quote["No."]}
    _turn(company, quote, company.table("Sales Invoice"), values)


def _turn(company: Company, quote: Row, target: Table, values: Row) -> None:
    """A quote becomes an order or invoice with the same lines and notes, and is gone."""
    with company.environment.journal.atomic():
        archives.archive_if_wanted(company, quote)
        kept = {name: value for name, value in quote.items() if name in target.definition.fields and name not in HEADER_ONLY}
        made = target.insert({**kept, **values})
        lines = company.table("Sales Line")
        for line in lines_of(company, quote):
            copy = {name: value for name, value in line.items() if not name.startswith("System") and name != "version"}
            row = {**copy, "Document Id": made["SystemId"], "Document Type": values.get("Document Type", "Invoice")}
            lines.delete(line["SystemId"])
            row = lines.insert(row)
            fulfilment.plan(company, made, row)
            lines.modify(row)
        notes.move(company, quote, made)
        company.table("Sales Header").delete(quote["SystemId"])
        retotal(company, made["SystemId"])


def send(company: Company, document: Row) -> None:
    """Sent documents look the same afterwards, except for quotes, which show when."""
    if document.get("Document Type") == "Quote":
        company.table("Sales Header").modify({**document, "Quote Sent to Customer": company.environment.clock.stamp()})
