"""CONTACT: persons of BC whose company is a customer or vendor, and contacts of Sales whose parent is an account (rule E1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mapping.accounts import ADDRESS, INACTIVE, MERGED, STATE, owned_by
from mapping.beside import Related, Watch
from mapping.field import Direction, FieldMapping
from mapping.fields import both, group, needed, on
from mapping.filters import equals, filled, known_code
from mapping.kinds import Email, Exact, Phone, Text, Web, cut
from mapping.lookups import Currency, Lookup
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.ours import PARENT, TABLE_OF, Page
from mapping.steps import Update
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

VENDOR, VENDOR_TYPE = "VENDOR", 11
"""The second mapping whose records have contacts, and account.customertypecode of its accounts."""

PARENT_TYPE = f"{PARENT}{TABLE_OF}"
"""A parent customer may be an account or a contact."""


NAMES = {Side.BC: ("firstName", "middleName", "surname", "displayName"), Side.SALES: ("firstname", "middlename", "lastname")}
"""The columns of a person's name; BC's last one is all of them together."""


def full_name_on_insert(draft: Draft, world: World) -> Addition:
    """Nobody is made without a name. BC asks for a display name when a contact is made, and splits or joins the parts itself afterwards."""
    if draft.creates is None:
        return Addition()
    parts = [str(part) for name in NAMES[draft.creates] if (part := draft.values[draft.creates].get(name))]
    if not parts:
        return Addition(refusal=Refusal(code="required_missing", detail="the contact has neither first nor last name"))
    return Addition(values={Side.BC: {"displayName": " ".join(parts)[:100]}} if draft.creates is Side.BC else {})


PRIMARY = "primarycontactid@odata.bind"


def first_is_primary(draft: Draft, world: World) -> Addition:
    """The first contact that is made for a company without a primary one becomes it; it reaches BC by the row of the customer or vendor."""
    account = world.row("account", _account(draft))
    if not account or account["_primarycontactid_value"] or account["statecode"]:
        return Addition()
    found = [(name, world.partner(name, Side.SALES, account["accountid"])) for name in ("CUSTOMER", VENDOR)]
    businesses = [(name, row) for name, id_ in found if (row := world.row(name, id_))]
    if len(businesses) != 1 or businesses[0][1]["primaryContactNumber"]:
        return Addition()
    values, version = {PRIMARY: f"/contacts({draft.ids[Side.SALES]})"}, account.get("@odata.etag")
    place: Mapping[str, Any] = {"side": Side.SALES, "table": "accounts", "id": account["accountid"]}
    return Addition(after=(Update(**place, values=values, version=version, first=True, tells=businesses[0][0]),))


def _account(draft: Draft) -> str | None:
    """The account of a contact that is about to be made on one of the sides."""
    if draft.creates is Side.BC:
        return draft.rows[Side.SALES].get("_parentcustomerid_value")
    bound = str(draft.values[Side.SALES].get("parentcustomerid_account@odata.bind") or "") if draft.creates else ""
    return bound.removeprefix("/accounts(").removesuffix(")") or None


def _business(table: str, mapping: str) -> Related:
    """The customer or vendor of somebody's company, for its primary contact."""
    columns = ("id", "primaryContactNumber")
    both_ways = (mapping, "primaryContactNumber")
    return Related(name=mapping, side=Side.BC, table=table, key="id", by="companyNumber", columns=columns, while_both=both_ways)


FIRST, LAST = "firstname", "lastname"


@dataclass(frozen=True, kw_only=True, slots=True)
class Company(Lookup):
    """Somebody's company: the account of the customer, or else of the vendor, that BC's company contact stands for (rule E1)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        written = Lookup.write(self, field, side, value, pair, world)
        if side is Side.SALES or not isinstance(written, Refusal) or not written.waits:
            return written
        if self.partner(Side.SALES, str(value), world):
            return Refusal(code="no_company_contact", detail="its customer or vendor has no company contact")
        is_vendor = world.row("account", str(value)).get("customertypecode") == VENDOR_TYPE and VENDOR in self.mappings
        awaited = replace(written.waits, mapping=VENDOR if is_vendor else self.mapping)
        return replace(written, waits=awaited, detail=f"its {awaited.mapping} is not coupled")


@dataclass(frozen=True, slots=True)
class FullName(Text):
    """A person's name in one: BC's display name, and in Sales the last word is the last name (rule E1, standard profile)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if side is Side.BC:
            return Text.write(self, field, side, value, pair, world)
        words = str(value or "").split()
        parts = {FIRST: " ".join(words[:-1]), LAST: " ".join(words[-1:])}
        values = {name: cut(part, replace(field, sales=name).length(side) or len(part)) for name, part in parts.items()}
        holds = " ".join(part for part in values.values() if part)
        sent = {name: part or None for name, part in values.items()}
        return Written(values=sent, holds=holds or None, shortened=holds != " ".join(words))


CONTACT = TableMapping(
    name="CONTACT",
    bc=Table(name="contacts"),
    sales=Table(name="contacts", id="contactid", changed="modifiedon"),
    page=Page(5050),
    direction=Direction.BOTH,
    keep={
        Side.BC: [
            equals("type", "Person"),
            filled("companyNumber"),
            known_code("companyNumber", "companyContacts", "is the company of no customer or vendor"),
            equals("privacyBlocked", False),
        ],
        Side.SALES: [equals("statecode", 0), filled(PARENT), equals(PARENT_TYPE, "account")],
    },
    needs=("CUSTOMER", VENDOR),
    belongs=PARENT,
    natural_keys=(("email", "companyNumber"),),
    born={Side.BC: {"type": "Person"}},
    inactive={Side.SALES: INACTIVE},
    merged=MERGED,
    also={Side.BC: ("type", "contactBusinessRelation", "privacyBlocked"), Side.SALES: (*STATE, *MERGED)},
    related=(
        Related(
            name="account",
            side=Side.SALES,
            table="accounts",
            key="accountid",
            by="companyNumber",
            columns=("accountid", "customertypecode", "statecode", "_primarycontactid_value"),
        ),
        _business("customers", "CUSTOMER"),
        _business("vendors", VENDOR),
    ),
    watches=(Watch(table="contactBusinessRelations", column="contactNumber", key="companyNumber"),),
    rules=(full_name_on_insert, first_is_primary),
    names={Side.BC: ("number", "displayName"), Side.SALES: ("fullname",)},
    fields=on(
        "contacts",
        "contacts",
        needed(
            both(
                "companyNumber",
                "parentcustomerid",
                Company(
                    mapping="CUSTOMER",
                    others=(VENDOR,),
                    target="accounts",
                    nav="parentcustomerid_account",
                    codes="companyContacts",
                    many=True,
                    told_by="contactBusinessRelation",
                    sorts={"Vendor": VENDOR},
                ),
            )
        ),
        owned_by("salespersonCode"),
        both(
            "currencyCode",
            "transactioncurrencyid",
            Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid", codes="currencies"),
        ),
        group("name", both("firstName", "firstname"), both("middleName", "middlename"), both("surname", "lastname")),
        ADDRESS,
        both("email", "emailaddress1", Email()),
        both("faxNumber", "fax", Phone()),
        both("website", "websiteurl", Web()),
        both("mobilePhoneNumber", "mobilephone", Phone()),
        both("pager", "pager", Phone()),
        both("phoneNumber", "telephone1", Phone()),
    ),
    offered=on("contacts", "contacts", both("salutationCode", "salutation", Exact())),
    standard=on("contacts", "contacts", both("displayName", "fullname", FullName())),
)
