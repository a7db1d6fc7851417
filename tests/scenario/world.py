"""A small company to tell a story about: complete rows of both systems in the form that GET shows, one builder a table.

`customer("C1", city="Bonn")` is a record of Business Central, `account("A1", accountnumber="C1")` one of Sales. The standard world holds
what such records refer to: two salespeople with their users, currencies with rates, countries, terms, methods, agents and units.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.sales.base import PERSON_ID, currency_row_id
from sync.heart.plan import Side

Row = dict[str, Any]

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://couplet.example/tests/scenario")
NO_ID = "00000000-0000-0000-0000-000000000000"
COMPANY = {"name": "Demo Company", "localCurrencyCode": "EUR"}
KEYS = {
    "accounts": "accountid",
    "contacts": "contactid",
    "products": "productid",
    "systemusers": "systemuserid",
    "transactioncurrencies": "transactioncurrencyid",
    "uomschedules": "uomscheduleid",
    "uoms": "uomid",
    "pricelevels": "pricelevelid",
    "productpricelevels": "productpricelevelid",
    "opportunities": "opportunityid",
}
"""The primary key columns of Sales, by entity set."""


@dataclass(frozen=True)
class Record:
    """A row with its place: side, entity set, id."""

    side: Side
    table: str
    id: str
    values: Row


def id_of(table: str, key: str) -> str:
    """The id of a record of the story, by table and key; the null guid for a blank key."""
    return str(uuid.uuid5(NAMESPACE, f"{table}/{key}")) if key else NO_ID


def in_bc(table: str, key: str, **values: Any) -> Record:
    """A row of Business Central."""
    id_ = id_of(table, key)
    return Record(Side.BC, table, id_, {"id": id_, **values})


def in_sales(table: str, key: str, **values: Any) -> Record:
    """A row of Sales."""
    id_ = str(values.pop("id", None) or id_of(f"sales {table}", key))
    return Record(Side.SALES, table, id_, {KEYS[table]: id_, **values})


def customer(number: str, **values: Any) -> Record:
    """A customer; `terms`, `shipment` and `currency` take codes. Its company contact `CT-<number>` is seeded with it."""
    references = {
        "paymentTermsId": id_of("paymentTerms", values.pop("terms", "")),
        "shipmentMethodId": id_of("shipmentMethods", values.pop("shipment", "")),
        "currencyCode": values.get("currency", ""),
        "currencyId": id_of("currencies", values.pop("currency", "")),
    }
    row = {
        "number": number, "displayName": f"Company {number}", "type": "Company", "addressLine1": "", "addressLine2": "", "city": "",
        "state": "", "country": "", "postalCode": "", "phoneNumber": "", "email": "", "website": "", "salespersonCode": "",
        "creditLimit": 0, "creditLimitLCY": 0, "taxLiable": False, "taxRegistrationNumber": "", "paymentMethodId": NO_ID,
        "blocked": "_x0020_", "contact": "", "primaryContactNumber": "", "faxNumber": "", "shippingAgentCode": "",
        "customerPriceGroup": "", "customerPostingGroup": "DOMESTIC", "generalBusinessPostingGroup": "DOMESTIC", **references,
    }  # fmt: skip
    if "creditLimit" in values:
        values.setdefault("creditLimitLCY", values["creditLimit"])
    return in_bc("customers", number, **{**row, **values})


def vendor(number: str, **values: Any) -> Record:
    """A vendor; `terms` and `currency` take codes. Its company contact `CT-<number>` is seeded with it."""
    references = {
        "paymentTermsId": id_of("paymentTerms", values.pop("terms", "")),
        "currencyCode": values.get("currency", ""),
        "currencyId": id_of("currencies", values.pop("currency", "")),
    }
    row = {
        "number": number, "displayName": f"Company {number}", "addressLine1": "", "addressLine2": "", "city": "", "state": "",
        "country": "", "postalCode": "", "phoneNumber": "", "email": "", "website": "", "purchaserCode": "", "blocked": "_x0020_",
        "contact": "", "primaryContactNumber": "", "faxNumber": "", "shippingAgentCode": "", "shipmentMethodCode": "",
        "vendorPostingGroup": "DOMESTIC", "generalBusinessPostingGroup": "DOMESTIC", **references,
    }  # fmt: skip
    return in_bc("vendors", number, **{**row, **values})


def supplier(key: str, **values: Any) -> Record:
    """An account with relationship type Vendor."""
    return account(key, **{"customertypecode": 11, **values})


def account(key: str, **values: Any) -> Record:
    """An account with relationship type Customer, active, in euros, owned by an administrator; blank columns are absent."""
    row = {
        "name": f"Company {key}", "customertypecode": 3, "statecode": 0, "statuscode": 1, "_ownerid_value": PERSON_ID,
        "_transactioncurrencyid_value": sales_currency("EUR"),
    }  # fmt: skip
    return in_sales("accounts", key, **{**row, **values})


def person(number: str, *, of: str, **values: Any) -> Record:
    """A person in Business Central who works for the customer `of`."""
    first, last = values.pop("name", ("Ada", number))
    row = {
        "number": number, "type": "Person", "displayName": f"{first} {last}", "companyNumber": f"CT-{of}", "companyName": f"Company {of}",
        "contactBusinessRelation": "Customer", "firstName": first, "middleName": "", "surname": last, "jobTitle": "", "addressLine1": "",
        "addressLine2": "", "city": "", "state": "", "country": "", "postalCode": "", "phoneNumber": "", "mobilePhoneNumber": "",
        "email": "", "website": "", "searchName": f"{first} {last}".upper(), "privacyBlocked": False, "taxRegistrationNumber": "",
        "salespersonCode": "", "currencyCode": "", "faxNumber": "", "pager": "", "territoryCode": "",
    }  # fmt: skip
    return in_bc("contacts", number, **{**row, **values})


def company_contact(number: str, kind: str = "Customer") -> tuple[Record, Record]:
    """The company contact of a customer or vendor, and the relation that says so."""
    row = person(f"CT-{number}", of=number, name=("", "")).values
    row |= {"type": "Company", "displayName": f"Company {number}", "searchName": f"COMPANY {number}", "contactBusinessRelation": kind}
    relation = {"contactNumber": f"CT-{number}", "businessRelationCode": kind[:4].upper(), "linkToTable": kind, "number": number}
    return Record(Side.BC, "contacts", row["id"], row), in_bc("contactBusinessRelations", number, **relation)


def contact(key: str, *, of: Record | None, **values: Any) -> Record:
    """A contact in Sales who works for the account `of`."""
    first, last = values.pop("who", ("Ada", key))
    row = {
        "firstname": first, "lastname": last, "fullname": f"{first} {last}", "statecode": 0, "statuscode": 1, "_ownerid_value": PERSON_ID,
        "_parentcustomerid_value": of.id if of else None, "_transactioncurrencyid_value": sales_currency("EUR"),
    }  # fmt: skip
    return in_sales("contacts", key, **{**row, **values})


def item(number: str, *, unit: str = "PCS", **values: Any) -> Record:
    """An item with a price, a cost and a base unit."""
    row = {
        "number": number, "displayName": f"Item {number}", "displayName2": "", "type": "Inventory", "itemCategoryId": NO_ID,
        "itemCategoryCode": "", "blocked": False, "gtin": "", "inventory": 0, "unitPrice": 10, "priceIncludesTax": False, "unitCost": 6,
        "baseUnitOfMeasureId": id_of("unitsOfMeasure", unit), "baseUnitOfMeasureCode": unit, "baseUnitOfMeasure": unit,
        "salesUnitOfMeasure": unit, "vendorNumber": "", "vendorItemNumber": "", "grossWeight": 0, "netWeight": 0, "unitVolume": 0,
        "itemDiscountGroup": "",
    }  # fmt: skip
    return in_bc("items", number, **{**row, **values})


def resource(number: str, *, unit: str = "PCS", **values: Any) -> Record:
    """A person who works by the piece, with a price and a cost."""
    row = {
        "number": number, "name": f"Resource {number}", "type": "Person", "baseUnitOfMeasure": unit, "unitPrice": 80, "unitCost": 50,
        "directUnitCost": 50, "vendorNumber": "", "blocked": False, "generalProductPostingGroup": "", "vATProductPostingGroup": "",
        "resourceGroupNumber": "", "jobTitle": "",
    }  # fmt: skip
    return in_bc("resources", number, **{**row, **values})


def product(number: str, **values: Any) -> Record:
    """An active product of type Sales Inventory, counted in the group `NAV PCS` (`unit_group` must be seeded, too)."""
    row = {
        "productnumber": number, "name": f"Item {number}", "price": 10, "producttypecode": 1, "productstructure": 1, "quantitydecimal": 2,
        "statecode": 0, "statuscode": 1, "_defaultuomscheduleid_value": id_of("sales uomschedules", "NAV PCS"),
        "_defaultuomid_value": id_of("sales uoms", "PCS"), "_transactioncurrencyid_value": sales_currency("EUR"),
    }  # fmt: skip
    return in_sales("products", number, **{**row, **values})


def opportunity(number: str, *, contact: str, of: str = "C1", **values: Any) -> Record:
    """An open opportunity of Business Central; `contact` is the number of a person of customer `of`, or `CT-C1` for the company itself."""
    row = {
        "number": number, "contactNumber": contact, "contactCompanyNumber": f"CT-{of}", "salespersonCode": "AB",
        "description": f"Opportunity {number}",
        "status": "In_x0020_Progress", "closed": False, "creationDate": "2026-01-05", "dateClosed": "0001-01-01",
        "estimatedValue": 1000, "estimatedClosingDate": "2026-06-30", "probability": 40, "calculatedCurrentValue": 400,
    }  # fmt: skip
    return in_bc("opportunities", number, **{**row, **values})


def sales_opportunity(key: str, *, account: Record | None = None, contact: Record | None = None, **values: Any) -> Record:
    """An open opportunity in Sales, in euros, owned by Anja."""
    row = {
        "name": f"Opportunity {key}", "statecode": 0, "statuscode": 1, "_ownerid_value": id_of("sales systemusers", "AB"),
        "_parentaccountid_value": account.id if account else None, "_parentcontactid_value": contact.id if contact else None,
        "_transactioncurrencyid_value": sales_currency("EUR"), "isrevenuesystemcalculated": False,
    }  # fmt: skip
    return in_sales("opportunities", key, **{**row, **values})


def unit_group(code: str = "PCS") -> tuple[Record, Record]:
    """The unit group `NAV <code>` with its one unit, as it was made in Sales before."""
    group = in_sales("uomschedules", f"NAV {code}", name=f"NAV {code}", baseuomname=code, statecode=0, statuscode=1)
    unit = in_sales("uoms", code, name=code, _uomscheduleid_value=group.id, quantity=1, isschedulebaseuom=True)
    return group, unit


def salesperson(code: str, name: str, **values: Any) -> Record:
    """A salesperson; the e-mail is the code at example.com unless said otherwise."""
    row = {"code": code, "displayName": name, "email": f"{code.lower()}@example.com", "email2": "", "phoneNo": "", "jobTitle": "Sales"}
    return in_bc("salespeoplePurchasers", code, **{**row, "commisionPercent": 0, "blocked": False, **values})


def user(key: str, name: str, **values: Any) -> Record:
    """An enabled, licensed user of Sales; the e-mail is the key at example.com unless said otherwise."""
    first, _, last = name.rpartition(" ")
    row = {
        "firstname": first, "lastname": last, "fullname": name, "internalemailaddress": f"{key.lower()}@example.com",
        "domainname": f"{key.lower()}@example.com", "isdisabled": False, "islicensed": True, "isintegrationuser": False, "accessmode": 0,
    }  # fmt: skip
    return in_sales("systemusers", key, **{**row, **values})


def currency(code: str, name: str, per_euro: float | None = None) -> Iterable[Record]:
    """A foreign currency of Business Central, and its rate: so many units for one euro since 2024."""
    places = {"amountDecimalPlaces": "2:2", "amountRoundingPrecision": 0.01}
    yield in_bc("currencies", code, code=code, displayName=name, symbol="", **places)
    if per_euro is not None:
        rate = {"startingDate": "2024-01-01", "exchangeRateAmount": per_euro, "relationalExchangeRateAmount": 1}
        yield in_bc("currencyExchangeRates", code, currencyCode=code, relationalCurrencyCode="", **rate)


def coded(table: str, names: dict[str, str], **values: Any) -> Iterable[Record]:
    """Rows of a table of codes and names."""
    return (in_bc(table, code, code=code, displayName=name, **values) for code, name in names.items())


def sales_currency(code: str) -> str:
    """The id of a currency in Sales."""
    return currency_row_id(code)


def standard_world() -> list[Record]:
    """What the records of a story refer to; Sales has nothing of it yet but the users, the euro and the US dollar."""
    dollar = {"isocurrencycode": "USD", "currencyname": "US Dollar", "currencysymbol": "$", "currencyprecision": 2, "exchangerate": 1.2}
    garmisch = {"code": "82467", "city": "Garmisch-Partenkirchen", "county": "Bayern", "countryRegionCode": "DE"}
    return [
        *(salesperson("AB", "Anja Becker"), salesperson("BO", "Bo Olsen")),
        *(user("AB", "Anja Becker"), user("BO", "Bo Olsen")),
        *currency("USD", "US Dollar", 1.1),
        *currency("CHF", "Swiss Franc", 0.95),
        in_sales("transactioncurrencies", "USD", id=sales_currency("USD"), **dollar),
        *coded("countriesRegions", {"DE": "Germany", "AT": "Austria", "CH": "Switzerland", "FR": "France", "GB": "United Kingdom"}),
        in_bc("postCodes", "82467", **garmisch),
        *coded("paymentTerms", {"NET 30": "Net 30 days", "14 DAYS": "Net 14 days"}, dueDateCalculation="30D"),
        *coded("shipmentMethods", {"FOB": "Free on board", "EXW": "Ex works"}),
        *coded("paymentMethods", {"BANK": "Bank transfer"}),
        *(in_bc("shippingAgents", code, code=code, name=code) for code in ("DHL", "GLS")),
        *coded("unitsOfMeasure", {"PCS": "Piece", "BOX": "Box"}),
    ]
