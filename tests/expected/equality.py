"""What "equal" means, one function for each word in fields.toml's `equal`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from tests.expected import prices
from tests.expected.model import Field, Row, World, blank

ALIASES = {
    # spellings of countries beside BC's codes and names
    "deutschland": "DE", "deu": "DE", "gbr": "GB", "uk": "GB", "usa": "US", "aut": "AT", "che": "CH", "fra": "FR", "ita": "IT", "esp": "ES",
    "nld": "NL", "pol": "PL", "dnk": "DK", "swe": "SE", "jpn": "JP", "nor": "NO",
}  # fmt: skip
CENT = 0.0051
"""Two amounts that round to the same cent differ by less."""


def cut(text: str, length: int) -> str:
    """A text cut to a number of UTF-16 units, never through a character."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore")


def flat(value: Any) -> str:
    """A text without line breaks, control characters and blanks that nobody sees."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", str(value or "")).strip()


def text(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The same text, but for what the shorter column cannot hold."""
    ours, theirs = flat(bc.get(field.bc)), flat(sales.get(field.sales))
    shorter = min(field.lengths)
    return ours == theirs or (max(map(_units, (ours, theirs))) > shorter and cut(ours, shorter).strip() == cut(theirs, shorter).strip())


def _units(value: str) -> int:
    return len(value.encode("utf-16-le")) // 2


def exact(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The same characters, blanks at the ends aside: phone numbers, web addresses."""
    return str(bc.get(field.bc) or "").strip() == str(sales.get(field.sales) or "").strip()


def code(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The same code in whatever capitals."""
    return flat(bc.get(field.bc)).casefold() == flat(sales.get(field.sales)).casefold()


def email(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The same address in whatever capitals."""
    return code(world, field, bc, sales)


def country(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The same country, however it is written (rule D2)."""
    return flat(bc.get(field.bc)).upper() == country_code(world, flat(sales.get(field.sales)))


def country_code(world: World, written: str) -> str:
    if not written or world.bc_by("countriesRegions", "code", written):
        return written.upper()
    named = world.bc_by("countriesRegions", "displayName", written)
    return str(named["code"]) if named else ALIASES.get(written.casefold(), f"?{written}")


def owner(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The user coupled to the salesperson; without salesperson any owner."""
    if blank(bc.get(field.bc)):
        return True
    person = world.bc_by("salespeoplePurchasers", "code", bc[field.bc])
    return person is not None and world.partner("SALESPEOPLE", person["id"]) == sales.get(field.sales)


def currency(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """BC's blank is the local currency; foreign ones go by their coupling (rules D1, D4)."""
    ours, theirs = bc.get(field.bc) or "", sales.get(field.sales)
    if ours in {"", world.local_currency}:
        return theirs is None or world.currency(theirs).get("isocurrencycode") == world.local_currency
    row = world.bc_by("currencies", "code", ours)
    return row is not None and world.partner("CURRENCY", row["id"]) == theirs


def symbol(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """A blank symbol is the code."""
    return flat(bc.get("symbol") or bc["code"]) == flat(sales.get(field.sales))


def exchange_rate(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """Units of the currency for one unit of the Sales base currency, from the rates that are valid today."""
    ours, base = local_rate(world, bc["code"]), local_rate(world, world.base_currency)
    return ours is not None and base is not None and abs(float(sales.get(field.sales) or 0) - ours / base) < 1e-7


def local_rate(world: World, code: str) -> float | None:
    """Units of a currency for one unit of the local currency."""
    if code == world.local_currency:
        return 1.0
    today = dt.date.today().isoformat()
    rates = [
        row for row in world.bc.get("currencyExchangeRates", {}).values() if row["currencyCode"] == code and row["startingDate"] <= today
    ]
    if not rates:
        return None
    newest = max(rates, key=lambda row: str(row["startingDate"]))
    return float(newest["exchangeRateAmount"]) / float(newest["relationalExchangeRateAmount"])


def option(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The choice coupled to BC's code; a choice without partner is blank in BC and stays (rule B6)."""
    table, value = world.readings[field.of].bc, sales.get(field.sales)
    linked = value is not None and world.bc_partner(field.of, str(value)) is not None
    if blank(bc.get(field.bc)):
        return not linked
    row = world.bc.get(table, {}).get(bc[field.bc]) or world.bc_by(table, "code", bc[field.bc])
    return row is not None and world.partner(field.of, row["id"]) == str(value)


def contact(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The coupled contact; one without partner is blank on the other side and stays (rules B6, E1)."""
    row = world.bc_by("contacts", "number", bc[field.bc]) if bc.get(field.bc) else None
    ours, theirs = row and world.partner("CONTACT", row["id"]), sales.get(field.sales)
    if row is not None and ours is None:
        return theirs is None
    if row is None and theirs is not None:
        return world.bc_partner("CONTACT", theirs) is None
    return ours == theirs


def business_account(world: World, number: str) -> str | None:
    """The account of the customer, or else the vendor, with a number."""
    for mapping, table in (("CUSTOMER", "customers"), ("VENDOR", "vendors")):
        row = world.bc_by(table, "number", number)
        if row and (partner := world.partner(mapping, row["id"])):
            return partner
    return None


def company(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The account coupled to the customer of the contact's company (rule E1)."""
    relation = world.bc_by("contactBusinessRelations", "contactNumber", bc.get(field.bc) or "-")
    return relation is not None and business_account(world, relation["number"]) == sales.get(field.sales)


def amount(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The same number to two decimals; less than nothing is nothing in Sales."""
    return abs(max(0.0, float(bc.get(field.bc) or 0)) - float(sales.get(field.sales) or 0)) < CENT


def local_money(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """An amount of local currency in the currency of the Sales row (rule D1)."""
    here = world.currency(sales.get("_transactioncurrencyid_value"))
    own = float(sales.get("exchangerate") or here.get("exchangerate") or 1)
    wanted = float(bc.get(field.bc) or 0) / (world.rate(world.local_currency) or 1) * own
    return abs(wanted - float(sales.get(field.sales) or 0)) < 2 * CENT


def unit_group(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """An active group called NAV and the code, with exactly one unit, called as the code."""
    units = [row for row in world.sales.get("uoms", {}).values() if row["_uomscheduleid_value"] == sales["uomscheduleid"]]
    return (
        sales.get(field.sales) == f"NAV {bc['code']}"
        and sales.get("statecode") in {0, None}
        and [(row["name"], float(row["quantity"])) for row in units] == [(bc["code"], 1.0)]
    )


def unit(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The group coupled to the base unit, and its one unit."""
    row = world.bc_by("unitsOfMeasure", "code", bc.get(field.bc) or "-")
    group = row and world.partner("UNIT OF MEASURE", row["id"])
    found = world.sales.get("uoms", {}).get(sales.get("_defaultuomid_value") or "")
    return group is not None and sales.get(field.sales) == group and found is not None and found["_uomscheduleid_value"] == group


def vendor_name(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The name of the vendor with that number."""
    row = world.bc_by("vendors", "number", bc.get(field.bc) or "-")
    return flat(sales.get(field.sales)) == flat(row["displayName"] if row else "")


Equal = Callable[[World, Field, Row, Row], bool]
WORDS: dict[str, Equal] = {
    function.__name__: function
    for function in (
        text, exact, code, email, country, owner, currency, symbol, exchange_rate, option, contact, company, amount, local_money,
        unit_group, unit, vendor_name, *prices.EQUAL,
    )
}  # fmt: skip
