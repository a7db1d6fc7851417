"""Orders and invoices of the customers who may buy."""

from __future__ import annotations

import datetime as dt

from sandbox.company.customers import Fate, House
from sandbox.company.items import FREIGHT
from sandbox.company.model import ZERO_GUID, Draft, Row, guid, mix

DOCUMENTS = "documents switched on"
"""How `expected.json` names what comes of documents, which do nothing until somebody switches them on."""

INVOICES = "POSTEDSALESINV-INV"
FIRST_DAY = dt.date(2025, 1, 6)
TAX_PERCENT = 19
VAT_OF_GOODS = ("NORMAL", "VAT19")
OPEN_FOR_BUSINESS = frozenset({Fate.PAIR, Fate.TO_SALES})
ADDRESS = (
    ("AddressLine1", "addressLine1"),
    ("AddressLine2", "addressLine2"),
    ("City", "city"),
    ("Country", "country"),
    ("State", "state"),
    ("PostCode", "postalCode"),
)


def add_documents(draft: Draft, houses: list[House]) -> None:
    """An order for every fourth, an invoice for every sixth; one line to three."""
    _add_bookkeeping(draft)
    goods = [row for row in draft.bc["items"] if not row["blocked"] and row["baseUnitOfMeasure"] and row["unitPrice"] > 0]
    for house in houses:
        if not house.customer or house.oddity or house.fate not in OPEN_FOR_BUSINESS:
            continue
        bits = mix(draft.seed, house.place, 50)
        if bits % 4 == 1:
            _order(draft, house, house.customer, goods)
        if bits % 6 == 2:
            _invoice(draft, house, house.customer, goods)


def _add_bookkeeping(draft: Draft) -> None:
    """What a line is taxed with, and the account of freight."""
    for goods in VAT_OF_GOODS:
        draft.to_bc("vatPostingSetups", {
            "id": guid("vatPostingSetups", goods), "vatBusinessPostingGroup": "DOMESTIC", "vatProductPostingGroup": goods,
            "vatPercent": TAX_PERCENT,
        })  # fmt: skip
    draft.to_bc("accounts", {
        "id": guid("accounts in BC", FREIGHT), "number": FREIGHT, "displayName": "Frachterlöse", "accountType": "Posting",
        "directPosting": True, "blocked": False,
    })  # fmt: skip


def _day(bits: int) -> str:
    return (FIRST_DAY + dt.timedelta(days=(bits >> 4) % 300)).isoformat()


def _order(draft: Draft, house: House, customer: Row, goods: list[Row]) -> None:
    number, bits = f"S-ORD{100000 + house.place}", mix(draft.seed, house.place, 51)
    lines = _lines(guid("salesOrders", number), goods, bits)
    draft.to_bc("salesOrders", _header(guid("salesOrders", number), number, customer, bits) | _totals(lines) | {
        "orderDate": _day(bits), "status": "Draft", "fullyShipped": False, "partialShipping": True,
        "requestedDeliveryDate": _day(bits + 160),
    })  # fmt: skip
    for line in lines:
        draft.to_bc("salesOrderLines", line | {"shippedQuantity": 0, "invoicedQuantity": 0})


def _invoice(draft: Draft, house: House, customer: Row, goods: list[Row]) -> None:
    number, bits = f"PS-INV{100000 + house.place}", mix(draft.seed, house.place, 52)
    lines = _lines(guid("salesInvoices", number), goods, bits)
    totals, paid = _totals(lines), bool(bits & 1)
    draft.mode(DOCUMENTS).created(INVOICES, "bc", guid("salesInvoices", number))
    draft.to_bc("salesInvoices", _header(guid("salesInvoices", number), number, customer, bits) | totals | {
        "invoiceDate": _day(bits), "dueDate": _day(bits + 480), "status": "Paid" if paid else "Open",
        "remainingAmount": 0 if paid else totals["totalAmountIncludingTax"],
    })  # fmt: skip
    for line in lines:
        draft.to_bc("salesInvoiceLines", line)


def _lines(document: str, goods: list[Row], bits: int) -> list[Row]:
    return [_line(document, k, goods[(bits + 7 * k) % len(goods)], 1 + (bits >> (k + 8)) % 12) for k in range(1 + bits % 3)]


def _totals(lines: list[Row]) -> Row:
    net, tax = (round(sum(line[name] for line in lines), 2) for name in ("amountExcludingTax", "totalTaxAmount"))
    return {"totalAmountExcludingTax": net, "totalTaxAmount": tax, "totalAmountIncludingTax": round(net + tax, 2), "discountAmount": 0}


def _header(id: str, number: str, customer: Row, bits: int) -> Row:
    address = {f"{part}{name}": customer[source] for part in ("sellTo", "billTo", "shipTo") for name, source in ADDRESS}
    return address | {
        "id": id, "number": number, "externalDocumentNumber": f"PO-{bits % 100000}", "postingDate": _day(bits),
        "customerId": customer["id"], "customerNumber": customer["number"], "customerName": customer["displayName"],
        "billToName": customer["displayName"], "billToCustomerId": customer["id"], "billToCustomerNumber": customer["number"],
        "shipToName": customer["displayName"], "shipToContact": customer["contact"], "currencyId": customer["currencyId"],
        "currencyCode": customer["currencyCode"], "pricesIncludeTax": False, "paymentTermsId": customer["paymentTermsId"],
        "shipmentMethodId": customer["shipmentMethodId"], "salesperson": customer["salespersonCode"],
        "phoneNumber": customer["phoneNumber"], "email": customer["email"],
    }  # fmt: skip


def _line(document: str, k: int, item: Row, quantity: int) -> Row:
    amount = round(quantity * item["unitPrice"], 2)
    tax = round(amount * TAX_PERCENT / 100, 2)
    return {
        "id": guid("lines", f"{document}/{k}"), "documentId": document, "sequence": 10000 * (k + 1), "itemId": item["id"],
        "accountId": ZERO_GUID, "lineType": "Item", "lineObjectNumber": item["number"], "description": item["displayName"],
        "description2": "", "unitOfMeasureId": item["baseUnitOfMeasureId"], "unitOfMeasureCode": item["baseUnitOfMeasureCode"],
        "quantity": quantity, "unitPrice": item["unitPrice"], "discountAmount": 0, "discountPercent": 0, "amountExcludingTax": amount,
        "taxPercent": TAX_PERCENT, "totalTaxAmount": tax, "amountIncludingTax": round(amount + tax, 2), "netAmount": amount,
        "netTaxAmount": tax, "netAmountIncludingTax": round(amount + tax, 2),
    }  # fmt: skip
