"""What customers and vendors have in common: both are accounts in Sales, told apart by the relationship type."""

from __future__ import annotations

from mapping.fields import both, group, needed, numbered, to_sales
from mapping.kinds import Country, Email, Exact, Phone, Web
from mapping.lookups import Currency, Lookup, Option, Owner
from mapping.model import Table, Unit
from mapping.policies import Cascade
from mapping.templates import Supplies
from mapping.values import Side

ACCOUNTS = Table(name="accounts", id="accountid", changed="modifiedon")

NEEDS = ("SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT")

ADDRESS = group(
    "address",
    both("addressLine1", "address1_line1"),
    both("addressLine2", "address1_line2"),
    both("postalCode", "address1_postalcode", Exact()),
    both("city", "address1_city"),
    both("country", "address1_country", Country()),
    both("state", "address1_stateorprovince"),
)
"""Street, street 2, post code, city, country and county are one value (rule B4)."""

MERGED = ("merged", "_masterid_value")
"""Whether an account or contact was merged into another one, and into which (rule C4)."""

STATE = ("statecode", "statuscode")

INACTIVE = {"statecode": 1, "statuscode": 2}

PEOPLE = (Cascade(mapping="CONTACT", field="companyNumber"),)
"""Whoever uncouples an account uncouples its contacts with it."""

NAMES = {Side.BC: ("number", "displayName"), Side.SALES: ("accountnumber", "name")}

PRIMARY_CONTACT = both(
    "primaryContactNumber",
    "primarycontactid",
    Lookup(mapping="CONTACT", target="contacts", nav="primarycontactid", codes="contacts", blank=True, many=True),
)

OFFERED = (to_sales("mobilePhoneNumber", "telephone2", Phone()),)
"""Rows that are offered disabled; natively the number is one, too, which rule E9 has on."""


def owned_by(column: str) -> Unit:
    """The user of the salesperson or purchaser owns the row (rule D7)."""
    return to_sales(column, "ownerid", Owner(mapping="SALESPEOPLE", target="systemusers", nav="ownerid", codes="salespeoplePurchasers"))


def shipped_by(column: str, codes: str | None = None) -> Unit:
    """The shipment method, which BC names by id for a customer and by code for a vendor."""
    return both(column, "address1_freighttermscode", Option(mapping="SHIPMENT METHOD", codes=codes, blank=True))


def groups_of(table: str, page: str, own: str) -> Supplies:
    """What BC's templates give a new customer or vendor: posting groups, without which no document is posted, and a number series."""
    groups = (own, "generalBusinessPostingGroup", "vatBusinessPostingGroup")
    return Supplies(table=table, page=page, gives={name: name for name in (*groups, "numberSeries")}, needs=groups)


def shared(owner: str, shipment: Unit, *own: Unit) -> tuple[Unit, ...]:
    """The rows of customers and vendors in the native order; `own` are those that only one of them has."""
    return (
        owned_by(owner),
        numbered("number", "accountnumber", Exact(), keep_typed=True),
        needed(both("displayName", "name")),
        both("contact", "address1_primarycontactname"),
        ADDRESS,
        both(
            "currencyId", "transactioncurrencyid", Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid")
        ),
        both("email", "emailaddress1", Email()),
        both("faxNumber", "fax", Phone()),
        both("website", "websiteurl", Web()),
        both("phoneNumber", "telephone1", Phone()),
        shipment,
        both("shippingAgentCode", "address1_shippingmethodcode", Option(mapping="SHIPPING AGENT", codes="shippingAgents", blank=True)),
        both("paymentTermsId", "paymenttermscode", Option(mapping="PAYMENT TERMS", blank=True)),
        *own,
        PRIMARY_CONTACT,
    )
