"""What a person reads in the place of ids: the names of the records that a field in conflict refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.values import Side
from sync.around.titles import Reference, titles_of
from sync.context import Context
from sync.services.odata import guid
from sync.store import ProblemRow

Told = Mapping[str, Any]


async def labels(ctx: Context, mapping: TableMapping, problem: ProblemRow) -> dict[str, dict[Side, str]]:
    """By field and side, the name of the record that the field refers to now; one request for each table referred to."""
    told: list[Told] = [each for each in problem.details.get("problems", ()) if each.get("values")]
    named = [(each["field"], reference) for each in told for reference in _references(mapping, each)]
    titles = await titles_of(ctx, (reference for _, reference in named))
    found: dict[str, dict[Side, str]] = {}
    for field, reference in named:
        if reference in titles:
            found.setdefault(field, {})[reference[1]] = titles[reference]
    return found


def _references(mapping: TableMapping, told: Told) -> Iterator[Reference]:
    """The records that both sides of one field refer to."""
    unit = next((unit for unit in mapping.fields if unit.name == told["field"]), None)
    kind = unit.members[0].kind if unit and len(unit.members) == 1 else None
    for side in Side:
        id_ = told["values"].get(side)
        if isinstance(kind, Lookup) and id_ and (str(id_).isdecimal() or _is_guid(str(id_))):
            yield from ((name, side, str(id_)) for name in kind.mappings)


def _is_guid(text: str) -> bool:
    try:
        return bool(guid(text))
    except ValueError:
        return False
