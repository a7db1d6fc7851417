"""Currency, exchange rate and base amounts of a row. `exchangerate` is units of a currency per unit of the base currency."""

from __future__ import annotations

from typing import Any

from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.schema import Column, Table
from sandbox.sales.store import Row

CURRENCY = "_transactioncurrencyid_value"


def precision(db: Database, column: Column, currency: Row | None) -> int:
    """Decimals by the column's precision source: 0 the column, 1 the organisation's prices, 2 the currency."""
    if column.source == 1:
        return int(db.organization["pricingdecimalprecision"])
    if column.source == 2 and currency is not None:
        return int(currency["currencyprecision"])
    return column.precision


def rounded(value: float, digits: int) -> float:
    """Half away from zero, as SQL Server rounds a decimal."""
    scale: int = 10**digits
    shifted = value * scale
    whole = int(abs(shifted) + 0.5 + 1e-9)
    return float(whole if shifted >= 0 else -whole) / scale


def settle(db: Database, table: Table, row: Row, changes: Row) -> None:
    """After a write: round money to its precision, copy the rate, work out the base columns."""
    changed = [column for column in table.has_money if changes.get(column.key) is not None]
    if CURRENCY not in table.by_key or not (changed or CURRENCY in changes):
        _clear(table, row, changes)
        return
    currency_id = row.get(CURRENCY)
    if currency_id is None:
        if CURRENCY in changes and any(row.get(column.key) is not None for column in table.has_money) and not changed:
            raise Refused("0x80048cfb", "The currency cannot be null: the record holds money values.")
        currency_id = row[CURRENCY] = db.organization["_basecurrencyid_value"]
    currency = db.rows("transactioncurrency").get(currency_id)
    row["exchangerate"] = currency["exchangerate"] if currency else 1.0
    for column in table.has_money:
        _amount(db, table, column, row, currency)
    _clear(table, row, changes)


def _amount(db: Database, table: Table, column: Column, row: Row, currency: Row | None) -> None:
    value: Any = row.get(column.key)
    if value is not None:
        row[column.key] = value = rounded(float(value), precision(db, column, currency))
        base = table.columns[f"{column.name}_base"]
        row[base.key] = rounded(value / row["exchangerate"], precision(db, base, base_currency(db)))


def base_currency(db: Database) -> Row | None:
    return db.rows("transactioncurrency").get(db.organization["_basecurrencyid_value"])


def _clear(table: Table, row: Row, changes: Row) -> None:
    for key, value in changes.items():
        if value is None and f"{key}_base" in table.columns:
            row[f"{key}_base"] = None
