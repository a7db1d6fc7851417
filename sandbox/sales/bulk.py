"""CreateMultiple, UpdateMultiple and UpsertMultiple: all rows or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.sales import errors, references
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.rows import Rows
from sandbox.sales.schema import Table
from sandbox.sales.store import Row
from sandbox.sales.values import guid

NAMESPACE = "Microsoft.Dynamics.CRM."


class Bulk:
    """The bulk messages of tables that have them."""

    def __init__(self, db: Database, rows: Rows) -> None:
        self.db = db
        self.rows = rows
        self.messages: dict[str, Callable[[Table, list[Row], Call], Answer]] = {
            "CreateMultiple": self._create,
            "UpdateMultiple": self._update,
            "UpsertMultiple": self._upsert,
        }

    def run(self, table: Table, name: str, call: Call) -> Answer:
        message = self.messages.get(name) if table.bulk else None
        if message is None:
            raise errors.unknown_segment(NAMESPACE + name)
        targets = call.json().get("Targets")
        if not isinstance(targets, list) or not targets or not all(isinstance(target, dict) for target in targets):
            raise Refused("0x80040203", "The parameter Targets must be a collection with at least one entity.")
        with self.db.transaction():
            return message(table, targets, call)

    def _create(self, table: Table, targets: list[Row], call: Call) -> Answer:
        create, caller, resolver = self.rows.create, call.caller, call.resolver
        ids = [create(table, target, caller, resolver) for target in targets]
        return json_answer({"@odata.context": f"{call.base}$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse", "Ids": ids})

    def _update(self, table: Table, targets: list[Row], call: Call) -> Answer:
        """The same id twice: only the first is applied."""
        done: set[str] = set()
        for target in targets:
            row_id = _primary(table, target)
            if row_id is None:
                raise Refused("0x80040203", f"Each target of UpdateMultiple needs its primary key {table.id}.")
            if row_id in done:
                continue
            done.add(row_id)
            self.rows.update(table, row_id, _without_key(table, target), call.caller, call.resolver)
        return Answer(204)

    def _upsert(self, table: Table, targets: list[Row], call: Call) -> Answer:
        """The same row twice is an error."""
        seen: set[Any] = set()
        for target in targets:
            address = self._address(table, target)
            known = references.find(self.db, address)
            mark = known or address.id or tuple(address.values.items())
            if mark in seen:
                raise Refused("0x80040203", "The same record appears more than once in the request.")
            seen.add(mark)
            body = _without_key(table, target)
            if known is not None:
                self.rows.update(table, known, body, call.caller, call.resolver)
            else:
                self.rows.create(table, body, call.caller, call.resolver, row_id=address.id, defaults=dict(address.values))
        return Answer(204)

    @staticmethod
    def _address(table: Table, target: Row) -> references.Address:
        row_id = _primary(table, target)
        if row_id is not None:
            return references.Address(table, row_id, {})
        found = references.ADDRESS.fullmatch(str(target.get("@odata.id", "")))
        if found is None or found["set"] != table.set:
            raise Refused("0x80040203", "Each target of UpsertMultiple needs its primary key or an @odata.id.")
        return references.key_of(table, found["key"])


def _primary(table: Table, target: Row) -> str | None:
    value = target.get(table.id)
    return guid(value) if isinstance(value, str) else None


def _without_key(table: Table, target: Row) -> Row:
    return {name: value for name, value in target.items() if name not in (table.id, "@odata.id")}
