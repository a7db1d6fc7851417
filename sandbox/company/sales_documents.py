"""Orders and quotes of Sales: those that must become BC's too once somebody switches documents on, and those that must not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.company import people
from sandbox.company.customers import Fate, House
from sandbox.company.documents import DOCUMENTS
from sandbox.company.items import PRICE_LIST
from sandbox.company.model import LOCAL_CURRENCY, Draft, Row, guid, mix
from sandbox.company.reference import sales_currency

State = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of document: its mapping, its name in Sales, the column of its number and how numbers begin."""

    mapping: str
    name: str
    number: str
    prefix: str


ORDER = Kind(mapping="SALESORDER-ORDER", name="salesorder", number="ordernumber", prefix="ORD")
QUOTE = Kind(mapping="QUOTE", name="quote", number="quotenumber", prefix="QUO")
SELLER = people.USER_OF[people.ACTIVE[0]]
EVERY = 5
"""Every so many customers that both sides know have an order of their own."""

SUBMITTED = (1, 3)
NOT_YET = {"not submitted": (0, 1), "canceled": (2, 4)}
"""Orders that are nobody's business in BC."""
QUOTES = {"active": (1, 2), "draft": (0, 1), "lost": (3, 5)}
"""Quotes by their state; an active one becomes a quote of BC."""

LONG_TEXT = "Bitte vor der Lieferung anrufen, der Hof ist schmal. " * 6
LAST_LINE = "Rechnung bitte an die Zentrale."


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A line as it is typed: a product of the catalogue, or words of one's own."""

    product: Row | None = None
    words: str = ""
    quantity: float = 1
    price: float = 0.0
    off: float = 0.0
    text: str = ""

    @property
    def amount(self) -> float:
        """What the line comes to."""
        return round(self.quantity * self.price - self.off, 2)


def add_sales_documents(draft: Draft, houses: list[House]) -> None:
    """Regular orders, one of every kind of line, quotes, and some that are nobody's business in BC."""
    goods = _goods(draft)
    known = [house for house in houses if house.fate is Fate.PAIR and not house.oddity]
    for house in known:
        bits = mix(draft.seed, house.place, 53)
        if bits % EVERY == 0:
            wishes = [_wish(goods[(bits + 3 * k) % len(goods)], 1 + (bits >> k) % 9) for k in range(1 + bits % 3)]
            _written(draft, ORDER, house, f"{house.place}", "Bestellung", wishes)
    home = next(house for house in houses if house.oddity == "house_of_contacts")
    _of_every_kind(draft, home, goods)
    _others(draft, home, goods)


def _goods(draft: Draft) -> list[Row]:
    """Active products that are items already, so that everybody may order them before the first synch."""
    pairs = {pair["salesId"] for pair in draft.ledger.of("ITEM-PRODUCT").pairs}
    return [row for row in draft.sales["products"] if row["productid"] in pairs and (row["statecode"], row["statuscode"]) == (0, 1)]


def _wish(product: Row, quantity: float, **values: Any) -> Wish:
    return Wish(product=product, quantity=quantity, price=product["price"], **values)


def _of_every_kind(draft: Draft, home: House, goods: list[Row]) -> None:
    """One order with all that an order can hold."""
    wishes = [
        _wish(goods[0], 3),
        _wish(goods[1 % len(goods)], 2, off=1.5),
        _wish(goods[-1], 1, text="In der Farbe des Hauses\nmit Gravur"),
        Wish(words="Abholung der alten Möbel", quantity=1, price=80),
        Wish(words="Sonderanfertigung", quantity=1, price=450, text=LONG_TEXT + "\n" + LAST_LINE),
    ]
    values: dict[str, Any] = {"freightamount": 25.0, "discountpercentage": 5.0, "description": "Erster Auftrag\nnach dem Umzug"}
    _written(draft, ORDER, home, "every kind", "Alles, was ein Auftrag haben kann", wishes, **values)
    name = "Ein Auftrag mit einem Namen, der länger als fünfunddreißig Zeichen ist"
    _written(draft, ORDER, home, "long name", name, [_wish(goods[0], 1)])


def _others(draft: Draft, home: House, goods: list[Row]) -> None:
    """Orders that nobody has submitted or that were canceled, and quotes."""
    for key, state in NOT_YET.items():
        _written(draft, ORDER, home, key, key.capitalize(), [_wish(goods[0], 1)], state=state)
    for key, state in QUOTES.items():
        _written(draft, QUOTE, home, key, f"Angebot {key}", [_wish(goods[0], 2), _wish(goods[-1], 1)], state=state)


def _written(
    draft: Draft,
    kind: Kind,
    house: House,
    key: str,
    name: str,
    wishes: Sequence[Wish],
    *,
    state: tuple[int, int] = SUBMITTED,
    **values: Any,
) -> None:
    """A document with its lines; what comes of it follows from its state."""
    assert house.account is not None
    id_ = guid(f"{kind.name}s", key)
    draft.to_sales(f"{kind.name}s", {
        f"{kind.name}id": id_, kind.number: f"{kind.prefix}-{key.upper().replace(' ', '-')}", "name": name, "statecode": state[0],
        "statuscode": state[1], "_customerid_value": house.account["accountid"], "_accountid_value": house.account["accountid"],
        "_pricelevelid_value": guid("pricelevels", PRICE_LIST), "_transactioncurrencyid_value": sales_currency(LOCAL_CURRENCY),
        "_ownerid_value": SELLER, **values, **_totals(wishes, values),
    })  # fmt: skip
    for place, wish in enumerate(wishes, 1):
        draft.to_sales(f"{kind.name}details", _line(kind, id_, place, wish))
    ledger = draft.mode(DOCUMENTS)
    if state in (SUBMITTED, QUOTES["active"]):
        ledger.created(kind.mapping, "sales", id_)
    else:
        ledger.apart(kind.mapping, "sales", id_, "out_of_filter")


def _totals(wishes: Sequence[Wish], values: Row) -> Row:
    """What Sales works out of the lines."""
    goods, freight = round(sum(wish.amount for wish in wishes), 2), values.get("freightamount", 0)
    off = round(values.get("discountamount", 0) + goods * values.get("discountpercentage", 0) / 100, 2)
    return {
        "totallineitemamount": goods, "totallineitemdiscountamount": sum(wish.off for wish in wishes), "totaltax": 0.0,
        "totaldiscountamount": off, "totalamountlessfreight": round(goods - off, 2), "totalamount": round(goods - off + freight, 2),
    }  # fmt: skip


def _line(kind: Kind, document: str, place: int, wish: Wish) -> Row:
    product = wish.product or {}
    return {
        f"{kind.name}detailid": guid(f"{kind.name}details", f"{document}/{place}"), f"_{kind.name}id_value": document,
        "sequencenumber": place, "isproductoverridden": wish.product is None, "ispriceoverridden": wish.product is not None,
        "productdescription": wish.words or None, "_productid_value": product.get("productid"),
        "_uomid_value": product.get("_defaultuomid_value"), f"{kind.name}detailname": product.get("name") or wish.words,
        "quantity": wish.quantity, "priceperunit": wish.price, "baseamount": round(wish.quantity * wish.price, 2),
        "manualdiscountamount": wish.off, "extendedamount": wish.amount, "description": wish.text or None,
        "_transactioncurrencyid_value": sales_currency(LOCAL_CURRENCY),
    }  # fmt: skip
