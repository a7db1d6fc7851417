"""Making a whole company, the same for the same scale, seed and base currency."""

from __future__ import annotations

from typing import Any

from sandbox.company.contacts import add_contacts
from sandbox.company.customers import add_customers
from sandbox.company.documents import add_documents
from sandbox.company.items import add_items
from sandbox.company.model import LOCAL_CURRENCY, Company, Draft, Row, Side
from sandbox.company.modes import add_modes
from sandbox.company.opportunities import add_opportunities
from sandbox.company.people import add_people
from sandbox.company.prices import add_prices
from sandbox.company.reference import OLD_RATES, add_reference, sales_currency
from sandbox.company.resources import add_resources
from sandbox.company.sales_documents import add_sales_documents
from sandbox.company.vendors import add_vendors

FORMAT = 1
COMPANY, DISPLAY_NAME = "Demo Company", "Lindenhof Handel GmbH"
ORDER = (
    "SALESPEOPLE",
    "CURRENCY",
    "PAYMENT TERMS",
    "SHIPMENT METHOD",
    "SHIPPING AGENT",
    "UNIT OF MEASURE",
    "CUSTOMER",
    "VENDOR",
    "CONTACT",
    "ITEM-PRODUCT",
    "RESOURCE-PRODUCT",
    "OPPORTUNITY",
    "PLHEADER-PRICE",
    "PLLINE-PRODPRICE",
)


def generate(scale: float = 1.0, seed: int = 7, *, base_currency: str = LOCAL_CURRENCY) -> Company:
    """A company of about 300 customers at scale 1, with what a full synch must make of it.

    `base_currency` is the Sales organisation's, EUR or USD; the company keeps its books in EUR. ValueError for a scale of 0 or less.
    """
    if scale <= 0 or base_currency not in OLD_RATES:
        raise ValueError(f"scale must be above 0 and the base currency one of {', '.join(OLD_RATES)}")
    draft = Draft(scale=scale, seed=seed, base_currency=base_currency)
    add_people(draft)
    add_reference(draft)
    houses = add_customers(draft)
    add_contacts(draft, houses)
    add_vendors(draft)
    add_items(draft)
    add_resources(draft)
    add_prices(draft)
    add_opportunities(draft, houses)
    add_documents(draft, houses)
    add_sales_documents(draft, houses)
    add_modes(draft)
    return Company(bc=draft.bc, sales=draft.sales, expected=_expected(draft), about=_about(base_currency))


def _expected(draft: Draft) -> Row:
    mappings: dict[str, Any] = {name: draft.ledger.of(name).as_data() for name in ORDER}
    return {
        "format": FORMAT,
        "scale": draft.scale,
        "seed": draft.seed,
        "localCurrency": LOCAL_CURRENCY,
        "baseCurrency": draft.base_currency,
        "mappings": mappings,
        "modes": {setting: {name: each.as_data() for name, each in ledger.mappings.items()} for setting, ledger in draft.modes.items()},
    }


def _about(base_currency: str) -> dict[Side, Row]:
    return {
        "bc": {"name": COMPANY, "displayName": DISPLAY_NAME, "localCurrencyCode": LOCAL_CURRENCY},
        "sales": {"name": DISPLAY_NAME, "_basecurrencyid_value": sales_currency(base_currency)},
    }
