"""What a demo company consists of: rows of both sides, and what must come out of a full synch."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

Row = dict[str, Any]
Side = Literal["bc", "sales"]

LOCAL_CURRENCY = "EUR"
ZERO_GUID = "00000000-0000-0000-0000-000000000000"

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://couplet.example/sandbox/company")
_PREFIX = NAMESPACE.bytes
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def guid(kind: str, key: str | int) -> str:
    """The id of one record, uuid5 of table and key: the same in every company."""
    # written out, because a large company takes a million of them and uuid.uuid5 is four times slower
    digits = hashlib.sha1(_PREFIX + f"{kind}:{key}".encode(), usedforsecurity=False).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:32]}"


def mix(seed: int, number: int, salt: int = 0) -> int:
    """32 well-stirred bits for one record, so that a record looks the same at every scale."""
    bits = (number * 0x9E3779B1 + seed * 0x85EBCA77 + salt * 0xC2B2AE3D) & 0xFFFFFFFF
    bits = ((bits ^ (bits >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    bits = ((bits ^ (bits >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return bits ^ (bits >> 15)


@dataclass(slots=True)
class Outlook:
    """What must come out of a full synch for one mapping; ids only, written while the rows are made."""

    pairs: list[Row] = field(default_factory=list)
    created_in_sales: list[str] = field(default_factory=list)
    created_in_bc: list[str] = field(default_factory=list)
    apart: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)

    def as_data(self) -> Row:
        """The form that stands in `expected.json`."""
        return {
            "pairs": self.pairs,
            "createdInSales": self.created_in_sales,
            "createdInBc": self.created_in_bc,
            "apart": self.apart,
            "problems": self.problems,
        }


class Ledger:
    """The generator's knowledge, mapping by mapping."""

    def __init__(self) -> None:
        self.mappings: dict[str, Outlook] = {}

    def of(self, mapping: str) -> Outlook:
        """What is expected of one mapping."""
        return self.mappings.setdefault(mapping, Outlook())

    def pair(self, mapping: str, bc: str, sales: str, final: Row | None = None) -> None:
        """Two records that are the same and must be coupled; `final` is what BC must hold in fields where the sides differed."""
        self.of(mapping).pairs.append({"bcId": bc, "salesId": sales} | ({"final": final} if final else {}))

    def created(self, mapping: str, source: Side, id: str) -> None:
        """A record that must get a new row on the other side."""
        outlook = self.of(mapping)
        (outlook.created_in_sales if source == "bc" else outlook.created_in_bc).append(id)

    def apart(self, mapping: str, side: Side, id: str, reason: str) -> None:
        """A record that must stay uncoupled."""
        self.of(mapping).apart.append({"side": side, "id": id, "reason": reason})

    def problem(self, mapping: str, side: Side, id: str, code: str, **detail: Any) -> None:
        """A problem that must be listed; `detail`: field, fieldProblem, optional, alsoOn."""
        self.of(mapping).problems.append({"mapping": mapping, "side": side, "id": id, "code": code} | detail)

    def held(self, mapping: str, side: Side, id: str, code: str, **detail: Any) -> None:
        """A record that waits or is refused as a whole."""
        self.apart(mapping, side, id, code)
        self.problem(mapping, side, id, code, **detail)


VENDORS = 8
"""Vendors of the company, `V1000` and on; items name them."""


@dataclass(frozen=True, slots=True)
class Company:
    """Both sides' rows by entity set, in the form that GET shows, and what must come out of a full synch.

    `about` is what each simulator is told beside the rows: the BC company's name and local currency, columns of the organisation.
    """

    bc: dict[str, list[Row]]
    sales: dict[str, list[Row]]
    expected: Row
    about: dict[Side, Row]


class Draft:
    """A company in the making."""

    def __init__(self, *, scale: float, seed: int, base_currency: str) -> None:
        self.scale = scale
        self.seed = seed
        self.base_currency = base_currency
        self.bc: dict[str, list[Row]] = {}
        self.sales: dict[str, list[Row]] = {}
        self.ledger = Ledger()
        self.modes: dict[str, Ledger] = {}

    def mode(self, setting: str) -> Ledger:
        """What is expected of the mappings that only work with this app setting."""
        return self.modes.setdefault(setting, Ledger())

    def size(self, at_scale_one: int, *, least: int = 1) -> int:
        """How many records of a kind this company has."""
        return max(least, round(at_scale_one * self.scale))

    def to_bc(self, table: str, row: Row) -> Row:
        """Add a row to Business Central."""
        self.bc.setdefault(table, []).append(row)
        return row

    def to_sales(self, table: str, row: Row) -> Row:
        """Add a row to Sales."""
        self.sales.setdefault(table, []).append(row)
        return row
