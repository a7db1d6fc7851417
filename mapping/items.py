"""ITEM-PRODUCT: items of BC and products of Sales, made as drafts, priced in the default price list, published (rule E2)."""

from __future__ import annotations

from typing import Any

from mapping.field import Direction
from mapping.fields import both, numbered, on, to_sales
from mapping.filters import equals
from mapping.ids import derived_id
from mapping.kinds import Exact, LocalMoney, Number
from mapping.lookups import Lookup
from mapping.model import Addition, Draft, Ensure, Related, Table, TableMapping
from mapping.steps import Create, Update
from mapping.values import Refusal, Side
from mapping.world import World

SALES_INVENTORY = 1
ACTIVE, RETIRED, DRAFT = {"statecode": 0, "statuscode": 1}, {"statecode": 1, "statuscode": 2}, 2
PRICE_LIST = "Couplet Default Price List"


def unit_and_currency(draft: Draft, world: World) -> Addition:
    """A new product counts in the one unit of its unit group and is priced in local currency; BC's item must have a base unit."""
    item = draft.rows[Side.BC]
    if draft.creates is Side.SALES and not item.get("baseUnitOfMeasureCode"):
        return Addition(refusal=Refusal(code="no_base_unit", detail="the item has no base unit of measure"))
    if draft.creates is not Side.SALES:
        return Addition()
    unit = world.row("unit", world.partner("UNIT OF MEASURE", Side.BC, str(item["baseUnitOfMeasureId"])))
    local = world.local_currency
    binds = {"defaultuomid@odata.bind": f"/uoms({unit['uomid']})"} if unit else {}
    if local:
        binds["transactioncurrencyid@odata.bind"] = f"/transactioncurrencies({local.id})"
    return Addition(values={Side.SALES: binds})


def state_follows_item(draft: Draft, world: World) -> Addition:
    """BC owns the state: a blocked item retires its product, an unblocked one activates it; drafts and revisions are people's (rule E2)."""
    item, product = draft.rows[Side.BC], draft.rows[Side.SALES]
    state = product.get("statecode")
    if draft.creates or state not in (ACTIVE["statecode"], RETIRED["statecode"]):
        return Addition()
    wanted = RETIRED if item.get("blocked") else ACTIVE
    return Addition(values={Side.SALES: wanted}) if wanted["statecode"] != state else Addition()


def priced_and_published(draft: Draft, world: World) -> Addition:
    """The product has its line in the default price list; a new one is published once it has."""
    price_list = world.row("price list", "*").get("pricelevelid")
    product_id = draft.ids.get(Side.SALES)
    if draft.creates is Side.BC or not price_list or not product_id or not draft.inside:
        return Addition()
    steps: list[Any] = _price_line(draft, world, product_id, price_list)
    if draft.creates is Side.SALES or (draft.fresh and draft.rows[Side.SALES].get("statecode") == DRAFT):
        publish = {"pricelevelid@odata.bind": f"/pricelevels({price_list})", **ACTIVE}
        steps.append(Update(side=Side.SALES, table="products", id=product_id, values=publish))
    return Addition(after=tuple(steps))


def _price_line(draft: Draft, world: World, product_id: str, price_list: str) -> list[Any]:
    price = draft.values[Side.SALES].get("price", draft.rows[Side.SALES].get("price")) or 0
    unit = world.row("unit", world.partner("UNIT OF MEASURE", Side.BC, str(draft.rows[Side.BC].get("baseUnitOfMeasureId")))).get("uomid")
    lines = [line for line in world.rows("price lines", product_id) if line["_pricelevelid_value"] == price_list]
    if lines:
        same = lines[0]["amount"] is not None and float(lines[0]["amount"]) == float(price)
        return (
            []
            if same
            else [Update(side=Side.SALES, table="productpricelevels", id=lines[0]["productpricelevelid"], values={"amount": price})]
        )
    if not unit:
        return []
    values = {
        "pricelevelid@odata.bind": f"/pricelevels({price_list})",
        "productid@odata.bind": f"/products({product_id})",
        "uomid@odata.bind": f"/uoms({unit})",
        "amount": price,
    }
    return [Create(side=Side.SALES, table="productpricelevels", id=derived_id("price line", product_id, price_list, unit), values=values)]


def new_price_list(world: World) -> dict[str, Any]:
    """The default price list, in local currency."""
    local = world.local_currency
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({local.id})"} if local else {}
    return {"name": PRICE_LIST, **bind}


ITEM_PRODUCT = TableMapping(
    name="ITEM-PRODUCT",
    bc=Table(name="items"),
    sales=Table(name="products", id="productid", changed="modifiedon"),
    direction=Direction.BOTH,
    keep={Side.BC: [equals("blocked", False)], Side.SALES: [equals("producttypecode", SALES_INVENTORY), equals("statecode", 0)]},
    types={Side.SALES: [equals("producttypecode", SALES_INVENTORY)]},
    needs=("UNIT OF MEASURE",),
    natural_keys=(("number",),),
    born={
        Side.SALES: {"producttypecode": SALES_INVENTORY, "productstructure": 1, "quantitydecimal": 2},
        Side.BC: {"type": "Inventory"},
    },
    inactive={Side.BC: {"blocked": True}, Side.SALES: RETIRED},
    also={Side.BC: ("blocked", "baseUnitOfMeasureCode"), Side.SALES: ("producttypecode", "statecode", "statuscode", "_defaultuomid_value")},
    ensures=(
        Ensure(
            name="price list",
            table=Table(name="pricelevels", id="pricelevelid"),
            column="name",
            value=lambda world: PRICE_LIST,
            make=new_price_list,
        ),
    ),
    related=(
        Related(
            name="price lines",
            side=Side.SALES,
            table="productpricelevels",
            key="_productid_value",
            of="productid",
            columns=("productpricelevelid", "_productid_value", "_pricelevelid_value", "amount"),
        ),
        Related(
            name="unit",
            side=Side.SALES,
            table="uoms",
            key="_uomscheduleid_value",
            of="baseUnitOfMeasureId",
            through="UNIT OF MEASURE",
            columns=("uomid", "name", "_uomscheduleid_value"),
        ),
    ),
    rules=(unit_and_currency, state_follows_item, priced_and_published),
    names={Side.BC: ("number", "displayName"), Side.SALES: ("productnumber", "name")},
    fields=on(
        "items",
        "products",
        numbered("number", "productnumber", Exact()),
        both("displayName", "name"),
        to_sales("unitPrice", "price", LocalMoney(pricing=True)),
        to_sales("unitCost", "standardcost", LocalMoney(pricing=True)),
        to_sales("unitCost", "currentcost", LocalMoney(pricing=True), name="currentCost"),
        to_sales("unitVolume", "stockvolume", Number()),
        to_sales("grossWeight", "stockweight", Number()),
        to_sales("vendorNumber", "vendorid", Exact()),
        to_sales("vendorItemNumber", "vendorpartnumber", Exact()),
        to_sales("inventory", "quantityonhand", Number()),
        both(
            "baseUnitOfMeasureId",
            "defaultuomscheduleid",
            Lookup(mapping="UNIT OF MEASURE", target="uomschedules", nav="defaultuomscheduleid"),
            once=Side.SALES,
        ),
    ),
)
