"""The OData that both services speak, and where they differ: literals, filters, addresses, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from sync.errors import LinkRefused
from sync.heart.plan import Side
from sync.services.model import Query

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLAIN = "$,()':="
_STAMP_DIGITS = {Side.BC: "milliseconds", Side.SALES: "seconds"}
_STAMP_COLUMN = {Side.BC: "lastModifiedDateTime", Side.SALES: "modifiedon"}


def guid(text: str) -> str:
    """The id in the one form that both services send: lower case, dashes, bare. ValueError when it is none."""
    plain = text.strip().strip("{}").lower()
    if not GUID.fullmatch(plain):
        raise ValueError("not a guid")
    return plain


def literal(value: object, side: Side) -> str:
    """A value as it stands in a `$filter` of that service, not yet percent-encoded.

    Text is quoted, guids (UUID) and numbers are bare. Stamps must carry a zone and are cut to the digits the service keeps.
    """
    for kind, write in _LITERALS:
        if isinstance(value, kind):
            return write(value, side)
    raise TypeError(f"no OData literal for {type(value).__name__}")


def _stamp(value: datetime, side: Side) -> str:
    if value.tzinfo is None:
        raise ValueError("a stamp without zone")
    return value.astimezone(UTC).isoformat(timespec=_STAMP_DIGITS[side]).replace("+00:00", "Z")


# A bool is an int and a datetime a date: the narrower type stands first
_LITERALS: tuple[tuple[type, Callable[[Any, Side], str]], ...] = (
    (type(None), lambda value, side: "null"),
    (bool, lambda value, side: str(value).lower()),
    (str, lambda value, side: "'" + value.replace("'", "''") + "'"),
    (datetime, _stamp),
    (date, lambda value, side: value.isoformat()),
    *((kind, lambda value, side: str(value)) for kind in (int, float, Decimal, UUID)),
)


def one_of(column: str, values: Sequence[object], side: Side) -> str:
    """A filter for rows whose column has one of the values (at least one)."""
    # a lookup's name inside query functions is documented nowhere: `or` is certain
    if side is Side.BC or len(values) == 1 or column.startswith("_"):
        return " or ".join(f"{column} eq {literal(value, side)}" for value in values)
    # Dataverse lists the values as text, whatever the column's type
    listed = ",".join(literal(str(value), side) for value in values)
    return f"Microsoft.Dynamics.CRM.In(PropertyName='{column}',PropertyValues=[{listed}])"


def all_of(*filters: str | None) -> str | None:
    """The filters joined by `and`; None when there is none."""
    given = [each for each in filters if each]
    return given[0] if len(given) == 1 else " and ".join(f"({each})" for each in given) or None


def query_options(query: Query, side: Side) -> dict[str, str]:
    """The query's system options; `changed_since` becomes part of the filter."""
    since = f"{_STAMP_COLUMN[side]} ge {literal(query.changed_since, side)}" if query.changed_since else None
    options = {"$select": ",".join(query.columns), "$filter": all_of(query.filter, since), "$orderby": query.order}
    return {name: text for name, text in options.items() if text}


def address(path: str, options: Mapping[str, str] | None = None) -> str:
    """A path with its query, percent-encoded: what is data cannot become syntax of the URL."""
    if not options:
        return path
    return path + "?" + "&".join(f"{name}={quote(text, safe=_PLAIN)}" for name, text in options.items())


def chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """The items in slices of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def check_link(link: str, prefixes: Sequence[str], side: Side) -> str:
    """The link itself, when it stays below one of the prefixes (absolute URLs ending in `/`); else LinkRefused.

    Compared are scheme, host, port and path, the path decoded and without letter case; `..` is refused in any spelling.
    """
    parts = urlsplit(link)
    path = unquote(unquote(parts.path)).lower()
    for prefix in prefixes:
        allowed = urlsplit(prefix)
        same_origin = (parts.scheme, parts.netloc.lower()) == (allowed.scheme, allowed.netloc.lower())
        if same_origin and path.startswith(allowed.path.lower()) and ".." not in path and "\\" not in path:
            return link
    raise LinkRefused(side=side)
