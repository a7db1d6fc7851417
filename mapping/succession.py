"""Rows of Sales that take the place of older ones: each version of a quote is a row of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Succession:
    """Versions of one document share what stands in the column `key`, and `version` counts up.

    A version inside the filters takes over the coupling of the latest one before it that is coupled, and its row of BC is made anew of
    it, lines and all, after what it was is kept by the action `archive` of our extension (rule E7).
    """

    key: str
    version: str
    archive: str = ""
