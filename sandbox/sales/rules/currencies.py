"""Currencies and the organisation: ISO codes, the base currency and its rate."""

from __future__ import annotations

import re

from sandbox.sales.errors import Refused
from sandbox.sales.rules.write import Write

ISO = re.compile(r"[A-Z]{3}")


def _is_base(write: Write) -> bool:
    return write.row_id == write.db.organization.get("_basecurrencyid_value")


def currency(write: Write) -> None:
    row = write.row
    code = row.get("isocurrencycode")
    if write.creating and code is not None and not ISO.fullmatch(code):
        raise Refused("0x80048cf2", f"'{code}' is no ISO currency code.")
    if write.old is not None and write.changed("isocurrencycode"):
        raise Refused("0x80048cf2", "The ISO code of a currency cannot be changed.")
    if "exchangerate" in write.changes and not (write.changes["exchangerate"] or 0) > 0:
        raise Refused("0x80048cfd", "The exchange rate must be greater than zero.")
    if write.old is not None and _is_base(write):
        if write.changed("exchangerate"):
            raise Refused("0x80048cf5", "The exchange rate of the base currency cannot be changed.")
        if row["statecode"] != 0:
            raise Refused("0x80048cf4", "The base currency cannot be deactivated.")


def organization(write: Write) -> None:
    if write.old is not None and write.changed("_basecurrencyid_value"):
        raise Refused("0x80048cf5", "The base currency of an organization cannot be changed.")


def keep_base(write: Write) -> None:
    if _is_base(write):
        raise Refused("0x80048cff", "The base currency cannot be deleted.")


BEFORE = {"transactioncurrency": (currency,), "organization": (organization,)}
BEFORE_DELETE = {"transactioncurrency": (keep_base,)}
