"""The hands of the long story: sales people write orders and submit them, the back office ships, invoices and takes the money."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

from tests.scenario.order_company import DOLLARS
from tests.scenario.people import People, Row
from tests.scenario.random_orders import Fate, Line, Order, Sort

NUMBERS = {Sort.VAT_WITHIN: "VAT", Sort.RESOURCE: "RES"}
WRITTEN_IN = frozenset({Sort.WRITE_IN, Sort.LONG_WRITE_IN})
PRICE_LISTS = {"USD": DOLLARS, "EUR": "Couplet Default Price List"}

STEPS: Mapping[Fate, tuple[str, ...]] = {
    Fate.LEFT: (),
    Fate.RELEASED: ("release",),
    Fate.SHIPPED_IN_PART: ("release", "ship_a_part"),
    Fate.SHIPPED: ("release", "ship"),
    Fate.INVOICED: ("release", "ship", "invoice"),
    Fate.IN_TWO: ("release", "ship_a_part", "invoice", "ship", "invoice"),
    Fate.COMBINED: ("release", "ship", "invoice_together"),
    Fate.PAID: ("release", "ship", "invoice", "pay"),
    Fate.PAID_IN_PART: ("release", "ship", "invoice", "pay_a_part"),
    Fate.UNAPPLIED: ("release", "ship", "invoice", "pay", "unapply"),
    Fate.CANCELED: ("release", "ship", "invoice", "cancel"),
    Fate.DELETED: ("delete",),
}
"""What the back office does with an order, one step after the other."""

SHIPPED_TO = {"shipto_line1": "Back Door 1", "shipto_city": "Hamburg", "shipto_postalcode": "20095"}


def product_number(line: Line) -> str:
    """The number of the product that a line of the catalogue sells."""
    return f"{NUMBERS.get(line.sort, 'ITEM')}-{line.product}"


async def given_by_volume(sales: People, line: Row, off: float) -> None:
    """What a discount list gives off each piece cannot be typed: it stands there, and counts once somebody touches the line."""
    given = {name: value for name, value in line.items() if not name.startswith("@")}
    await sales.seed({"salesorderdetails": [given | {"volumediscountamount": off}]})
    await sales.edit("salesorderdetails", line["salesorderdetailid"], quantity=line["quantity"])


class OrderPeople:
    """Who works with orders on both sides; by place: `ids` of Sales, `in_bc` and `invoices` of BC."""

    def __init__(self, bc: People, sales: People) -> None:
        self.bc, self.sales = bc, sales
        self.ids: dict[int, str] = {}
        self.in_bc: dict[int, str] = {}
        self.invoices: dict[int, list[str]] = {}
        self.accounts: dict[str, Row] = {}
        self.contacts: dict[str, Row] = {}
        self.products: dict[str, Row] = {}
        self.lists: dict[str, Row] = {}

    async def open_the_catalogue(self) -> None:
        """What orders are made of, as Sales has it after a full synch."""
        self.accounts = {row["accountnumber"]: row for row in await self.sales.rows("accounts")}
        self.contacts = {row["_parentcustomerid_value"]: row for row in await self.sales.rows("contacts")}
        self.products = {row["productnumber"]: row for row in await self.sales.rows("products")}
        self.lists = {row["name"]: row for row in await self.sales.rows("pricelevels")}

    async def write(self, order: Order) -> None:
        """A sales person writes an order, line by line, and submits it."""
        made = await self.sales.insert("salesorders", **self._header(order))
        self.ids[order.place] = made["salesorderid"]
        for place, line in enumerate(order.lines, 1):
            await self._write_line(made["salesorderid"], place, line)
        await self.submit(order)

    async def submit(self, order: Order) -> None:
        """The order goes to the back office."""
        await self.sales.hand("submit", id=self.ids[order.place])

    def _header(self, order: Order) -> Row:
        account = self.accounts[f"C{order.customer}"]["accountid"]
        price_list = self.lists[PRICE_LISTS[order.currency]]
        to = f"/contacts({self.contacts[account]['contactid']})" if order.by_contact else f"/accounts({account})"
        amounts = {"discountpercentage": order.percent, "discountamount": order.off, "freightamount": order.freight}
        return {
            "name": order.name,
            "description": order.description or None,
            f"customerid_{'contact' if order.by_contact else 'account'}@odata.bind": to,
            "pricelevelid@odata.bind": f"/pricelevels({price_list['pricelevelid']})",
            "transactioncurrencyid@odata.bind": f"/transactioncurrencies({price_list['_transactioncurrencyid_value']})",
            **{name: float(amount) for name, amount in amounts.items() if amount},
            **(SHIPPED_TO if order.delivered_elsewhere else {}),
        }

    async def _write_line(self, order_id: str, place: int, line: Line) -> None:
        values = {
            "salesorderid@odata.bind": f"/salesorders({order_id})",
            "sequencenumber": place,
            "priceperunit": float(line.price),
            "quantity": float(line.quantity),
            "manualdiscountamount": float(line.manual),
            **self._sold(line),
        }
        made = await self.sales.insert("salesorderdetails", **values)
        if line.volume:
            await given_by_volume(self.sales, made, float(line.volume))

    def _sold(self, line: Line) -> Row:
        if line.sort in WRITTEN_IN:
            long = {"description": line.text} if line.sort is Sort.LONG_WRITE_IN else {}
            return {"isproductoverridden": True, "productdescription": line.texts[0], **long}
        product = self.products[product_number(line)]
        told = {"description": line.text} if line.text else {}
        return {
            "productid@odata.bind": f"/products({product['productid']})",
            "uomid@odata.bind": f"/uoms({product['_defaultuomid_value']})",
            "ispriceoverridden": True,
            **told,
        }

    # --- the back office

    async def find_in_bc(self, orders: list[Order]) -> None:
        """The orders as the back office finds them: each once, by the number of Sales under Your Reference."""
        numbers = {row["salesorderid"]: row["ordernumber"] for row in await self.sales.rows("salesorders")}
        known = {row["yourReference"]: row["id"] for row in await self.bc.rows("salesOrders")}
        self.in_bc = {order.place: known[numbers[self.ids[order.place]]] for order in orders}

    async def carry_out(self, step: str, orders: list[Order]) -> None:
        """One step with each of these orders; those that are invoiced together are so by customer."""
        if step == "invoice_together":
            for customer in sorted({order.customer for order in orders}):
                await self._invoice_together([order for order in orders if order.customer == customer])
            return
        steps: dict[str, Callable[[Order], Awaitable[None]]] = {
            "release": self._release,
            "ship": self._ship,
            "ship_a_part": self._ship_a_part,
            "invoice": self._invoice,
            "pay": self._pay,
            "pay_a_part": self._pay_a_part,
            "unapply": self._unapply,
            "cancel": self._cancel,
            "delete": self._delete,
        }
        for order in orders:
            await steps[step](order)

    async def _release(self, order: Order) -> None:
        await self.bc.hand("release", id=self.in_bc[order.place])

    async def _ship(self, order: Order) -> None:
        await self.bc.hand("ship", id=self.in_bc[order.place])

    async def _ship_a_part(self, order: Order) -> None:
        """One piece of the first line that has something to ship."""
        mine = self.in_bc[order.place]
        lines = [line for line in await self.bc.rows("salesOrderLines", documentId=mine) if line["quantity"]]
        await self.bc.hand("shipPart", id=mine, lines={min(lines, key=lambda line: int(line["sequence"]))["id"]: 1})

    async def _invoice(self, order: Order) -> None:
        posted = await self.bc.hand("invoice", id=self.in_bc[order.place])
        self.invoices.setdefault(order.place, []).append(posted["id"])

    async def _invoice_together(self, orders: list[Order]) -> None:
        posted = await self.bc.hand("combineShipments", ids=[self.in_bc[order.place] for order in orders])
        for order in orders:
            self.invoices[order.place] = [posted["id"]]

    async def _pay(self, order: Order) -> None:
        await self.bc.hand("pay", id=self.invoices[order.place][-1])

    async def _pay_a_part(self, order: Order) -> None:
        await self.bc.hand("pay", id=self.invoices[order.place][-1], amount=float(Decimal("1.5")))

    async def _unapply(self, order: Order) -> None:
        await self.bc.hand("unapply", id=self.invoices[order.place][-1])

    async def _cancel(self, order: Order) -> None:
        await self.bc.hand("cancel", id=self.invoices[order.place][-1])

    async def _delete(self, order: Order) -> None:
        await self.bc.delete("salesOrders", self.in_bc[order.place])
