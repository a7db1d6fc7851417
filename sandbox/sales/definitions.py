"""Metadata rows: tables, columns, keys and relationships in the words of the Web API."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.sales.schema import NAMESPACE, READ_AS_LOOKUP, Column, Key, Schema, Table
from sandbox.sales.store import Row

LANGUAGE = 1033
METADATA_TYPES = {
    "String": "StringAttributeMetadata",
    "Memo": "MemoAttributeMetadata",
    "Integer": "IntegerAttributeMetadata",
    "BigInt": "BigIntAttributeMetadata",
    "Decimal": "DecimalAttributeMetadata",
    "Double": "DoubleAttributeMetadata",
    "Money": "MoneyAttributeMetadata",
    "Boolean": "BooleanAttributeMetadata",
    "DateTime": "DateTimeAttributeMetadata",
    "Picklist": "PicklistAttributeMetadata",
    "State": "StateAttributeMetadata",
    "Status": "StatusAttributeMetadata",
    "Lookup": "LookupAttributeMetadata",
    "Customer": "LookupAttributeMetadata",
    "Owner": "LookupAttributeMetadata",
    "Uniqueidentifier": "UniqueIdentifierAttributeMetadata",
}
CASCADE = {"cascade": "Cascade", "restrict": "Restrict", "removelink": "RemoveLink"}


def label(text: str) -> Row:
    """A label in the organisation's language."""
    one = {"Label": text, "LanguageCode": LANGUAGE, "IsManaged": False}
    return {"LocalizedLabels": [one], "UserLocalizedLabel": one}


def display(schema_name: str) -> str:
    """A schema name with blanks before capitals."""
    return "".join(f" {sign}" if sign.isupper() and at else sign for at, sign in enumerate(schema_name)).replace("_", " ")


def table_definition(table: Table) -> Row:
    return {
        "MetadataId": table.metadata_id,
        "LogicalName": table.name,
        "SchemaName": table.schema,
        "EntitySetName": table.set,
        "LogicalCollectionName": table.set,
        "PrimaryIdAttribute": table.id,
        "PrimaryNameAttribute": table.primary_name,
        "OwnershipType": "OrganizationOwned" if table.ownership == "None" else table.ownership,
        "ChangeTrackingEnabled": table.tracking,
        "CanChangeTrackingBeEnabled": {"Value": True, "CanBeChanged": True, "ManagedPropertyLogicalName": "canchangetrackingbeenabled"},
        "IsCustomEntity": table.custom,
        "IsCustomizable": {"Value": True, "CanBeChanged": True, "ManagedPropertyLogicalName": "iscustomizable"},
        "IsOptimisticConcurrencyEnabled": True,
        "IsActivity": table.id == "activityid",
        "DisplayName": label(display(table.schema)),
        "DisplayCollectionName": label(f"{display(table.schema)}s"),
        "ObjectTypeCode": sum(table.name.encode()) + 1,
    }


def attribute(table: Table, column: Column) -> Row:
    row: Row = {
        "@odata.type": f"#Microsoft.Dynamics.CRM.{METADATA_TYPES[column.type]}",
        "MetadataId": str(uuid.uuid5(NAMESPACE, f"{table.name}/{column.name}")),
        "LogicalName": column.name,
        "SchemaName": column.schema,
        "EntityLogicalName": table.name,
        "AttributeType": column.type,
        "AttributeTypeName": {"Value": f"{column.type}Type"},
        "IsValidForCreate": column.create,
        "IsValidForUpdate": column.update,
        "IsValidForRead": True,
        "IsCustomAttribute": column.custom,
        "IsPrimaryId": column.name == table.id,
        "IsPrimaryName": column.name == table.primary_name,
        "RequiredLevel": {
            "Value": column.required,
            "CanBeChanged": True,
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
        "DisplayName": label(display(column.schema)),
    }
    return row | _details(table, column)


def _details(table: Table, column: Column) -> Row:
    """What only some kinds of columns have."""
    if column.type in ("String", "Memo"):
        return {"MaxLength": column.length, "FormatName": {"Value": column.format or "Text"}, "Format": column.format or "Text"}
    if column.type in READ_AS_LOOKUP:
        return {"Targets": list(column.targets)}
    if column.type == "DateTime":
        return {"Format": column.format or "DateAndTime", "DateTimeBehavior": {"Value": column.behavior}}
    if column.type == "Money":
        return {"MinValue": column.min, "MaxValue": column.max, "Precision": column.precision, "PrecisionSource": column.source}
    if column.type in ("Integer", "BigInt", "Decimal", "Double"):
        return {"MinValue": column.min, "MaxValue": column.max, "Precision": column.precision}
    if column.options:
        return {"OptionSet": option_set(table, column), "DefaultFormValue": column.default}
    return {}


def option_set(table: Table, column: Column) -> Row:
    states = {status: state.value for state in table.states.values() for status in state.statuses}
    options = []
    for value, text in (column.options if column.published is None else column.published).items():
        option: dict[str, Any] = {"Value": value, "Label": label(text), "Description": {"LocalizedLabels": [], "UserLocalizedLabel": None}}
        if column.type == "Status":
            option = {"@odata.type": "#Microsoft.Dynamics.CRM.StatusOptionMetadata", **option, "State": states.get(value)}
        if column.type == "State" and value in table.states:
            option = {"@odata.type": "#Microsoft.Dynamics.CRM.StateOptionMetadata", **option, "DefaultStatus": table.states[value].default}
        options.append(option)
    found: Row = {
        "MetadataId": str(uuid.uuid5(NAMESPACE, f"{table.name}/{column.name}/options")),
        "Name": column.choice or f"{table.name}_{column.name}",
        "IsGlobal": bool(column.choice),
        "OptionSetType": column.type,
    }
    if column.type == "Boolean":
        by_value = {option["Value"]: option for option in options}
        return {**found, "TrueOption": by_value.get(1), "FalseOption": by_value.get(0)}
    return {**found, "Options": options}


def key_definition(table: Table, key: Key) -> Row:
    return {
        "MetadataId": key.id,
        "LogicalName": key.name,
        "SchemaName": key.schema,
        "EntityLogicalName": table.name,
        "KeyAttributes": list(key.columns),
        "EntityKeyIndexStatus": key.status,
        "DisplayName": label(key.schema),
    }


def relationship(schema: Schema, table: Table, column: Column, target: str, nav: str) -> Row:
    names = (item.name for item in schema.collections.values() if (item.owner, item.to, item.column) == (target, table.name, column.name))
    collection = next(names, f"{target}_{table.name}_{column.name}")
    return {
        "MetadataId": str(uuid.uuid5(NAMESPACE, f"{table.name}/{column.name}/{target}")),
        "SchemaName": collection,
        "ReferencingEntity": table.name,
        "ReferencingAttribute": column.name,
        "ReferencingEntityNavigationPropertyName": nav,
        "ReferencedEntity": target,
        "ReferencedAttribute": schema.tables[target].id if target in schema.tables else f"{target}id",
        "ReferencedEntityNavigationPropertyName": collection,
        "RelationshipType": "OneToManyRelationship",
        "CascadeConfiguration": {"Delete": CASCADE[schema.behavior(target, table.name, column.name)]},
    }
