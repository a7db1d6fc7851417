"""Plain customers, the same ones at every run: addresses, e-mail and phones, nothing odd."""

from __future__ import annotations

import uuid
from typing import Any

Row = dict[str, Any]

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://couplet.example/bench/customers")
LOCAL_CURRENCY = "EUR"
CUSTOMER_TYPE = 3
"""account.customertypecode: Customer."""

WORDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Larch", "Maple", "Oak")
TRADES = ("Metals", "Foods", "Papers", "Tools", "Glass", "Textiles", "Boats")
STREETS = ("Harbour Street", "Mill Lane", "Station Road", "Market Square", "Long Acre")
CITIES = (("20095", "Hamburg"), ("50667", "Köln"), ("80331", "München"), ("04109", "Leipzig"), ("70173", "Stuttgart"))


def customer(number: int) -> Row:
    """One customer as a row of BC's extension page."""
    word, trade = WORDS[number % len(WORDS)], TRADES[number % len(TRADES)]
    post_code, city = CITIES[number % len(CITIES)]
    domain = f"{word}-{trade}-{number}.example".lower()
    return {
        "id": str(uuid.uuid5(NAMESPACE, str(number))),
        "number": f"B{number:07d}",
        "displayName": f"{word} {trade} {number} GmbH",
        "type": "Company",
        "addressLine1": f"{STREETS[number % len(STREETS)]} {1 + number % 180}",
        "addressLine2": f"Building {number % 9}",
        "city": city,
        "state": "",
        "country": "DE",
        "postalCode": post_code,
        "phoneNumber": f"+49 40 {1_000_000 + number}",
        "faxNumber": f"+49 40 {3_000_000 + number}",
        "email": f"office@{domain}",
        "website": f"https://www.{domain}",
        "contact": f"{WORDS[(number + 3) % len(WORDS)]} Miller",
        "creditLimit": number % 8 * 2500,
        "currencyCode": "",
        "blocked": "_x0020_",
    }


def account(row: Row, currency: str) -> Row:
    """What a new account of this customer is written with; `currency` is the id of the local currency in Sales."""
    values = {
        "@odata.type": "Microsoft.Dynamics.CRM.account",
        "accountid": str(uuid.uuid5(NAMESPACE, f"account {row['number']}")),
        "customertypecode": CUSTOMER_TYPE,
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})",
    }
    return values | {column: row[name] for name, column in COLUMNS.items()}


COLUMNS = {
    "number": "accountnumber",
    "displayName": "name",
    "contact": "address1_primarycontactname",
    "addressLine1": "address1_line1",
    "addressLine2": "address1_line2",
    "postalCode": "address1_postalcode",
    "city": "address1_city",
    "country": "address1_country",
    "email": "emailaddress1",
    "faxNumber": "fax",
    "website": "websiteurl",
    "phoneNumber": "telephone1",
    "creditLimit": "creditlimit",
}
"""BC property -> the account's column that is written with the same value."""
