"""Posted invoices: of an order, of a part of it, of several orders in one, and of a prepayment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.business_central import errors
from sandbox.business_central.amounts import COMMENT, lines_of, rate, recalculate, retotal, rounded, settle, totals, unit_of
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.ledger import owe
from sandbox.business_central.lines import kind_of
from sandbox.business_central.schema import NO_GUID
from sandbox.business_central.tables import Row, new_id

PREPAYMENT_ACCOUNT = "5410"
NOT_POSTED = {"SystemId", "version", "SystemModifiedAt", "SystemCreatedAt", "Status", "Document Type", "No.", "Completely Shipped"}
Quantities = Mapping[str, float]


def with_comments(lines: Sequence[Row], sold: Quantities) -> list[tuple[Row, float]]:
    """Lines with what is posted of them; a comment goes along, one that is attached only with its line."""
    posted = {line["Line No."] for line in lines if sold.get(line["SystemId"])}
    return [
        (line, sold.get(line["SystemId"], 0))
        for line in lines
        if sold.get(line["SystemId"]) or (kind_of(line) == COMMENT and line.get("Attached to Line No.", 0) in {0, *posted})
    ]


def post_orders(company: Company, orders: list[Row], quantities: Quantities | None) -> Row:
    """One posted invoice of what was shipped of these orders. Raises Refused where that is nothing."""
    posted, together = _header(company, orders), len(orders) > 1
    held: list[Row] = []
    for order in orders:
        lines = lines_of(company, order)
        sold = {line["SystemId"]: _to_invoice(line, quantities) for line in lines if kind_of(line) != COMMENT}
        if any(sold.values()):
            shipment = _shipment_of(company, order) if together else None
            held += [_shipment_comment(shipment)] if shipment else []
            held += [_copy(company, order, line, quantity, shipment) for line, quantity in with_comments(lines, sold)]
            held += _deduction(company, order, sum(line.get("Line Amount", 0) for line in held if line.get("Order No.") == order["No."]))
    if not held:
        raise errors.dialog("There is nothing to post.")
    return _write(company, posted, held, together)


def _to_invoice(line: Row, quantities: Quantities | None) -> float:
    """What was shipped and not invoiced; of given quantities only what was shipped."""
    shipped = tidy(line.get("Quantity Shipped", 0) - line.get("Quantity Invoiced", 0))
    quantity = shipped if quantities is None else quantities.get(line["SystemId"], 0)
    if abs(quantity) > abs(shipped):
        raise errors.field_error(f"You cannot invoice more than {shipped} units in Sales Line: Line No.={line['Line No.']}.")
    return quantity


def _header(company: Company, orders: list[Row]) -> Row:
    """The header of the invoice; one of several orders names none of them."""
    fields, first = company.table("Sales Invoice").definition.fields, orders[0]
    header = {name: value for name, value in first.items() if name in fields and name not in NOT_POSTED}
    if len(orders) == 1:
        header |= {"Order Id": first["SystemId"], "Order No.": first["No."]}
    else:
        header |= dict.fromkeys(("Your Reference", "External Document No.", "Quote No.", "Opportunity No.", "Work Description"), "")
    header["Posting Date"] = company.environment.clock.today()
    header.setdefault("Due Date", header["Posting Date"])
    return {**header, "No.": company.next_number("Posted Invoice"), "Posted": True, "Status": "Open", "SystemId": new_id()}


def _shipment_of(company: Company, order: Row) -> Row | None:
    """The newest shipment of an order."""
    shipments = company.table("Sales Shipment Header").lookup("Order No.", order["No."])
    return max(shipments, key=lambda row: str(row["No."]), default=None)


def _shipment_comment(shipment: Row) -> Row:
    return {"API Type": COMMENT, "Description": f"Shipment No. {shipment['No.']}:", "Document Type": "Invoice"}


def _copy(company: Company, order: Row, line: Row, quantity: float, shipment: Row | None) -> Row:
    """What of an order's line is posted, with its share of the discounts; the order's line is told."""
    unit, whole, done = unit_of(company, order), line.get("Quantity", 0), line.get("Quantity Invoiced", 0)
    copy = {name: value for name, value in line.items() if not name.startswith("System") and name != "version"}
    for field in ("Line Discount Amount", "Inv. Discount Amount"):
        copy[field] = _part(line.get(field, 0), done, quantity, whole, unit)
    copy |= {"Document Type": "Invoice", "Quantity": quantity, "Quantity Shipped": 0, "Quantity Invoiced": 0}
    copy |= {"Order No.": order["No."], "Order Line No.": line["Line No."]}
    if shipment is not None:
        copy |= {"Shipment No.": shipment["No."], "Shipment Line No.": line["Line No."]}
    recalculate(copy, unit)
    if quantity:
        changed = {**line, "Quantity Invoiced": tidy(done + quantity)}
        recalculate(changed, unit)
        company.table("Sales Line").modify(changed)
    return copy


def _part(amount: float, done: float, quantity: float, whole: float, unit: float) -> float:
    """The part of an amount that goes with a quantity, so that all parts together are the amount."""
    if not whole:
        return 0
    return tidy(rounded(amount * (done + quantity) / whole, unit) - rounded(amount * done / whole, unit))


def _write(company: Company, header: Row, held: list[Row], together: bool) -> Row:
    """Header and lines into their tables, added up, and owed by the customer."""
    numbers: dict[tuple[str, int], int] = {}
    for place, line in enumerate(held, 1):
        if together:
            numbers[line.get("Order No.", ""), line.get("Order Line No.", 0)] = place * 10000
            line["Attached to Line No."] = numbers.get((line.get("Order No.", ""), line.get("Attached to Line No.", 0)), 0)
            line["Line No."] = place * 10000
        line["Document Id"] = header["SystemId"]
    discounts = [line.get("Inv. Discount Amount", 0) for line in held]
    settle(header, held, discounts, unit_of(company, header))
    posted = company.table("Sales Invoice").insert({**header, **_sums(company, held, discounts)})
    for line in held:
        company.table("Sales Line").insert(line)
    return open_balance(company, posted)


def _sums(company: Company, held: list[Row], discounts: list[float]) -> Row:
    fields = company.table("Sales Invoice").definition.fields
    sums = {"Invoice Discount Amount": tidy(sum(discounts)), **totals(held)}
    return {name: value for name, value in sums.items() if name in fields}


def open_balance(company: Company, posted: Row) -> Row:
    """Totals of a posted invoice, and the customer's debt."""
    retotal(company, posted["SystemId"])
    posted = company.table("Sales Invoice").rows[posted["SystemId"]]
    company.totals["Remaining Amount"][posted["No."]] = posted["Amount Including VAT"]
    worth = rate(company, posted.get("Currency Code", ""))
    owe(company, posted, posted["Amount Including VAT"], "Initial_x0020_Entry")
    company.add_total("Sales (LCY)", posted["Sell-to Customer No."], round(posted["Amount"] * worth, 2))
    return posted


def post_prepayment(company: Company, order: Row) -> Row:
    """Invoice the prepayment of an order. Raises Refused where nothing is to be paid beforehand, or it was invoiced already."""
    percent = order.get("Prepayment %", 0)
    if not percent or prepayments(company, order):
        raise errors.dialog("There is nothing to post.")
    header = _header(company, [order])
    header |= {"No.": company.next_number("Prepayment Invoice"), "Prepayment Invoice": True, "Prepayment Order No.": order["No."]}
    header |= {"Order No.": "", "Order Id": NO_GUID}
    unit = unit_of(company, order)
    base = order["Amount Including VAT" if order.get("Prices Including VAT") else "Amount"]
    taxed = next((line.get("VAT %", 0) for line in lines_of(company, order) if kind_of(line) != COMMENT), 0)
    line = {"API Type": "Account", "No.": PREPAYMENT_ACCOUNT, "Description": f"Prepayment, {percent:g}%", "Quantity": 1, "VAT %": taxed}
    line |= {"Unit Price": rounded(base * percent / 100, unit), "Line No.": 10000, "Document Type": "Invoice"}
    recalculate(line, unit)
    posted = _write(company, header, [line], together=False)
    number = posted["Sell-to Customer No."]
    worth = rate(company, posted.get("Currency Code", ""))
    company.add_total("Invoiced Prepayment (LCY)", number, round(posted["Amount Including VAT"] * worth, 2))
    return posted


def _deduction(company: Company, order: Row, invoiced: float) -> list[Row]:
    """What was paid beforehand is taken off, in proportion to what is invoiced."""
    paid = tidy(sum(row["Amount Including VAT" if order.get("Prices Including VAT") else "Amount"] for row in prepayments(company, order)))
    whole = sum(line.get("Line Amount", 0) for line in lines_of(company, order))
    taken = company.totals["Prepayment Deducted"].get(order["SystemId"], 0)
    part = min(rounded(paid * invoiced / whole, unit_of(company, order)), tidy(paid - taken)) if whole else 0
    if not part:
        return []
    company.totals["Prepayment Deducted"][order["SystemId"]] = tidy(taken + part)
    taxed = next((line.get("VAT %", 0) for line in lines_of(company, order) if kind_of(line) != COMMENT), 0)
    line = {"API Type": "Account", "No.": PREPAYMENT_ACCOUNT, "Description": "Prepayment", "Quantity": -1, "Unit Price": part}
    line |= {"VAT %": taxed, "Document Type": "Invoice", "Order No.": order["No."], "Line No.": _last_line(company, order) + 10000}
    recalculate(line)
    return [line]


def _last_line(company: Company, order: Row) -> int:
    return max(int(line["Line No."]) for line in lines_of(company, order))


def prepayments(company: Company, order: Row) -> list[Row]:
    """The posted prepayment invoices of an order that are not cancelled."""
    found = company.table("Sales Invoice").lookup("Prepayment Order No.", order["No."])
    return [row for row in found if row.get("Prepayment Invoice") and row["Status"] in ("Open", "Paid")]


def is_prepaid(company: Company, order: Row) -> bool:
    """Whether the prepayment was invoiced and paid."""
    posted = prepayments(company, order)
    return bool(posted) and all(row["Status"] == "Paid" for row in posted)
