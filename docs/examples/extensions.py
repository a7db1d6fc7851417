"""Functions of one's own, named in mappings.toml. Each is given a record: mapping, side, row, other, values, creates, candidates."""

from __future__ import annotations

from typing import Any


def accept_customer(record: Any) -> bool | str:
    """Take part, or not, with the reason in words."""
    if "test" in str(record.row.get("displayName") or record.row.get("name") or "").lower():
        return "it is a test customer"
    return True


def stamp_customer(record: Any) -> dict[str, Any] | None:
    """What is written to an account says which system it came from."""
    if record.side != "sales":
        return None
    return {**record.values, "description": f"From Business Central: {record.other.get('number', '')}"}


def newest_account(record: Any) -> dict[str, Any] | None:
    """Of several partners with the same key, the one that was changed last."""
    return max(record.candidates, key=lambda row: row.get("modifiedon") or row.get("lastModifiedDateTime") or "", default=None)


def tell_the_warehouse(record: Any) -> None:
    """After a write: here stands a call to a system of one's own. Being called twice must do no harm."""
    print(record.mapping, record.side, "created" if record.creates else "changed")
