"""Ids that we choose: derived from what they stand for, so that making the same row twice makes one (rule A6)."""

from __future__ import annotations

from uuid import UUID, uuid5

COUPLET = UUID("6d0f5c53-7b0e-5b6e-9c57-0c3a7a3f1f60")
"""The name space of all ids that Couplet derives."""


def derived_id(*parts: object) -> str:
    """The id that these parts always lead to; a guid as text, lower case."""
    return str(uuid5(COUPLET, "\x1f".join(str(part) for part in parts)))
