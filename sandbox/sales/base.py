"""What an organisation has from the first moment: itself, a business unit, a currency, people, a role, the platform's messages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cache

from sandbox.identity import ADMINISTRATOR
from sandbox.sales import errors, forms, privileges
from sandbox.sales.database import Database
from sandbox.sales.schema import NAMESPACE, Schema
from sandbox.sales.store import Row, Unique

CURRENCY_NAMES = {
    "EUR": ("Euro", "€"),
    "USD": ("US Dollar", "$"),
    "GBP": ("Pound Sterling", "£"),
    "CHF": ("Swiss Franc", "CHF"),
    "DKK": ("Danish Krone", "kr."),
    "SEK": ("Swedish Krona", "kr"),
    "NOK": ("Norwegian Krone", "kr"),
    "CAD": ("Canadian Dollar", "$"),
    "AUD": ("Australian Dollar", "$"),
}
SINGLE_MESSAGES = ("Create", "Update", "Delete", "Retrieve", "RetrieveMultiple", "Assign", "SetState")
BULK_MESSAGES = ("CreateMultiple", "UpdateMultiple", "UpsertMultiple")
UNIQUE: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("transactioncurrency", ("isocurrencycode",), "0x80048cf3", "A currency with this ISO code exists."),
    ("product", ("productnumber",), "0x80043b06", "A product with this number exists."),
    ("pricelevel", ("name",), "0x80043b0f", "A price list of this name exists."),
    (
        "productpricelevel",
        ("_pricelevelid_value", "_productid_value", "_uomid_value"),
        "0x80043b08",
        "The price list has an item for this product and unit.",
    ),
    ("quote", ("quotenumber", "revisionnumber"), "0x80040237", "A quote with this number and revision exists."),
    ("salesorder", ("ordernumber",), "0x80040237", "An order with this number exists."),
    ("invoice", ("invoicenumber",), "0x80040237", "An invoice with this number exists."),
)
"""Uniqueness without an alternate key: table, row keys, code, text."""


@cache
def fixed(name: str) -> str:
    """An id that is the same in every run; kept, as each reset asks for hundreds."""
    return str(uuid.uuid5(NAMESPACE, name))


@dataclass(frozen=True)
class Start:
    """What a fresh organisation looks like. `client_id` is the application that may sign in, unless nobody has `admitted` it yet."""

    client_id: str
    base_currency: str = "EUR"
    name: str = "Couplet Sandbox"
    organization: Row = field(default_factory=dict)
    admitted: bool = True


ORGANIZATION_ID = fixed("organization")
BUSINESS_UNIT_ID = fixed("businessunit")
APPLICATION_USER_ID = fixed("systemuser/application")
PERSON_ID = fixed("systemuser/person")
SYSTEM_ID = fixed("systemuser/system")
ADMINISTRATOR_ROLE_ID = fixed("role/administrator")
SALESPERSON_ROLE_ID = fixed("role/salesperson")
ADMINISTRATOR_TEMPLATE = "627090ff-40a3-4053-8790-584edc5be201"
"""The template of System Administrator, the same in every organisation."""

SOLUTIONS = {"Active": "fd140aae-4df4-11dd-bd17-0019b9312238", "Default": "fd140aaf-4df4-11dd-bd17-0019b9312238"}
"""What is changed without naming a solution belongs to these."""


def build(start: Start, schema: Schema | None = None) -> Database:
    """A database with the base rows in it; with a schema, one that somebody has customised."""
    db = Database(schema)
    db.organization_id = ORGANIZATION_ID
    for table, keys, code, text in UNIQUE:
        db.store(table).add_unique(Unique(keys, lambda code=code, text=text: errors.Refused(code, text)))  # type: ignore[misc]
    for table, rows in base_rows(start, db.schema).items():
        for row in rows:
            load(db, table, row)
    for user in (APPLICATION_USER_ID, PERSON_ID) if start.admitted else (PERSON_ID,):
        db.link("systemuserroles_association", user, ADMINISTRATOR_ROLE_ID)
    for privilege in privileges.of_platform(db.schema).values():
        load(db, "privilege", privilege.row())
    _messages(db)
    for kind in db.schema.tables.values():
        for key in kind.keys:
            if key.status == "Active":
                db.enforce(kind, key)
    return db


def load(db: Database, table: str, row: Row) -> None:
    """Put a row as it stands, with the table's defaults and stamps where it has none."""
    kind = db.schema.tables[table]
    now = db.now()
    full = {**kind.defaults, "createdon": now, "modifiedon": now, "_createdby_value": SYSTEM_ID, "_modifiedby_value": SYSTEM_ID, **row}
    db.put(kind, full[kind.id], full)


def base_rows(start: Start, schema: Schema) -> dict[str, list[Row]]:
    """What an organisation holds before anybody enters anything, by table."""
    currency_id = currency_row_id(start.base_currency)
    return {
        "transactioncurrency": [currency_row(start.base_currency, 1.0)],
        "organization": [base_organization(start, currency_id)],
        "businessunit": [
            {
                "businessunitid": BUSINESS_UNIT_ID,
                "name": start.name,
                "_organizationid_value": ORGANIZATION_ID,
                "isdisabled": False,
                "_transactioncurrencyid_value": currency_id,
            }
        ],
        "role": [
            {
                "roleid": ADMINISTRATOR_ROLE_ID,
                "name": "System Administrator",
                "_businessunitid_value": BUSINESS_UNIT_ID,
                "_parentrootroleid_value": ADMINISTRATOR_ROLE_ID,
                "_roletemplateid_value": ADMINISTRATOR_TEMPLATE,
            },
            {
                "roleid": SALESPERSON_ROLE_ID,
                "name": "Salesperson",
                "_businessunitid_value": BUSINESS_UNIT_ID,
                "_parentrootroleid_value": SALESPERSON_ROLE_ID,
            },
        ],
        "systemuser": base_users(start.client_id if start.admitted else None),
        "team": [base_team(start)],
        "solution": [{"solutionid": each, "uniquename": name, "friendlyname": f"{name} Solution"} for name, each in SOLUTIONS.items()],
        "systemform": base_forms(schema),
    }


def base_organization(start: Start, currency_id: str) -> Row:
    """The one row of the organisation."""
    return {
        "organizationid": ORGANIZATION_ID,
        "name": start.name,
        "_basecurrencyid_value": currency_id,
        "basecurrencysymbol": CURRENCY_NAMES.get(start.base_currency, ("", start.base_currency))[1],
        "basecurrencyprecision": 2,
        **start.organization,
    }


def base_forms(schema: Schema) -> list[Row]:
    """The main form of each table that people open, as the product brings it."""
    return [
        {
            "formid": fixed(f"systemform/{name}"),
            "name": schema.tables[name].schema,
            "objecttypecode": name,
            "type": forms.MAIN,
            "isdefault": True,
            "ismanaged": True,
            "formxml": forms.layout(schema.tables[name]),
        }
        for name in forms.WITH_A_FORM
    ]


def base_team(start: Start) -> Row:
    """The default owner team of the business unit."""
    return {
        "teamid": fixed("team/default"),
        "name": start.name,
        "_businessunitid_value": BUSINESS_UNIT_ID,
        "isdefault": True,
        "teamtype": 0,
        "_administratorid_value": SYSTEM_ID,
    }


def base_users(client_id: str | None) -> list[Row]:
    """The platform itself, a person, and the application."""
    application = _user(
        APPLICATION_USER_ID, "#", "Couplet", "couplet@sandbox.example", accessmode=4, applicationid=(client_id or "").lower()
    )
    return [
        _user(SYSTEM_ID, "", "SYSTEM", "system@sandbox.example", accessmode=3),
        _user(PERSON_ID, "Sandra", "Box", "sandra.box@sandbox.example", islicensed=True, azureactivedirectoryobjectid=ADMINISTRATOR),
        *([application] if client_id else []),
    ]


def _user(user_id: str, first: str, last: str, mail: str, **more: object) -> Row:
    return {
        "systemuserid": user_id,
        "firstname": first or None,
        "lastname": last,
        "fullname": f"{first} {last}".strip(),
        "domainname": mail,
        "internalemailaddress": mail,
        "_businessunitid_value": BUSINESS_UNIT_ID,
        "organizationid": ORGANIZATION_ID,
        "azureactivedirectoryobjectid": fixed(f"entra/{user_id}"),
        **more,
    }


def currency_row_id(code: str) -> str:
    return fixed(f"transactioncurrency/{code}")


def currency_row(code: str, rate: float) -> Row:
    """A currency in GET form."""
    name, symbol = CURRENCY_NAMES.get(code, (code, code))
    return {
        "transactioncurrencyid": currency_row_id(code),
        "isocurrencycode": code,
        "currencyname": name,
        "currencysymbol": symbol,
        "currencyprecision": 2,
        "exchangerate": rate,
        "_organizationid_value": ORGANIZATION_ID,
    }


def _messages(db: Database) -> None:
    """The messages that can be asked for and subscribed to, per table; bulk messages only where the real table has them."""
    platform = {"sdkmessage", "sdkmessagefilter"}
    for message in (*SINGLE_MESSAGES, *BULK_MESSAGES):
        message_id = fixed(f"sdkmessage/{message}")
        load(db, "sdkmessage", {"sdkmessageid": message_id, "name": message})
        for table in db.schema.tables.values():
            if table.name in platform or (message in BULK_MESSAGES and not table.bulk):
                continue
            load(
                db,
                "sdkmessagefilter",
                {
                    "sdkmessagefilterid": fixed(f"sdkmessagefilter/{message}/{table.name}"),
                    "_sdkmessageid_value": message_id,
                    "primaryobjecttypecode": table.name,
                    "secondaryobjecttypecode": "none",
                },
            )
