"""Orders that go both ways, as the people of both sides see and edit them."""

from __future__ import annotations

from typing import Any

from sync.heart.plan import Side
from tests.scenario.orders import NAME, Desk
from tests.scenario.world import Row


class Office(Desk):
    """Both sides of an order, as people see and edit it."""

    async def bc_order(self, *lines: Row, of: str = "C0", **values: Any) -> Row:
        """An order that was written and released in BC."""
        customer = (await self.engine.bc.rows("customers", number=of))[0]["id"]
        nested = [{"sequence": 10000 * place, **line} for place, line in enumerate(lines, 1)]
        made = await self.engine.bc.insert("salesOrders", customerId=customer, salesOrderLines=nested, **values)
        await self.engine.bc.hand("release", id=made["id"])
        return made

    async def in_sales(self, order: Row) -> Row:
        """The order of Sales of one of BC."""
        coupling = next(each for each in await self.engine.couplings(NAME) if each.bc_id == order["id"])
        return await self.engine.sales.row("salesorders", coupling.sales_id)

    async def lines(self, order: Row, side: Side) -> list[tuple[Any, ...]]:
        """Product, quantity, price and discount of each line, in order; of a coupled order, named by its row in Sales."""
        products = {row["productid"]: number for number, row in self.products.items()}
        if side is Side.SALES:
            rows = [row for row in await self.engine.sales.rows("salesorderdetails") if row["_salesorderid_value"] == order["salesorderid"]]
            shown = [
                (products.get(each["_productid_value"], each["productdescription"]), each["quantity"], each["priceperunit"], off(each))
                for each in rows
            ]
        else:
            rows = [row for row in await self.engine.bc.rows("salesOrderLines") if row["documentId"] == order["id"]]
            sold = [row for row in rows if row["lineType"] in ("Item", "Resource")]
            shown = [(row["lineObjectNumber"], row["quantity"], row["unitPrice"], row["discountAmount"]) for row in sold]
        return sorted(shown)

    async def edit_in_sales(self, order: Row, change: Any) -> None:
        """A person takes a submitted order back, changes it and submits it again."""
        await self.engine.sales.edit("salesorders", order["salesorderid"], statecode=0, statuscode=1)
        await change()
        await self.submit(order)

    async def edit_in_bc(self, order: Row, change: Any) -> None:
        """A person reopens a released order, changes it and releases it again."""
        await self.engine.bc.hand("reopen", id=order["id"])
        await change()
        await self.engine.bc.hand("release", id=order["id"])

    async def details(self, order: Row) -> dict[str, Row]:
        """The lines in Sales by the number of their product."""
        products = {row["productid"]: number for number, row in self.products.items()}
        rows = await self.engine.sales.rows("salesorderdetails")
        return {products.get(row["_productid_value"], ""): row for row in rows if row["_salesorderid_value"] == order["salesorderid"]}


def off(line: Row) -> float:
    """What a line of Sales takes off."""
    return float(line["manualdiscountamount"] or 0)
