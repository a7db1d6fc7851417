"""How the native mappings were set up is taken over as switches, their added field rows as text for mappings.toml."""

from __future__ import annotations

from typing import Any

from mapping.overlay import read
from tests.scenario.engine import Engine
from tests.scenario.native import adopted, field_row, table_mapping
from tests.scenario.world import id_of

SEND = "Send_x0020_Update_x0020_to_x0020_Integration"


async def setup(engine: Engine, page: str, **values: Any) -> None:
    """A native connection set-up that is switched off."""
    await engine.bc.seed(
        {page: [{"id": id_of(page, "1"), "serverAddress": "https://contoso.crm4.dynamics.com", "isEnabled": False, **values}]}
    )


async def test_switches_and_directions_are_taken_over_once_and_what_cannot_be_is_named(engine: Engine) -> None:
    await engine.seed(
        table_mapping("CUSTOMER", direction="ToIntegrationTable", updateConflictResolution=SEND, multiCompanySynchEnabled=True),
        table_mapping("SALESPEOPLE", tableId=13, direction="ToIntegrationTable", deletionConflictResolution="Restore_x0020_Records"),
    )
    report = await adopted(engine, dryRun=True)
    found = {(each["mapping"], each["switch"]): (each["native"], each["here"]) for each in report["switches"] if not each["refused"]}
    assert found["CUSTOMER", "direction"] == ("toSales", "both")
    assert found["CUSTOMER", "conflict"] == ("bcWins", "manual") and found["CUSTOMER", "companies"] == ("any", "ownOrNone")
    refused = {(each["mapping"], each["switch"]) for each in report["switches"] if each["refused"]}
    assert refused >= {("SALESPEOPLE", "direction")}, "users of Sales are made by nobody but an administrator"
    assert (await engine.api.get("mappings/CUSTOMER")).json["direction"] == "both"
    await adopted(engine, switches=False)
    assert (await engine.api.get("mappings/CUSTOMER")).json["direction"] == "both"
    await adopted(engine)
    shown = (await engine.api.get("mappings/CUSTOMER")).json
    assert (shown["direction"], shown["conflict"], shown["origins"]["direction"]) == ("toSales", "bcWins", "switch")
    again = await adopted(engine)
    assert [each for each in again["switches"] if each["mapping"] == "CUSTOMER"] == []


async def test_settings_that_decide_which_mappings_there_are_are_told_and_not_changed(engine: Engine) -> None:
    await setup(engine, "nativeDataverseSetups", ownershipModel="Team")
    await setup(engine, "nativeSalesSetups", bidirectionalSalesOrders=True, unitGroupMappingEnabled=True)
    report = await adopted(engine, dryRun=True)
    assert report["modes"] == [
        {"setting": "ORDERS", "native": "both", "here": "fromSales"},
        {"setting": "UNIT_GROUPS", "native": True, "here": False},
        {"setting": "OWNERSHIP", "native": "team", "here": "person"},
    ]


async def test_field_rows_that_people_added_turned_or_took_out_become_text_that_the_mappings_file_takes(engine: Engine) -> None:
    await engine.seed(
        table_mapping("CUSTOMER"),
        field_row(1, "CUSTOMER", (2, "Name"), "name"),
        field_row(2, "CUSTOMER", (0, ""), "owneridtype", constantValue="systemuser"),
        field_row(3, "CUSTOMER", (102, "E-Mail"), "emailaddress1", direction="ToIntegrationTable"),
        field_row(4, "CUSTOMER", (84, "Fax No."), "fax", status="Disabled"),
        field_row(5, "CUSTOMER", (15, "Territory Code"), "address1_county", status="Disabled"),
        field_row(6, "CUSTOMER", (86, "VAT Registration No."), "yominame", notNull=True),
        field_row(7, "CUSTOMER", (5900, "Tax Registration Number"), "tickersymbol", transformationRule="TRIM"),
        field_row(8, "CUSTOMER", (4, "Nobody Shows It"), "sic"),
        field_row(9, "CUSTOMER", (88, "Tax Liable"), "description"),
        field_row(11, "CUSTOMER", (2, "Name"), "stockexchange", direction="ToIntegrationTable"),
        field_row(12, "CUSTOMER", (1, "No."), "bcbi_number"),
        field_row(
            10, "CUSTOMER", (1, "No."), "accountnumber", direction="ToIntegrationTable", useForMatchBasedCoupling=True, matchPriority=1
        ),
    )
    text = (await adopted(engine, dryRun=True))["fields"]
    overlay = read(text)
    assert not overlay.mistakes, overlay.mistakes
    taken = overlay.mappings["CUSTOMER"]
    assert taken.member("email").direction == "toSales"
    assert "faxNumber" not in {unit.name for unit in taken.fields}
    assert (taken.member("stockexchange").bc, taken.member("displayName").sales) == ("displayName", "name")
    assert [(one.field, one.priority) for one in taken.match_criteria] == [("number", 1)]
    assert not any(each in text for each in ("displayName =", "owneridtype", "bcbi_")), (
        "what is as it is here, or needs no row, is not told"
    )
    comments = [line for line in text.splitlines() if line.startswith("# ")]
    assert any(line.startswith("# sic: no page shows Nobody Shows It") for line in comments)
    assert any("transformation rule TRIM" in line for line in comments)


async def test_a_native_mapping_that_is_as_here_leaves_nothing_to_be_changed(engine: Engine) -> None:
    shown = (await engine.api.get("mappings/CUSTOMER")).json
    assert (shown["direction"], shown["conflict"], shown["deletion"], shown["onlyCoupled"]) == ("both", "manual", "manual", True)
    await engine.seed(table_mapping("CUSTOMER"), field_row(1, "CUSTOMER", (2, "Name"), "name"))
    report = await adopted(engine, dryRun=True)
    assert (report["switches"], report["modes"], report["fields"]) == ([], [], "")
