"""Steps as calls of the metadata Web API: method, path below its root, body. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infra.sales.plan import AddColumn, AddKey, AddLookup, AddTable, Publish, Reactivate, Step, Track
from infra.sales.schema import Column

CRM = "Microsoft.Dynamics.CRM."
NO_CASCADE = dict.fromkeys(("Assign", "Merge", "Reparent", "Share", "Unshare"), "NoCascade")


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `changes` are laid over what a GET of the same path answers, which is then put back whole."""

    method: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    changes: bool = False


def call_of(step: Step, language: int) -> Call:
    """What a step asks of the service; labels are in the organisation's language."""
    if isinstance(step, AddTable):
        return Call("POST", "EntityDefinitions", _table(step, language))
    if isinstance(step, AddColumn):
        return Call("POST", f"{_definition(step.table)}/Attributes", _column(step.what, language))
    if isinstance(step, AddLookup):
        return Call("POST", "RelationshipDefinitions", _lookup(step, language))
    if isinstance(step, AddKey):
        key = step.what
        body = {"SchemaName": key.schema_name, "DisplayName": _label(key.label, language), "KeyAttributes": list(key.columns)}
        return Call("POST", f"{_definition(key.table)}/Keys", body)
    if isinstance(step, Reactivate):
        return Call("POST", "ReactivateEntityKey", {"EntityLogicalName": step.table, "EntityKeyLogicalName": step.what.name})
    if isinstance(step, Track):
        return Call("PUT", _definition(step.table), {"ChangeTrackingEnabled": True}, changes=True)
    return Call("POST", "PublishXml", _published(step))


def _definition(table: str) -> str:
    return f"EntityDefinitions(LogicalName='{table}')"


def _published(step: Publish) -> dict[str, Any]:
    entities = "".join(f"<entity>{name}</entity>" for name in step.tables)
    return {"ParameterXml": f"<importexportxml><entities>{entities}</entities></importexportxml>"}


def _label(text: str, language: int) -> dict[str, Any]:
    one = {"@odata.type": f"{CRM}LocalizedLabel", "Label": text, "LanguageCode": language}
    return {"@odata.type": f"{CRM}Label", "LocalizedLabels": [one]}


def _table(step: AddTable, language: int) -> dict[str, Any]:
    table = step.what
    return {
        "@odata.type": f"{CRM}EntityMetadata",
        "SchemaName": table.schema_name,
        "DisplayName": _label(table.label, language),
        "DisplayCollectionName": _label(table.plural, language),
        "Description": _label(table.description, language),
        "OwnershipType": "OrganizationOwned",
        "HasActivities": False,
        "HasNotes": False,
        "IsActivity": False,
        "ChangeTrackingEnabled": True,
        "Attributes": [{**_column(table.primary, language), "IsPrimaryName": True}],
    }


def _column(column: Column, language: int) -> dict[str, Any]:
    return {
        "@odata.type": f"{CRM}{column.type}AttributeMetadata",
        "SchemaName": column.schema_name,
        "DisplayName": _label(column.label, language),
        "Description": _label(column.description or column.label, language),
        "RequiredLevel": {"Value": "None"},
        **_kind(column),
    }


def _kind(column: Column) -> dict[str, Any]:
    """What only columns of one type have."""
    if column.type == "String":
        return {"MaxLength": column.length, "FormatName": {"Value": column.format or "Text"}}
    if column.type == "Integer":
        return {"MinValue": column.min, "MaxValue": column.max, "Format": "None"}
    if column.type == "Decimal":
        return {"Precision": column.precision, "MinValue": -100_000_000_000, "MaxValue": 100_000_000_000}
    return {"Format": column.format, "DateTimeBehavior": {"Value": column.behavior}}


def _lookup(step: AddLookup, language: int) -> dict[str, Any]:
    lookup = step.what
    return {
        "@odata.type": f"{CRM}OneToManyRelationshipMetadata",
        "SchemaName": lookup.relationship,
        "ReferencedEntity": lookup.target,
        "ReferencedAttribute": f"{lookup.target}id",
        "ReferencingEntity": lookup.table,
        "CascadeConfiguration": {**NO_CASCADE, "Delete": "RemoveLink"},
        "Lookup": {
            "@odata.type": f"{CRM}LookupAttributeMetadata",
            "AttributeType": "Lookup",
            "SchemaName": lookup.schema_name,
            "DisplayName": _label(lookup.label, language),
            "RequiredLevel": {"Value": "None"},
        },
    }
