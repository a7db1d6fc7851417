"""CONTACT: persons of BC whose company is a customer, and contacts of Sales whose parent is an account (rule E1)."""

from __future__ import annotations

from mapping.customers import ADDRESS, OWNER
from mapping.fields import both, group, on
from mapping.filters import equals, filled, known_code
from mapping.kinds import Email, Exact, Phone
from mapping.lookups import Currency, Lookup
from mapping.model import Addition, Direction, Draft, Table, TableMapping
from mapping.values import Side
from mapping.world import World

PARENT_TYPE = "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"
"""Sales names the table of a parent customer in an annotation; a parent may be an account or a contact."""


def full_name_on_insert(draft: Draft, world: World) -> Addition:
    """BC asks for a display name when a contact is made, and splits or joins the parts itself afterwards."""
    if draft.creates is not Side.BC:
        return Addition()
    parts = (draft.values[Side.BC].get(part) for part in ("firstName", "middleName", "surname"))
    return Addition(values={Side.BC: {"displayName": " ".join(str(part) for part in parts if part)[:100]}})


CONTACT = TableMapping(
    name="CONTACT",
    bc=Table(name="contacts"),
    sales=Table(name="contacts", id="contactid", changed="modifiedon"),
    direction=Direction.BOTH,
    keep={
        Side.BC: [
            equals("type", "Person"),
            filled("companyNumber"),
            known_code("companyNumber", "companyContacts", "is the company of no customer"),
            equals("privacyBlocked", False),
        ],
        Side.SALES: [equals("statecode", 0), filled("_parentcustomerid_value"), equals(PARENT_TYPE, "account")],
    },
    needs=("CUSTOMER",),
    natural_keys=(("email", "companyNumber"),),
    born={Side.BC: {"type": "Person"}},
    also={Side.BC: ("type", "privacyBlocked"), Side.SALES: ("statecode",)},
    rules=(full_name_on_insert,),
    fields=on(
        "contacts",
        "contacts",
        both(
            "companyNumber",
            "parentcustomerid",
            Lookup(mapping="CUSTOMER", target="accounts", nav="parentcustomerid_account", codes="companyContacts", many=True),
        ),
        OWNER,
        both(
            "currencyCode",
            "transactioncurrencyid",
            Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid", codes="currencies"),
        ),
        group("name", both("firstName", "firstname"), both("middleName", "middlename"), both("surname", "lastname")),
        ADDRESS,
        both("email", "emailaddress1", Email()),
        both("faxNumber", "fax", Phone()),
        both("website", "websiteurl", Exact()),
        both("mobilePhoneNumber", "mobilephone", Phone()),
        both("pager", "pager", Phone()),
        both("phoneNumber", "telephone1", Phone()),
    ),
)
