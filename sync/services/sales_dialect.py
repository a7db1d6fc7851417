"""How Dataverse says no: its error codes and what they mean to us (web service error codes)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sync.errors import (
    AccessDenied,
    AlreadyExists,
    AppNotAdmitted,
    DeltaExpired,
    InvalidValue,
    NotFound,
    Refused,
    RequiredMissing,
    ServiceError,
    Stale,
    StillUsed,
    Throttled,
    TooLong,
    TrackingOff,
    Unavailable,
    UnknownReference,
)
from sync.errors.services import AdministrationMode
from sync.heart.plan import Side
from sync.services.translate import Dialect

NO_SUCH_SEGMENT = "0x8006088a"
KEY_TAKEN = "0x80060892"
"""An alternate key: another row holds the same values."""

_CODES: Mapping[type[ServiceError], tuple[str, ...]] = {
    AccessDenied: ("0x80040204", "0x80040220", "0x80048405"),
    AlreadyExists: (
        "0x80040237",  # id exists
        "0x80040333",  # duplicate detection
        "0x80043b06",  # product number
        "0x80043b08",  # price list item
        "0x80043b0f",  # price list name
        "0x80048cf3",  # ISO currency code
        KEY_TAKEN,
        "0x80073002",  # unique index
    ),
    AppNotAdmitted: ("0x80042f09", "0x8004d24b", "0x80072560"),
    DeltaExpired: ("0x80044352",),
    InvalidValue: (
        "0x80040203",
        "0x80040210",
        "0x80040229",
        "0x80040239",
        "0x80043afc",
        "0x80043b07",
        "0x80043b0c",
        "0x80043b10",
        "0x80043b14",
        "0x8004431a",  # no such option
        "0x80044330",  # out of range
        "0x80048408",
        "0x80048cf2",
        "0x80048cfc",
        "0x80048cfd",
    ),
    NotFound: ("0x80040217", "0x80060891"),
    Refused: (NO_SUCH_SEGMENT,),
    RequiredMissing: (
        "0x80040200",
        "0x80043810",
        "0x80043b05",
        "0x80043b0d",
        "0x80043b0e",
        "0x80043b11",
        "0x80043b12",
        "0x80043b13",
        "0x80043b15",
        "0x80043b17",
        "0x80043b26",
        "0x80081012",
    ),
    Stale: ("0x80060882",),
    StillUsed: ("0x80040227",),
    Throttled: ("0x80072321", "0x80072322", "0x80072326"),
    TooLong: ("0x80044331",),
    TrackingOff: ("0x80072491",),
    Unavailable: ("0x80044151",),  # SQL timeout
    UnknownReference: ("0x80043b1b", "0x80043b1c", "0x80043b24"),
}

DIALECT = Dialect(
    side=Side.SALES,
    request_id="x-ms-service-request-id",
    denials={re.compile("administration mode", re.IGNORECASE): AdministrationMode},
    codes={code: cls for cls, codes in _CODES.items() for code in codes},
    fields=(
        re.compile(r"'(\w+)' (?:attribute|on record)"),
        re.compile(r"(?:[Aa]ttribute|[Pp]roperty|[Ff]ield|[Cc]olumn):? '?\"?([a-z]\w+)"),
    ),
)
