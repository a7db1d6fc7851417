"""The comparison's words: a difference, a field of the tests' own table, and all rows with the ways through them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, Iterable[Row]]

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
BLANKS: tuple[Any, ...] = (None, "", ZERO_GUID, "0001-01-01", "_x0020_")
OPTIONS = "@options"
"""Key in the Sales rows for choice labels: `{"account.paymenttermscode": {1: "Net 30"}}`."""

PRIMARY_KEYS = {
    "accounts": "accountid", "contacts": "contactid", "products": "productid", "uoms": "uomid", "uomschedules": "uomscheduleid",
    "systemusers": "systemuserid", "transactioncurrencies": "transactioncurrencyid", "pricelevels": "pricelevelid",
    "productpricelevels": "productpricelevelid", "opportunities": "opportunityid",
    "couplet_accountfigureses": "couplet_accountfiguresid",
}  # fmt: skip
"""The Sales tables that the comparison looks at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that is not as expected. `kind` is what a test can ask for, `text` what a person reads."""

    mapping: str
    kind: str
    text: str
    bc_id: str = ""
    sales_id: str = ""
    field: str = ""
    called: str = ""

    def __str__(self) -> str:
        about = " ".join(filter(None, (self.mapping, self.kind, self.field)))
        return f"{about}: {self.text} [{self.called}; bc {self.bc_id or '-'}, sales {self.sales_id or '-'}]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One row of fields.toml."""

    bc: str
    sales: str
    direction: str
    equal: str
    lengths: tuple[int, ...] = ()
    group: str = ""
    of: str = ""

    def is_called(self, name: str | None) -> bool:
        """Whether a problem's field may name this one: by either side's name, or by its group."""
        bare = self.sales.removeprefix("_").removesuffix("_value")
        return bool(name) and name in {self.bc, self.sales, bare, self.group}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One mapping of fields.toml."""

    bc: str
    sales: str
    key: str
    options: str = ""
    mirrors: Mapping[str, str] = field(default_factory=dict)
    created: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()


def readings() -> dict[str, Reading]:
    """The mappings as the tests read them."""
    found = {}
    for name, entry in tomllib.loads((Path(__file__).parent / "fields.toml").read_text(encoding="utf-8")).items():
        fields = tuple(Field(**{**row, "lengths": tuple(row.get("lengths", ()))}) for row in entry.get("fields", ()))
        tables = {"sales": "", "key": "", **entry["tables"]}
        found[name] = Reading(**tables, created=entry.get("created", {}), fields=fields)
    return found


def blank(value: Any) -> bool:
    """Whether nobody filled it in: an amount of 0 counts as blank too."""
    return value in BLANKS or (value == 0 and not isinstance(value, bool))


class World:
    """Both sides' rows by id, the couplings both ways, and what several rows say together."""

    def __init__(self, expected: Row, bc: Tables, sales: Tables, couplings: Iterable[Row]) -> None:
        self.expected = expected
        self.readings = readings()
        self.bc = {name: {row["id"]: row for row in rows} for name, rows in bc.items()}
        self.sales = {name: {row[PRIMARY_KEYS[name]]: row for row in rows} for name, rows in sales.items() if name in PRIMARY_KEYS}
        self.options: Mapping[str, Mapping[Any, str]] = sales.get(OPTIONS, {})  # type: ignore[assignment]
        self.to_sales: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.to_bc: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for coupling in couplings:
            self.to_sales[coupling["mapping"]][coupling["bcId"]].append(coupling["salesId"])
            self.to_bc[coupling["mapping"]][coupling["salesId"]].append(coupling["bcId"])
        self.local_currency: str = expected["localCurrency"]
        self.base_currency: str = expected["baseCurrency"]
        self._by: dict[tuple[str, str], dict[str, Row]] = {}

    def bc_by(self, table: str, column: str, value: str) -> Row | None:
        """The BC row with a value in a column that is unique."""
        index = self._by.get((table, column))
        if index is None:
            index = self._by[table, column] = {str(row.get(column, "")).casefold(): row for row in self.bc.get(table, {}).values()}
        return index.get(value.casefold())

    def partner(self, mapping: str, bc_id: str) -> str | None:
        """The Sales id that a BC record is coupled to."""
        found = self.to_sales[mapping].get(bc_id)
        return found[0] if found else None

    def bc_partner(self, mapping: str, sales_id: str) -> str | None:
        """The BC id that a Sales record is coupled to."""
        found = self.to_bc[mapping].get(sales_id)
        return found[0] if found else None

    def called(self, mapping: str, bc_id: str, sales_id: str) -> str:
        """What people call a record: its number or code, and its names on both sides."""
        reading = self.readings[mapping]
        bc = self.bc.get(reading.bc, {}).get(bc_id, {})
        sales = self.sales.get(reading.sales, {}).get(sales_id, {})
        names = (bc.get("number") or bc.get("code"), bc.get("displayName"), sales.get("name") or sales.get("fullname"))
        return " / ".join(str(name) for name in names if name)

    def currency(self, sales_id: str | None) -> Row:
        """A currency's row in Sales, empty when there is none."""
        return self.sales.get("transactioncurrencies", {}).get(sales_id or "", {})

    def rate(self, code: str) -> float | None:
        """The exchange rate that Sales holds for an ISO code."""
        found = [row for row in self.sales.get("transactioncurrencies", {}).values() if row["isocurrencycode"] == code]
        return float(found[0]["exchangerate"]) if found else None
