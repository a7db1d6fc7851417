"""OPPORTUNITY: open opportunities of BC for customers, and open opportunities of Sales (rule E4).

Both name it; contact, account, owner, estimate and day come from BC. Won, lost or closed it leaves the filter and stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mapping.accounts import owned_by
from mapping.beside import Watch
from mapping.field import Direction, FieldMapping
from mapping.fields import both, needed, on, to_sales
from mapping.filters import equals, known_code, one_of
from mapping.kinds import LocalMoney, Number
from mapping.lookups import Currency, Lookup
from mapping.model import Addition, Draft, Table, TableMapping, Unit
from mapping.ours import Page
from mapping.plain import Day
from mapping.policies import Mode
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

COMPANIES = "companyContacts"
"""The company contacts of customers; not looked at where BC does not serve the company of an opportunity."""

OPEN = ("Not_x0020_Started", "In_x0020_Progress")


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonContact(Lookup):
    """The person whom BC's contact is; the contact of a company itself is no person of Sales, its account says all."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        company = side is Side.BC and row[field.bc] == row.get("contactCompanyNumber")
        return None if company else Lookup.read(self, field, side, row, world)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnCurrency(Currency):
    """The currency of the row in Sales, in which its amounts stand (rule D1). BC has none: a new row is in local currency."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return None if side is Side.BC else Currency.read(self, field, side, row, world)


@dataclass(frozen=True, slots=True)
class Estimate(LocalMoney):
    """The estimated value, which Sales takes from outside only where it does not work it out from products itself (rule E4)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        written = LocalMoney.write(self, field, side, value, pair, world)
        if isinstance(written, Refusal):
            return written
        return Written(values={**written.values, "isrevenuesystemcalculated": False}, holds=written.holds)


CONTACT = to_sales(
    "contactNumber",
    "parentcontactid",
    PersonContact(mapping="CONTACT", target="contacts", nav="parentcontactid", codes="contacts", many=True),
)
ACCOUNT = to_sales(
    "contactCompanyNumber",
    "parentaccountid",
    Lookup(mapping="CUSTOMER", target="accounts", nav="parentaccountid", codes=COMPANIES, many=True),
)
OWNER = owned_by("salespersonCode")
OWN_CURRENCY = Unit(
    "transactioncurrencyid",
    (
        FieldMapping(
            bc="",
            sales="transactioncurrencyid",
            name="transactioncurrencyid",
            direction=Direction.TO_SALES,
            kind=OwnCurrency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid"),
            keep_typed=True,
        ),
    ),
)


def for_whom(draft: Draft, world: World) -> Addition:
    """Born in Sales: the coupled parent contact, else the company contact of the coupled account; neither is a problem (rule E4)."""
    if draft.creates is not Side.BC:
        return Addition()
    person = _carried(CONTACT, draft, world)
    if isinstance(person, Written):
        return Addition(values={Side.BC: dict(person.values)})
    known = COMPANIES in world.codes
    company = _carried(ACCOUNT, draft, world) if known else None
    if isinstance(company, Written):
        return Addition(values={Side.BC: {CONTACT.members[0].bc: company.values[ACCOUNT.members[0].bc]}})
    lacking = "it names no contact" + (" and no account" if known else ", and without the Couplet extension its account shows none")
    return Addition(refusal=company or person or Refusal(code="no_contact", detail=lacking))


def sold_by(draft: Draft, world: World) -> Addition:
    """Born in Sales: the salesperson is the one coupled to the owner; none is a problem (rule E4)."""
    if draft.creates is not Side.BC:
        return Addition()
    seller = _carried(OWNER, draft, world)
    if isinstance(seller, Written):
        return Addition(values={Side.BC: dict(seller.values)})
    waits = seller.waits if seller else None
    return Addition(refusal=Refusal(code="no_salesperson", detail="its owner in Sales is no salesperson's user", waits=waits))


def in_known_currency(draft: Draft, world: World) -> Addition:
    """Without local currency in Sales a new row would be in the base currency, and its estimate a wrong one (rule D1)."""
    if draft.creates is not Side.SALES or world.local_currency:
        return Addition()
    return Addition(refusal=Refusal(code="no_local_currency", detail=f"Sales has no currency with the ISO code {world.local_iso}"))


def customer_named(draft: Draft, world: World) -> Addition:
    """A new opportunity of Sales has its account, or else its contact, as its customer, too: quotes that are made of it go there."""
    if draft.creates is not Side.SALES:
        return Addition()
    binds = {name: draft.values[Side.SALES].get(f"parent{name}id@odata.bind") for name in ("account", "contact")}
    found = next(({f"customerid_{name}@odata.bind": bind} for name, bind in binds.items() if bind), {})
    return Addition(values={Side.SALES: found})


def _carried(unit: Unit, draft: Draft, world: World) -> Written | Refusal | None:
    """What Sales names in a row that natively goes to Sales only, made ready for BC; None when it names nothing."""
    member = unit.members[0]
    value = draft.rows[Side.SALES].get(member.shown(Side.SALES))
    return member.write(Side.BC, str(value), draft.rows, world) if value else None


OPPORTUNITY = TableMapping(
    name="OPPORTUNITY",
    bc=Table(name="opportunities"),
    sales=Table(name="opportunities", id="opportunityid", changed="modifiedon"),
    direction=Direction.BOTH,
    keep={
        Side.BC: [one_of("status", *OPEN), known_code("contactCompanyNumber", COMPANIES, "is the company of no customer")],
        Side.SALES: [equals("statecode", 0)],
    },
    needs=("CONTACT",),
    belongs="_parentaccountid_value",
    natural_keys=(("description", "contactCompanyNumber"), ("description", "contactNumber")),
    also={Side.BC: ("number", "status"), Side.SALES: ("statecode", "statuscode")},
    # Neither an estimate, a row of its own, nor what makes a prospect a customer changes the stamp of the opportunity (rule F1).
    watches=(
        Watch(table="opportunityEntries", column="opportunityNumber", key="number"),
        Watch(table="contactBusinessRelations", column="contactNumber", key="contactCompanyNumber"),
    ),
    rules=(for_whom, sold_by, in_known_currency, customer_named),
    variants={Mode.TEAM: {"rules": (for_whom, in_known_currency, customer_named)}},
    page=Page(5124),
    names={Side.BC: ("number", "description"), Side.SALES: ("name",)},
    fields=on(
        "opportunities",
        "opportunities",
        needed(both("description", "name")),
        CONTACT,
        ACCOUNT,
        OWNER,
        OWN_CURRENCY,
        to_sales("estimatedValue", "estimatedvalue", Estimate()),
        to_sales("estimatedClosingDate", "estimatedclosedate", Day()),
    ),
    offered=on(
        "opportunities",
        "opportunities",
        to_sales("dateClosed", "actualclosedate", Day()),
        to_sales("probability", "closeprobability", Number(precision=0)),
        to_sales("calculatedCurrentValue", "actualvalue", LocalMoney()),
    ),
)
