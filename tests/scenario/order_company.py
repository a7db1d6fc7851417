"""A company that can sell what the random orders ask for: customers with people, goods of every sort, a write-in product, freight."""

from __future__ import annotations

from collections.abc import Iterator

from tests.scenario.pricing import sales_list
from tests.scenario.random_orders import VAT
from tests.scenario.world import Record, customer, in_bc, item, person, resource, sales_currency

CUSTOMERS, PRODUCTS = 8, 4
GOODS = {"generalProductPostingGroupCode": "RETAIL", "vatProductPostingGroup": "VAT19", "inventoryPostingGroupCode": "RESALE"}
SERVICES = {"generalProductPostingGroup": "SERVICES", "vATProductPostingGroup": "VAT19"}
FREIGHT = "8710"
WRITE_IN = "WRITE-IN"
DOLLARS = "Prices in dollars"


def order_company() -> Iterator[Record]:
    """All records beside the standard world."""
    yield in_bc(
        "salesReceivablesSetup",
        "setup",
        writeInProductType="Item",
        writeInProductNumber=WRITE_IN,
        freightGLAccNumber=FREIGHT,
        archiveOrders=True,
    )
    yield in_bc("accounts", FREIGHT, number=FREIGHT, displayName="Freight", accountType="Posting", directPosting=True, blocked=False)
    yield in_bc("vatPostingSetups", "19", vatBusinessPostingGroup="DOMESTIC", vatProductPostingGroup="VAT19", vatPercent=int(VAT))
    for n in range(CUSTOMERS):
        yield customer(f"C{n}", vatBusinessPostingGroup="DOMESTIC", addressLine1=f"Mill Lane {n}", city="Bonn", salespersonCode="AB")
        yield person(f"P{n}", of=f"C{n}")
    for n in range(PRODUCTS):
        yield item(f"ITEM-{n}", **GOODS)
        yield item(f"VAT-{n}", priceIncludesTax=True, vatBusinessPostingGroupPrice="DOMESTIC", **GOODS)
        yield resource(f"RES-{n}", **SERVICES)
    yield item(WRITE_IN, **GOODS)
    yield sales_list(DOLLARS, _transactioncurrencyid_value=sales_currency("USD"))
