"""Tables that makers add: `POST EntityDefinitions` with the primary name column; other columns come by `POST .../Attributes`."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace

from sandbox.sales.base import load
from sandbox.sales.calls import Answer, Call
from sandbox.sales.customization import Customization
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.privileges import of_table
from sandbox.sales.schema import Collection, Column, Table
from sandbox.sales.store import Row, Store

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+")
LIKE = "account"
"""The table of the platform whose columns of its own a new one gets: states, owner, stamps, version."""

EVERY_TABLE = ("createdby", "createdon", "modifiedby", "modifiedon", "versionnumber", "statecode", "statuscode")
OWNED = ("ownerid", "owningbusinessunit", "owninguser", "owningteam")
OWNERSHIPS = ("UserOwned", "OrganizationOwned")


def add_table(db: Database, customization: Customization, call: Call) -> Answer:
    """A new table that exists from now on."""
    customization.rights.may(call.caller, "prvCreateEntity")
    body = call.json()
    schema_name, ownership = str(body.get("SchemaName", "")), str(body.get("OwnershipType", "UserOwned"))
    if not NAME.fullmatch(schema_name) or ownership not in OWNERSHIPS:
        raise Refused("0x80048403", f"'{schema_name}' is no valid schema name with a prefix, or its ownership is unknown.")
    if schema_name.lower() in db.schema.tables:
        raise Refused("0x80044150", f"An entity with the name {schema_name.lower()} already exists.")
    table = _table(db.schema.tables[LIKE], schema_name, ownership, _primary_name(body))
    table.tracking = body.get("ChangeTrackingEnabled") is True
    db.schema.tables[table.name] = table
    db.schema.sets[table.set] = table
    db.stores[table.name] = Store(table)
    for privilege in of_table(table):
        load(db, "privilege", privilege.row())
    return Answer(204, {"OData-EntityId": f"{call.base}EntityDefinitions({table.metadata_id})"})


def _primary_name(body: Row) -> Column:
    named = [each for each in body.get("Attributes") or [] if each.get("IsPrimaryName")]
    if len(named) != 1 or not NAME.fullmatch(str(named[0].get("SchemaName", ""))):
        raise Refused("0x80048403", "A table needs exactly one primary name column, with a prefix.")
    schema_name = str(named[0]["SchemaName"])
    length = int(named[0].get("MaxLength") or 100)
    return Column(schema_name.lower(), "String", schema_name, length=length, create=True, update=True, custom=True, format="Text")


def _table(like: Table, schema_name: str, ownership: str, primary: Column) -> Table:
    name = schema_name.lower()
    key = Column(f"{name}id", "Uniqueidentifier", f"{schema_name}Id", create=True, required="SystemRequired")
    shared = EVERY_TABLE + (OWNED if ownership == "UserOwned" else ())
    columns = [key, primary, *(deepcopy(like.columns[each]) for each in shared)]
    return replace(
        like,
        name=name,
        set=_plural(name),
        schema=schema_name,
        id=key.name,
        primary_name=primary.name,
        ownership=ownership if ownership == "UserOwned" else "None",
        bulk=True,
        required=(),
        columns={column.name: column for column in columns},
        keys=[],
        generation=0,
        custom=True,
    )


def add_lookup(db: Database, customization: Customization, call: Call) -> Answer:
    """A new lookup column on the referencing table; its navigation property is called as the column's schema name."""
    customization.rights.may(call.caller, "prvCreateRelationship")
    body = call.json()
    schema_name, lookup = str(body.get("SchemaName", "")), body.get("Lookup") or {}
    column = str(lookup.get("SchemaName", ""))
    kind = str(body.get("@odata.type", "")).rpartition(".")[2]
    if kind != "OneToManyRelationshipMetadata" or not NAME.fullmatch(schema_name) or not NAME.fullmatch(column):
        raise Refused("0x80048403", f"'{schema_name}' is no valid relationship, or its lookup has no name with a prefix.")
    one, many = (db.schema.tables.get(str(body.get(name))) for name in ("ReferencedEntity", "ReferencingEntity"))
    if one is None or many is None:
        raise Refused("0x80040217", "The referenced or the referencing entity was not found.")
    if column.lower() in many.columns or (one.name, schema_name) in db.schema.collections:
        raise Refused("0x80044153", f"An attribute or relationship with the name {column.lower()} already exists for entity {many.name}.")
    many.columns[column.lower()] = Column(
        column.lower(), "Lookup", column, create=True, update=True, custom=True, targets={one.name: column}
    )
    many.changed()
    delete = str((body.get("CascadeConfiguration") or {}).get("Delete", "RemoveLink")).lower()
    db.schema.collections[(one.name, schema_name)] = Collection(one.name, schema_name, many.name, column.lower(), delete)
    return Answer(204, {"OData-EntityId": f"{call.base}RelationshipDefinitions({db.new_id()})"})


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"
