"""Accounts, contacts, users, teams and business units: computed names and addresses."""

from __future__ import annotations

from sandbox.sales.errors import Refused
from sandbox.sales.privileges import NEW_ROLE
from sandbox.sales.rules.write import Write


def full_name(write: Write) -> None:
    """The organisation's convention: first name, blank, last name."""
    if write.creating or "firstname" in write.changes or "lastname" in write.changes:
        parts = [write.row.get("firstname"), write.row.get("lastname")]
        write.row["fullname"] = " ".join(part for part in parts if part) or None


def composite(write: Write) -> None:
    """`address1_composite` in the platform's order of lines."""
    if not any(name.startswith("address1_") for name in write.changes):
        return
    row = write.row
    region = " ".join(part for part in (row.get("address1_stateorprovince"), row.get("address1_postalcode")) if part)
    city = ", ".join(part for part in (row.get("address1_city"), region) if part)
    lines = [*(row.get(f"address1_line{n}") for n in (1, 2, 3)), city, row.get("address1_country")]
    row["address1_composite"] = "\r\n".join(line for line in lines if line) or None


def no_circle(write: Write) -> None:
    """A parent account must not be its own descendant."""
    if not write.changes.get("_parentaccountid_value"):
        return
    accounts, at, seen = write.db.rows("account"), write.row["_parentaccountid_value"], set()
    while at and at not in seen:
        if at == write.row_id:
            raise Refused("0x80040203", "A record cannot be its own ancestor.")
        seen.add(at)
        at = accounts.get(at, {}).get("_parentaccountid_value")


def in_unit(write: Write) -> None:
    """Teams belong to the caller's business unit unless told otherwise; the caller administers them."""
    if write.creating:
        caller = write.db.rows("systemuser").get(write.caller.user_id, {})
        givens = {"_businessunitid_value": caller.get("_businessunitid_value"), "_administratorid_value": write.caller.user_id}
        write.row.update({key: value for key, value in givens.items() if write.row.get(key) is None})


def parent_type(write: Write) -> None:
    """`accountid` and `parentcontactid` of a contact follow its parent customer."""
    if "_parentcustomerid_value" not in write.changes:
        return
    parent = write.row.get("_parentcustomerid_value")
    write.row["_accountid_value"] = parent if parent in write.db.rows("account") else None
    write.row["_parentcontactid_value"] = parent if parent in write.db.rows("contact") else None


def default_team(write: Write) -> None:
    """Each business unit has a default team of its name."""
    if write.old is None:
        teams = write.db.schema.tables["team"]
        values = {"name": write.row["name"], "_businessunitid_value": write.row_id, "isdefault": True}
        write.rows.insert(teams, write.db.new_id(), values, write.caller)


def roles_of_unit(write: Write) -> None:
    """Each business unit has a copy of every role of the root, and only these can be given to its users and teams."""
    if write.old is not None:
        return
    roles = write.db.schema.tables["role"]
    for role_id, role in list(write.db.rows("role").items()):
        if role.get("_parentrootroleid_value") == role_id:
            values = {"name": role["name"], "_businessunitid_value": write.row_id, "_parentrootroleid_value": role_id}
            write.rows.insert(roles, write.db.new_id(), values, write.caller)


def admitted(write: Write) -> None:
    """What the platform takes from the directory for a new application user."""
    application = write.row.get("applicationid")
    if not (write.creating and application):
        return
    if write.row.get("_businessunitid_value") is None:
        raise Refused("0x80040216", "An unexpected error occurred.")
    if any(row.get("applicationid") == application for row in write.db.rows("systemuser").values()):
        raise Refused("0x80040237", "A user with this application id exists.")
    mail = f"{application}@sandbox.example"
    write.row.update(accessmode=4, islicensed=False, domainname=mail, internalemailaddress=mail, firstname="#", lastname="Couplet")
    write.row["azureactivedirectoryobjectid"] = write.db.new_id()


def rooted(write: Write) -> None:
    """A new role is its own root, with what the platform gives to each, and every other business unit gets its copy."""
    if write.old is not None or write.row.get("_parentrootroleid_value"):
        return
    write.row["_parentrootroleid_value"] = write.row_id
    write.db.depths[write.row_id] = dict.fromkeys(NEW_ROLE, "Global")


def copied(write: Write) -> None:
    """Each other business unit has a copy of a new role."""
    if write.old is not None or write.row["_parentrootroleid_value"] != write.row_id:
        return
    for unit in write.db.rows("businessunit"):
        if unit != write.row["_businessunitid_value"]:
            values = {"name": write.row["name"], "_businessunitid_value": unit, "_parentrootroleid_value": write.row_id}
            write.rows.insert(write.table, write.db.new_id(), values, write.caller)


BEFORE = {
    "account": (composite, no_circle),
    "contact": (full_name, composite, parent_type),
    "systemuser": (admitted, full_name),
    "team": (in_unit,),
    "role": (rooted,),
}
AFTER = {"businessunit": (default_team, roles_of_unit), "role": (copied,)}
