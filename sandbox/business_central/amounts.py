"""What lines and documents come to: discounts, taxes and totals, as BC works them out, and what a customer has outstanding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.tables import Row, Table

HEADERS = ("Sales Header", "Sales Invoice")
COMMENT = "Comment"


def lines_of(company: Company, header: Row) -> list[Row]:
    lines = company.table("Sales Line")
    return sorted(lines.lookup("Document Id", header["SystemId"]), key=lines.key_of)


def header_of(company: Company, document_id: str) -> tuple[Table, Row]:
    """The header a line belongs to. Raises Refused."""
    for name in HEADERS:
        row = company.table(name).rows.get(document_id)
        if row is not None:
            return company.table(name), row
    raise errors.dialog("The document of the line cannot be found.")


def rounded(value: float, unit: float = 0.01) -> float:
    """An amount in whole units of its currency, half away from zero."""
    step = Decimal(str(unit))
    whole = (Decimal(repr(round(value, 9))) / step).quantize(Decimal(1), ROUND_HALF_UP)
    return tidy(float(whole * step))


def unit_of(company: Company, header: Row) -> float:
    """The smallest amount in the currency of a document."""
    currency = company.table("Currency").find(header.get("Currency Code", "")) or {}
    places = str(currency.get("Amount Decimal Places") or "2:2").rpartition(":")[2]
    return float(10.0 ** -int(places)) if places.isdigit() else 0.01


def gross(line: Row, unit: float = 0.01) -> float:
    """Quantity times price."""
    return rounded(line.get("Quantity", 0) * line.get("Unit Price", 0), unit)


def recalculate(line: Row, unit: float = 0.01) -> None:
    """What a line comes to before any discount of the whole document, and what is still to be done."""
    line["Line Amount"] = tidy(gross(line, unit) - line.get("Line Discount Amount", 0))
    line["Qty. to Ship"] = tidy(line.get("Quantity", 0) - line.get("Quantity Shipped", 0))
    line["Qty. to Invoice"] = tidy(line.get("Quantity", 0) - line.get("Quantity Invoiced", 0))
    line["Qty. Shipped Not Invoiced"] = tidy(line.get("Quantity Shipped", 0) - line.get("Quantity Invoiced", 0))


def shares(amount: float, weights: Sequence[float], unit: float = 0.01) -> Iterator[float]:
    """An amount spread over weights without losing a cent."""
    whole, so_far, given = sum(weights), 0.0, 0.0
    for weight in weights:
        so_far += weight
        until = rounded(amount * so_far / whole, unit) if whole else 0
        yield tidy(until - given)
        given = until


def settle(header: Row, lines: Sequence[Row], discounts: Sequence[float], unit: float = 0.01) -> None:
    """Discount of the document, net amount and tax of each line; taxes of one rate are rounded together, as BC does."""
    within = bool(header.get("Prices Including VAT"))
    sums: dict[float, list[float]] = {}
    for line, discount in zip(lines, discounts, strict=True):
        percent, held = line.get("VAT %", 0), tidy(line.get("Line Amount", 0) - discount)
        before = sums.setdefault(percent, [0.0, 0.0])
        base = tidy(before[0] + held)
        other = rounded(base / (1 + percent / 100) if within else base * percent / 100, unit)
        part = tidy(other - before[1])
        sums[percent] = [base, other]
        net, full = (part, held) if within else (held, tidy(held + part))
        line.update(
            _amounts(line, percent, discount, within, unit) | {"Amount": net, "Amount Including VAT": full, "Tax Amount": tidy(full - net)}
        )


def _amounts(line: Row, percent: float, discount: float, within: bool, unit: float) -> Row:
    """The amounts of a line that API v2.0 shows beside the net amount: before the discount of the document."""
    amount, rate = line.get("Line Amount", 0), 1 + percent / 100
    net, full = (rounded(amount / rate, unit), amount) if within else (amount, rounded(amount * rate, unit))
    return {
        "Inv. Discount Amount": discount,
        "Inv. Discount Amount Excl. VAT": rounded(discount / rate, unit) if within else discount,
        "Line Amount Excluding Tax": net,
        "Line Amount Including Tax": full,
        "Line Tax Amount": tidy(full - net),
    }


def retotal(company: Company, document_id: str) -> None:
    """Amounts of all lines, a header's totals from them, its row touched, and what the customer has outstanding."""
    if document_id in company.unsettled:
        return
    table, header = header_of(company, document_id)
    held, unit = lines_of(company, header), unit_of(company, header)
    lines = [dict(line) for line in held]
    if not header.get("Posted"):
        weights = [line.get("Line Amount", 0) for line in lines]
        settle(header, lines, list(shares(header.get("Invoice Discount Amount", 0), weights, unit)), unit)
    for before, line in zip(held, lines, strict=True):
        if before != line:
            company.table("Sales Line").modify(line)
    # what is taken off a document is what is taken off its lines: without any, nothing is
    discount = {} if lines else {"Invoice Discount Amount": 0}
    table.modify({**header, **totals(lines), **discount}, stamped=bool(company.environment.switches["linesMoveHeaders"]))
    outstanding(company, header.get("Sell-to Customer No.", ""))


def totals(lines: Sequence[Row]) -> Row:
    """What a header shows of its lines."""
    net, full = (tidy(sum(line.get(field, 0) for line in lines)) for field in ("Amount", "Amount Including VAT"))
    sold = [line for line in lines if line.get("API Type", COMMENT) != COMMENT]
    shipped = bool(sold) and all(line.get("Quantity Shipped", 0) == line.get("Quantity", 0) for line in sold)
    return {"Amount": net, "Amount Including VAT": full, "Total Tax Amount": tidy(full - net), "Completely Shipped": shipped}


def vat_percent(company: Company, business: str, product: str) -> Any:
    """The tax on what is sold, by the two posting groups; none where nobody has set them up."""
    return (company.table("VAT Posting Setup").find((business, product)) or {}).get("VAT %", 0)


def rate(company: Company, currency: str) -> float:
    """Local currency per unit of a currency, by its newest rate; 1 for the local currency itself."""
    rows = company.table("Currency Exchange Rate").lookup("Currency Code", currency) if currency else []
    newest = max(rows, key=lambda row: str(row["Starting Date"]), default=None)
    if newest is None or not newest.get("Exchange Rate Amount"):
        return 1.0
    return float(newest.get("Relational Exch. Rate Amount", 0) / newest["Exchange Rate Amount"])


def outstanding(company: Company, customer: str) -> None:
    """Work out what a customer has ordered, not yet shipped, and shipped, not yet invoiced."""
    orders = shipped = 0.0
    for header in company.table("Sales Header").lookup("Sell-to Customer No.", customer):
        if header["Document Type"] == "Order":
            worth = rate(company, header.get("Currency Code", ""))
            for line in lines_of(company, header):
                each = line.get("Amount Including VAT", 0) / (line.get("Quantity", 0) or 1) * worth
                done = line.get("Quantity Shipped", 0)
                orders += each * (line.get("Quantity", 0) - done)
                shipped += each * (done - line.get("Quantity Invoiced", 0))
    company.totals["Outstanding Orders (LCY)"][customer] = tidy(round(orders, 2))
    company.totals["Shipped Not Invoiced (LCY)"][customer] = tidy(round(shipped, 2))
