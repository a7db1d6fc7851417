"""The hands of people in Sales: what somebody does on a form, under the rules of the product, as a human user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.control import ControlRefused
from sandbox.sales import errors
from sandbox.sales.base import PERSON_ID
from sandbox.sales.database import Caller
from sandbox.sales.references import Resolver
from sandbox.sales.schema import Table
from sandbox.sales.service import Service
from sandbox.sales.store import Row

Verb = Callable[[Row], Any]


class Hands:
    """`verbs` maps a name to a function of the body. `as` in a body names another systemuserid."""

    def __init__(self, service: Service) -> None:
        self.service = service
        known: dict[str, Verb] = {"insert": self._insert, "edit": self._edit, "delete": self._delete, "assign": self._assign}
        self.verbs: dict[str, Verb] = {name: self._careful(verb) for name, verb in known.items()}

    def _careful(self, verb: Verb) -> Verb:
        """A refusal of the product becomes one of the control desk; what was written reaches the webhooks."""

        def run(body: Row) -> Any:
            try:
                answer = verb(body)
            except errors.Refused as refused:
                raise ControlRefused(refused.message, status=refused.status, code=refused.code) from refused
            self.service.webhooks.notice(self.service.db.events)
            self.service.db.events = []
            return answer

        return run

    def _table(self, body: Row) -> Table:
        return self.service.db.table_of_set(str(body.get("set")))

    @staticmethod
    def _who(body: Row) -> Caller:
        return Caller(str(body.get("as") or PERSON_ID))

    def _row(self, table: Table, row_id: str) -> Row:
        row = self.service.db.get(table.name, row_id)
        return {key: row.get(key) for key in table.by_key}

    def _insert(self, body: Row) -> Row:
        """`{"set", "values"}`: a new row; values as a POST body."""
        table = self._table(body)
        row_id = self.service.rows.create(table, body["values"], self._who(body), Resolver(self.service.db))
        return self._row(table, row_id)

    def _edit(self, body: Row) -> Row:
        """`{"set", "id", "values"}`: values as a PATCH body."""
        table, row_id = self._table(body), str(body["id"]).lower()
        self.service.rows.update(table, row_id, body["values"], self._who(body), Resolver(self.service.db))
        return self._row(table, row_id)

    def _delete(self, body: Row) -> Row:
        """`{"set", "id"}`."""
        self.service.rows.delete(self._table(body), str(body["id"]).lower(), self._who(body))
        return {"deleted": body["id"]}

    def _assign(self, body: Row) -> Row:
        """`{"set", "id", "owner"}`: to a user or a team."""
        table, row_id = self._table(body), str(body["id"]).lower()
        self.service.rows.change(table, row_id, {"_ownerid_value": str(body["owner"]).lower()}, self._who(body))
        return self._row(table, row_id)
