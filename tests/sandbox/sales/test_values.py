"""What a column takes: lengths, ranges, types, options, money, dates, required columns, unknown names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.sales.desk import Desk, error_of


@pytest.mark.fidelity("sales-v-refused")
@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("name", "x" * 161, "0x80044331"),
        ("name", "\N{GRINNING FACE}" * 81, "0x80044331"),
        ("name", 5, "0x80048d19"),
        ("numberofemployees", -1, "0x80044330"),
        ("numberofemployees", 1.5, "0x80048d19"),
        ("numberofemployees", "5", "0x80048d19"),
        ("customertypecode", 99, "0x8004431a"),
        ("customertypecode", "Customer", "0x80048d19"),
        ("creditonhold", "yes", "0x80048d19"),
        ("creditlimit", -1, "0x80044330"),
        ("creditlimit", "", "0x80048d19"),
        ("lastonholdtime", "1752-12-31T00:00:00Z", "0x80040239"),
        ("lastonholdtime", "soon", "0x80048d19"),
        ("nothing", 1, "0x80048d19"),
        ("_parentaccountid_value", "x", "0x80048d19"),
        ("Name", "wrong case", "0x80048d19"),
        ("customertypecodename", "Customer", "0x80048d19"),
    ],
)
async def test_a_wrong_value_is_refused_with_its_code(desk: Desk, column: str, value: Any, code: str) -> None:
    assert error_of(await desk.call("POST", "accounts", {"name": "Adatum", column: value})) == (400, code)
    assert await desk.rows("accounts") == []


async def test_the_longest_name_passes_counted_in_utf16_units(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "\N{GRINNING FACE}" * 80})
    assert len(row["name"]) == 80


async def test_broken_json_is_a_bad_payload(desk: Desk) -> None:
    response = await desk.client.post(desk.base + "accounts", content=b"{", headers=desk.headers)
    assert error_of(response) == (400, "0x80048d19")


@pytest.mark.fidelity("sales-v-required")
@pytest.mark.parametrize("column", ["isocurrencycode", "currencyname", "currencysymbol", "currencyprecision", "exchangerate"])
async def test_columns_required_by_the_system_must_be_given(desk: Desk, column: str) -> None:
    body = {"isocurrencycode": "USD", "currencyname": "Dollar", "currencysymbol": "$", "currencyprecision": 2, "exchangerate": 1.1}
    del body[column]
    assert (await desk.call("POST", "transactioncurrencies", body)).status_code == 400


async def test_columns_that_only_forms_require_may_be_left_out_but_required_ones_not_cleared(desk: Desk) -> None:
    await desk.create("accounts", {"telephone1": "nameless"})
    prices = await desk.create("pricelevels", {"name": "Prices"})
    assert (await desk.call("PATCH", f"pricelevels({prices['pricelevelid']})", {"name": None})).status_code == 400


@pytest.mark.fidelity("sales-v-system")
async def test_system_columns_are_ignored_and_stamped(desk: Desk) -> None:
    row = await desk.create(
        "accounts", {"name": "x", "modifiedon": "2001-01-01T00:00:00Z", "versionnumber": 1, "overriddencreatedon": "2020-05-06"}
    )
    assert row["modifiedon"] > "2026" and row["versionnumber"] > 1
    assert row["createdon"] == "2020-05-06T00:00:00Z"
    assert row["_createdby_value"] == row["_ownerid_value"] == row["_owninguser_value"]
    assert row["@odata.etag"] == f'W/"{row["versionnumber"]}"'


@pytest.mark.fidelity("sales-3-version")
async def test_versions_rise_over_the_whole_database(desk: Desk) -> None:
    first = await desk.create("accounts", {"name": "x"})
    second = await desk.create("contacts", {"lastname": "y"})
    await desk.patch(f"accounts({first['accountid']})", {"name": "z"})
    third = await desk.get(f"accounts({first['accountid']})")
    assert first["versionnumber"] < second["versionnumber"] < third["versionnumber"]


@pytest.mark.fidelity("sales-3-row-shape")
async def test_nulls_are_present_and_empty_text_is_null(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Adatum", "telephone1": ""})
    assert row["telephone1"] is None and row["fax"] is None and row["_parentaccountid_value"] is None
    assert row["creditonhold"] is False and row["statecode"] == 0 and row["statuscode"] == 1


@pytest.mark.fidelity("sales-3-dates")
async def test_dates_are_utc_to_the_second_and_plain_dates_stay_plain(desk: Desk) -> None:
    account = await desk.create("accounts", {"name": "x", "lastonholdtime": "2026-01-02T03:04:05.678+02:00"})
    assert account["lastonholdtime"] == "2026-01-02T01:04:05Z"
    contact = await desk.create("contacts", {"lastname": "x", "birthdate": "1980-02-29"})
    assert contact["birthdate"] == "1980-02-29"
    order = await desk.create("salesorders", {"name": "x", "requestdeliveryby": "2026-01-02"})
    assert order["requestdeliveryby"] == "2026-01-02T00:00:00Z"


async def dollar(desk: Desk) -> str:
    row = await desk.create(
        "transactioncurrencies",
        {"isocurrencycode": "USD", "currencyname": "Dollar", "currencysymbol": "$", "currencyprecision": 2, "exchangerate": 1.25},
    )
    return str(row["transactioncurrencyid"])


@pytest.mark.fidelity("sales-9-base")
async def test_base_amounts_follow_the_rate_of_the_row(desk: Desk) -> None:
    currency = await dollar(desk)
    row = await desk.create(
        "accounts", {"name": "x", "creditlimit": 100, "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})"}
    )
    assert (row["creditlimit"], row["creditlimit_base"], row["exchangerate"]) == (100, 80, 1.25)
    await desk.patch(f"transactioncurrencies({currency})", {"exchangerate": 2})
    assert (await desk.get(f"accounts({row['accountid']})"))["creditlimit_base"] == 80
    await desk.patch(f"accounts({row['accountid']})", {"creditlimit": 200})
    changed = await desk.get(f"accounts({row['accountid']})")
    assert (changed["creditlimit_base"], changed["exchangerate"]) == (100, 2)
    await desk.patch(f"accounts({row['accountid']})", {"creditlimit": None})
    assert (await desk.get(f"accounts({row['accountid']})"))["creditlimit_base"] is None


async def test_money_without_a_currency_is_in_the_base_currency(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "x", "creditlimit": 5})
    assert (row["_transactioncurrencyid_value"], row["creditlimit_base"]) == (await desk.currency(), 5)


@pytest.mark.fidelity("sales-9-precision")
async def test_more_decimals_are_rounded_by_the_precision_source(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "x", "creditlimit": 1.005})
    assert row["creditlimit"] == 1.01
    organization = (await desk.rows("organizations?$select=pricingdecimalprecision"))[0]
    await desk.patch(f"organizations({organization['organizationid']})", {"pricingdecimalprecision": 4})
    ids = await desk.product(price=1.23456)
    items = await desk.rows(f"productpricelevels?$select=amount&$filter=_productid_value eq {ids['product']}")
    assert items[0]["amount"] == 1.2346


@pytest.mark.fidelity("sales-9-base-currency")
async def test_the_base_currency_is_fixed(desk: Desk) -> None:
    base = f"transactioncurrencies({await desk.currency()})"
    assert error_of(await desk.call("PATCH", base, {"exchangerate": 2}))[1] == "0x80048cf5"
    assert error_of(await desk.call("PATCH", base, {"statecode": 1, "statuscode": 2}))[1] == "0x80048cf4"
    assert error_of(await desk.call("DELETE", base))[1] == "0x80048cff"


async def test_currency_codes_are_unique_and_fixed(desk: Desk) -> None:
    currency = await dollar(desk)
    with pytest.raises(AssertionError, match="0x80048cf3"):
        await dollar(desk)
    response = await desk.call("PATCH", f"transactioncurrencies({currency})", {"exchangerate": 0})
    assert response.status_code == 400


async def give_role(desk: Desk, team: str, unit: str) -> None:
    [role] = await desk.rows(f"roles?$filter=_businessunitid_value eq {unit} and name eq 'Salesperson'")
    reference = {"@odata.id": f"/api/data/v9.2/roles({role['roleid']})"}
    response = await desk.call("POST", f"teams({team})/teamroles_association/$ref", reference)
    assert response.is_success, response.text


@pytest.mark.fidelity("sales-9-team-role")
async def test_a_team_owns_rows_only_with_a_role_of_its_own_business_unit(desk: Desk) -> None:
    [root] = await desk.rows("businessunits?$filter=_parentbusinessunitid_value eq null")
    bind = f"/businessunits({root['businessunitid']})"
    unit = await desk.create("businessunits", {"name": "Cronus (1)", "parentbusinessunitid@odata.bind": bind})
    team = await desk.create("teams", {"name": "Owners", "businessunitid@odata.bind": f"/businessunits({unit['businessunitid']})"})
    owned = {"name": "x", "ownerid@odata.bind": f"/teams({team['teamid']})"}
    assert error_of(await desk.call("POST", "accounts", owned)) == (403, "0x80040220")
    with pytest.raises(AssertionError, match="0x8004140b"):
        await give_role(desk, team["teamid"], root["businessunitid"])
    await give_role(desk, team["teamid"], unit["businessunitid"])
    row = await desk.create("accounts", owned)
    assert (row["_owningteam_value"], row["_owningbusinessunit_value"]) == (team["teamid"], unit["businessunitid"])


@pytest.mark.fidelity("sales-9-owner")
async def test_owners_are_users_or_owner_teams(desk: Desk) -> None:
    team = await desk.create("teams", {"name": "Owners"})
    await give_role(desk, team["teamid"], team["_businessunitid_value"])
    row = await desk.create("accounts", {"name": "x", "ownerid@odata.bind": f"/teams({team['teamid']})"})
    assert (row["_owningteam_value"], row["_owninguser_value"]) == (team["teamid"], None)
    access = await desk.create("teams", {"name": "Access", "teamtype": 1})
    assert (
        error_of(await desk.call("POST", "accounts", {"name": "x", "ownerid@odata.bind": f"/teams({access['teamid']})"}))[1] == "0x80040229"
    )


@pytest.mark.fidelity("sales-9-owner-role")
async def test_owners_without_a_role_can_be_refused(desk: Desk) -> None:
    await desk.switch(ownerNeedsRole=True)
    user = {"systemuserid": "7ea40000-0000-4000-8000-000000000001", "lastname": "New"}
    await desk.control("POST", "seed", {"tables": {"systemusers": [user]}})
    refused = await desk.call("POST", "accounts", {"name": "x", "ownerid@odata.bind": f"/systemusers({user['systemuserid']})"})
    assert error_of(refused) == (403, "0x80040220")


async def test_full_names_and_addresses_are_computed(desk: Desk) -> None:
    contact = await desk.create(
        "contacts", {"firstname": "Ada", "lastname": "Lovelace", "address1_line1": "1 St James", "address1_city": "London"}
    )
    assert contact["fullname"] == "Ada Lovelace" and contact["address1_composite"] == "1 St James\r\nLondon"
    await desk.patch(f"contacts({contact['contactid']})", {"firstname": None, "fullname": "ignored"})
    assert (await desk.get(f"contacts({contact['contactid']})"))["fullname"] == "Lovelace"
