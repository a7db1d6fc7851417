"""The RemoteExecutionContext that a webhook gets."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sandbox.sales.database import Database, Event
from sandbox.sales.schema import CHOICES, READ_AS_LOOKUP, Column, Table
from sandbox.sales.shapes import format_value
from sandbox.sales.store import Row

XRM = "http://schemas.microsoft.com/xrm/2011/Contracts"


def context_of(db: Database, step: Row, event: Event) -> dict[str, Any]:
    """What the platform tells about one write."""
    table, now = db.schema.tables[event.table], moment(db.now())
    user, initiator = event.caller.user_id, event.caller.behind or event.caller.user_id
    shared: list[dict[str, Any]] = [{"key": "IsAutoTransact", "value": True}]
    if event.caller.tag is not None:
        shared.append({"key": "tag", "value": event.caller.tag})
    return {
        "BusinessUnitId": db.rows("systemuser").get(user, {}).get("_businessunitid_value"),
        "CorrelationId": str(uuid.uuid4()),
        "Depth": event.caller.depth,
        "InitiatingUserId": initiator,
        "InputParameters": _parameters(db, table, event),
        "IsExecutingOffline": False,
        "IsInTransaction": step.get("mode") == 0,
        "IsOfflinePlayback": False,
        "IsolationMode": 1,
        "MessageName": event.message,
        "Mode": step.get("mode"),
        "OperationCreatedOn": now,
        "OperationId": str(uuid.uuid4()),
        "OrganizationId": db.organization_id,
        "OrganizationName": db.organization["name"],
        "OutputParameters": [],
        "OwningExtension": {"Id": step["sdkmessageprocessingstepid"], "LogicalName": "sdkmessageprocessingstep", "Name": step.get("name")},
        "ParentContext": None,
        "PostEntityImages": [],
        "PreEntityImages": [],
        "PrimaryEntityId": event.row_id,
        "PrimaryEntityName": event.table,
        "RequestId": str(uuid.uuid4()),
        "SecondaryEntityName": "none",
        "SharedVariables": shared,
        "Stage": step.get("stage"),
        "UserId": user,
    }


def _parameters(db: Database, table: Table, event: Event) -> list[dict[str, Any]]:
    if event.message == "Delete":
        reference: Row = {
            "__type": f"EntityReference:{XRM}",
            "Id": event.row_id,
            "KeyAttributes": [],
            "LogicalName": table.name,
            "Name": None,
        }
        return [{"key": "Target", "value": reference}]
    attributes = [
        {"key": table.by_key[key].name, "value": _typed(db, table, table.by_key[key], value)}
        for key, value in event.changes.items()
        if key in table.by_key
    ]
    attributes.append({"key": table.id, "value": event.row_id})
    formatted = [
        {"key": table.by_key[key].name, "value": text}
        for key, value in event.changes.items()
        if key in table.by_key and value is not None and (text := format_value(db, table.by_key[key], event.row, value))
    ]
    target = {
        "__type": f"Entity:{XRM}",
        "Attributes": attributes,
        "EntityState": None,
        "FormattedValues": formatted,
        "Id": event.row_id,
        "KeyAttributes": [],
        "LogicalName": table.name,
        "RelatedEntities": [],
        "RowVersion": str(event.row["versionnumber"]),
    }
    return [{"key": "Target", "value": target}]


def _typed(db: Database, table: Table, column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.type in READ_AS_LOOKUP:
        kind = db.target_of(column.name, table, value)
        return {"__type": f"EntityReference:{XRM}", "Id": value, "KeyAttributes": [], "LogicalName": kind, "Name": None, "RowVersion": None}
    if column.type in CHOICES:
        return {"__type": f"OptionSetValue:{XRM}", "Value": value}
    if column.type == "Money":
        return {"__type": f"Money:{XRM}", "Value": value}
    return moment(value) if column.type == "DateTime" else value


def moment(text: str) -> str:
    """A time as the body of a webhook writes it."""
    value = dt.datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00+00:00")
    return f"/Date({int(value.timestamp() * 1000)})/"
