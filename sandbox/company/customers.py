"""Customers and accounts: the regular ones, a third of them on both sides, and the odd ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.company import people
from sandbox.company.model import Draft, Row
from sandbox.company.oddity import LOWER_CASE, SAME, Oddity, Outcome, oddities, settle
from sandbox.company.profiles import Profile, account_row, customer_row, profile
from sandbox.company.words import COUNTRIES

MAPPING = "CUSTOMER"
BC_PROPERTY = {
    # fields of a profile that variants change -> BC property
    "name": "displayName", "street": "addressLine1", "phone": "phoneNumber", "fax": "faxNumber", "email": "email", "website": "website",
}  # fmt: skip
PROFILE_FIELDS = frozenset(Profile._fields)


class Fate(StrEnum):
    """What becomes of an organisation in a full synch."""

    PAIR = "both sides know it"
    TO_SALES = "it gets an account"
    TO_BC = "it gets a customer"
    WAITS = "it waits"
    OUTSIDE = "it is outside the filter"


@dataclass(frozen=True, slots=True)
class House:
    """An organisation with its rows, for those who live in it: contacts, orders."""

    fate: Fate
    who: Profile
    place: int
    customer: Row | None = None
    account: Row | None = None
    oddity: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """How the two rows of a regular pair differ from the organisation's profile."""

    by_number: bool
    bc: Mapping[str, str] = field(default_factory=dict)
    sales: Mapping[str, str] = field(default_factory=dict)
    capitals: bool = False
    country_name: bool = False


VARIANTS = (
    Variant(by_number=True, bc={"phone": ""}, sales={"email": ""}),
    Variant(by_number=False, country_name=True),
    Variant(by_number=True, sales={"phone": "+49 30 1234567", "website": "https://old.example"}, capitals=True),
    Variant(by_number=False, capitals=True, bc={"fax": ""}, sales={"website": ""}),
    Variant(by_number=True, sales={"street": "Alter Marktweg 3", "email": "alt@old.example"}),
    Variant(by_number=False, bc={"website": ""}, sales={"phone": ""}),
)
OTHER_ACCOUNTS: tuple[Row, ...] = (
    {"customertypecode": 8},
    {"customertypecode": 10},
    {"statecode": 1, "statuscode": 2},
    {"customertypecode": 11},
    {"customertypecode": None},
)
VENDOR, VENDOR_TYPE = "VENDOR", 11
BLOCKS = ("All", "Invoice", "Ship")


def add_customers(draft: Draft) -> list[House]:
    """All customers and accounts, with what is expected of them."""
    count = draft.size(300, least=20)
    houses = [_regular(draft, n) for n in range(count)]
    houses += [_only_account(draft, count + n, n) for n in range(draft.size(42, least=8))]
    for place, oddity in enumerate(oddities("customers")):
        houses += _odd(draft, oddity, count + place)
    return houses


def _regular(draft: Draft, n: int) -> House:
    who, number = profile(draft.seed, n), f"C{10000 + n}"
    if n % 40 == 7:
        customer = draft.to_bc("customers", customer_row(number, who.but(salesperson=people.LEFT[n // 40 % len(people.LEFT)])))
        draft.ledger.held(MAPPING, "bc", customer["id"], "no_owner")
        return House(Fate.WAITS, who, n, customer)
    if n % 37 == 5:
        customer = draft.to_bc("customers", customer_row(number, who) | {"blocked": BLOCKS[n // 37 % len(BLOCKS)]})
        draft.ledger.apart(MAPPING, "bc", customer["id"], "out_of_filter")
        return House(Fate.OUTSIDE, who, n, customer)
    if n % 3 == 0:
        return _pair(draft, who, number, n)
    customer = draft.to_bc("customers", customer_row(number, who))
    draft.ledger.created(MAPPING, "bc", customer["id"])
    return House(Fate.TO_SALES, who, n, customer)


def _pair(draft: Draft, who: Profile, number: str, n: int) -> House:
    variant = VARIANTS[n // 3 % len(VARIANTS)]
    in_sales: dict[str, Any] = dict(variant.sales)
    if variant.capitals and who.name.upper().lower() == who.name.lower():  # ß and ı have no way back, and would be another name
        in_sales["name"] = who.name.upper()
    if variant.country_name:
        in_sales["country"] = COUNTRIES[who.country]
    customer = draft.to_bc("customers", customer_row(number, who.but(**variant.bc)))
    account = draft.to_sales("accounts", account_row(number, who.but(**in_sales), number=number if variant.by_number else None))
    final = {BC_PROPERTY[name]: getattr(who, name) for name in (*variant.bc, *in_sales) if name in BC_PROPERTY}
    draft.ledger.pair(MAPPING, customer["id"], account["accountid"], {name: value for name, value in final.items() if value})
    return House(Fate.PAIR, who, n, customer, account)


def _only_account(draft: Draft, name_number: int, n: int) -> House:
    who = profile(draft.seed, name_number)
    # a currency that Sales does not have yet cannot stand on an account
    who = who.but(salesperson="", currency=who.currency if who.currency == "USD" else "")
    account = draft.to_sales("accounts", account_row(f"only-{n}", who))
    if n % 4 != 3:
        draft.ledger.created(MAPPING, "sales", account["accountid"])
        return House(Fate.TO_BC, who, name_number, None, account)
    account.update(OTHER_ACCOUNTS[n // 4 % len(OTHER_ACCOUNTS)])
    draft.ledger.apart(MAPPING, "sales", account["accountid"], "out_of_filter")
    if account["customertypecode"] == VENDOR_TYPE:
        draft.ledger.created(VENDOR, "sales", account["accountid"])
    return House(Fate.OUTSIDE, who, name_number, None, account)


def number_of(oddity: Oddity, place: int) -> str:
    """The BC number of one row of an oddity, short enough for the numbers of its contacts."""
    return f"{oddity.name[:14].strip('_').replace('_', '-').upper()}-{place}"


def _odd(draft: Draft, oddity: Oddity, n: int) -> list[House]:
    who = profile(draft.seed, n).but(name=f"{oddity.name.replace('_', ' ').capitalize()} GmbH", currency="")
    customers = [_odd_customer(draft, who, number_of(oddity, i), values) for i, values in enumerate(oddity.bc)]
    accounts = [_odd_account(draft, who, oddity, i) for i in range(len(oddity.sales))]
    settle(draft, MAPPING, oddity, [row["id"] for row in customers], [row["accountid"] for row in accounts])
    houses = []
    for i in range(max(len(customers), len(accounts))):
        customer = customers[i] if i < len(customers) else None
        account = accounts[i] if i < len(accounts) else None
        houses.append(House(_fate(oddity, customer, account), who, n, customer, account, oddity.name))
    return houses


def _fate(oddity: Oddity, customer: Row | None, account: Row | None) -> Fate:
    if oddity.outcome is Outcome.APART:
        return Fate.WAITS if oddity.problem else Fate.OUTSIDE
    if oddity.outcome is Outcome.PAIR and customer and account:
        return Fate.PAIR
    return Fate.TO_SALES if customer else Fate.TO_BC


def _odd_customer(draft: Draft, who: Profile, number: str, values: Mapping[str, Any]) -> Row:
    changes = {name: value for name, value in values.items() if name in PROFILE_FIELDS}
    return draft.to_bc("customers", customer_row(number, who.but(**changes)) | {k: v for k, v in values.items() if k not in PROFILE_FIELDS})


def _odd_account(draft: Draft, who: Profile, oddity: Oddity, i: int) -> Row:
    values = dict(oddity.sales[i])
    number = values.pop("accountnumber", None)
    numbers = {SAME: number_of(oddity, 0), LOWER_CASE: number_of(oddity, 0).lower() + " "}
    changes = {name: values.pop(name) for name in list(values) if name in PROFILE_FIELDS}
    row = account_row(f"{oddity.name}/{i}", who.but(**changes), number=numbers.get(number, number))
    return draft.to_sales("accounts", row | {name: None if value == "" else value for name, value in values.items()})
