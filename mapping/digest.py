"""What a mapping says of its records, as one short text that changes when its tables, fields, filters or direction do (rule H2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from mapping.model import TableMapping

COUNTS = ("bc", "sales", "direction", "fields", "keep", "types", "constants", "companies")
"""What decides which records are in step, and in which of their fields; policies and schedules decide what happens next."""


def digest(mapping: TableMapping) -> str:
    """The same in every process and version for the same declaration."""
    told = {name: _plain(getattr(mapping, name)) for name in COUNTS}
    told |= {"parts": {part.name: digest(part.lines) for part in mapping.parts}} if mapping.parts else {}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    """As JSON, without anything that differs from process to process: orders of sets, addresses of functions."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"": type(value).__name__, **{each.name: _plain(getattr(value, each.name)) for each in fields(value)}}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return getattr(value, "__qualname__", None) or str(value)
