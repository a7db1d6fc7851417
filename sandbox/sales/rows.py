"""Create, update and delete of a row: everything that the platform does around a write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.sales import errors, money, states
from sandbox.sales.bodies import Bodies, Changes
from sandbox.sales.database import Caller, Database, Event
from sandbox.sales.references import Resolver
from sandbox.sales.rights import Rights
from sandbox.sales.rules import AFTER, AFTER_DELETE, BEFORE, BEFORE_DELETE, Write
from sandbox.sales.schema import Column, Table
from sandbox.sales.store import Row


class Rows:
    """Writes rows with all rules. Every public method is one transaction (or part of the one that is open)."""

    def __init__(self, db: Database, switches: Mapping[str, Any], rights: Rights) -> None:
        self.db = db
        self.bodies = Bodies(db)
        self.switches = switches
        self.rights = rights

    def create(
        self,
        table: Table,
        body: Row,
        caller: Caller,
        resolver: Resolver | None = None,
        *,
        row_id: str | None = None,
        defaults: Row | None = None,
    ) -> str:
        """Create a row (deep, if the body nests rows) and answer its id; `defaults` fill columns that the body leaves out."""
        resolver = resolver or Resolver(self.db)
        changes = self.bodies.read(table, body, True, resolver)
        if defaults:
            changes.values = {**defaults, **changes.values}
        self.rights.writing(caller, "Create", table, changes)
        new_id = changes.values.pop(table.id, None) or row_id or self.db.new_id()
        if new_id in self.db.rows(table.name):
            raise errors.exists()
        if not (changes.parents or changes.children or changes.links or table.name in AFTER) and self.db.journal is not None:
            self._insert(table, new_id, changes.values, caller)
            return str(new_id)
        with self.db.transaction():
            self._parents(changes, caller, resolver)
            self._insert(table, new_id, changes.values, caller)
            self._beside(new_id, changes, caller, resolver)
        return str(new_id)

    def _parents(self, changes: Changes, caller: Caller, resolver: Resolver) -> None:
        for column, target, nested in changes.parents:
            changes.values[column.key] = self.create(self.db.schema.tables[target], nested, caller, resolver)

    def _beside(self, row_id: str, changes: Changes, caller: Caller, resolver: Resolver) -> None:
        for collection, nested in changes.children:
            child = self.db.schema.tables[collection.to]
            self.create(child, nested, caller, resolver, defaults={child.columns[collection.column].key: row_id})
        for name, reference in changes.links:
            kind, other = resolver.resolve(reference)
            collection = next(item for (_, n), item in self.db.schema.collections.items() if n == name and item.to == kind)
            child = self.db.schema.tables[kind]
            self.change(child, other, {child.columns[collection.column].key: row_id}, caller)

    def insert(self, table: Table, row_id: str, values: Row, caller: Caller) -> None:
        """Create from values by row key, already converted."""
        with self.db.transaction():
            self._insert(table, row_id, values, caller)

    def _insert(self, table: Table, row_id: str, values: Row, caller: Caller) -> None:
        now = self.db.now()
        row: Row = {table.id: row_id, **table.defaults}
        states.on_create(table, row, values, row_id)
        row.update(values)
        self._stamp(table, row, now, caller)
        write = Write(self.db, table, row_id, None, row, values, caller, self)
        for rule in BEFORE.get(table.name, ()):
            rule(write)
        for column in table.required:
            if row.get(table.columns[column].key) is None:
                raise errors.required(table.name, column)
        self._finish(write)

    def _stamp(self, table: Table, row: Row, now: str, caller: Caller) -> None:
        columns = table.columns
        row["createdon"] = row.get("overriddencreatedon") or now
        row["modifiedon"] = now
        row["_createdby_value"] = row["_modifiedby_value"] = caller.user_id
        if caller.behind is not None and "createdonbehalfby" in columns:
            row["_createdonbehalfby_value"] = row["_modifiedonbehalfby_value"] = caller.behind
        if "organizationid" in columns:
            row[columns["organizationid"].key] = self.db.organization_id
        if columns.get("ownerid") is not None and columns["ownerid"].create:
            self._own(table, row, row.get("_ownerid_value") or caller.user_id)

    def _own(self, table: Table, row: Row, owner: str) -> None:
        """Set owner and the three columns that follow from it."""
        user, team = self.db.rows("systemuser").get(owner), self.db.rows("team").get(owner)
        holder = user or team
        if holder is None or (team is not None and team.get("teamtype") == 1):
            raise errors.Refused("0x80040229", f"The owner {owner} cannot own records.")
        known = any(left == owner for name in ("systemuserroles_association", "teamroles_association") for left, _ in self.db.links[name])
        if not known and (team is not None or self.switches.get("ownerNeedsRole")):
            raise errors.Refused("0x80040220", f"Principal with id={owner} is missing prvRead{table.schema} privilege.")
        row["_ownerid_value"] = owner
        row["_owninguser_value"] = owner if user is not None else None
        row["_owningteam_value"] = None if user is not None else owner
        row["_owningbusinessunit_value"] = holder.get("_businessunitid_value")

    def update(self, table: Table, row_id: str, body: Row, caller: Caller, resolver: Resolver | None = None) -> None:
        """Change the columns that a body names."""
        resolver = resolver or Resolver(self.db)
        changes = self.bodies.read(table, body, False, resolver)
        changes.values.pop(table.id, None)
        self.rights.writing(caller, "Write", table, changes)
        if changes.children:
            raise errors.Refused("0x80048d19", "Deep update is not supported.")
        with self.db.transaction():
            self._parents(changes, caller, resolver)
            self.change(table, row_id, changes.values, caller)
            self._beside(row_id, changes, caller, resolver)

    def change(self, table: Table, row_id: str, values: Row, caller: Caller, by_action: bool = False) -> None:
        """Change columns given by row key, already converted; `by_action` lifts what only an action may do."""
        with self.db.transaction():
            old = self.db.get(table.name, row_id)
            states.on_update(table, old, values, row_id, states.editable(table.name, self.switches), by_action)
            row = {**old, **values, "modifiedon": self.db.now(), "_modifiedby_value": caller.user_id}
            if "modifiedonbehalfby" in table.columns:
                row["_modifiedonbehalfby_value"] = caller.behind
            if values.get("_ownerid_value"):
                self._own(table, row, values["_ownerid_value"])
            write = Write(self.db, table, row_id, old, row, values, caller, self)
            for rule in () if by_action else BEFORE.get(table.name, ()):
                rule(write)
            for column in table.required:
                if column in values and values[column] is None:
                    raise errors.required(table.name, column)
            self._finish(write)

    def _finish(self, write: Write) -> None:
        table, row = write.table, write.row
        if table.has_money:
            money.settle(self.db, table, row, write.changes)
        self.db.put(table, write.row_id, row)
        for rule in AFTER.get(table.name, ()):
            rule(write)
        message = "Create" if write.old is None else "Update"
        self.db.happened(Event(message, table.name, write.row_id, write.changes, row, write.caller))

    def delete(self, table: Table, row_id: str, caller: Caller, cascaded: bool = False) -> None:
        """Delete a row with what cascades; refused while a restricting dependant exists. A cascade doesn't ask the rules."""
        row = self.db.get(table.name, row_id)
        with self.db.transaction():
            for rule in () if cascaded else BEFORE_DELETE.get(table.name, ()):
                rule(Write(self.db, table, row_id, row, row, {}, caller, self))
            for other, column in list(self.db.schema.pointing_at(table.name)):
                self._dependants(table, row_id, other, column, caller)
            self.db.drop(table, row_id)
            self.db.happened(Event("Delete", table.name, row_id, {}, row, caller))
            for rule in AFTER_DELETE.get(table.name, ()):
                rule(Write(self.db, table, row_id, row, row, {}, caller, self))

    def _dependants(self, table: Table, row_id: str, other: Table, column: Column, caller: Caller) -> None:
        key, behavior = column.key, self.db.schema.behavior(table.name, other.name, column.name)
        store = self.db.store(other.name)
        if not store.rows:
            return
        for dependant in store.with_value(key, row_id):
            if behavior == "restrict":
                raise errors.Refused("0x80040227", f"The {table.name} {row_id} cannot be deleted: {other.name} {dependant} refers to it.")
            if dependant not in store.rows:
                continue
            if behavior == "cascade":
                self.delete(other, dependant, caller, cascaded=True)
            else:
                self.db.put(other, dependant, {**store.rows[dependant], key: None})
