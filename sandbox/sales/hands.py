"""The hands of people in Sales: what somebody does on a form, under the rules of the product, as a human user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from sandbox.control import ControlRefused
from sandbox.sales import errors
from sandbox.sales.base import PERSON_ID
from sandbox.sales.calls import Answer, Call
from sandbox.sales.database import Caller
from sandbox.sales.merging import merge
from sandbox.sales.references import Resolver
from sandbox.sales.schema import Table
from sandbox.sales.service import Service
from sandbox.sales.store import Row

Verb = Callable[[Row], Any]


class Hands:
    """`verbs` maps a name to a function of the body. `as` in a body names another systemuserid."""

    def __init__(self, service: Service) -> None:
        self.service = service
        known: dict[str, Verb] = {
            "keepCustomizations": lambda body: service.keep(),
            "insert": self._insert,
            "edit": self._edit,
            "delete": self._delete,
            "assign": self._assign,
            "merge": self._merge,
            "submit": self._state("salesorder", 1, 3),
            "activate": self._state("quote", 1, 2),
            "pay": self._state("invoice", 2, 100001),
            "publish": self._state("product", 0, 1),
            "retire": self._state("product", 1, 2),
            "revise": self._revise,
            "win": self._win,
            "lose": self._lose,
            "cancel": self._cancel,
            "fulfill": self._fulfill,
            "convert": self._convert,
        }
        self.verbs: dict[str, Verb] = {name: self._careful(verb) for name, verb in known.items()}

    def _careful(self, verb: Verb) -> Verb:
        """A refusal of the product becomes one of the control desk; what was written reaches the webhooks at once."""

        def run(body: Row) -> Any:
            try:
                answer = verb(body)
            except errors.Refused as refused:
                raise ControlRefused(refused.message, status=refused.status, code=refused.code) from refused
            self.service.webhooks.notice(self.service.db.events)
            self.service.db.events = []
            self.service.webhooks.deliver()
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

    def _state(self, table_name: str, state: int, status: int) -> Verb:
        """`{"id"}`: a state that a form's button sets."""

        def verb(body: Row) -> Row:
            table, row_id = self.service.db.schema.tables[table_name], str(body["id"]).lower()
            self.service.rows.change(table, row_id, {"statecode": state, "statuscode": status}, self._who(body))
            return self._row(table, row_id)

        return verb

    def _action(self, name: str, content: Row, body: Row, bound: str = "") -> Answer:
        """An action of the Web API, called by a person."""
        db = self.service.db
        call = Call("POST", name, "", {}, orjson.dumps(content), "", self._who(body), Resolver(db))
        answer = self.service.actions.run(name, bound or None, call)
        if answer is None:
            raise errors.unknown_segment(name)
        return answer

    def _closed(self, table_name: str, action: str, activity: str, body: Row) -> Row:
        """Close a document by its action: `{"id", "status"?, "subject"?}`."""
        table, row_id = self.service.db.schema.tables[table_name], str(body["id"]).lower()
        close = {"subject": body.get("subject"), f"{table.id}@odata.bind": f"/{table.set}({row_id})"}
        close |= {name: body[name] for name in ("actualrevenue", "actualend") if name in body}
        self._action(action, {"Status": body.get("status", -1), activity: close}, body)
        return self._row(table, row_id)

    def _win(self, body: Row) -> Row:
        """`{"set": "opportunities" | "quotes", "id"}`."""
        if self._table(body).name == "quote":
            return self._closed("quote", "WinQuote", "QuoteClose", body)
        return self._closed("opportunity", "WinOpportunity", "OpportunityClose", body)

    def _lose(self, body: Row) -> Row:
        """`{"set": "opportunities" | "quotes", "id", "status"?}`."""
        if self._table(body).name == "quote":
            return self._closed("quote", "CloseQuote", "QuoteClose", body)
        return self._closed("opportunity", "LoseOpportunity", "OpportunityClose", body)

    def _cancel(self, body: Row) -> Row:
        """`{"set": "salesorders" | "quotes" | "invoices", "id"}`."""
        if self._table(body).name == "quote":
            return self._closed("quote", "CloseQuote", "QuoteClose", {"status": 6, **body})
        if self._table(body).name == "invoice":
            return self._edit({**body, "values": {"statecode": 3, "statuscode": 100003}})
        return self._closed("salesorder", "CancelSalesOrder", "OrderClose", body)

    def _fulfill(self, body: Row) -> Row:
        """`{"id", "status"?: 100001 | 100002}`."""
        return self._closed("salesorder", "salesorders/FulfillSalesOrder", "OrderClose", body)

    def _revise(self, body: Row) -> Any:
        """`{"id"}` of a quote: the new draft."""
        return orjson.loads(self._action("ReviseQuote", {"QuoteId": body["id"]}, body).body)

    def _convert(self, body: Row) -> Any:
        """`{"set": "quotes" | "salesorders", "id"}`: the order of a quote, the invoice of an order."""
        if self._table(body).name == "quote":
            return orjson.loads(self._action("ConvertQuoteToSalesOrder", {"QuoteId": body["id"]}, body).body)
        return orjson.loads(self._action("ConvertSalesOrderToInvoice", {"SalesOrderId": body["id"]}, body).body)

    def _merge(self, body: Row) -> Row:
        """`{"set": "accounts" | "contacts", "id", "other", "values"?}`: `other` goes into `id`."""
        table, row_id = self._table(body), str(body["id"]).lower()
        merge(self.service.rows, table, row_id, str(body["other"]).lower(), body.get("values") or {}, self._who(body))
        return self._row(table, row_id)
