"""Fast loading of rows in the form that GET shows, without the rules of writes."""

from __future__ import annotations

from sandbox.sales.base import APPLICATION_USER_ID, BUSINESS_UNIT_ID, ORGANIZATION_ID
from sandbox.sales.database import Database
from sandbox.sales.schema import Table
from sandbox.sales.store import Row
from sandbox.sales.values import moment


class SeedRefused(ValueError):
    """A row that no table could hold."""


def seed(db: Database, tables: dict[str, list[Row]], company: Row | None = None) -> dict[str, int]:
    """Load rows by entity set. Unknown columns are refused; stamps, owner and defaults are filled where a row has none.

    `company` may hold `{"baseCurrency": "USD"}`-like facts of the organisation: they become columns of the organization row.
    """
    if company:
        organization = db.organization
        db.put(db.schema.tables["organization"], ORGANIZATION_ID, {**organization, **company})
    for name in tables:
        if name not in db.schema.sets and name not in {item.set for item in db.schema.associations}:
            raise SeedRefused(f"no entity set {name}")
    return {name: _load(db, name, rows) for name, rows in tables.items()}


def _load(db: Database, name: str, rows: list[Row]) -> int:
    link = next((item for item in db.schema.associations if item.set == name), None)
    if link is not None:
        left, right = db.schema.tables[link.left].id, db.schema.tables[link.right].id
        db.granted += 1
        db.links[link.name].update((str(row[left]).lower(), str(row[right]).lower()) for row in rows)
        return len(rows)
    table = db.schema.sets[name]
    common = _common(db, table)
    checked: set[tuple[str, ...]] = set()
    moments = [column.key for column in table.columns.values() if column.type == "DateTime" and not column.date_only]
    for raw in rows:
        names = tuple(raw)
        if names not in checked:
            _check(table, names)
            checked.add(names)
        row = {**common, **{key: value for key, value in raw.items() if key[0] != "@"}}
        row_id = row[table.id] = str(row.get(table.id) or db.new_id()).lower()
        for key in moments:
            if key in raw and row[key] is not None:
                row[key] = moment(row[key])
        _computed(db, table, row)
        db.put(table, row_id, row)
    return len(rows)


def _common(db: Database, table: Table) -> Row:
    """What every row of a table starts with."""
    now = db.now()
    row: Row = {
        **table.defaults,
        "createdon": now,
        "modifiedon": now,
        "_createdby_value": APPLICATION_USER_ID,
        "_modifiedby_value": APPLICATION_USER_ID,
    }
    if "organizationid" in table.columns:
        row[table.columns["organizationid"].key] = ORGANIZATION_ID
    if "ownerid" in table.columns:
        row.update(_ownerid_value=APPLICATION_USER_ID, _owninguser_value=APPLICATION_USER_ID, _owningbusinessunit_value=BUSINESS_UNIT_ID)
    if table.name in ("systemuser", "team", "role"):
        row["_businessunitid_value"] = BUSINESS_UNIT_ID
    return {key: value for key, value in row.items() if key in table.by_key}


def _check(table: Table, names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in table.by_key and not name.startswith("@")]
    if unknown:
        raise SeedRefused(f"{table.set} has no column {', '.join(unknown)}")


def _computed(db: Database, table: Table, row: Row) -> None:
    """What the platform computes even for rows that were always there."""
    if table.name in ("contact", "systemuser") and "fullname" not in row:
        row["fullname"] = " ".join(part for part in (row.get("firstname"), row.get("lastname")) if part) or None
    owner = row.get("_ownerid_value")
    if owner is not None and owner in db.rows("team"):
        row["_owningteam_value"], row["_owninguser_value"] = owner, None
    elif owner is not None:
        row["_owninguser_value"] = owner


def all_rows(db: Database, name: str) -> list[Row]:
    """Every row of a set with every column, nulls included."""
    table = db.schema.sets.get(name)
    if table is None:
        raise SeedRefused(f"no entity set {name}")
    keys = list(table.by_key)
    return [{key: row.get(key) for key in keys} | {"@odata.etag": f'W/"{row["versionnumber"]}"'} for row in db.rows(table.name).values()]
