"""Request bodies to changes of a row. What to do with each property is worked out once per table and set of names, then replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.sales import errors
from sandbox.sales.database import Database
from sandbox.sales.references import Resolver
from sandbox.sales.schema import READ_AS_LOOKUP, Collection, Column, Table
from sandbox.sales.store import Row
from sandbox.sales.values import converter

PLANS_KEPT = 5000
Step = Callable[[Any, "Changes", Resolver], None]


@dataclass
class Changes:
    """What a body asks for: columns by row key, rows to make beside it, rows to bind into collections."""

    values: Row = field(default_factory=dict)
    parents: list[tuple[Column, str, Row]] = field(default_factory=list)
    children: list[tuple[Collection, Row]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


class Bodies:
    """Compiled plans per table, names in the body, and whether it creates."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.plans: dict[tuple[Any, ...], list[tuple[str, Step]]] = {}

    def read(self, table: Table, body: Row, creating: bool, resolver: Resolver) -> Changes:
        """Check and convert a body. Raises for unknown names, wrong types, too long, out of range, dangling references."""
        signature = (table.name, table.generation, creating, *body)
        plan = self.plans.get(signature)
        if plan is None:
            if len(self.plans) > PLANS_KEPT:
                self.plans.clear()
            plan = self.plans[signature] = [(name, step) for name in body if (step := self._step(table, name, creating)) is not None]
        changes = Changes()
        for name, step in plan:
            step(body[name], changes, resolver)
        return changes

    def _step(self, table: Table, name: str, creating: bool) -> Step | None:
        if "@" in name:
            return self._annotation(table, name, creating)
        column = table.columns.get(name)
        if column is not None and column.type not in READ_AS_LOOKUP:
            return self._column(table, column, creating)
        if name in table.navigation:
            return self._single(table, name)
        collection = self.db.schema.collections.get((table.name, name))
        if collection is not None:
            return self._collection(collection)
        if name in table.by_key:
            raise errors.bad_payload(
                table.set, "CRM do not support direct update of Entity Reference properties, Use Navigation properties instead."
            )
        raise errors.bad_payload(
            table.set,
            f"The property '{name}' does not exist on type 'Microsoft.Dynamics.CRM.{table.name}'. "
            "Make sure to only use property names that are defined by the type.",
        )

    def _annotation(self, table: Table, name: str, creating: bool) -> Step | None:
        target, _, annotation = name.partition("@")
        if "." not in annotation:
            raise errors.bad_payload(table.set, f"The annotation name '{name}' is invalid: a qualified name needs a period.")
        if annotation != "odata.bind":
            return None
        if target in table.navigation:
            return self._bind(table, target, creating)
        if (table.name, target) in self.db.schema.collections:
            return lambda value, changes, resolver: changes.links.extend((target, item) for item in value)
        raise errors.undeclared(table.set, target)

    @staticmethod
    def _column(table: Table, column: Column, creating: bool) -> Step | None:
        convert, key = converter(table, column), column.key
        if not (column.create if creating else column.update):
            return None

        def step(value: Any, changes: Changes, resolver: Resolver) -> None:
            changes.values[key] = convert(value)

        return step

    @staticmethod
    def _bind(table: Table, name: str, creating: bool) -> Step | None:
        column, target = table.navigation[name]
        key, allowed = column.key, ((target,) if target else tuple(column.targets))
        if not (column.create if creating else column.update):
            return None

        def step(value: Any, changes: Changes, resolver: Resolver) -> None:
            if value is None:
                changes.values[key] = None
                return
            if not isinstance(value, str):
                raise errors.bad_payload(table.set, f"The value of '{name}@odata.bind' must be a string.")
            kind, row_id = resolver.resolve(value)
            if kind not in allowed:
                raise errors.bad_payload(table.set, f"The entity reference '{value}' does not fit the navigation property '{name}'.")
            changes.values[key] = row_id

        return step

    @staticmethod
    def _single(table: Table, name: str) -> Step:
        column, target = table.navigation[name]

        def step(value: Any, changes: Changes, resolver: Resolver) -> None:
            if value is None:
                changes.values[column.key] = None
            elif isinstance(value, dict) and target:
                changes.parents.append((column, target, value))
            else:
                raise errors.bad_payload(table.set, f"A node of type 'StartObject' was expected for the navigation property '{name}'.")

        return step

    @staticmethod
    def _collection(collection: Collection) -> Step:
        def step(value: Any, changes: Changes, resolver: Resolver) -> None:
            if not isinstance(value, list):
                raise errors.bad_payload(collection.owner, f"A node of type 'StartArray' was expected for '{collection.name}'.")
            changes.children.extend((collection, child) for child in value)

        return step
