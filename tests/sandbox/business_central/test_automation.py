"""The automation API of the simulator: what an administrator sees and gives, and the card that only a person makes."""

from __future__ import annotations

import pytest

from sandbox import identity
from tests.sandbox.business_central.client import COMPANY, Client

API = f"/v2.0/{identity.TENANT}/sandbox/api/microsoft/automation/v2.0/{COMPANY}"


@pytest.mark.fidelity("bc-2-card")
async def test_an_app_without_a_card_is_refused_where_cards_are_asked_for(bc: Client) -> None:
    await bc.switch(cards=True)
    assert (await bc.get("customers")).status_code == 401
    await bc.hand("card", clientId=identity.CLIENT_ID, name="Couplet")
    assert (await bc.get("customers")).status_code == 200


@pytest.mark.fidelity("bc-2-automation")
async def test_a_user_is_given_a_permission_set_that_there_is_once(bc: Client) -> None:
    assert await bc.rows(f"{API}/users") == []
    user = await bc.hand("card", clientId=identity.CLIENT_ID, name="Couplet", permissionSets=["D365 BASIC"])
    permitted = f"{API}/users({user['userSecurityId']})/userPermissions"
    await bc.create(permitted, roleId="COUPLET EDIT", company="Demo Company")
    assert [row["roleId"] for row in await bc.rows(permitted)] == ["D365 BASIC", "COUPLET EDIT"]
    again = {"roleId": "COUPLET EDIT", "company": "Demo Company"}
    assert await bc.refused("POST", permitted, again) == (400, "Internal_EntityWithSameKeyExists")
    assert (await bc.refused("POST", permitted, {"roleId": "NOBODY"}))[0] == 400
    assert (await bc.refused("GET", f"{API}/users(nobody)/userPermissions"))[0] == 404


@pytest.mark.fidelity("bc-2-automation")
async def test_the_extension_and_its_permission_sets_are_there_together(bc: Client) -> None:
    assert [row["displayName"] for row in await bc.rows(f"{API}/extensions")] == ["Couplet"]
    assert "COUPLET EDIT" in {row["id"] for row in await bc.rows(f"{API}/permissionSets")}
    await bc.switch(profile="standard")
    assert await bc.rows(f"{API}/extensions") == []
    assert "COUPLET EDIT" not in {row["id"] for row in await bc.rows(f"{API}/permissionSets")}
