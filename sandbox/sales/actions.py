"""Sales actions: unbound, bound to a set (`salesorders/FulfillSalesOrder`) or to a row (`salesorder/LockSalesOrderPricing`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.sales import conversions, errors
from sandbox.sales.calls import Answer, Call
from sandbox.sales.database import Caller, Database
from sandbox.sales.errors import Refused
from sandbox.sales.merging import merge
from sandbox.sales.records import Records
from sandbox.sales.rows import Rows
from sandbox.sales.rules.documents import HEADERS, totals_of
from sandbox.sales.rules.write import Write
from sandbox.sales.schema import Table
from sandbox.sales.store import Row
from sandbox.sales.values import guid

Action = Callable[[Row, str, Call], Answer]
ANY = -1
NEEDS = {
    "WinOpportunity": ("prvWriteOpportunity", "prvCreateActivity"),
    "LoseOpportunity": ("prvWriteOpportunity", "prvCreateActivity"),
    "WinQuote": ("prvWriteQuote", "prvCreateActivity"),
    "CloseQuote": ("prvWriteQuote", "prvCreateActivity"),
    "ConvertQuoteToSalesOrder": ("prvReadQuote", "prvCreateOrder"),
    "ConvertSalesOrderToInvoice": ("prvReadOrder", "prvCreateInvoice"),
    "ReviseQuote": ("prvReadQuote", "prvCreateQuote"),
    "CancelSalesOrder": ("prvWriteOrder", "prvCreateActivity"),
    "salesorders/FulfillSalesOrder": ("prvWriteOrder", "prvCreateActivity"),
    "salesorder/LockSalesOrderPricing": ("prvWriteOrder",),
    "salesorder/UnlockSalesOrderPricing": ("prvWriteOrder",),
    "invoice/LockInvoicePricing": ("prvWriteInvoice",),
    "invoice/UnlockInvoicePricing": ("prvWriteInvoice",),
    "Merge": ("prvMerge",),
    "product/PublishProductHierarchy": ("prvWriteProduct",),
}
"""The privileges that an action takes, besides those of what it calls."""


class Actions:
    """`run` answers None for a name that is no action in that form."""

    def __init__(self, db: Database, rows: Rows, records: Records) -> None:
        self.db = db
        self.rows = rows
        self.records = records
        self.known: dict[str, Action] = {
            "WinOpportunity": self._close_opportunity(1),
            "LoseOpportunity": self._close_opportunity(2),
            "WinQuote": self._close_quote(2),
            "CloseQuote": self._close_quote(3),
            "ConvertQuoteToSalesOrder": self._convert(conversions.QUOTE_TO_ORDER, "QuoteId"),
            "ConvertSalesOrderToInvoice": self._convert(conversions.ORDER_TO_INVOICE, "SalesOrderId"),
            "ReviseQuote": self._revise,
            "CancelSalesOrder": self._close_order(2),
            "salesorders/FulfillSalesOrder": self._close_order(3),
            "CalculatePrice": self._calculate,
            "salesorder/LockSalesOrderPricing": self._lock("salesorder", True),
            "Merge": self._merge,
            "salesorder/UnlockSalesOrderPricing": self._lock("salesorder", False),
            "invoice/LockInvoicePricing": self._lock("invoice", True),
            "invoice/UnlockInvoicePricing": self._lock("invoice", False),
            "product/PublishProductHierarchy": self._publish,
        }

    def run(self, name: str, row_id: str | None, call: Call) -> Answer | None:
        action = self.known.get(name)
        if action is None:
            return None
        if call.method != "POST":
            raise errors.unknown_segment(name.rpartition("/")[2])
        for privilege in NEEDS.get(name, ()):
            self.rows.rights.may(call.caller, privilege)
        with self.db.transaction():
            return action(call.json(), row_id or "", call)

    def close(self, table_name: str, row_id: str, state: int, status: int, caller: Caller) -> None:
        """Set a state that only an action may set; a status of -1 is the state's default."""
        table = self.db.schema.tables[table_name]
        values = {"statecode": state, "statuscode": None if status == ANY else status}
        self.rows.change(table, row_id, values, caller, by_action=True)

    def _activity(self, name: str, nav: str, body: Row, call: Call) -> tuple[Row, str]:
        """The close activity of a body: its columns, and the id of the document it closes."""
        activity = body.get(name)
        if not isinstance(activity, dict):
            raise Refused("0x80048d19", f"The parameter {name} is missing.")
        bind = activity.get(f"{nav}@odata.bind") or activity.get(nav)
        if isinstance(bind, dict):
            bind = bind.get(nav)
        row_id = guid(str(bind)) or call.resolver.resolve(str(bind))[1]
        return activity, row_id

    def _log(self, kind: str, nav: str, activity: Row, row_id: str, caller: Caller) -> None:
        """Write the close activity, completed."""
        table = self.db.schema.tables[kind]
        known = {key: value for key, value in activity.items() if key in ("subject", "description", "actualend", "actualrevenue")}
        values = {**known, f"_{nav}_value": row_id, "statecode": 1, "statuscode": 2}
        values.setdefault("actualend", self.db.now())
        self.rows.insert(table, self.db.new_id(), values, caller)

    def _close_opportunity(self, state: int) -> Action:
        def action(body: Row, row_id: str, call: Call) -> Answer:
            activity, opportunity = self._activity("OpportunityClose", "opportunityid", body, call)
            row = self.db.get("opportunity", opportunity)
            if row["statecode"] != 0:
                raise Refused("0x80040515", "The opportunity has already been closed.")
            self.close("opportunity", opportunity, state, int(body.get("Status", ANY)), call.caller)
            revenue = activity.get("actualrevenue", row.get("estimatedvalue") if state == 1 else 0)
            values = {"actualvalue": revenue, "actualclosedate": str(activity.get("actualend") or self.db.now())[:10]}
            self.rows.change(self.db.schema.tables["opportunity"], opportunity, values, call.caller, by_action=True)
            self._log("opportunityclose", "opportunityid", activity, opportunity, call.caller)
            return Answer(204)

        return action

    def _close_quote(self, state: int) -> Action:
        def action(body: Row, row_id: str, call: Call) -> Answer:
            activity, quote = self._activity("QuoteClose", "quoteid", body, call)
            if self.db.get("quote", quote)["statecode"] != 1:
                raise Refused("0x80040233", "The quote must be active to be won or closed.")
            self.close("quote", quote, state, int(body.get("Status", ANY)), call.caller)
            self._log("quoteclose", "quoteid", activity, quote, call.caller)
            return Answer(204)

        return action

    def _close_order(self, state: int) -> Action:
        def action(body: Row, row_id: str, call: Call) -> Answer:
            activity, order = self._activity("OrderClose", "salesorderid", body, call)
            if self.db.get("salesorder", order)["statecode"] not in (0, 1):
                raise Refused("0x80040233", "Only an active or submitted order can be fulfilled or canceled.")
            self.close("salesorder", order, state, int(body.get("Status", ANY)), call.caller)
            self._log("orderclose", "salesorderid", activity, order, call.caller)
            return Answer(204)

        return action

    def _convert(self, conversion: conversions.Conversion, parameter: str) -> Action:
        def action(body: Row, row_id: str, call: Call) -> Answer:
            new_id = conversions.convert(self.rows, conversion, _id(body, parameter), call.caller)
            return self.records.returned(self.db.schema.tables[conversion.target], new_id, body.get("ColumnSet") or {}, call)

        return action

    def _revise(self, body: Row, row_id: str, call: Call) -> Answer:
        new_id = conversions.revise(self.rows, _id(body, "QuoteId"), call.caller)
        return self.records.returned(self.db.schema.tables["quote"], new_id, body.get("ColumnSet") or {}, call)

    def _lock(self, table_name: str, locked: bool) -> Action:
        def action(body: Row, row_id: str, call: Call) -> Answer:
            self.rows.change(self.db.schema.tables[table_name], row_id, {"ispricelocked": locked}, call.caller, by_action=True)
            return Answer(204)

        return action

    def _publish(self, body: Row, row_id: str, call: Call) -> Answer:
        """Families only; a family's draft products become active with it."""
        family = self.db.get("product", row_id)
        if family.get("productstructure") != 2:
            raise Refused("0x8004f90a", "Only a product family can be published as a hierarchy.")
        table = self.db.schema.tables["product"]
        members = self.db.store("product").with_value("_parentproductid_value", row_id)
        for product in (row_id, *members):
            if self.db.rows("product")[product]["statecode"] in (2, 3):
                self.rows.change(table, product, {"statecode": 0, "statuscode": 1}, call.caller, by_action=True)
        return Answer(204)

    def _calculate(self, body: Row, row_id: str, call: Call) -> Answer:
        table, target_id = self._target(body, "Target")
        if table.name not in HEADERS:
            raise Refused("0x80040203", f"The price of {table.name} cannot be calculated.")
        row = self.db.get(table.name, target_id)
        totals = totals_of(Write(self.db, table, target_id, row, row, {}, call.caller, self.rows), table.name, row)
        self.rows.change(table, target_id, totals, call.caller, by_action=True)
        return Answer(204)

    def _target(self, body: Row, parameter: str) -> tuple[Table, str]:
        """A row given as an object with its type and primary key."""
        target: Any = body.get(parameter)
        kind = str(target.get("@odata.type", "")).rpartition(".")[2] if isinstance(target, dict) else ""
        table = self.db.schema.tables.get(kind)
        if table is None or guid(str(target.get(table.id))) is None:
            raise Refused("0x80048d19", f"The parameter {parameter} needs @odata.type and the primary key.")
        return table, str(target[table.id]).lower()

    def _merge(self, body: Row, row_id: str, call: Call) -> Answer:
        table, master = self._target(body, "Target")
        other, subordinate = self._target(body, "Subordinate")
        if other is not table:
            raise Refused("0x80040203", "Only rows of one table can be merged.")
        content = {name: value for name, value in (body.get("UpdateContent") or {}).items() if name != table.id}
        merge(self.rows, table, master, subordinate, content, call.caller)
        return Answer(204)


def _id(body: Row, parameter: str) -> str:
    value = body.get(parameter)
    found = guid(value) if isinstance(value, str) else None
    if found is None:
        raise Refused("0x80048d19", f"The parameter {parameter} is missing or no guid.")
    return found
