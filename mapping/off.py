"""Mappings that are switched off, and what becomes of those that refer to their records: nothing waits for what nobody synchronises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.reduced import reduced, spared_units

SAID = "is switched off"


def switched_on(mappings: Mapping[str, TableMapping]) -> dict[str, TableMapping]:
    """The mappings with which anything is done by itself."""
    return {name: mapping for name, mapping in mappings.items() if mapping.runs}


def off(mappings: Mapping[str, TableMapping], lacking: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which mappings are off, each with the reason in words: switched off, `lacking` something, or nothing without one that is."""
    reasons = {name: f"{name} {SAID}" for name, mapping in mappings.items() if not mapping.enabled} | dict(lacking or {})
    while True:
        more = {
            name: f"{name} cannot do without {leant}, which {SAID}"
            for name, mapping in mappings.items()
            if name not in reasons and (leant := _leans_on(mapping, reasons))
        }
        if not more:
            return reasons
        reasons |= more


def without(mapping: TableMapping, gone: Mapping[str, str]) -> TableMapping:
    """The mapping as it works while others are off: rows that refer to their records carry nothing, and it needs them no more."""
    if not gone:
        return mapping
    if mapping.name in gone:
        return replace(mapping, enabled=False)
    return reduced(mapping, spared_units(mapping, gone), gone)


def _leans_on(mapping: TableMapping, gone: Mapping[str, str]) -> str | None:
    """A mapping that is off and without whose records this one's can neither be told apart nor made."""
    if mapping.part_of in gone:
        return mapping.part_of
    keys = {name for key in mapping.natural_keys for name in key}
    members = [member for unit in (*mapping.fields, *mapping.given) for member in unit.members]
    leaning = [member for member in members if member.needed or member.once or member.name in keys]
    lookups = [member.kind for member in leaning if isinstance(member.kind, Lookup)]
    referred = [kind.mapping for kind in lookups if kind.without(gone) is None]
    return next((name for name in (*referred, *(each.through for each in mapping.related)) if name in gone), None)
