"""What stories about invoices begin with: a company that can invoice goods, services, freight and what is written in."""

from __future__ import annotations

from typing import Any

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.order_company import FREIGHT, GOODS, SERVICES, WRITE_IN
from tests.scenario.world import Record, customer, in_bc, item, resource

NAME = "POSTEDSALESINV-INV"
LINES = "POSTEDSALESLINE-INV"
PARENTS = ("SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPPING AGENT", "UNIT OF MEASURE", "CUSTOMER", "ITEM-PRODUCT", "RESOURCE-PRODUCT")
BILLED, PARTIAL, COMPLETE, CANCELED = (0, 4), (2, 100002), (2, 100001), (3, 100003)
"""statecode and statuscode of an invoice in Sales."""

VAT = {"vatBusinessPostingGroup": "DOMESTIC", "vatProductPostingGroup": "VAT19"}


def buyer(number: str = "C1", **values: Any) -> Record:
    """A customer to whom something can be invoiced."""
    return customer(number, vatBusinessPostingGroup="DOMESTIC", **{"salespersonCode": "AB", **values})


def goods(number: str = "BOLT", **values: Any) -> Record:
    """Something that can be sold, for ten."""
    return item(number, **{**GOODS, **values})


def service(number: str = "HELP", **values: Any) -> Record:
    """Somebody who works for eighty a piece."""
    return resource(number, **{**SERVICES, **values})


def company() -> tuple[Record, ...]:
    """What every story has: taxes, an account for freight, the write-in product, a customer, goods and a service."""
    return (
        in_bc("salesReceivablesSetup", "setup", writeInProductType="Item", writeInProductNumber=WRITE_IN, freightGLAccNumber=FREIGHT),
        in_bc("accounts", FREIGHT, number=FREIGHT, displayName="Freight", accountType="Posting", directPosting=True, blocked=False),
        in_bc("vatPostingSetups", "19", **VAT, vatPercent=19),
        buyer(),
        goods(),
        goods(WRITE_IN),
        service(),
    )


def sold(number: str = "BOLT", quantity: float = 2, kind: str = "Item", **values: Any) -> dict[str, Any]:
    """A line of an order."""
    return {"lineType": kind, "lineObjectNumber": number, "quantity": quantity, **values}


def said(text: str) -> dict[str, Any]:
    """A line of text."""
    return {"lineType": "Comment", "description": text}


async def ordered(engine: Engine, *lines: dict[str, Any], customer: str = "C1", **header: Any) -> dict[str, Any]:
    """An order in Business Central."""
    return await engine.bc.insert("salesOrders", customerNumber=customer, **header, salesOrderLines=list(lines or (sold(),)))


async def invoiced(engine: Engine, *lines: dict[str, Any], **header: Any) -> Record:
    """An order is shipped and invoiced at once; the posted invoice."""
    return await handed(engine, (await ordered(engine, *lines, **header))["id"])


async def handed(engine: Engine, order: str) -> Record:
    """The back office releases, ships and invoices an order; the posted invoice."""
    await engine.bc.hand("release", id=order)
    await engine.bc.hand("ship", id=order)
    return posted_as(await engine.bc.hand("invoice", id=order))


def posted_as(answer: dict[str, Any]) -> Record:
    """The posted invoice that a hand of Business Central answers."""
    return Record(Side.BC, "salesInvoices", answer["id"], answer)


async def switched_on(engine: Engine, *records: Record) -> None:
    """Master data is in step, and somebody switched invoices on: their first look is behind us."""
    await engine.seed(*company(), *records)
    await engine.sync(*PARENTS)
    await engine.switch(NAME, enabled=True)
    await engine.look(NAME)


async def details(engine: Engine, invoice: Record) -> list[dict[str, Any]]:
    """The lines in Sales of a posted invoice, in their order."""
    id_ = (await engine.partner(NAME, invoice))["invoiceid"]
    rows = await engine.sales.rows("invoicedetails", _invoiceid_value=id_)
    return sorted(rows, key=lambda row: row["sequencenumber"])


def state(row: dict[str, Any]) -> tuple[int, int]:
    """State and status of an invoice in Sales."""
    return row["statecode"], row["statuscode"]
