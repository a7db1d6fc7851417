"""Metadata reads: the service document, EntityDefinitions with attributes, keys and relationships, and the CSDL."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sandbox.odata import (
    And,
    BadQuery,
    Column,
    Dialect,
    Function,
    Node,
    OneOf,
    Or,
    Predicate,
    compile_filter,
    parse_expand,
    parse_filter,
    split_list,
)
from sandbox.sales import errors
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.csdl import document
from sandbox.sales.custom_tables import add_lookup, add_table
from sandbox.sales.customization import Customization
from sandbox.sales.database import Database
from sandbox.sales.definitions import attribute, key_definition, label, relationship, table_definition
from sandbox.sales.errors import Refused
from sandbox.sales.paths import keyed
from sandbox.sales.privileges import of_table
from sandbox.sales.records import not_allowed
from sandbox.sales.schema import NAMESPACE, Table
from sandbox.sales.store import Row

CRM = "Microsoft.Dynamics.CRM."
ALWAYS = {"MetadataId", "@odata.type", "LogicalName"}


class _Properties(Dialect):
    """Filters on metadata know eq, ne, and, or; everything else is not implemented there."""

    def column(self, path: str) -> Column:
        return Column("text", lambda row: str(row.get(path)).casefold() if row.get(path) is not None else None)

    def value(self, column: Column, literal: Any) -> Any:
        return None if literal.value is None else str(literal.value).casefold()


def _not_implemented(name: str) -> Refused:
    return Refused("0x8006088a", f"The function '{name}' is not supported in a metadata filter.", status=501)


class Metadata:
    """Reads answer here; writes go to the customization."""

    def __init__(self, db: Database, customization: Customization) -> None:
        self.db = db
        self.customization = customization

    def document(self, call: Call) -> Answer:
        sets = [{"name": name, "kind": "EntitySet", "url": name} for name in sorted(self.db.schema.sets)]
        return json_answer({"@odata.context": f"{call.base}$metadata", "value": sets})

    def csdl(self, call: Call) -> Answer:
        return Answer(200, {"Content-Type": "application/xml"}, document(self.db.schema))

    def definitions(self, key: str | None, rest: tuple[str, ...], call: Call) -> Answer:
        """`EntityDefinitions[(LogicalName='x')[/Attributes|Keys|...]]`."""
        if key is None and call.method == "POST":
            return add_table(self.db, self.customization, call)
        if call.method == "GET":
            self.customization.rights.may(call.caller, "prvReadEntity")
        if key is None:
            rows = [self._definition(table) for table in self.db.schema.tables.values()]
            return self._list("EntityDefinitions", rows, call, self._expand_table)
        table = self._table(key)
        if not rest:
            if call.method in ("PUT", "PATCH"):
                return self.customization.change_table(table, call)
            return self._single("EntityDefinitions", self._definition(table), call, self._expand_table)
        handler: dict[str, Callable[[Table, tuple[str, ...], Call], Answer]] = {
            "Attributes": self._attributes,
            "Keys": self._keys,
            "ManyToOneRelationships": self._relationships,
            "OneToManyRelationships": self._collections,
        }
        name, inner = keyed(rest[0])
        if name not in handler:
            raise errors.unknown_segment(name)
        return handler[name](table, (inner or "", *rest[1:]), call)

    def _definition(self, table: Table) -> Row:
        row = table_definition(table)
        row["Privileges"] = [privilege.definition() for privilege in of_table(table)]
        row["ChangeTrackingEnabled"] = table.tracking and table.name not in self.customization.switches["trackingOff"]
        return row

    def relationship_definitions(self, key: str | None, rest: tuple[str, ...], call: Call) -> Answer:
        """`POST RelationshipDefinitions`: a lookup column with its relationship."""
        if call.method != "POST" or key is not None:
            raise not_allowed(call)
        return add_lookup(self.db, self.customization, call)

    def _table(self, key: str) -> Table:
        name = key.partition("=")[2].strip("'\"") or key
        found = self.db.schema.tables.get(name) or next((t for t in self.db.schema.tables.values() if t.metadata_id == name.lower()), None)
        if found is None:
            raise Refused("0x80060888", f"Could not find an entity with name '{name}'.", status=404)
        return found

    def _attributes(self, table: Table, rest: tuple[str, ...], call: Call) -> Answer:
        name, kind = rest[0].partition("=")[2].strip("'"), next((part for part in rest[1:] if part.startswith(CRM)), "")
        if call.method == "POST":
            return self.customization.add_column(table, call)
        rows = [attribute(table, column) for column in table.columns.values()]
        if kind:
            rows = [row for row in rows if row["@odata.type"] == f"#{kind}"]
        if not name:
            return self._list(f"EntityDefinitions('{table.name}')/Attributes", rows, call, self._expand_attribute)
        found = next((row for row in rows if row["LogicalName"] == name or row["MetadataId"] == rest[0]), None)
        if found is None:
            raise Refused("0x80060888", f"Could not find an attribute with name '{name}'.", status=404)
        if rest[-1] in ("OptionSet", "GlobalOptionSet"):
            return json_answer({"@odata.context": f"{call.base}$metadata#OptionSet", **(found.get("OptionSet") or {})})
        return self._single(f"EntityDefinitions('{table.name}')/Attributes", found, call, self._expand_attribute)

    def _keys(self, table: Table, rest: tuple[str, ...], call: Call) -> Answer:
        if call.method == "POST":
            return self.customization.add_key(table, call)
        name = rest[0].partition("=")[2].strip("'") or rest[0]
        if call.method == "DELETE":
            return self.customization.remove_key(table, name)
        rows = [key_definition(table, key) for key in table.keys]
        if not name:
            return self._list(f"EntityDefinitions('{table.name}')/Keys", rows, call)
        found = next((row for row in rows if name in (row["LogicalName"], row["MetadataId"])), None)
        if found is None:
            raise Refused("0x80060888", f"Could not find a key with name '{name}'.", status=404)
        return self._single("Keys", found, call)

    def _relationships(self, table: Table, rest: tuple[str, ...], call: Call) -> Answer:
        rows = [
            relationship(self.db.schema, table, column, target, nav)
            for column in table.columns.values()
            for target, nav in column.targets.items()
        ]
        return self._list(f"EntityDefinitions('{table.name}')/ManyToOneRelationships", rows, call)

    def _collections(self, table: Table, rest: tuple[str, ...], call: Call) -> Answer:
        rows = []
        for (owner, _), item in self.db.schema.collections.items():
            if owner == table.name:
                other = self.db.schema.tables[item.to]
                column = other.columns[item.column]
                rows.append(relationship(self.db.schema, other, column, owner, column.targets[owner]))
        return self._list(f"EntityDefinitions('{table.name}')/OneToManyRelationships", rows, call)

    def global_choices(self, key: str | None, rest: tuple[str, ...], call: Call) -> Answer:
        """Choices that several columns share."""
        found: dict[str, Row] = {}
        for table in self.db.schema.tables.values():
            for column in table.columns.values():
                if column.choice and column.choice not in found:
                    options = [{"Value": value, "Label": label(text)} for value, text in column.options.items()]
                    found[column.choice] = {
                        "@odata.type": f"#{CRM}OptionSetMetadata",
                        "Name": column.choice,
                        "IsGlobal": True,
                        "Options": options,
                        "MetadataId": str(uuid.uuid5(NAMESPACE, column.choice)),
                    }
        if key is None:
            return self._list("GlobalOptionSetDefinitions", list(found.values()), call)
        name = key.partition("=")[2].strip("'")
        if name not in found:
            raise Refused("0x80060888", f"Could not find an option set with name '{name}'.", status=404)
        return json_answer({"@odata.context": f"{call.base}$metadata#GlobalOptionSetDefinitions/$entity", **found[name]})

    def _list(self, context: str, rows: list[Row], call: Call, expand: Callable[[Row, str], Any] | None = None) -> Answer:
        if call.method != "GET":
            raise not_allowed(call)
        text = call.options.filter()
        for row in rows:
            row.setdefault("MetadataId", "")
        if text:
            rows = [row for row in rows if _fits(text)(row)]
        return json_answer({"@odata.context": f"{call.base}$metadata#{context}", "value": [_chosen(row, call, expand) for row in rows]})

    def _single(self, context: str, row: Row, call: Call, expand: Callable[[Row, str], Any] | None = None) -> Answer:
        if call.method != "GET":
            raise not_allowed(call)
        return json_answer({"@odata.context": f"{call.base}$metadata#{context}/$entity", **_chosen(row, call, expand)})

    def _expand_table(self, row: Row, name: str) -> Any:
        table = self.db.schema.tables[row["LogicalName"]]
        if name == "Attributes":
            return [attribute(table, column) for column in table.columns.values()]
        if name == "Keys":
            return [key_definition(table, key) for key in table.keys]
        raise errors.unknown_property("EntityMetadata", name)

    @staticmethod
    def _expand_attribute(row: Row, name: str) -> Any:
        if name in ("OptionSet", "GlobalOptionSet"):
            return row.get("OptionSet") if name == "OptionSet" else None
        raise errors.unknown_property("AttributeMetadata", name)


def _fits(text: str) -> Predicate:
    try:
        tree = parse_filter(text)
        _comparisons_only(tree)
        return compile_filter(tree, _Properties())
    except BadQuery as wrong:
        raise Refused("0x80060888", str(wrong)) from wrong


def _comparisons_only(node: Node) -> None:
    """Raise for what metadata filters don't know: functions, `in`."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                _comparisons_only(part)
        case Function(name):
            raise _not_implemented(name)
        case OneOf():
            raise _not_implemented("in")


def _chosen(row: Row, call: Call, expand: Callable[[Row, str], Any] | None) -> Row:
    """`$select` and `$expand` on metadata; an option set is only shown when expanded."""
    select = call.options.get("$select")
    names = set(split_list(select)) | ALWAYS if select else set(row)
    shown = {name: value for name, value in row.items() if name in names and name != "OptionSet"}
    for item in parse_expand(call.options.get("$expand") or ""):
        value = expand(row, item.name) if expand else None
        inner = set(split_list(item.options.get("$select", "")))
        if isinstance(value, list) and item.options.get("$filter"):
            value = [one for one in value if _fits(item.options["$filter"])(one)]
        if inner and isinstance(value, list):
            value = [{name: part for name, part in one.items() if name in inner | ALWAYS} for one in value]
        shown[item.name] = value
    return shown
