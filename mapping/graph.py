"""The catalogue in dependency order."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

from mapping.model import TableMapping


def in_order(mappings: Mapping[str, TableMapping]) -> list[str]:
    """Names of mappings, each after all that it needs; a need that is not in the catalogue is left out."""
    known = {name: [need for need in mapping.needs if need in mappings] for name, mapping in mappings.items()}
    return list(TopologicalSorter(known).static_order())
