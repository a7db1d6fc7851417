"""What the mappings need to do in Sales, table by table: from their declarations, so that a role can give this and nothing else.

What follows from the way of working counts for all of them: a change of mode needs no other role.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from mapping import schema
from mapping.field import Direction
from mapping.model import TableMapping
from mapping.ours import TABLES
from mapping.values import Side

Accesses = Mapping[str, frozenset["Access"]]
"""By the logical name of a table."""


class Access(StrEnum):
    """A kind of access, as Dataverse names it."""

    READ = "Read"
    CREATE = "Create"
    WRITE = "Write"
    DELETE = "Delete"
    APPEND = "Append"
    APPEND_TO = "AppendTo"
    ASSIGN = "Assign"


def accesses(mappings: Iterable[TableMapping]) -> Accesses:
    """What all of these mappings need together, and to show what lies alongside their records, without which they work."""
    found: dict[str, set[Access]] = defaultdict(set)
    for mapping in mappings:
        for table, needed in of_mapping(mapping).items():
            found[table] |= needed
        for each in mapping.alongside:
            found[each.name].add(Access.READ)
    return {table: frozenset(needed) for table, needed in found.items()}


def of_mapping(mapping: TableMapping) -> Accesses:
    """What one mapping needs: its own table, what it reads beside, and what its rows are bound to."""
    if mapping.sales.is_choice:
        return {}
    own = mapping.sales.id.removesuffix("id")
    found: dict[str, set[Access]] = defaultdict(set, {own: {Access.READ, *_written(mapping)}})
    for related in mapping.related:
        if related.side is Side.SALES:
            found[logical(related.table)].add(Access.READ)
    for ensured in mapping.ensures:
        table = getattr(ensured, "table", None)
        if table is not None:
            found[logical(table.name)] |= {Access.READ, Access.CREATE, Access.WRITE, Access.APPEND}
    for table in [name for name, needed in found.items() if Access.WRITE in needed]:
        for target in _targets(table):
            found[target] |= {Access.READ, Access.APPEND_TO}
            found[table].add(Access.APPEND)
    return {table: frozenset(needed) for table, needed in found.items()}


def _written(mapping: TableMapping) -> set[Access]:
    """Rows of a table that has Couplet's columns are written in either direction; what it may make, it may be told to take away."""
    makes = mapping.direction is not Direction.FROM_SALES and _makes(mapping)
    if not makes and mapping.direction is Direction.FROM_SALES and mapping.sales.name not in TABLES:
        return set()
    owner = schema.column(Side.SALES, mapping.sales.name, "ownerid") or {}
    given = {Access.ASSIGN} if owner.get("update", True) and owner else set()
    return {Access.WRITE, *given, *((Access.CREATE, Access.DELETE) if makes else ())}


def _makes(mapping: TableMapping) -> bool:
    """Whether rows of Sales are made in any way of working."""
    return Side.SALES in mapping.ever_creates or any(Side.SALES in each.get("creates", ()) for each in mapping.variants.values())


def _targets(table: str) -> set[str]:
    """The tables of mappings that rows of a table can be bound to."""
    known = schema.table(Side.SALES, _sets().get(table, ""))
    writable = [column for column in known.values() if column.get("create", True) or column.get("update", True)]
    return {target for column in writable for target in column.get("targets", ()) if target in IN_STEP}


IN_STEP = frozenset({*TABLES.values(), "transactioncurrency"})
"""The tables whose rows are bound to each other; owners are given, not bound."""


def logical(entity_set: str) -> str:
    """The logical name of a table by its entity set: that of its key."""
    known = TABLES.get(entity_set)
    if known:
        return known
    keys = [name for name, column in schema.table(Side.SALES, entity_set).items() if column["type"] == "Uniqueidentifier"]
    fitting = [name.removesuffix("id") for name in keys if entity_set.startswith(name.removesuffix("id").removesuffix("y"))]
    return max(fitting, key=len)


def _sets() -> Mapping[str, str]:
    """Entity sets by logical names."""
    return {logical(name): name for name in schema.names(Side.SALES)}
