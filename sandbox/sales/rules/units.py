"""Unit groups and units: a group comes with its base unit, and the base unit stays."""

from __future__ import annotations

from sandbox.sales.errors import Refused
from sandbox.sales.rules.write import Write


def group(write: Write) -> None:
    if write.creating and not write.row.get("baseuomname"):
        raise Refused("0x80043810", "The name of the base unit is missing.")


def base_unit(write: Write) -> None:
    """Creating a group creates its base unit."""
    if write.old is None:
        values = {"name": write.row["baseuomname"], "_uomscheduleid_value": write.row_id, "quantity": 1.0, "isschedulebaseuom": True}
        write.rows.insert(write.db.schema.tables["uom"], write.db.new_id(), values, write.caller)


def unit(write: Write) -> None:
    row, base = write.row, write.row.get("isschedulebaseuom") is True
    if row.get("name") is None:
        raise Refused("0x80043b26", "The unit name cannot be null.")
    if base and write.changed("quantity") and write.row["quantity"] != 1:
        raise Refused("0x80043b18", "The quantity of the base unit is fixed.")
    if base and not write.creating and write.row.get("_baseuom_value"):
        raise Refused("0x80043b17", "The base unit of a group counts no other unit.")
    if not base and row.get("_uomscheduleid_value"):
        _counts(write)
    _unique_name(write)


def _counts(write: Write) -> None:
    """A unit that isn't the base counts another one of its group."""
    base = write.target("uom", "baseuom")
    if base is None:
        raise Refused("0x80043b1c", "The base unit does not exist.")
    if base["_uomscheduleid_value"] != write.row["_uomscheduleid_value"]:
        raise Refused("0x80043b16", "The base unit is not in the same unit group.")
    if write.row.get("quantity") is None:
        raise Refused("0x80040200", "uom With column 'quantity' missing: attribute is required and cannot be null.")
    at, seen = write.row["_baseuom_value"], {write.row_id}
    while at:
        if at in seen:
            raise Refused("0x80043b1a", "A unit must not count itself by way of others.")
        seen.add(at)
        at = write.db.rows("uom").get(at, {}).get("_baseuom_value")


def _unique_name(write: Write) -> None:
    if not write.creating and not write.changed("name"):
        return
    store, name = write.db.store("uom"), write.row["name"].casefold()
    for other in store.with_value("_uomscheduleid_value", write.row.get("_uomscheduleid_value")):
        if other != write.row_id and store.rows[other]["name"].casefold() == name:
            raise Refused("0x80040237", "A unit of this name exists in the unit group.")


def keep_base(write: Write) -> None:
    """The base unit goes only with its group: a cascade doesn't ask."""
    if write.row.get("isschedulebaseuom") is True:
        raise Refused("0x80043b03", "The base unit of a group cannot be deleted.")


BEFORE = {"uomschedule": (group,), "uom": (unit,)}
AFTER = {"uomschedule": (base_unit,)}
BEFORE_DELETE = {"uom": (keep_base,)}
