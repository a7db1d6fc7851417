"""What the lines hold, one kind each for the state itself, settings of a mapping, couplings and life numbers; and reading them back.

Nothing that is a secret, or that holds for one store only: no marks and tokens of services, no leases, no jobs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mapping.values import Side
from sync.heart.coupling import Coupling, Life
from sync.other_orders import MODES
from sync.services.odata import guid
from sync.store import Entry
from sync.store.coupling_rows import from_pairs, pairs, to_row
from sync.store.migrations import FORMAT
from sync.store.records import moment
from sync.store.tables import ROW_BYTES, row_bytes

STATE, ENTRY, COUPLING, LIFE = "state", "entry", "coupling", "life"

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    """The number that the next life of an uncoupled record bears (rule A6)."""

    mapping: str
    side: Side
    id: str
    number: int


def state_line(company: str, whose: Mapping[str, str]) -> Line:
    """Whose state this is; the first line, and the first of every part that is taken in."""
    return {"kind": STATE, "format": FORMAT, "company": company, "whose": dict(whose), "exportedAt": moment(datetime.now(UTC))}


def entry_line(entry: Entry) -> Line:
    """What people set of a mapping, and the mode in which its records are coupled."""
    hold = {"held": True, "holdReason": entry.hold_reason} if entry.held_by_person else {}
    return {"kind": ENTRY, "mapping": entry.mapping, "switches": dict(entry.switches), "couplesIn": entry.couples_in, **hold}


def coupling_line(coupling: Coupling) -> Line:
    """A coupling with what both sides held, where that was read; what a worker has in hand is not its own."""
    known = {
        "bcVersion": coupling.bc_version,
        "salesVersion": coupling.sales_version,
        "syncedAt": moment(coupling.synced_at) if coupling.synced_at else None,
        "claimedAt": moment(coupling.claimed_at) if coupling.claimed_at else None,
        "asked": sorted(coupling.asked) or None,
        "held": pairs(coupling.held) or None,
    }
    ids = {"bcId": coupling.bc_id, "salesId": coupling.sales_id}
    lives = {"life": coupling.life.value, "lifeNumber": coupling.life_number}
    return {"kind": COUPLING, "mapping": coupling.mapping, **ids, **lives, **{name: value for name, value in known.items() if value}}


def number_line(known: Number) -> Line:
    """A life number."""
    return {"kind": LIFE, "mapping": known.mapping, "side": known.side.value, "id": known.id, "lifeNumber": known.number}


def read_coupling(company: str, line: Line) -> Coupling:
    """The coupling of a line; ValueError says what is wrong with it."""
    read = _Reader(line, {"bcId", "salesId", "life", "lifeNumber", "bcVersion", "salesVersion", "syncedAt", "claimedAt", "asked", "held"})
    found = Coupling(
        company=company,
        mapping=read.text("mapping"),
        bc_id=read.id("bcId"),
        sales_id=read.id("salesId"),
        life=Life(line.get("life", Life.COUPLED)),
        life_number=read.number("lifeNumber"),
        bc_version=read.maybe("bcVersion", read.text),
        sales_version=read.maybe("salesVersion", read.text),
        synced_at=read.maybe("syncedAt", read.moment),
        claimed_at=read.maybe("claimedAt", read.moment),
        asked=frozenset(map(str, line.get("asked", ()))),
        held=from_pairs(read.held()),
    )
    if row_bytes(to_row(found)) > ROW_BYTES:
        raise ValueError("longer than anything that is kept")
    return found


def read_number(line: Line) -> Number:
    """The life number of a line; ValueError says what is wrong with it."""
    read = _Reader(line, {"side", "id", "lifeNumber"})
    return Number(read.text("mapping"), Side(line.get("side", "")), read.id("id"), read.number("lifeNumber"))


def read_entry(line: Line) -> Entry:
    """The settings of a line, as an entry that has nothing else; ValueError says what is wrong with it."""
    read = _Reader(line, {"switches", "couplesIn", "held", "holdReason"})
    switches, held = line.get("switches", {}), line.get("held", False)
    if not isinstance(switches, dict) or not isinstance(held, bool):
        raise ValueError("switches must be an object, and held true or false")
    reason, mode = read.maybe("holdReason", read.text), read.maybe("couplesIn", read.mode)
    return Entry(company="", mapping=read.text("mapping"), switches=switches, held_by_person=held, hold_reason=reason, couples_in=mode)


LONGEST = 500
MOST_LIVES = 1_000_000
EARLIEST, LATEST = 2000, 9000
_OPTION = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class _Reader:
    """The properties of one line, each read as what it must be; a property that no line of its kind has is refused."""

    line: Line
    known: set[str]

    def __post_init__(self) -> None:
        if strange := sorted(self.line.keys() - self.known - {"kind", "mapping"}):
            raise ValueError(f"unknown: {', '.join(strange)}"[:LONGEST])

    def text(self, name: str) -> str:
        value = self.line.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
            raise ValueError(f"{name} must be a text of up to {LONGEST} characters")
        return value

    def id(self, name: str) -> str:
        text = self.text(name)
        return text if _OPTION.fullmatch(text) else guid(text)

    def number(self, name: str) -> int:
        value = self.line.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_LIVES:
            raise ValueError(f"{name} must be a whole number from 1")
        return value

    def mode(self, name: str) -> str:
        text = self.text(name)
        if text not in MODES:
            raise ValueError(f"{name} must be one of {', '.join(MODES)}")
        return text

    def moment(self, name: str) -> datetime:
        value = datetime.fromisoformat(self.text(name))
        if value.tzinfo is None or not EARLIEST <= value.year <= LATEST:
            raise ValueError(f"{name} must name its offset from UTC, and a year from {EARLIEST} to {LATEST}")
        return value

    def maybe(self, name: str, read: Callable[[str], Any]) -> Any:
        return None if self.line.get(name) is None else read(name)

    def held(self) -> Mapping[str, Any]:
        held = self.line.get("held") or {}
        if not isinstance(held, dict) or not all(_is_pair(each) for each in held.values()):
            raise ValueError("held must hold, by field mapping, one value or the two values of both sides")
        return held


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= 3 and all(map(_is_value, value))


def _is_value(value: Any) -> bool:
    """A value, or those of a group."""
    return all(isinstance(each, str | int | float | None) for each in (value if isinstance(value, list) else [value]))
