"""Calls on an entity set and on one row: GET, POST, PATCH, DELETE, one property, `$ref`."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote

from sandbox.sales import errors, references
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.paging import COUNT_LIMIT, Lists
from sandbox.sales.references import Address
from sandbox.sales.rows import Rows
from sandbox.sales.schema import Table
from sandbox.sales.shapes import Wish, context, etag, selected, shape
from sandbox.sales.store import Row
from sandbox.sales.tracking import Tracking

BOM = b"\xef\xbb\xbf"


class Records:
    """`read` is told the number of rows each answer carries."""

    def __init__(self, db: Database, rows: Rows, tracking: Tracking, read: Callable[[int], None]) -> None:
        self.db = db
        self.rows = rows
        self.tracking = tracking
        self.lists = Lists(db)
        self.read = read

    def entity_set(self, table: Table, call: Call) -> Answer:
        """`GET` or `POST` on `accounts`."""
        if call.method == "GET":
            if call.prefer.track_changes or call.options.get("$deltatoken"):
                return self.tracking.page(table, call, self.read)
            return self.lists.page(table, call, self.read)
        if call.method == "POST":
            row_id = self.rows.create(table, call.json(), call.caller, call.resolver)
            return self._written(table, row_id, call, created=True)
        raise not_allowed(call)

    def count(self, table: Table, call: Call) -> Answer:
        """`GET accounts/$count`, capped, as text with a byte order mark."""
        if call.options.get("$deltatoken"):
            number = self.tracking.count(table, call)
        else:
            rows, _ = self.lists.result(table, call.options.filter() or "", "", [], call.caller.user_id)
            number = min(len(rows), COUNT_LIMIT)
        return Answer(200, {"Content-Type": "text/plain"}, BOM + str(number).encode())

    def _written(self, table: Table, row_id: str, call: Call, created: bool, address: str | None = None) -> Answer:
        """204 with the address, or the representation."""
        uri = f"{call.base}{table.set}({address or row_id})"
        touched = f"{call.base}{table.set}({row_id})"
        if not call.prefer.representation:
            headers = {"OData-EntityId": uri}
            if created and call.method == "POST":
                headers["Location"] = uri
            return Answer(204, headers, row=touched)
        wish = Wish(
            call.options.get("$select"),
            call.options.get("$expand") if created else None,
            call.prefer.annotations,
            call.caller.user_id,
            call.base,
        )
        answer = self._representation(table, row_id, call, wish, 201 if created else 200)
        answer.row = touched
        answer.headers.update(call.prefer.applied("return", "odata.include-annotations"))
        return answer

    def _representation(self, table: Table, row_id: str, call: Call, wish: Wish, status: int = 200) -> Answer:
        row = self.db.get(table.name, row_id)
        value = {"@odata.context": context(call.base, table, wish, single=True), **shape(self.db, table, wish)(row)}
        return json_answer(value, status, ETag=etag(row))

    def one(self, address: Address, call: Call, written: str) -> Answer:
        """A call on `accounts(<key>)`; `written` is the key as the URL spells it."""
        if call.method == "GET":
            return self._get(address, call)
        if call.method == "PATCH":
            return self._patch(address, call, written)
        if call.method == "DELETE":
            row_id = self._existing(address)
            self.rows.rights.on(call.caller, "Delete", address.table)
            self._match(address.table, row_id, call)
            self.rows.delete(address.table, row_id, call.caller)
            return Answer(204)
        raise not_allowed(call)

    def _existing(self, address: Address) -> str:
        row_id = references.find(self.db, address)
        if row_id is None:
            raise references.missing(address)
        return row_id

    def _get(self, address: Address, call: Call) -> Answer:
        row_id = self._existing(address)
        row = self.db.get(address.table.name, row_id)
        self.read(1)
        wish = Wish(call.options.get("$select"), call.options.get("$expand"), call.prefer.annotations, call.caller.user_id, call.base)
        none_match = call.headers.get("if-none-match")
        if none_match == etag(row) and not wish.expand and not wish.annotations:
            return Answer(304, {"ETag": etag(row)})
        answer = self._representation(address.table, row_id, call, wish)
        answer.headers.update(call.prefer.applied("odata.include-annotations"))
        return answer

    def _match(self, table: Table, row_id: str, call: Call) -> None:
        """If-Match with a version."""
        wanted = call.headers.get("if-match")
        if wanted and wanted != "*" and wanted.removeprefix("W/").strip('"') != str(self.db.get(table.name, row_id)["versionnumber"]):
            raise errors.stale()

    def _patch(self, address: Address, call: Call, written: str) -> Answer:
        """Update, or create when nothing forbids it (upsert)."""
        table, row_id = address.table, references.find(self.db, address)
        none_match = call.headers.get("if-none-match")
        if row_id is not None:
            if none_match == "*":
                raise errors.exists()
            self._match(table, row_id, call)
            body = call.json()
            for key in address.values:
                body.pop(table.by_key[key].name, None)
            self.rows.update(table, row_id, body, call.caller, call.resolver)
            return self._written(table, row_id, call, created=False, address=None if address.id else written)
        if call.headers.get("if-match"):
            raise references.missing(address)
        row_id = self.rows.create(table, call.json(), call.caller, call.resolver, row_id=address.id, defaults=dict(address.values))
        return self._written(table, row_id, call, created=True, address=None if address.id else written)

    def property(self, address: Address, name: str, call: Call) -> Answer:
        """`accounts(<key>)/name`: one column, or the rows behind a navigation property."""
        table, row_id = address.table, self._existing(address)
        column = table.by_key.get(name)
        if column is None:
            return self._navigate(table, row_id, name, call)
        if call.method == "GET":
            value = self.db.get(table.name, row_id).get(column.key)
            if value is None:
                return Answer(204)
            return json_answer({"@odata.context": f"{call.base}$metadata#{table.set}({row_id})/{name}", "value": value})
        if call.method not in ("PUT", "DELETE"):
            raise not_allowed(call)
        self._match(table, row_id, call)
        self.rows.update(table, row_id, {name: call.json().get("value") if call.method == "PUT" else None}, call.caller, call.resolver)
        return Answer(204)

    def _navigate(self, table: Table, row_id: str, name: str, call: Call) -> Answer:
        if call.method != "GET":
            raise not_allowed(call)
        row = self.db.get(table.name, row_id)
        if name in table.navigation:
            column, target = table.navigation[name]
            value = row.get(column.key)
            if value is None:
                return Answer(204)
            kind = self.db.schema.tables[target or self.db.target_of(column.name, table, value)]
            return self._get(Address(kind, value, {}), call)
        wish = Wish(expand=f"{name}({call.query.replace('&', ';')})" if call.query else name, annotations=call.prefer.annotations)
        return json_answer({"@odata.context": f"{call.base}$metadata#{name}", "value": shape(self.db, table, wish)(row)[name]})

    def reference(self, address: Address, name: str, call: Call, other: str | None = None) -> Answer:
        """`accounts(<key>)/<nav>/$ref`: bind or unbind, single and collection valued."""
        table, row_id = address.table, self._existing(address)
        if name in table.navigation:
            bind = call.json().get("@odata.id") if call.method in ("PUT", "POST") else None
            self.rows.update(table, row_id, {f"{name}@odata.bind": bind}, call.caller, call.resolver)
            return Answer(204)
        target = other or call.options.get("$id") or str(call.json().get("@odata.id", ""))
        self._bind_many(Address(table, row_id, {}), name, call.resolver.resolve(target), call)
        return Answer(204)

    def _bind_many(self, address: Address, name: str, other: tuple[str, str], call: Call) -> None:
        table, row_id, (kind, other_id), present = address.table, str(address.id), other, call.method != "DELETE"
        collection = self.db.schema.collections.get((table.name, name))
        if collection is not None and collection.to == kind:
            child = self.db.schema.tables[kind]
            self.rows.rights.on(call.caller, "Append", child)
            self.rows.rights.on(call.caller, "AppendTo", table)
            self.rows.change(child, other_id, {child.columns[collection.column].key: row_id if present else None}, call.caller)
            return
        for link in self.db.schema.associations:
            if link.name == name and {link.left, link.right} == {table.name, kind}:
                if kind == "role":
                    self.rows.rights.may(call.caller, "prvAssignRole")
                if kind == "role" and present:
                    self._same_unit(table.name, row_id, other_id)
                pair = (row_id, other_id) if link.left == table.name else (other_id, row_id)
                self.db.link(name, *pair, present=present)
                return
        raise errors.unknown_segment(name)

    def _same_unit(self, holder: str, row_id: str, role_id: str) -> None:
        """A role can be given only within its own business unit."""
        mine, theirs = self.db.get(holder, row_id), self.db.get("role", role_id)
        if mine.get("_businessunitid_value") != theirs.get("_businessunitid_value"):
            raise Refused("0x8004140b", f"The business unit of the role {role_id} differs from that of the {holder} {row_id}.")

    def returned(self, table: Table, row_id: str, columns: Row, call: Call) -> Answer:
        """A row as the convert actions give it back: a ColumnSet's columns."""
        select = (
            None
            if columns.get("AllColumns", True)
            else ",".join(table.columns[name].key if name in table.columns else name for name in columns.get("Columns", []))
        )
        selected(table, select)
        return self._representation(table, row_id, call, Wish(select))


def not_allowed(call: Call) -> Refused:
    return Refused("0x80060888", f"The requested resource does not support http method '{call.method}'.", status=405)


def spelled(key: str) -> str:
    """The key of a URL as a header may carry it."""
    return quote(unquote(key), safe="=',()-_.~ ")
