"""Keys of rows: one function turns any text into one, and everything the other modules need is built on it.

Table Storage refuses `/ # ? \\` and control characters in keys, and ids of jobs travel in URLs, so a key part holds unreserved URL
characters only: letters, digits, `-`, `.`, `_` for a blank, and `~` with two hex digits for every other UTF-8 byte.
Guids are lower-case with dashes. In the keys of couplings their groups stand as SQL Server compares them, the last group first: a page
that a service sorted by id lies dense in the table.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

from sync.heart.plan import Side

LONGEST = 200
"""Characters of one encoded part. A longer text keeps its beginning and gets a digest: equal texts still meet, it cannot be decoded."""

DIGEST = "~~"
SEPARATOR = "|"
OWN = "~w"  # encode never writes `~` before anything but two hex digits or DIGEST: partitions of our own cannot meet a mapping's

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNSAFE = re.compile(r"[^A-Za-z0-9.\- ]")
_ESCAPED = re.compile(r"(?:~[0-9a-f]{2})+")
_EPOCH = datetime.fromtimestamp(0, UTC)
_FAR = 0xFFFF_FFFF_FFFF_FFFF


def encode(text: str) -> str:
    """The text as part of a key; a guid in lower case."""
    if _GUID.fullmatch(text):
        return text.lower()
    encoded = _UNSAFE.sub(lambda found: _escape(found[0]), text).replace(" ", "_")
    if len(encoded) <= LONGEST:
        return encoded
    digest = DIGEST + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return encoded[: LONGEST - len(digest)].rstrip("~") + digest


def _escape(character: str) -> str:
    return "".join(f"~{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))


def decode(key: str) -> str:
    """The text that `encode` was given; ValueError when it was too long to be kept."""
    if DIGEST in key:
        raise ValueError("a text of this length is kept as a digest only")
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace("~", "")).decode("utf-8", "surrogatepass"), key.replace("_", " "))


def partition(company: str, *parts: str) -> str:
    """The partition of a company's mapping, job or the like."""
    return SEPARATOR.join(encode(part) for part in (company, *parts))


def own_partition(company: str, *parts: str, kind: str) -> str:
    """A partition beside those of the mappings, which none of them can be named like."""
    return SEPARATOR.join((partition(company, *parts), OWN + kind))


def record(side: Side, id: str) -> str:
    """The row key of one side's record; guids in the order of the services' database, so that a page sorted by id lies dense here."""
    if not _GUID.fullmatch(id):
        return named(f"{side.value}:{id}")
    one, two, three, four, five = id.lower().split("-")
    return f"{side.value}:" + "-".join((five, four, *(_bytes_from_the_right(group) for group in (three, two, one))))


def _bytes_from_the_right(group: str) -> str:
    """SQL Server compares the bytes of a uniqueidentifier's first three groups in the order in which they are stored."""
    return "".join(group[place : place + 2] for place in range(len(group) - 2, -1, -2))


def recorded(key: str) -> tuple[Side, str]:
    """Side and id of the record that `record` was given."""
    side, _, id = key.partition(":")
    if not re.fullmatch("[0-9a-f]{12}-[0-9a-f]{4}(-[0-9a-f]{4}){2}-[0-9a-f]{8}", id):
        return Side(side), decode(id)
    five, four, three, two, one = id.split("-")
    return Side(side), "-".join((*(_bytes_from_the_right(group) for group in (one, two, three)), four, five))


def named(key: str) -> str:
    """The row key of a text such as `bc:<id>`: a guid in it is in lower case here, too."""
    side, colon, id = key.partition(":")
    return f"{encode(side)}:{encode(id)}" if colon else encode(key)


def newest_first(moment: datetime) -> str:
    """A row key that sorts later moments before earlier ones, unique by a random end."""
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    return f"{_FAR - microseconds:016x}{secrets.token_hex(4)}"


def job_id(mapping: str, moment: datetime) -> str:
    """The id people see of a job of the mapping that starts at the moment, safe in a URL."""
    return f"{encode(mapping)}-{newest_first(moment)}"


def moment_of(id: str) -> datetime:
    """When a job's id was made; ValueError for a text that is no such id."""
    parts = split_job_id(id)
    if parts is None:
        raise ValueError(f"{id!r} is no id of a job")
    return _EPOCH + timedelta(microseconds=_FAR - int(parts[1][:16], 16))


def split_job_id(id: str) -> tuple[str, str] | None:
    """The mapping part (still encoded) and the row key of a job's id; None for a text that is no such id."""
    mapping, dash, row = id.rpartition("-")
    return (mapping, row) if dash and re.fullmatch("[0-9a-f]{24}", row) else None
