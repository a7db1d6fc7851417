"""What a mapping's field rows, filters, constants and templates are, in words, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mapping.catalogue import CATALOGUE
from mapping.field import FieldMapping
from mapping.lookups import Lookup
from mapping.model import TableMapping, Unit
from mapping.modes import forms
from mapping.overlay.transforms import as_written
from mapping.values import Side
from sync.entry.switches import Origin

FLAGS = {"notNull": "not_null", "late": "late", "needed": "needed", "atOnce": "at_once", "keepTyped": "keep_typed", "digest": "digest"}
FUNCTIONS = {"beforeWrite": "before_write", "afterWrite": "after_write", "match": "match"}


def field_rows(mapping: TableMapping, declared: TableMapping) -> list[dict[str, Any]]:
    """Every field row: its columns, direction, kind, what is done to its values, and its origin; `declared` is without switches.

    Rows that only a new row takes come after the others; those that are offered, but disabled until mappings.toml enables them, come last.
    """
    kept = _rows(mapping.name, mapping.fields, declared.fields)
    at_first = [{**row, "onInsert": True} for row in _rows(mapping.name, mapping.given, declared.given)]
    known = {member.name for unit in declared.fields for member in unit.members}
    offered = [(unit, member) for unit in mapping.offered for member in unit.members if member.name not in known]
    return [*kept, *at_first, *({**_row(unit, member, Origin.DECLARATION), "enabled": False} for unit, member in offered)]


def _rows(name: str, units: Sequence[Unit], declared: Sequence[Unit]) -> list[dict[str, Any]]:
    """Some rows of a mapping, each beside the same one without switches."""
    before = {member.name: (unit.name, member) for unit in declared for member in unit.members}
    return [_row(unit, member, _origin(name, before[member.name], member)) for unit in units for member in unit.members]


def _row(unit: Unit, member: FieldMapping, origin: Origin) -> dict[str, Any]:
    flags = {name: True for name, field in FLAGS.items() if getattr(member, field)}
    clears = {"clearOnFailure": True} if isinstance(member.kind, Lookup) and member.kind.blank else {}
    steps = {DIRECTIONS[side]: [as_written(step) for step in found] for side, found in member.transform.items() if found}
    return {
        "name": member.name,
        "unit": unit.name,
        "bc": member.bc,
        "sales": member.sales,
        "direction": member.direction,
        "kind": type(member.kind).__name__,
        "origin": origin,
        **flags,
        **clears,
        **({"transform": steps} if steps else {}),
    }


DIRECTIONS = {Side.SALES: "toSales", Side.BC: "fromSales"}


def _origin(name: str, declared: tuple[str, FieldMapping], member: FieldMapping) -> Origin:
    """Declared by Couplet as it is, changed or added by the file, or turned by a switch."""
    if declared[1] != member:
        return Origin.SWITCH
    shipped = CATALOGUE.get(name)
    all_forms = forms(shipped).values() if shipped else ()
    units = [unit for form in all_forms for unit in (*form.fields, *form.given, *form.standard, *form.standard_given, *form.offered)]
    known = [(unit.name, one) for unit in units for one in unit.members if one.name == member.name]
    return Origin.DECLARATION if declared in known else Origin.FILE


def rest_of(mapping: TableMapping) -> dict[str, Any]:
    """Filters, constants, templates and functions, with the origin of each."""
    shipped = CATALOGUE.get(mapping.name)
    same = {
        name: shipped is not None and getattr(mapping, name) in [getattr(form, name) for form in forms(shipped).values()]
        for name in ("keep", "constants", "born", "templates")
    }
    functions = {shown: str(found) for shown, name in FUNCTIONS.items() if (found := getattr(mapping.extensions, name))}
    return {
        "filters": _told({side: [str(each) for each in mapping.keep.get(side, ())] for side in Side}, same["keep"]),
        "constants": _told(dict(mapping.constants), same["constants"]),
        "constantsOnInsert": _told(dict(mapping.born), same["born"]),
        "templates": _told(
            {side: [_template(each) for each in found] for side, found in mapping.templates.items()},
            same["templates"],
        ),
        "functions": _told(functions, not functions),
    }


def _template(template: Any) -> Mapping[str, Any]:
    where = [str(each) for each in template.where]
    return {"name": template.name, "priority": template.priority, "where": where, "values": template.values}


def _told(value: Mapping[Any, Any], declared: bool) -> dict[str, Any]:
    return {"value": value, "origin": Origin.DECLARATION if declared else Origin.FILE}
