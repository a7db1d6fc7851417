"""The small tables of Business Central, and the price lists, units and currencies that Sales had before."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from sandbox.company.model import LOCAL_CURRENCY, ZERO_GUID, Draft, Row, guid
from sandbox.company.words import COUNTRIES
from sandbox.sales.base import currency_row_id

CURRENCIES = (
    # code, name, symbol, decimals, units for one EUR at each date (None: no rate was ever entered)
    ("USD", "US-Dollar", "$", "2:2", ("1.0650", "1.1020", "1.0840")),
    ("GBP", "Pound Sterling", "£", "2:2", ("0.8880", "0.8675", "0.8534")),
    ("CHF", "Schweizer Franken", "", "2:2", ("0.9760", "0.9260", "0.9372")),
    ("DKK", "Danske kroner", "kr", "2:2", ("7.4365", "7.4529", "7.4604")),
    ("SEK", "Svensk krona", "kr", "2:2", ("11.1218", "11.0960", "11.4590")),
    ("JPY", "日本円", "¥", "0:0", ("139.54", "156.33", "163.06")),
    ("ISK", "Íslensk króna", "kr", "0:0", None),
    ("BONUS", "Bonus points", "BP", "0:0", ("100", "100", "100")),
)
RATE_DATES = ("2023-01-01", "2024-01-01", "2025-01-01")
FUTURE_RATE = ("2099-01-01", "9.9999")
"""A rate whose day has not come: it must not be used."""

UNITS = (
    ("PCS", "Piece"),
    ("BOX", "Box"),
    ("KG", "Kilo"),
    ("HOUR", "Hour"),
    ("DAY", "Day"),
    ("SET", "Set"),
    ("PALLET", "Pallet"),
    ("M", "Metre"),
)
PAYMENT_TERMS = (
    ("NET 30", "Net 30 days", "30D"),
    ("2% 10, NET", "2 % within 10 days, else 30 days", "30D"),
    ("14 DAYS", "Net 14 days", "14D"),
    ("CM", "Current month", "CM"),
    ("COD", "Cash on delivery", "0D"),
    ("1M(8D)", "1 month, 2 % within 8 days", "1M"),
)
SHIPMENT_METHODS = (("FOB", "Free on board"), ("EXW", "Ex works"), ("CIF", "Cost, insurance, freight"), ("DAP", "Delivered at place"))
SHIPPING_AGENTS = (
    ("DHL", "DHL Paket"),
    ("FEDEX", "Federal Express"),
    ("UPS", "United Parcel Service"),
    ("OWN LOG.", "Eigene Logistik"),
    ("GLS", "GLS"),
)
PAYMENT_METHODS = (("BANK", "Bank transfer"), ("CARD", "Card payment"), ("CASH", "Cash payment"))
ITEM_CATEGORIES = (("FURNITURE", "Furniture"), ("OFFICE", "Office equipment"), ("MISC", "Miscellaneous"))
LOCATIONS = (("MAIN", "Hauptlager"), ("EAST", "Lager Ost"))

NAMED_CODES: dict[str, tuple[tuple[str, str], ...]] = {
    "shipmentMethods": SHIPMENT_METHODS,
    "paymentMethods": PAYMENT_METHODS,
    "itemCategories": ITEM_CATEGORIES,
    "locations": LOCATIONS,
}
"""Tables of nothing but a code and a name."""

POST_CODE = {"code": "82467", "city": "Garmisch-Partenkirchen", "county": "Bayern", "countryRegionCode": "DE"}
"""The one post code that BC knows, and fills in the rest of an address from."""

STANDARD_OPTIONS = {
    # what the account's choice columns hold before any synch, by mapping: BC code -> value
    "PAYMENT TERMS": {"NET 30": 1, "2% 10, NET": 2},
    "SHIPMENT METHOD": {"FOB": 1},
    "SHIPPING AGENT": {"DHL": 2, "FEDEX": 3, "UPS": 4},
}
OLD_RATES = {"EUR": {"EUR": "1", "USD": "1.20", "BRL": "5.9"}, "USD": {"USD": "1", "EUR": "0.83", "BRL": "4.9"}}
"""Rates that Sales held before, by base currency."""
SALES_CURRENCIES = (("EUR", "Euro", "€"), ("USD", "US Dollar", "$"), ("BRL", "Real", "R$"))


def add_reference(draft: Draft) -> None:
    """Everything that customers, contacts and items refer to, and what is expected of it."""
    _add_business_central(draft)
    _add_currencies(draft)
    _add_units(draft)
    for mapping, table, rows in (
        ("PAYMENT TERMS", "paymentTerms", PAYMENT_TERMS),
        ("SHIPMENT METHOD", "shipmentMethods", SHIPMENT_METHODS),
        ("SHIPPING AGENT", "shippingAgents", SHIPPING_AGENTS),
    ):
        for code, *_ in rows:
            _expect_option(draft, mapping, table, code)


def _coded(draft: Draft, table: str, code: str, **values: object) -> Row:
    return draft.to_bc(table, {"id": guid(table, code), "code": code, **values})


def _add_business_central(draft: Draft) -> None:
    for code, name in COUNTRIES.items():
        _coded(draft, "countriesRegions", code, displayName=name, addressFormat="Post_x0020_Code_x002B_City")
    for code, name, due in PAYMENT_TERMS:
        discount = 2 if "2" in name.split(" ")[0] else 0
        _coded(draft, "paymentTerms", code, displayName=name, dueDateCalculation=due, discountDateCalculation="", discountPercent=discount)
    for code, name in SHIPPING_AGENTS:
        _coded(draft, "shippingAgents", code, name=name, internetAddress="", accountNumber="")
    draft.to_bc("postCodes", {"id": guid("postCodes", POST_CODE["code"]), **POST_CODE})
    for table, rows in NAMED_CODES.items():
        for code, name in rows:
            _coded(draft, table, code, displayName=name)


def _add_currencies(draft: Draft) -> None:
    for code, name, symbol, decimals, rates in CURRENCIES:
        _coded(
            draft, "currencies", code, displayName=name, symbol=symbol, amountDecimalPlaces=decimals,
            amountRoundingPrecision=1 if decimals == "0:0" else 0.01,
        )  # fmt: skip
        for date, amount in _rates(code, rates):
            draft.to_bc("currencyExchangeRates", _rate(code, date, amount))
        _expect_currency(draft, code, has_rate=rates is not None)
    for code, name, symbol in SALES_CURRENCIES:
        rate = float(Decimal(OLD_RATES[draft.base_currency][code]))
        row = {"transactioncurrencyid": sales_currency(code), "isocurrencycode": code, "currencyname": name}
        draft.to_sales("transactioncurrencies", row | {"currencysymbol": symbol, "currencyprecision": 2, "exchangerate": rate})
    for code, reason in ((LOCAL_CURRENCY, "local_currency"), ("BRL", "only_in_sales")):
        draft.ledger.apart("CURRENCY", "sales", sales_currency(code), reason)


def _rates(code: str, rates: tuple[str, ...] | None) -> list[tuple[str, str]]:
    dated = list(zip(RATE_DATES, rates or (), strict=rates is not None))
    return [*dated, FUTURE_RATE] if code == "USD" else dated


def _rate(code: str, date: str, amount: str) -> Row:
    return {
        "id": guid("currencyExchangeRates", f"{code}-{date}"), "currencyCode": code, "startingDate": date,
        "exchangeRateAmount": float(Decimal(amount)), "relationalCurrencyCode": "", "relationalExchangeRateAmount": 1,
    }  # fmt: skip


def _expect_currency(draft: Draft, code: str, *, has_rate: bool) -> None:
    ledger, bc = draft.ledger, guid("currencies", code)
    if code == "USD":
        ledger.pair("CURRENCY", bc, sales_currency(code))
    elif not has_rate:
        ledger.held("CURRENCY", "bc", bc, "no_exchange_rate")
    elif len(code) != 3:
        # rule D1 couples ISO codes only, and leaves open whether another code is worth a problem
        ledger.held("CURRENCY", "bc", bc, "invalid_value", field="code", optional=True)
    else:
        ledger.created("CURRENCY", "bc", bc)


def _expect_option(draft: Draft, mapping: str, table: str, code: str) -> None:
    value = STANDARD_OPTIONS[mapping].get(code)
    if value is None:
        draft.ledger.created(mapping, "bc", guid(table, code))
    else:
        draft.ledger.pair(mapping, guid(table, code), str(value))


def _add_units(draft: Draft) -> None:
    for code, name in UNITS:
        _coded(draft, "unitsOfMeasure", code, displayName=name, internationalStandardCode="", symbol="")
        if code not in {"PCS", "BOX"}:
            draft.ledger.created("UNIT OF MEASURE", "bc", guid("unitsOfMeasure", code))
    _unit_group(draft, "NAV PCS", ("PCS",))
    _unit_group(draft, "NAV BOX", ("BOX", "BOX OF 12"))
    _unit_group(draft, "Default Unit", ("Primary Unit",))
    ledger = draft.ledger
    ledger.pair("UNIT OF MEASURE", guid("unitsOfMeasure", "PCS"), guid("uomschedules", "NAV PCS"))
    ledger.held("UNIT OF MEASURE", "bc", guid("unitsOfMeasure", "BOX"), "unit_group_broken")
    ledger.apart("UNIT OF MEASURE", "sales", guid("uomschedules", "NAV BOX"), "unit_group_broken")
    ledger.apart("UNIT OF MEASURE", "sales", guid("uomschedules", "Default Unit"), "only_in_sales")


def _unit_group(draft: Draft, name: str, units: tuple[str, ...]) -> None:
    group = guid("uomschedules", name)
    draft.to_sales("uomschedules", {"uomscheduleid": group, "name": name, "baseuomname": units[0], "statecode": 0, "statuscode": 1})
    for place, unit in enumerate(units):
        base = None if place == 0 else guid("uoms", f"{name}/{units[0]}")
        draft.to_sales("uoms", {
            "uomid": guid("uoms", f"{name}/{unit}"), "name": unit, "_uomscheduleid_value": group, "_baseuom_value": base,
            "quantity": 1 if place == 0 else 12, "isschedulebaseuom": place == 0,
        })  # fmt: skip


@lru_cache(maxsize=256)
def coded(table: str, code: str) -> str:
    """The id of a reference row, the zero guid for a blank code."""
    return guid(table, code) if code else ZERO_GUID


@lru_cache(maxsize=32)
def sales_currency(code: str) -> str:
    """The id of a currency in Sales: the organisation has its base currency before we come, so the ids are the simulator's."""
    return currency_row_id(code)
