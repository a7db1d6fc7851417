"""A mapping of which some units, or mappings that it speaks of, are left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mapping.criteria import by_priority
from mapping.field import FieldMapping
from mapping.lookups import Lookup
from mapping.model import TableMapping, Unit


def reduced(mapping: TableMapping, units: tuple[Unit, ...], gone: Collection[str]) -> TableMapping:
    """The mapping with these units only, without what speaks of the others or of the mappings that are `gone`."""
    given = _all_spared(mapping.given, gone)
    names = {member.name for unit in (*units, *mapping.only_compared, *given) for member in unit.members}
    return replace(
        mapping,
        fields=units,
        given=given,
        needs=tuple(need for need in mapping.needs if need not in gone),
        natural_keys=tuple(key for key in mapping.natural_keys if names.issuperset(key)),
        criteria=tuple(one for group in by_priority(mapping.criteria) if names.issuperset(each.field for each in group) for one in group),
        related=tuple(each for each in mapping.related if each.through not in gone and (not each.by or each.by in names)),
        brings=tuple(each for each in mapping.brings if each.mapping not in gone),
        cascades=tuple(each for each in mapping.cascades if each.mapping not in gone),
    )


def spared(unit: Unit, gone: Collection[str]) -> Unit | None:
    """The unit whose references name only records of mappings that are there; None where one of them has nothing left to name."""
    members = [_spared(member, gone) for member in unit.members]
    left = tuple(member for member in members if member)
    if left == unit.members:
        return unit
    return replace(unit, members=left) if len(left) == len(members) else None


def _spared(member: FieldMapping, gone: Collection[str]) -> FieldMapping | None:
    if not isinstance(member.kind, Lookup):
        return member
    left = member.kind.without(gone)
    if left is member.kind:
        return member
    return replace(member, kind=left) if left else None


def spared_units(mapping: TableMapping, gone: Collection[str]) -> tuple[Unit, ...]:
    """The units of a mapping that can do without the mappings that are `gone`."""
    return _all_spared(mapping.fields, gone)


def _all_spared(units: tuple[Unit, ...], gone: Collection[str]) -> tuple[Unit, ...]:
    return tuple(left for unit in units if (left := spared(unit, gone)))
