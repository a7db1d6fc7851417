"""Of which version of its document a row of BC was made, where each version is a row of Sales of its own. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.model import TableMapping
from mapping.values import Side
from sync.heart.coupling import VERSION, Held
from sync.heart.plan import Pair


def version_now(mapping: TableMapping, pair: Pair) -> Mapping[str, Held]:
    """The version that the pair's row of Sales is, to be remembered once the row of BC is made of it."""
    row = pair.rows.get(Side.SALES)
    if mapping.succession is None or row is None:
        return {}
    version = str(row.get(mapping.succession.version) or 0)
    return {VERSION: Held(version, version)}


def version_met(mapping: TableMapping, pair: Pair) -> Mapping[str, Held]:
    """The version that a row of BC counts as, which was there before: nothing where it is known of which it was made."""
    return {} if VERSION in pair.held else version_now(mapping, pair)


def is_behind(mapping: TableMapping, pair: Pair) -> bool:
    """Whether the row of BC was made of an older version than the one that the pair has now."""
    known = pair.held.get(VERSION)
    return known is not None and len(pair.rows) == len(Side) and version_now(mapping, pair).get(VERSION, known) != known
