"""What the native connector leaves behind in Business Central when it worked there for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scenario.engine import Engine
from tests.scenario.world import Record, Row, in_bc

TABLES = {
    "PAYMENT TERMS": 3, "CURRENCY": 4, "SHIPMENT METHOD": 10, "SALESPEOPLE": 13, "CUSTOMER": 18, "VENDOR": 23, "ITEM-PRODUCT": 27,
    "SALESORDER-ORDER": 36, "SOLINE-ORDERDETAIL": 37, "RESOURCE-PRODUCT": 156, "UNIT OF MEASURE": 204, "SHIPPING AGENT": 291,
    "CONTACT": 5050,
}  # fmt: skip
"""Native mappings and the numbers of their tables."""


def table_mapping(name: str, **values: Any) -> Record:
    """A native table mapping as it is made by the set-up."""
    row = {
        "name": name, "tableId": TABLES.get(name, 50000), "tableName": name.title(), "integrationTableId": 5341,
        "integrationTableName": "account", "direction": "Bidirectional", "synchOnlyCoupledRecords": True,
        "deletionConflictResolution": "None", "updateConflictResolution": "None", "multiCompanySynchEnabled": False,
        "tableFilter": "VERSION(1) SORTING(Field1) WHERE(Field39=1(0))", "integrationTableFilter": "",
    }  # fmt: skip
    return in_bc("nativeMappings", name, **{**row, **values})


def field_row(number: int, of: str, field: tuple[int, str], column: str, **values: Any) -> Record:
    """A native field row."""
    row = {
        "number": number, "mappingName": of, "fieldNumber": field[0], "fieldName": field[1], "integrationFieldNumber": number,
        "integrationFieldName": column, "direction": "Bidirectional", "constantValue": "", "status": "Enabled",
        "clearValueOnFailedSync": False, "notNull": False, "transformationRule": "", "useForMatchBasedCoupling": False,
        "caseSensitiveMatching": False, "matchPriority": 0,
    }  # fmt: skip
    return in_bc("nativeFields", str(number), **{**row, **values})


def pair(of: str, bc: str, sales: str, **values: Any) -> Record:
    """A native coupling of two records."""
    row = {"salesId": sales, "recordId": bc, "tableId": TABLES.get(of, 50000), "skipped": False, "archivedSalesOrder": False}
    return in_bc("nativeCouplings", f"{bc}/{sales}", **{**row, **values})


def option(of: str, bc: str, value: int, label: str) -> Record:
    """A native coupling of a code with a choice."""
    row = {"recordId": bc, "tableId": TABLES[of], "optionValue": value, "optionValueCaption": label, "skipped": False}
    return in_bc("nativeOptions", f"{of}/{bc}", **row)


async def adopted(engine: Engine, call: str = "adopt", **asked: Any) -> Any:
    """A take-over, or a rebuilding, to its end: its report."""
    answer = await engine.api.post(f"setup/{call}", asked)
    assert answer.status == 202, answer.json
    await engine.drain()
    engine.forget()
    told = (await engine.api.get(answer.json["report"])).json
    assert told["status"] == "success", told
    return told


async def listed(engine: Engine, report: Any, name: str, **asked: Any) -> list[Row]:
    """A list of a report."""
    kind = report["id"].partition("-")[0]
    more = "".join(f"&{key}={value}" for key, value in asked.items())
    answer = await engine.api.get(f"setup/{kind}/{report['id']}?list={name}{more}")
    assert answer.status == 200, answer.json
    found: list[Row] = answer.json["value"]
    return found


def pairs(found: list[Row]) -> set[tuple[str, str]]:
    """The pairs of a list, by id."""
    return {(each["bc"]["id"], each["sales"]["id"]) for each in found}


async def as_native(engine: Engine, *, without_name: Mapping[str, str]) -> dict[str, set[tuple[str, str]]]:
    """Everything that Couplet coupled was coupled by the native connector instead; `without_name` stand under another mapping's table.

    Answers the pairs of each mapping.
    """
    known = {name: await engine.couplings(name) for name in (*TABLES, *without_name) if name in engine.ctx.mappings}
    await engine.forget_everything()
    rows = [table_mapping(name) for name in TABLES]
    for name, couplings in known.items():
        of = without_name.get(name, name)
        choices = engine.ctx.mappings[name].sales.is_choice
        rows += [option(of, each.bc_id, int(each.sales_id), "") if choices else pair(of, each.bc_id, each.sales_id) for each in couplings]
    await engine.seed(*rows)
    engine.ctx = await engine.environment.context(None)
    return {name: {(each.bc_id, each.sales_id) for each in couplings} for name, couplings in known.items() if couplings}
