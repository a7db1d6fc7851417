"""Metadata: definitions, option values, columns, keys, relationships, CSDL."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from tests.sandbox.sales.desk import Desk, Row, error_of

ACCOUNT = "EntityDefinitions(LogicalName='account')"
PICKLIST = "Microsoft.Dynamics.CRM.PicklistAttributeMetadata"


def label(text: str) -> Row:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def terms(**more: Any) -> Row:
    return {"EntityLogicalName": "account", "AttributeLogicalName": "paymenttermscode", **more}


async def options(desk: Desk, column: str = "paymenttermscode") -> dict[int, str]:
    """The options of a column as metadata shows them."""
    found = await desk.get(f"{ACCOUNT}/Attributes(LogicalName='{column}')/{PICKLIST}?$select=LogicalName&$expand=OptionSet")
    return {option["Value"]: option["Label"]["UserLocalizedLabel"]["Label"] for option in found["OptionSet"]["Options"]}


@pytest.mark.fidelity("sales-10-definitions")
async def test_tables_are_found_by_logical_name(desk: Desk) -> None:
    query = "$select=LogicalName,EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute&$filter=LogicalName eq 'account'"
    rows = await desk.rows(f"EntityDefinitions?{query}")
    assert [(row["EntitySetName"], row["PrimaryIdAttribute"], row["PrimaryNameAttribute"]) for row in rows] == [
        ("accounts", "accountid", "name")
    ]
    tracked = await desk.rows("EntityDefinitions?$select=LogicalName&$filter=ChangeTrackingEnabled eq true and IsCustomEntity eq false")
    assert {"account", "product", "uom"} <= {row["LogicalName"] for row in tracked}
    assert (await desk.call("GET", "EntityDefinitions(LogicalName='nothing')")).status_code == 404


@pytest.mark.fidelity("sales-10-filter")
async def test_filters_on_metadata_know_comparisons_only(desk: Desk) -> None:
    assert error_of(await desk.call("GET", "EntityDefinitions?$filter=startswith(LogicalName,'acc')")) == (501, "0x8006088a")


@pytest.mark.fidelity("sales-10-picklists")
async def test_picklists_come_with_their_options(desk: Desk) -> None:
    rows = await desk.rows(f"{ACCOUNT}/Attributes/{PICKLIST}?$select=LogicalName&$expand=OptionSet")
    assert all(row["@odata.type"] == f"#{PICKLIST}" for row in rows) and len(rows) > 10
    assert (await options(desk))[1]
    plain = await desk.rows(f"{ACCOUNT}/Attributes?$select=LogicalName,MaxLength&$filter=LogicalName eq 'name'")
    assert plain[0]["MaxLength"] == 160 and "OptionSet" not in plain[0]
    whole = await desk.get(f"{ACCOUNT}?$select=LogicalName&$expand=Attributes($select=LogicalName)")
    assert {"LogicalName": "name"}.items() <= next(row for row in whole["Attributes"] if row["LogicalName"] == "name").items()
    status = await desk.get(
        f"{ACCOUNT}/Attributes(LogicalName='statuscode')/Microsoft.Dynamics.CRM.StatusAttributeMetadata?$expand=OptionSet"
    )
    assert [option["State"] for option in status["OptionSet"]["Options"]] == [0, 1]


@pytest.mark.fidelity("sales-10-options")
async def test_options_are_inserted_renamed_published_used_and_deleted(desk: Desk) -> None:
    made = (await desk.act("InsertOptionValue", terms(Value=100, Label=label("14 Days")))).json()
    assert made["NewOptionValue"] == 100
    assert 100 not in await options(desk)
    await desk.act("PublishXml", {"ParameterXml": "<importexportxml><entities><entity>account</entity></entities></importexportxml>"})
    assert (await options(desk))[100] == "14 Days"
    row = await desk.create("accounts", {"name": "x", "paymenttermscode": 100})
    await desk.act("UpdateOptionValue", terms(Value=100, Label=label("14 days net"), MergeLabels=False))
    await desk.act("PublishAllXml", {})
    assert (await options(desk))[100] == "14 days net"
    shown = await desk.get(f"accounts({row['accountid']})?$select=paymenttermscode", Prefer='odata.include-annotations="*"')
    assert shown["paymenttermscode@OData.Community.Display.V1.FormattedValue"] == "14 days net"
    await desk.act("DeleteOptionValue", terms(Value=100))
    assert error_of(await desk.call("POST", "accounts", {"name": "y", "paymenttermscode": 100}))[1] == "0x8004431a"


async def test_options_without_a_value_get_one_and_values_are_unique(desk: Desk) -> None:
    first = (await desk.act("InsertOptionValue", terms(Label=label("A")))).json()["NewOptionValue"]
    second = (await desk.act("InsertOptionValue", terms(Label=label("B")))).json()["NewOptionValue"]
    assert second == first + 1 >= 100_000_001
    assert (await desk.call("POST", "InsertOptionValue", terms(Value=first, Label=label("C")))).status_code == 400
    assert (await desk.call("POST", "InsertOptionValue", {**terms(Label=label("C")), "AttributeLogicalName": "nothing"})).status_code == 400
    assert (await desk.call("POST", "InsertOptionValue", terms(Value=7000))).status_code == 400


@pytest.mark.fidelity("sales-10-relationships")
async def test_relationships_are_the_source_of_navigation_names(desk: Desk) -> None:
    query = "$select=ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName"
    rows = await desk.rows(f"EntityDefinitions(LogicalName='contact')/ManyToOneRelationships?{query}")
    found = {(row["ReferencingAttribute"], row["ReferencedEntity"]): row["ReferencingEntityNavigationPropertyName"] for row in rows}
    assert found["parentcustomerid", "account"] == "parentcustomerid_account"
    many = await desk.rows(f"{ACCOUNT}/OneToManyRelationships")
    assert "contact_customer_accounts" in {row["ReferencedEntityNavigationPropertyName"] for row in many}


@pytest.mark.fidelity("sales-10-columns")
async def test_a_column_exists_only_after_it_was_created(desk: Desk) -> None:
    column = {
        "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
        "SchemaName": "couplet_BcNumber",
        "MaxLength": 20,
        "FormatName": {"Value": "Text"},
        "RequiredLevel": {"Value": "None"},
        "DisplayName": label("BC No."),
    }
    assert error_of(await desk.call("POST", "accounts", {"name": "x", "couplet_bcnumber": "1"})) == (400, "0x80048d19")
    assert (await desk.act(f"{ACCOUNT}/Attributes", column)).headers["OData-EntityId"].startswith(desk.base + "EntityDefinitions(")
    row = await desk.create("accounts", {"name": "x", "couplet_bcnumber": "1"})
    assert row["couplet_bcnumber"] == "1"
    assert [found["name"] for found in await desk.rows("accounts?$filter=couplet_bcnumber eq '1'")] == ["x"]
    assert (await desk.call("POST", f"{ACCOUNT}/Attributes", column)).status_code == 400
    assert (await desk.call("POST", f"{ACCOUNT}/Attributes", {**column, "SchemaName": "noprefix"})).status_code == 400
    await desk.control("POST", "reset")
    assert (await desk.call("POST", "accounts", {"name": "x", "couplet_bcnumber": "1"})).status_code == 400


async def test_a_table_of_ones_own_has_a_key_a_name_states_and_stamps(desk: Desk) -> None:
    name = {"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "SchemaName": "contoso_Name", "IsPrimaryName": True}
    table = {"SchemaName": "contoso_Region", "OwnershipType": "UserOwned", "Attributes": [name], "ChangeTrackingEnabled": True}
    assert error_of(await desk.call("POST", "contoso_regions", {"contoso_name": "North"})) == (404, "0x8006088a")
    await desk.act("EntityDefinitions", table)
    await desk.act(
        "EntityDefinitions(LogicalName='contoso_region')/Attributes",
        {"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "SchemaName": "contoso_Code", "MaxLength": 10},
    )
    row = await desk.create("contoso_regions", {"contoso_name": "North", "contoso_code": "N"})
    assert (row["contoso_code"], row["statecode"]) == ("N", 0) and row["modifiedon"] and row["_ownerid_value"] and row["contoso_regionid"]
    [found] = await desk.rows("EntityDefinitions?$select=PrimaryIdAttribute&$filter=EntitySetName eq 'contoso_regions'")
    assert found["PrimaryIdAttribute"] == "contoso_regionid"
    assert (await desk.call("POST", "EntityDefinitions", table)).status_code == 400
    assert (await desk.call("POST", "EntityDefinitions", {**table, "SchemaName": "noprefix"})).status_code == 400
    assert (await desk.call("POST", "EntityDefinitions", {**table, "SchemaName": "contoso_Other", "Attributes": []})).status_code == 400


@pytest.mark.fidelity("sales-10-csdl")
async def test_the_csdl_names_types_sets_and_tracking(desk: Desk) -> None:
    response = await desk.call("GET", "$metadata")
    assert response.headers["Content-Type"] == "application/xml"
    tree = ElementTree.fromstring(response.content)
    edm = "{http://docs.oasis-open.org/odata/ns/edm}"
    account = next(item for item in tree.iter(f"{edm}EntityType") if item.get("Name") == "account")
    assert {"name", "_parentaccountid_value"} <= {item.get("Name") for item in account.iter(f"{edm}Property")}
    assert "parentaccountid" in {item.get("Name") for item in account.iter(f"{edm}NavigationProperty")}
    assert "accounts" in {item["name"] for item in await desk.rows("")}


async def test_columns_of_other_products_are_not_there(desk: Desk) -> None:
    rows = await desk.rows("EntityDefinitions?$select=LogicalName&$expand=Attributes($select=LogicalName)")
    names = {column["LogicalName"] for row in rows for column in row["Attributes"]}
    assert not [name for name in names if name.startswith(("bcbi_", "nav_"))]


@pytest.mark.fidelity("sales-10-global-choices")
async def test_global_choices_are_shared_by_columns(desk: Desk) -> None:
    found = await desk.get("GlobalOptionSetDefinitions(Name='qooi_skippricecalculation')")
    assert found["IsGlobal"] is True and found["Options"]
    await desk.act("InsertOptionValue", {"OptionSetName": "qooi_skippricecalculation", "Value": 9, "Label": label("Nine")})
    for entity_set in ("quotes", "salesorders"):
        assert (await desk.call("POST", entity_set, {"name": "x", "skippricecalculation": 9})).status_code == 204
