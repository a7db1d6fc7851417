"""A company that sells by orders, and the sales people who write them in Sales."""

from __future__ import annotations

from typing import Any, Self

from tests.scenario.engine import Engine
from tests.scenario.order_company import order_company
from tests.scenario.units import UNITS
from tests.scenario.world import Row

MASTERS = ("SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT", "CUSTOMER", "CONTACT")
GOODS = ("ITEM-PRODUCT", "RESOURCE-PRODUCT")
NAME = "SALESORDER-ORDER"
DEFAULT_LIST = "Couplet Default Price List"


class Desk:
    """Who writes orders in Sales, and what he writes them of."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.accounts: dict[str, Row] = {}
        self.contacts: dict[str, Row] = {}
        self.products: dict[str, Row] = {}
        self.lists: dict[str, Row] = {}

    @classmethod
    async def opened(cls, engine: Engine, *, automatic: bool = True) -> Self:
        """In a company whose customers and goods are in step, with orders switched on."""
        await engine.seed(*order_company())
        units = [name for name in ("UNIT OF MEASURE", *UNITS) if name in engine.ctx.mappings]
        await engine.sync(*MASTERS, *units, *GOODS)
        await engine.switch(NAME, enabled=True, onlyCoupled=not automatic)
        await engine.look(NAME)
        desk = cls(engine)
        await desk.read()
        return desk

    async def read(self) -> None:
        """What Sales has by now."""
        sales = self.engine.sales
        self.accounts = {row["accountnumber"]: row for row in await sales.rows("accounts") if row.get("accountnumber")}
        self.contacts = {row["_parentcustomerid_value"]: row for row in await sales.rows("contacts")}
        self.products = {row["productnumber"]: row for row in await sales.rows("products")}
        self.lists = {row["name"]: row for row in await sales.rows("pricelevels")}

    async def order(self, *lines: Row, of: str = "C0", by: str = "account", list_: str = DEFAULT_LIST, **values: Any) -> Row:
        """An order with its lines, not yet submitted."""
        made = await self.engine.sales.insert("salesorders", **{"name": "Order of Anja", **self.head(of, by, list_), **values})
        for place, line in enumerate(lines, 1):
            bound = {"salesorderid@odata.bind": f"/salesorders({made['salesorderid']})", "sequencenumber": place}
            await self.engine.sales.insert("salesorderdetails", **bound, **line)
        return made

    def head(self, of: str, by: str, list_: str) -> Row:
        """For whom a document is, and in which currency."""
        account, price_list = self.accounts[of]["accountid"], self.lists[list_]
        to = f"/contacts({self.contacts[account]['contactid']})" if by == "contact" else f"/accounts({account})"
        return {
            f"customerid_{by}@odata.bind": to,
            "pricelevelid@odata.bind": f"/pricelevels({price_list['pricelevelid']})",
            "transactioncurrencyid@odata.bind": f"/transactioncurrencies({price_list['_transactioncurrencyid_value']})",
        }

    async def choice(self, column: str, code: str) -> int:
        """The value of a choice of orders that is called like a code of BC."""
        options = await self.engine.ctx.sales.options("salesorders", column)
        return next(value for value, label in options.items() if label == code)

    async def submitted(self, *lines: Row, **values: Any) -> Row:
        """An order that was handed to the back office."""
        made = await self.order(*lines, **values)
        await self.submit(made)
        return made

    async def submit(self, order: Row) -> None:
        await self.engine.sales.hand("submit", id=order["salesorderid"])

    def line(self, number: str, quantity: float = 1, price: float = 10, **values: Any) -> Row:
        """A line that sells a product at a price of its own."""
        product = self.products[number]
        return {
            "productid@odata.bind": f"/products({product['productid']})",
            "uomid@odata.bind": f"/uoms({product['_defaultuomid_value']})",
            "ispriceoverridden": True,
            "quantity": quantity,
            "priceperunit": price,
            **values,
        }

    async def in_bc(self, order: Row) -> Row:
        """The order as BC has it: the one under its number."""
        number = (await self.engine.sales.row("salesorders", order["salesorderid"]))["ordernumber"]
        [found] = await self.engine.bc.rows("salesOrders", yourReference=number)
        return found

    async def lines_in_bc(self, order: Row) -> list[Row]:
        """Its lines in their order."""
        rows = await self.engine.bc.rows("salesOrderLines", documentId=(await self.in_bc(order))["id"])
        return sorted(rows, key=lambda row: int(row["sequence"]))

    async def lines_in_sales(self, order: Row) -> list[Row]:
        """The lines of the order in Sales in their order."""
        rows = await self.engine.sales.rows("salesorderdetails", _salesorderid_value=order["salesorderid"])
        return sorted(rows, key=lambda row: int(row["sequencenumber"]))

    async def now(self, order: Row) -> Row:
        """The order as it stands in Sales."""
        return await self.engine.sales.row("salesorders", order["salesorderid"])


def write_in(text: str, quantity: float = 1, price: float = 5, **values: Any) -> Row:
    """A line that sells what no product is."""
    return {"isproductoverridden": True, "productdescription": text, "quantity": quantity, "priceperunit": price, **values}
