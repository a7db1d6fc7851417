"""What a record is counted in: the records of other mappings that must be there for it, found by columns of BC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountedIn:
    """Records of `mapping` whose `key` column in BC equals the `of` column of the record's own row there."""

    mapping: str
    key: str
    of: str
