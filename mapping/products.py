"""What items and resources have in common as products of Sales: drafted, priced in the default price list, published (rule E2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from mapping import price_lines
from mapping.beside import Related, Watch
from mapping.ensures import Ensure
from mapping.field import FieldMapping
from mapping.fields import numbered, to_sales
from mapping.filters import OneOf, equals
from mapping.kinds import Exact, LocalMoney, Text, decimal_text
from mapping.lookups import Currency
from mapping.model import Addition, Draft, Keep, Table, Unit
from mapping.policies import Mode
from mapping.price_lines import steps_of_lines
from mapping.product_units import has_a_group_of_its_own, units_of
from mapping.steps import Update
from mapping.units import UNIT_COLUMNS, unfit
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

ACTIVE, RETIRED = {"statecode": 0, "statuscode": 1}, {"statecode": 1, "statuscode": 2}
DRAFT, UNDER_REVISION = 2, 3
PRICE_LIST = "Couplet Default Price List"
SETUP = "sales setup"

PRODUCTS = Table(name="products", id="productid", changed="modifiedon")
INACTIVE: Mapping[Side, Row] = {Side.BC: {"blocked": True}, Side.SALES: RETIRED}
RESTING = {Side.SALES: [OneOf("statecode", (DRAFT, UNDER_REVISION), negated=True)]}
"""Drafts and revisions are people's: they never block anything (rule E2)."""
READ = ("producttypecode", "statecode", "statuscode", "_defaultuomid_value", "_pricelevelid_value")
"""What rules and filters look at in a product."""
NAMES = ("productnumber", "name")


@dataclass(frozen=True, slots=True)
class NotWriteIn:
    """Rows that are not the write-in product of BC's sales setup, which stands for products that nobody knows (behaviour.md section 14)."""

    kind: str
    column: str = "number"
    table: ClassVar[str] = "salesReceivablesSetup"
    what: ClassVar[str] = "write-in product"

    def __call__(self, row: Row, world: World) -> str | None:
        setup = world.row(SETUP, "*")
        named = setup.get("writeInProductNumber")
        same = named and setup.get("writeInProductType") == self.kind and str(row.get(self.column)).upper() == str(named).upper()
        return "it is the write-in product of Sales & Receivables Setup" if same else None

    def __str__(self) -> str:
        return f"{self.column} is not the write-in product of Sales & Receivables Setup"


@dataclass(frozen=True, slots=True)
class InLocalCurrency(Currency):
    """The currency of a product is BC's local one, whatever somebody made of it; it needs no coupling (rule D1)."""

    @property
    def mappings(self) -> tuple[str, ...]:
        return ()

    def without(self, gone: Collection[str]) -> InLocalCurrency:
        return self

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return Currency.read(self, field, side, row, world) if side is Side.SALES else world.local_iso

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        return self.write_blank(field, side, pair, world)


@dataclass(frozen=True, slots=True)
class VendorName(Text):
    """The name of the BC vendor with that number."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.SALES:
            return Text.read(self, field, side, row, world)
        return str(world.row("vendor", str(row[field.bc])).get("displayName") or "").strip() or None


def inside(product_type: int) -> Mapping[Side, Sequence[Keep]]:
    """Rows that are not blocked, and active products of that type."""
    return {Side.BC: [equals("blocked", False)], Side.SALES: [equals("producttypecode", product_type), equals("statecode", 0)]}


def fields_of_all(*between: Unit) -> tuple[Unit, ...]:
    """The field rows that items and resources share, and those that only one of them has."""
    return (
        numbered("number", "productnumber", Exact()),
        to_sales(
            "",
            "transactioncurrencyid",
            InLocalCurrency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid"),
        ),
        to_sales("unitPrice", "price", LocalMoney(pricing=True)),
        to_sales("unitCost", "standardcost", LocalMoney(pricing=True)),
        to_sales("unitCost", "currentcost", LocalMoney(pricing=True), name="currentCost"),
        to_sales("vendorNumber", "vendorid", Exact()),
        to_sales("vendorNumber", "vendorname", VendorName(), name="vendorName"),
        *between,
    )


def counted_in_its_unit(draft: Draft, world: World) -> Addition:
    """A new product counts in the one unit of its unit group; without a base unit it is not made."""
    if draft.creates is not Side.SALES:
        return Addition()
    if draft.values[Side.SALES].get("defaultuomid@odata.bind"):
        return Addition()
    group = bound(draft, "defaultuomscheduleid")
    if not group:
        return Addition(refusal=Refusal(code="no_base_unit", detail="the record has no base unit of measure"))
    units = world.rows("unit", group)
    if not units:
        return Addition()
    broken = unfit(units, "of its base unit")
    return Addition(refusal=broken) if broken else Addition(values={Side.SALES: {"defaultuomid@odata.bind": f"/uoms({units[0]['uomid']})"}})


def state_follows_bc(draft: Draft, world: World) -> Addition:
    """BC owns the state: blocked retires the product, unblocked activates it; drafts and revisions are people's (rule E2)."""
    state = draft.rows[Side.SALES].get("statecode")
    if draft.creates or state not in (ACTIVE["statecode"], RETIRED["statecode"]):
        return Addition()
    wanted = RETIRED if draft.rows[Side.BC].get("blocked") else ACTIVE
    return Addition(values={Side.SALES: wanted}) if wanted["statecode"] != state else Addition()


def priced_and_published(draft: Draft, world: World) -> Addition:
    """The product has its line in the default price list; a new one is published once it has (behaviour.md section 14.3)."""
    product_id, known = draft.ids.get(Side.SALES), world.rows("price list", "*")
    if draft.creates is Side.BC or not product_id or not draft.inside or not known:
        return Addition()
    price_list = known[0].get("pricelevelid")
    if not price_list:
        return Addition(refusal=_no_price_list(world))
    steps = steps_of_lines(product_id, price_list, _price(draft, world), _units(draft, world), world.rows("price lines", product_id), world)
    if draft.creates is Side.SALES or (draft.fresh and draft.rows[Side.SALES].get("statecode") == DRAFT):
        publish = {"pricelevelid@odata.bind": f"/pricelevels({price_list})", **ACTIVE}
        steps.append(Update(side=Side.SALES, table="products", id=product_id, values=publish))
    return Addition(after=tuple(steps))


def _no_price_list(world: World) -> Refusal:
    if world.local_currency is None:
        return Refusal(code="no_local_currency", detail=f"Sales has no currency with the ISO code {world.local_iso}")
    return Refusal(code="no_price_list", detail=f"no price list in {world.local_iso} is called {' or '.join(price_list_names(world))}")


def _units(draft: Draft, world: World) -> Mapping[str, str]:
    """The units that the product is priced in, with their quantities: those of its own group, or the one that it counts in."""
    own = units_of(bound(draft, "defaultuomscheduleid"), world)
    unit = _unit(draft, world)
    return own if unit in own else {unit: "1"} if unit else {}


def _price(draft: Draft, world: World) -> str:
    """The product's price in local currency, which the price list is in."""
    price = draft.values[Side.SALES].get("price", draft.rows[Side.SALES].get("price")) or 0
    own, local = world.currency(bound(draft, "transactioncurrencyid")), world.local_currency
    if own is None or local is None or own.id == local.id or not own.rate:
        return str(price)
    return decimal_text(Decimal(str(price)) * local.rate / own.rate, world.pricing_precision)


def _unit(draft: Draft, world: World) -> str | None:
    """The unit that the product counts in."""
    return bound(draft, "defaultuomid") or world.row("unit", bound(draft, "defaultuomscheduleid")).get("uomid")


def bound(draft: Draft, nav: str) -> str | None:
    """What a lookup of the product will refer to: what is about to be written, else what the row shows."""
    sent = draft.values[Side.SALES].get(f"{nav}@odata.bind")
    if sent:
        return str(sent).partition("(")[2].rstrip(")")
    return draft.rows[Side.SALES].get(f"_{nav}_value")


def price_list_names(world: World) -> list[str]:
    """How the default price list may be called: by the second name where a list of another currency has the first (behaviour.md 14.3)."""
    return [PRICE_LIST, PRICE_LIST.replace("Default", f"{world.local_iso} Default")] if world.local_currency else []


def _in_local_currency(row: Row, world: World) -> bool:
    return world.local_currency is not None and row["_transactioncurrencyid_value"] == world.local_currency.id


def _new_price_list(name: str, world: World) -> Mapping[str, Any]:
    local = world.local_currency
    return {"name": name, "transactioncurrencyid@odata.bind": f"/transactioncurrencies({local.id})"} if local else {}


DEFAULT_PRICE_LIST = Ensure(
    name="price list",
    table=Table(name="pricelevels", id="pricelevelid"),
    column="name",
    columns=("_transactioncurrencyid_value",),
    values=price_list_names,
    fits=_in_local_currency,
    make=_new_price_list,
)

SALES_SETUP = Related(
    name=SETUP,
    side=Side.BC,
    table=NotWriteIn.table,
    columns=("id", "writeInProductType", "writeInProductNumber", "freightGLAccNumber"),
    remembered=True,
)
"""What products and lines of documents ask of it: one reading serves both."""

PRICE_LINES = Related(
    name="price lines",
    side=Side.SALES,
    table="productpricelevels",
    key="_productid_value",
    of="productid",
    columns=price_lines.COLUMNS,
)

VENDOR = Related(name="vendor", side=Side.BC, table="vendors", key="number", of="vendorNumber", columns=("id", "number", "displayName"))

VENDORS = Watch(table="vendors", column="number", key="vendorNumber")
"""A vendor who is renamed has another name on his products, too (rule D4)."""


def unit_of_group(column: str) -> Related:
    """The unit in the group that stands for the BC unit which `column` names."""
    return Related(
        name="unit",
        side=Side.SALES,
        table="uoms",
        key="_uomscheduleid_value",
        of=column,
        through="UNIT OF MEASURE",
        columns=UNIT_COLUMNS,
    )


RULES = (counted_in_its_unit, state_follows_bc, priced_and_published)


def in_groups(related: tuple[Related, ...], units: tuple[Related, ...]) -> Mapping[Mode, Mapping[str, Any]]:
    """What is otherwise where each has a unit group of its own: its units are looked at, too, and nobody shares it."""
    return {Mode.UNIT_GROUPS: {"related": (*related, *units), "rules": (has_a_group_of_its_own, *RULES)}}


def born(type_code: int) -> Row:
    """What every new product of a type is in Sales."""
    return {"producttypecode": type_code, "productstructure": 1, "quantitydecimal": 2}
