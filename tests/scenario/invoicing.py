"""What stories about invoices begin with: a customer who can be invoiced, goods and services, orders that are shipped and invoiced."""

from __future__ import annotations

from typing import Any

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.test_account_figures import GOODS
from tests.scenario.world import Record, customer, item, resource

NAME = "POSTEDSALESINV-INV"
PARENTS = ("SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPPING AGENT", "UNIT OF MEASURE", "CUSTOMER", "ITEM-PRODUCT", "RESOURCE-PRODUCT")
BILLED, PARTIAL, COMPLETE, CANCELED = (0, 4), (2, 100002), (2, 100001), (3, 100003)
"""statecode and statuscode of an invoice in Sales."""


def buyer(number: str = "C1", **values: Any) -> Record:
    """A customer to whom something can be invoiced."""
    return customer(number, vatBusinessPostingGroup="DOMESTIC", **values)


def goods(number: str = "BOLT", **values: Any) -> Record:
    """Something that can be sold, for ten."""
    return item(number, **{"unitPrice": 10, **GOODS, **values})


def service(number: str = "HELP", **values: Any) -> Record:
    """Somebody who works for eighty a piece."""
    return resource(number, **{"generalProductPostingGroup": "SERVICES", "vATProductPostingGroup": "VAT19", **values})


def sold(number: str = "BOLT", quantity: float = 2, **values: Any) -> dict[str, Any]:
    """A line of an order."""
    return {"lineType": "Item", "lineObjectNumber": number, "quantity": quantity, **values}


async def ordered(engine: Engine, *lines: dict[str, Any], customer: str = "C1", **header: Any) -> dict[str, Any]:
    """An order in Business Central."""
    return await engine.bc.insert("salesOrders", customerNumber=customer, **header, salesOrderLines=list(lines or (sold(),)))


async def invoiced(engine: Engine, *lines: dict[str, Any], **header: Any) -> str:
    """An order is shipped and invoiced at once; the id of the posted invoice."""
    order = await ordered(engine, *lines, **header)
    await engine.bc.hand("release", id=order["id"])
    await engine.bc.hand("ship", id=order["id"])
    return str((await engine.bc.hand("invoice", id=order["id"]))["id"])


async def switched_on(engine: Engine, *records: Record) -> None:
    """Master data is in step, and somebody switched invoices on: their first look is behind us."""
    await engine.seed(*(records or (buyer(salespersonCode="AB"), goods())))
    await engine.sync(*PARENTS)
    await engine.switch(NAME, enabled=True)
    await engine.look(NAME)


async def in_sales(engine: Engine, invoice: str) -> dict[str, Any]:
    """The invoice of Sales that a posted one is coupled with."""
    return await engine.partner(NAME, Record(Side.BC, "salesInvoices", invoice, {}))


def state(row: dict[str, Any]) -> tuple[int, int]:
    """State and status of an invoice in Sales."""
    return row["statecode"], row["statuscode"]
