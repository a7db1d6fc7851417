"""Writes to the metadata: option values, publishing, columns, keys, change tracking."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.sales import errors, forms
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.rights import Rights
from sandbox.sales.schema import Column, Key, Table
from sandbox.sales.store import Row

FIRST_OPTION = 100_000_000
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+")
PUBLISHED = re.compile(r"<entity>\s*([^<\s]+)\s*</entity>")
KEY_TYPES = ("String", "Integer", "Decimal", "DateTime", "Lookup", "Picklist")
MOST_KEYS = 10
MOST_KEY_COLUMNS = 16
TYPES = {
    "StringAttributeMetadata": "String",
    "MemoAttributeMetadata": "Memo",
    "IntegerAttributeMetadata": "Integer",
    "DecimalAttributeMetadata": "Decimal",
    "DoubleAttributeMetadata": "Double",
    "MoneyAttributeMetadata": "Money",
    "BooleanAttributeMetadata": "Boolean",
    "DateTimeAttributeMetadata": "DateTime",
    "PicklistAttributeMetadata": "Picklist",
}


class Customization:
    """`run` answers the unbound metadata actions, None for other names."""

    def __init__(self, db: Database, switches: Mapping[str, Any], rights: Rights) -> None:
        self.db = db
        self.switches = switches
        self.rights = rights
        self.known: dict[str, Callable[[Row, Call], Answer]] = {
            "InsertOptionValue": self._insert,
            "UpdateOptionValue": self._update,
            "DeleteOptionValue": self._delete,
            "PublishXml": self._publish,
            "PublishAllXml": self._publish_all,
            "ReactivateEntityKey": self._reactivate,
        }

    def run(self, name: str, call: Call) -> Answer | None:
        action = self.known.get(name)
        if action is None:
            return None
        if call.method != "POST":
            raise errors.unknown_segment(name)
        if name.startswith("Publish"):
            self.rights.may(call.caller, "prvPublishCustomization")
        if name.endswith("OptionValue"):
            self.rights.may(call.caller, "prvWriteAttribute")
        return action(call.json(), call)

    def _columns(self, body: Row) -> list[Column]:
        """The column that a body names, or all that share a global choice."""
        choice = body.get("OptionSetName")
        if choice:
            found = [column for table in self.db.schema.tables.values() for column in table.columns.values() if column.choice == choice]
        else:
            table = self.db.schema.tables.get(str(body.get("EntityLogicalName")))
            column = table.columns.get(str(body.get("AttributeLogicalName"))) if table else None
            found = [column] if column is not None and column.type in ("Picklist", "Status", "State", "Boolean") else []
        if not found:
            raise Refused("0x80048402", "The option set or the attribute was not found.")
        for column in found:
            if column.published is None:
                column.published = dict(column.options)
        return found

    def _insert(self, body: Row, call: Call) -> Answer:
        columns = self._columns(body)
        value = body.get("Value")
        if value is None:
            value = max(FIRST_OPTION, *(known + 1 for known in columns[0].options), FIRST_OPTION)
        if value in columns[0].options:
            raise Refused("0x80048403", f"The option value {value} is already used.")
        for column in columns:
            column.options[int(value)] = _text(body)
        return json_answer(
            {"@odata.context": f"{call.base}$metadata#Microsoft.Dynamics.CRM.InsertOptionValueResponse", "NewOptionValue": value}
        )

    def _update(self, body: Row, call: Call) -> Answer:
        for column in self._columns(body):
            _known(column, body.get("Value"))
            column.options[int(body["Value"])] = _text(body)
        return Answer(204)

    def _delete(self, body: Row, call: Call) -> Answer:
        for column in self._columns(body):
            _known(column, body.get("Value"))
            del column.options[int(body["Value"])]
        return Answer(204)

    def _publish(self, body: Row, call: Call) -> Answer:
        names = PUBLISHED.findall(str(body.get("ParameterXml", "")))
        if "<importexportxml" not in str(body.get("ParameterXml", "")).lower():
            raise Refused("0x80040203", "ParameterXml must be an importexportxml document.")
        for name in names:
            if name not in self.db.schema.tables:
                raise Refused("0x80040217", f"The entity {name} was not found.")
            self._publish_table(self.db.schema.tables[name])
        return Answer(204)

    def _publish_all(self, body: Row, call: Call) -> Answer:
        for table in self.db.schema.tables.values():
            self._publish_table(table)
        return Answer(204)

    def _publish_table(self, table: Table) -> None:
        forms.publish(self.db, table.name)
        for column in table.columns.values():
            column.published = None

    def add_column(self, table: Table, call: Call) -> Answer:
        """`POST .../Attributes`: a new column that exists from now on."""
        self.rights.may(call.caller, "prvCreateAttribute")
        body = call.json()
        schema_name, kind = str(body.get("SchemaName", "")), TYPES.get(str(body.get("@odata.type", "")).rpartition(".")[2])
        if kind is None or not NAME.fullmatch(schema_name):
            raise Refused("0x80048403", f"'{schema_name}' is no valid schema name with a prefix, or its type cannot be created.")
        name = schema_name.lower()
        if name in table.columns:
            raise Refused("0x80044153", f"An attribute with the name {name} already exists for entity {table.name}.")
        options = {option["Value"]: _text(option) for option in (body.get("OptionSet") or {}).get("Options", [])}
        table.columns[name] = Column(
            name,
            kind,
            schema_name,
            length=int(body.get("MaxLength") or (100 if kind == "String" else 2000)),
            min=body.get("MinValue"),
            max=body.get("MaxValue"),
            precision=int(body.get("Precision") or 2),
            source=int(body.get("PrecisionSource") or 0),
            create=True,
            update=True,
            format=body.get("Format", "") if kind == "DateTime" else (body.get("FormatName") or {}).get("Value", ""),
            behavior=(body.get("DateTimeBehavior") or {}).get("Value", "UserLocal"),
            custom=True,
            options=options,
        )
        table.changed()
        column_id = self.db.new_id()
        return Answer(204, {"OData-EntityId": f"{call.base}EntityDefinitions({table.metadata_id})/Attributes({column_id})"})

    def add_key(self, table: Table, call: Call) -> Answer:
        """`POST .../Keys`; the index is Active at once, Failed where rows are not unique, Pending while the switch `keysPending` is on."""
        self.rights.may(call.caller, "prvCreateEntityKey")
        body = call.json()
        schema_name, columns = str(body.get("SchemaName", "")), tuple(body.get("KeyAttributes") or ())
        if not NAME.fullmatch(schema_name) or not columns or len(columns) > MOST_KEY_COLUMNS or len(table.keys) >= MOST_KEYS:
            raise Refused("0x8006088f", "A key needs a name with a prefix and 1 to 16 columns; a table has at most 10 keys.")
        for name in columns:
            if name not in table.columns or table.columns[name].type not in KEY_TYPES:
                raise Refused("0x8006088f", f"The attribute {name} cannot be part of a key.")
        if any(key.name == schema_name.lower() for key in table.keys):
            raise Refused("0x80060893", f"A key with the name {schema_name} exists.")
        if any(set(key.columns) == set(columns) for key in table.keys):
            raise Refused("0x80060894", "A key with the selected attributes exists.")
        key = Key(schema_name.lower(), schema_name, columns)
        table.keys.append(key)
        self._build(table, key)
        return Answer(204, {"OData-EntityId": f"{call.base}EntityDefinitions({table.metadata_id})/Keys({key.id})"})

    def _build(self, table: Table, key: Key) -> None:
        """What the index job makes of a key."""
        if self.switches["keysPending"]:
            key.status = "Pending"
            return
        try:
            self.db.enforce(table, key)
            key.status = "Active"
        except Refused:
            key.status = "Failed"

    def _reactivate(self, body: Row, call: Call) -> Answer:
        """The index job of a failed key runs once more."""
        self.rights.may(call.caller, "prvCreateEntityKey")
        table = self.db.schema.tables.get(str(body.get("EntityLogicalName")))
        key = next((each for each in table.keys if each.name == body.get("EntityKeyLogicalName")), None) if table else None
        if table is None or key is None:
            raise Refused("0x80060888", f"Could not find a key with name '{body.get('EntityKeyLogicalName')}'.", status=404)
        if key.status != "Failed":
            raise Refused("0x8006088f", f"The key {key.name} is {key.status}; only a failed one can be reactivated.")
        self._build(table, key)
        return Answer(204)

    def remove_key(self, table: Table, name: str) -> Answer:
        found = next((key for key in table.keys if name in (key.name, key.id)), None)
        if found is None:
            raise Refused("0x80060888", f"Could not find a key with name '{name}'.", status=404)
        self.db.remove_key(table, found.name)
        return Answer(204)

    def activate_keys(self) -> None:
        """The index job of pending keys has run."""
        for table in self.db.schema.tables.values():
            for key in [key for key in table.keys if key.status == "Pending"]:
                self._build(table, key)

    def change_table(self, table: Table, call: Call) -> Answer:
        """`PUT EntityDefinitions(...)`: change tracking can be switched on, never off."""
        self.rights.may(call.caller, "prvWriteEntity")
        wanted = call.json().get("ChangeTrackingEnabled")
        if wanted is False and table.tracking:
            raise Refused("0x8004f039", "Change tracking cannot be switched off once it is on.")
        if wanted is True:
            table.tracking = True
            off = self.switches["trackingOff"]
            if table.name in off:
                off.remove(table.name)
        return Answer(204)


def _known(column: Column, value: Any) -> None:
    if value not in column.options:
        raise Refused("0x80048402", f"The option value {value} does not exist in {column.name}.")


def _text(body: Row) -> str:
    """The text of a Label in any of its shapes."""
    label = body.get("Label") or {}
    user = label.get("UserLocalizedLabel") or {}
    texts = [item.get("Label") for item in label.get("LocalizedLabels") or [] if item.get("Label")]
    text = user.get("Label") or (texts[0] if texts else None)
    if not text:
        raise Refused("0x80044360", "The label of an option needs a text.")
    return str(text)
