"""What a set-up makes: tables, lookups, keys whose index fails, change tracking; who may; and what a reset leaves."""

from __future__ import annotations

import pytest

from tests.sandbox.sales.desk import Desk, Row, error_of
from tests.sandbox.sales.test_keys import COLUMN

FIGURES: Row = {
    "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata",
    "SchemaName": "couplet_Figures",
    "OwnershipType": "OrganizationOwned",
    "Attributes": [{**COLUMN, "SchemaName": "couplet_Name", "IsPrimaryName": True}],
}
LOOKUP: Row = {
    "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
    "SchemaName": "couplet_Figures_Account",
    "ReferencedEntity": "couplet_figures",
    "ReferencingEntity": "account",
    "CascadeConfiguration": {"Delete": "RemoveLink"},
    "Lookup": {"@odata.type": "Microsoft.Dynamics.CRM.LookupAttributeMetadata", "SchemaName": "couplet_FiguresId"},
}
KEYS = "EntityDefinitions(LogicalName='account')/Keys"


@pytest.mark.fidelity("sales-10-tables")
async def test_a_table_and_a_lookup_to_it_are_made_and_work(desk: Desk) -> None:
    await desk.act("EntityDefinitions", FIGURES)
    await desk.act("RelationshipDefinitions", LOOKUP)
    assert error_of(await desk.call("POST", "RelationshipDefinitions", LOOKUP))[1] == "0x80044153"
    made = await desk.create("couplet_figureses", {"couplet_name": "Adatum"})
    row = await desk.create(
        "accounts", {"name": "Adatum", "couplet_FiguresId@odata.bind": f"/couplet_figureses({made['couplet_figuresid']})"}
    )
    assert row["_couplet_figuresid_value"] == made["couplet_figuresid"]
    await desk.call("DELETE", f"couplet_figureses({made['couplet_figuresid']})")
    assert (await desk.get(f"accounts({row['accountid']})"))["_couplet_figuresid_value"] is None
    [custom] = await desk.rows("EntityDefinitions?$select=LogicalName&$filter=IsCustomEntity eq true")
    assert custom["LogicalName"] == "couplet_figures"
    own = await desk.rows(
        "EntityDefinitions?$select=LogicalName&$filter=LogicalName eq 'account'&$expand=Attributes($filter=IsCustomAttribute eq true)"
    )
    assert [each["LogicalName"] for each in own[0]["Attributes"]] == ["couplet_figuresid"]


@pytest.mark.fidelity("sales-10-tables")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SchemaName": "noprefix"}, "0x80048403"),
        ({"Lookup": {}}, "0x80048403"),
        ({"ReferencedEntity": "nothing"}, "0x80040217"),
        ({"@odata.type": "Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata"}, "0x80048403"),
    ],
)
async def test_a_lookup_that_cannot_be_is_refused(desk: Desk, changes: Row, code: str) -> None:
    await desk.act("EntityDefinitions", FIGURES)
    assert error_of(await desk.call("POST", "RelationshipDefinitions", {**LOOKUP, **changes}))[1] == code


@pytest.mark.fidelity("sales-10-key-failed")
async def test_a_key_over_rows_that_are_not_unique_fails_and_is_reactivated(desk: Desk) -> None:
    await desk.act("EntityDefinitions(LogicalName='account')/Attributes", COLUMN)
    rows = [await desk.create("accounts", {"name": name, "couplet_bcid": "same"}) for name in ("One", "Two")]
    await desk.act(KEYS, {"SchemaName": "couplet_BcKey", "KeyAttributes": ["couplet_bcid"]})
    assert [key["EntityKeyIndexStatus"] for key in await desk.rows(KEYS)] == ["Failed"]
    await desk.patch(f"accounts({rows[0]['accountid']})", {"couplet_bcid": "other"})
    wanted = {"EntityLogicalName": "account", "EntityKeyLogicalName": "couplet_bckey"}
    await desk.act("ReactivateEntityKey", wanted)
    assert [key["EntityKeyIndexStatus"] for key in await desk.rows(KEYS)] == ["Active"]
    assert error_of(await desk.call("POST", "ReactivateEntityKey", wanted))[1] == "0x8006088f"
    assert error_of(await desk.call("POST", "accounts", {"name": "Three", "couplet_bcid": "same"})) == (412, "0x80060892")


@pytest.mark.fidelity("sales-10-rights")
async def test_who_may_not_customise_is_told_which_privilege_is_missing(desk: Desk) -> None:
    calls = {
        "prvCreateEntity": ("EntityDefinitions", FIGURES),
        "prvCreateAttribute": ("EntityDefinitions(LogicalName='account')/Attributes", COLUMN),
        "prvCreateRelationship": ("RelationshipDefinitions", LOOKUP),
        "prvCreateEntityKey": (KEYS, {"SchemaName": "couplet_BcKey", "KeyAttributes": ["accountnumber"]}),
        "prvPublishCustomization": ("PublishAllXml", {}),
    }
    await desk.switch(privilegesLost=list(calls))
    for privilege, (path, body) in calls.items():
        refused = await desk.call("POST", path, body)
        assert error_of(refused)[1] == "0x80040220" and privilege in refused.text


async def test_a_reset_comes_back_to_the_customisations_that_were_kept_or_to_none(desk: Desk) -> None:
    await desk.act("EntityDefinitions(LogicalName='account')/Attributes", COLUMN)
    await desk.act(KEYS, {"SchemaName": "couplet_BcKey", "KeyAttributes": ["couplet_bcid"]})
    await desk.control("POST", "hands/keepCustomizations", {})
    await desk.control("POST", "reset", {})
    await desk.create("accounts", {"name": "One", "couplet_bcid": "same"})
    assert (await desk.call("POST", "accounts", {"name": "Two", "couplet_bcid": "same"})).status_code == 412
    await desk.control("POST", "reset", {"factory": True})
    assert (await desk.call("POST", "accounts", {"name": "One", "couplet_bcid": "same"})).status_code == 400
