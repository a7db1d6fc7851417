"""What BC does at once for a line of an order that is to be delivered: an assembly order, a reservation."""

from __future__ import annotations

from sandbox.business_central.company import Company, tidy
from sandbox.business_central.tables import Row

ASSEMBLY = "Assembly Header"
RESERVED = "Reserved Quantity"


def plan(company: Company, header: Row, line: Row) -> None:
    """Assemble to order what is assembled to order, reserve what is always reserved."""
    if header.get("Document Type") != "Order" or line.get("API Type") != "Item":
        return
    item = company.table("Item").find(line.get("No.", "")) or {}
    still_open = tidy(max(line.get("Quantity", 0) - line.get("Quantity Shipped", 0), 0))
    if item.get("Assembly Policy") == "Assemble_x002D_to_x002D_Order":
        line["Qty. to Assemble to Order"] = still_open
        _assemble(company, line, still_open)
    if item.get("Reserve") == "Always":
        _reserve(company, line, still_open)


def _assemble(company: Company, line: Row, quantity: float) -> None:
    orders = company.table(ASSEMBLY)
    values = {"Item No.": line["No."], "Quantity": quantity, "Sales Line Id": line["SystemId"]}
    held = next(iter(orders.lookup("Sales Line Id", line["SystemId"])), None)
    if held is None:
        orders.insert({"No.": company.next_number("Assembly"), **values})
    else:
        orders.modify({**held, **values})


def _reserve(company: Company, line: Row, quantity: float) -> None:
    """As much as is on hand and nobody else has reserved."""
    lines = company.table("Sales Line")
    key, reserved = lines.key_of(line), company.totals[RESERVED]
    others = sum(reserved.get(lines.key_of(other), 0) for other in lines.lookup("No.", line["No."]) if lines.key_of(other) != key)
    reserved[key] = tidy(max(min(quantity, company.total("Inventory", line["No."]) - others), 0))


def forget(company: Company, line: Row) -> None:
    """With a line that goes, its assembly order and its reservation go."""
    company.totals[RESERVED].pop(company.table("Sales Line").key_of(line), None)
    orders = company.table(ASSEMBLY)
    for order in list(orders.lookup("Sales Line Id", line["SystemId"])):
        orders.delete(order["SystemId"])
