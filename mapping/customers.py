"""CUSTOMER: customers of BC and accounts of Sales with relationship type Customer."""

from __future__ import annotations

from mapping.field import Direction
from mapping.fields import both, group, numbered, on, to_sales
from mapping.filters import blank, equals
from mapping.kinds import Country, Email, Exact, LocalMoney, Phone, Web
from mapping.lookups import Currency, Lookup, Option, Owner
from mapping.model import Cascade, Table, TableMapping
from mapping.values import Side

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

OWNER = to_sales(
    "salespersonCode", "ownerid", Owner(mapping="SALESPEOPLE", target="systemusers", nav="ownerid", codes="salespeoplePurchasers")
)

CUSTOMER_TYPE = 3
"""account.customertypecode: Customer."""

MERGED = ("merged", "_masterid_value")
"""Whether an account or contact was merged into another one, and into which (rule C4)."""

CUSTOMER = TableMapping(
    name="CUSTOMER",
    bc=Table(name="customers"),
    sales=Table(name="accounts", id="accountid", changed="modifiedon"),
    direction=Direction.BOTH,
    keep={Side.BC: [blank("blocked")], Side.SALES: [equals("customertypecode", CUSTOMER_TYPE), equals("statecode", 0)]},
    types={Side.SALES: [equals("customertypecode", CUSTOMER_TYPE)]},
    needs=("SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"),
    natural_keys=(("number",), ("displayName", "postalCode")),
    asked_only=frozenset({Side.BC}),
    born={Side.SALES: {"customertypecode": CUSTOMER_TYPE}},
    inactive={Side.BC: {"blocked": "All"}, Side.SALES: {"statecode": 1, "statuscode": 2}},
    merged=MERGED,
    also={Side.BC: ("blocked",), Side.SALES: ("customertypecode", "statecode", "statuscode", *MERGED)},
    cascades=(Cascade(mapping="CONTACT", field="companyNumber"),),
    names={Side.BC: ("number", "displayName"), Side.SALES: ("accountnumber", "name")},
    fields=on(
        "customers",
        "accounts",
        OWNER,
        numbered("number", "accountnumber", Exact(), keep_typed=True),
        both("displayName", "name"),
        both("contact", "address1_primarycontactname"),
        ADDRESS,
        both(
            "currencyId", "transactioncurrencyid", Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid")
        ),
        both("email", "emailaddress1", Email()),
        both("faxNumber", "fax", Phone()),
        both("website", "websiteurl", Web()),
        both("phoneNumber", "telephone1", Phone()),
        both("shipmentMethodId", "address1_freighttermscode", Option(mapping="SHIPMENT METHOD", blank=True)),
        both("shippingAgentCode", "address1_shippingmethodcode", Option(mapping="SHIPPING AGENT", codes="shippingAgents", blank=True)),
        both("paymentTermsId", "paymenttermscode", Option(mapping="PAYMENT TERMS", blank=True)),
        to_sales("creditLimit", "creditlimit", LocalMoney()),
        both(
            "primaryContactNumber",
            "primarycontactid",
            Lookup(mapping="CONTACT", target="contacts", nav="primarycontactid", codes="contacts", blank=True, many=True),
        ),
    ),
)
