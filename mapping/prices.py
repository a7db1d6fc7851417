"""What price lists and price groups share: which prices qualify, units, amounts, and that a list has one currency (rule E3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mapping.beside import Related, Watch
from mapping.field import FieldMapping
from mapping.fields import needed, to_sales
from mapping.filters import BLANKS, OneOf, blank, equals
from mapping.kinds import Number, decimal_text, number
from mapping.lookups import Currency, Lookup
from mapping.model import Addition, Draft, Keep, Table, Unit
from mapping.policies import Bound, DeletionPolicy, LeavingPolicy, Review
from mapping.price_units import PriceUnit, products_with_units
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

PRICE_LISTS = Table(name="pricelevels", id="pricelevelid", changed="modifiedon")
PRICES = Table(name="productpricelevels", id="productpricelevelid", changed="modifiedon")
ACTIVE, INACTIVE = {"statecode": 0, "statuscode": 100001}, {"statecode": 1, "statuscode": 100002}
CURRENCY_AMOUNT = 1
"""productpricelevel.pricingmethodcode: Currency Amount."""

OF_A_GROUP = "Customer_x0020_Price_x0020_Group"
"""Sales type, or source type, of a price that is a customer price group's."""


@dataclass(frozen=True, slots=True)
class ValidToday:
    """Rows that count on this day of the company; a blank date is no bound."""

    first: str = "startingDate"
    last: str = "endingDate"

    def __call__(self, row: Row, world: World) -> str | None:
        today, first, last = world.today.isoformat(), _day(row, self.first), _day(row, self.last)
        if first and first > today:
            return f"it is valid from {first} only"
        return f"it was valid until {last}" if last and last < today else None

    def __str__(self) -> str:
        return f"today between {self.first} and {self.last}"


def _day(row: Row, column: str) -> str | None:
    value = row.get(column)
    return None if value in BLANKS else str(value)[:10]


@dataclass(frozen=True, slots=True)
class Belonging:
    """Rows whose list is inside its own filters, as far as it is known."""

    related: str
    column: str
    keep: tuple[Keep, ...]

    def __call__(self, row: Row, world: World) -> str | None:
        code = str(row.get(self.column))
        head = world.row(self.related, code)
        reasons = (keep(head, world) for keep in self.keep if head)
        return next((f"of its list {code}, {reason}" for reason in reasons if reason), None)

    def __str__(self) -> str:
        return f"{self.column} names a list with {', '.join(map(str, self.keep))}"


@dataclass(frozen=True, slots=True)
class CoupledList:
    """Prices of Sales whose price list is coupled: those of other lists are people's own."""

    mapping: str
    column: str = "_pricelevelid_value"

    def __call__(self, row: Row, world: World) -> str | None:
        coupled = world.partner(self.mapping, Side.SALES, str(row.get(self.column)))
        return None if coupled else "its price list is not coupled"

    def __str__(self) -> str:
        return "its price list is coupled"


QUALIFYING: tuple[Keep, ...] = (equals("minimumQuantity", 0), blank("variantCode"), ValidToday())
"""What holds for a price of whatever table (rule E3)."""

QUALIFYING_LISTS: tuple[Keep, ...] = (equals("priceType", "Sale"), equals("amountType", "Price"), equals("allowUpdatingDefaults", False))
"""Price lists that are synchronised: of sales prices, whose lines have all of the list's own currency and dates."""

QUALIFYING_LINES: tuple[Keep, ...] = (
    equals("priceType", "Sale"),
    equals("amountType", "Price"),
    OneOf("assetType", ("Item", "Resource")),
    equals("status", "Active"),
    *QUALIFYING,
)
"""Lines of price lists that are synchronised (rule E3)."""

OF_ITS_LIST = Belonging("head", "priceListCode", QUALIFYING_LISTS)
"""Lines whose list qualifies, too."""

HEAD = Related(
    name="head",
    side=Side.BC,
    table="priceListHeaders",
    key="code",
    of="priceListCode",
    columns=("code", "priceType", "amountType", "allowUpdatingDefaults"),
)
HEADS = Watch(table="priceListHeaders", column="code", key="priceListCode")
"""The list of a line, which makes its lines due."""

PRICE_COLUMNS = ("minimumQuantity", "variantCode", "startingDate", "endingDate")
LINE_COLUMNS = ("priceType", "amountType", "assetType", "status", *PRICE_COLUMNS)
"""The columns that these filters ask."""

ASSETS = Lookup(
    mapping="ITEM-PRODUCT",
    others=("RESOURCE-PRODUCT",),
    target="products",
    nav="productid",
    many=True,
    told_by="assetType",
    sorts={"Item": "ITEM-PRODUCT", "Resource": "RESOURCE-PRODUCT"},
)
"""The product of a price list line: an item or a resource."""

IN_CURRENCY = Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid", codes="currencies")
A_COPY: dict[str, Any] = {
    "creates": frozenset({Side.SALES}),
    "only_coupled": False,
    "constants": {Side.SALES: {"pricingmethodcode": CURRENCY_AMOUNT}},
    "review": Review(always_full=True),
    "leaving": LeavingPolicy.DELETE_COUNTERPART,
    "deletion": DeletionPolicy.FOLLOW_SOURCE,
    "bound": Bound(percent=100),
}
"""Prices of Sales are copies: one that leaves or ends goes, any of them can be made again (rule E3)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price(Number):
    """An amount in the currency that a price shares with its list, with the decimals of prices; Sales takes none below zero.

    A price of Sales has no currency but its list's: an amount in another one is refused, whether it is new or was changed (rule D5).
    """

    list: FieldMapping
    currency: FieldMapping

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = row[field.column(side)]
        other = self._other_currency(row, world) if side is Side.BC else None
        return other or (None if value is None else decimal_text(value, 5 if side is Side.BC else world.pricing_precision))

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if Decimal(str(value or 0)) < 0:
            return Refusal(code="invalid_value", detail=f"{field.column(side)} takes no price below zero")
        holds = decimal_text(value or 0, world.pricing_precision)
        return Written(values={field.column(side): number(holds)}, holds=holds)

    def _other_currency(self, row: Row, world: World) -> Refusal | None:
        found = world.row("list", partner_of(self.list, row, world))
        has, own = found.get("_transactioncurrencyid_value"), partner_of(self.currency, row, world)
        if not has or not own or has == own:
            return None
        said = f"the price is in {row.get('currencyCode') or world.local_iso}, its price list {found['name']} is not"
        return Refusal(code="other_currency", detail=said)


def dated(table: Table) -> Watch:
    """Prices that count from a day on, or count no more from one on (rule F1)."""
    return Watch(table=table.name, column="id", key="id", days=("startingDate",), ends=("endingDate",))


def price_fields(list_: Unit, product: Unit, currency: Unit) -> tuple[Unit, ...]:
    """The field rows of a price: its list, its product, its unit, its amount in that currency."""
    return (
        needed(list_),
        needed(product),
        needed(to_sales("unitOfMeasureCode", "uomid", PriceUnit(product=product.members[0]))),
        needed(to_sales("unitPrice", "amount", Price(list=list_.members[0], currency=currency.members[0]))),
    )


def partner_of(member: FieldMapping, row: Row, world: World) -> str | None:
    """The id in Sales of what a price refers to; None where that is not coupled."""
    value = member.read(Side.BC, row, world)
    written = value if isinstance(value, Refusal) else member.write(Side.SALES, value, {Side.BC: row}, world)
    return None if isinstance(written, Refusal) or written.holds is None else str(written.holds)


def only_price(draft: Draft, world: World) -> Addition:
    """Sales takes one price for each price list, product and unit: a second one is refused by name."""
    if draft.creates is not Side.SALES:
        return Addition()
    named = {
        key.partition("@")[0]: str(value).rpartition("(")[2].rstrip(")") for key, value in draft.values[Side.SALES].items() if "@" in key
    }
    there = world.rows("prices", named.get("productid"))
    taken = [row for row in there if all(row[f"_{name}_value"] == named.get(name) for name in ("pricelevelid", "uomid"))]
    said = f"the price list {world.row('list', named.get('pricelevelid')).get('name')} has a price for this product and unit already"
    return Addition(refusal=Refusal(code="second_price", detail=said) if taken else None)


def one_currency(prices: Sequence[Row], world: World, expected: str | None = None) -> Refusal | None:
    """Why these prices cannot stand in one list: they, or the list, have different currencies (blank is the local one)."""
    told = {str(row["currencyCode"]).upper(): row for row in prices}
    wanted = expected if expected is not None else next(iter(told), None)
    other = next((row for code, row in told.items() if code != wanted), None)
    if other is None:
        return None
    which = f"line {other['lineNumber']}" if "lineNumber" in other else f"the price of {other['itemNumber']}"
    codes = [code or world.local_iso for code in (str(other["currencyCode"]).upper(), str(wanted))]
    return Refusal(code="other_currency", detail=f"{which} is in {codes[0]}, the list in {codes[1]}")


def qualifying(keep: Iterable[Keep], rows: Iterable[Row], world: World) -> list[Row]:
    """Those rows that are inside all of these filters."""
    terms = tuple(keep)
    return [row for row in rows if not any(each(row, world) for each in terms)]


PRICES_OF_PRODUCT = Related(
    name="prices",
    side=Side.SALES,
    table=PRICES.name,
    key="_productid_value",
    of="productid",
    beside="product",
    columns=("_productid_value", "_pricelevelid_value", "_uomid_value"),
)


def related_products(product: str, list_: str) -> tuple[Related, ...]:
    """What the fields and rules of a price look at in Sales: its product with the units, and its price list."""
    return (
        *products_with_units(product),
        PRICES_OF_PRODUCT,
        Related(
            name="list",
            side=Side.SALES,
            table="pricelevels",
            by=list_,
            always=True,
            columns=("pricelevelid", "name", "_transactioncurrencyid_value"),
        ),
    )
