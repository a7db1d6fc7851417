"""What a role lets an application do, and how roles, application users and forms are made."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.sandbox.sales.desk import ORIGIN, Desk, error_of, token

OTHER = "11111111-2222-3333-4444-555555555555"
Answer = tuple[int, str]


class Guest(Desk):
    """An application with one role of its own, at the same simulator."""

    def __init__(self, desk: Desk, role: str) -> None:
        super().__init__(desk.client, desk.origin)
        self.headers = {"Authorization": f"Bearer {token(ORIGIN, OTHER)}"}
        self.host = desk
        self.role = role

    async def gets(self, *names: str, depth: str = "Global") -> None:
        """Somebody gives the role these privileges."""
        ids = {row["name"]: row["privilegeid"] for row in await self.host.rows("privileges?$select=name")}
        given = [{"PrivilegeId": ids[name], "Depth": depth} for name in names]
        await self.host.act(f"roles({self.role})/Microsoft.Dynamics.CRM.AddPrivilegesRole", {"Privileges": given})

    async def refused(self, method: str, url: str, body: Any = None) -> str:
        """The privilege that a refusal names."""
        response = await self.call(method, url, body)
        assert error_of(response) == (403, "0x80040220"), response.text
        return str(response.json()["error"]["message"]).split(" is missing ")[1].removesuffix(" privilege.")


@pytest.fixture
async def guest(desk: Desk) -> Guest:
    unit = (await desk.rows("businessunits"))[0]["businessunitid"]
    bind = {"businessunitid@odata.bind": f"/businessunits({unit})"}
    role = (await desk.create("roles", {"name": "Guest", **bind}))["roleid"]
    user = (await desk.create("systemusers", {"applicationid": OTHER, **bind}))["systemuserid"]
    await desk.act(f"systemusers({user})/systemuserroles_association/$ref", {"@odata.id": f"{desk.base}roles({role})"})
    return Guest(desk, role)


@pytest.mark.fidelity("sales-1-privileges")
async def test_a_role_lets_an_application_do_what_it_says_and_nothing_else(guest: Guest) -> None:
    assert await guest.refused("GET", "accounts") == "prvReadAccount"
    assert await guest.refused("POST", "accounts", {"name": "A"}) == "prvCreateAccount"
    await guest.gets("prvReadAccount", "prvCreateAccount")
    row = await guest.create("accounts", {"name": "A"})
    one = f"accounts({row['accountid']})"
    assert await guest.refused("PATCH", one, {"name": "B"}) == "prvWriteAccount"
    assert await guest.refused("DELETE", one) == "prvDeleteAccount"
    assert await guest.refused("POST", "EntityDefinitions(LogicalName='account')/Attributes", {}) == "prvCreateAttribute"
    assert await guest.refused("GET", "salesorderdetails") == "prvReadOrder"


@pytest.mark.fidelity("sales-1-privileges")
async def test_binding_a_row_to_another_takes_append_and_append_to_and_giving_it_away_assign(guest: Guest) -> None:
    await guest.gets("prvReadContact", "prvCreateContact", "prvWriteContact", "prvReadAccount", "prvCreateAccount")
    account = await guest.create("accounts", {"name": "A"})
    bound = {"lastname": "B", "parentcustomerid_account@odata.bind": f"/accounts({account['accountid']})"}
    assert await guest.refused("POST", "contacts", bound) == "prvAppendContact"
    await guest.gets("prvAppendContact")
    assert await guest.refused("POST", "contacts", bound) == "prvAppendToAccount"
    await guest.gets("prvAppendToAccount")
    contact = await guest.create("contacts", bound)
    person = (await guest.host.rows("systemusers?$filter=lastname eq 'Box'"))[0]["systemuserid"]
    given = {"ownerid@odata.bind": f"/systemusers({person})"}
    assert await guest.refused("PATCH", f"contacts({contact['contactid']})", given) == "prvAssignContact"


@pytest.mark.fidelity("sales-4-privilege")
async def test_changes_are_tracked_for_those_who_read_the_whole_organisation(guest: Guest) -> None:
    await guest.gets("prvReadAccount", depth="Local")
    assert (await guest.call("GET", "accounts")).status_code == 200
    response = await guest.call("GET", "accounts", Prefer="odata.track-changes")
    assert error_of(response) == (403, "0x80040220")
    await guest.host.act(f"roles({guest.role})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole", {"Privileges": []})
    await guest.gets("prvReadAccount")
    assert (await guest.call("GET", "accounts", Prefer="odata.track-changes")).status_code == 200


@pytest.mark.fidelity("sales-1-roles")
async def test_a_privilege_that_is_there_keeps_its_depth_and_the_role_can_be_asked(guest: Guest) -> None:
    await guest.gets("prvReadAccount", depth="Basic")
    await guest.gets("prvReadAccount")
    asked = f"RetrieveRolePrivilegesRole(RoleId={guest.role})"
    held = {each["PrivilegeName"]: each["Depth"] for each in (await guest.host.get(asked))["RolePrivileges"]}
    assert held["prvReadAccount"] == "Basic" and "prvReadEntity" in held, "the platform gives some to each new role"
    [row] = await guest.host.rows(f"roles?$filter=roleid eq {guest.role}&$expand=roleprivileges_association($select=name)")
    assert {each["name"] for each in row["roleprivileges_association"]} == held.keys()
    [administrator] = await guest.host.rows("roles?$filter=name eq 'System Administrator'")
    response = await guest.host.call("POST", f"roles({administrator['roleid']})/Microsoft.Dynamics.CRM.AddPrivilegesRole", {})
    assert response.status_code == 400
    who = (await guest.host.rows(f"systemusers?$filter=applicationid eq {OTHER}"))[0]["systemuserid"]
    mine = (await guest.host.get(f"systemusers({who})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"))["RolePrivileges"]
    assert {each["PrivilegeName"] for each in mine} == held.keys()


@pytest.mark.fidelity("sales-1-roles")
async def test_a_new_role_is_there_in_every_business_unit(desk: Desk) -> None:
    root = (await desk.rows("businessunits"))[0]["businessunitid"]
    child = await desk.create("businessunits", {"name": "North", "parentbusinessunitid@odata.bind": f"/businessunits({root})"})
    role = await desk.create("roles", {"name": "Guest", "businessunitid@odata.bind": f"/businessunits({root})"})
    copies = await desk.rows(f"roles?$filter=_parentrootroleid_value eq {role['roleid']}&$select=_businessunitid_value")
    assert {row["_businessunitid_value"] for row in copies} == {root, child["businessunitid"]}


@pytest.mark.fidelity("sales-1-new-application-user")
async def test_an_application_user_needs_a_business_unit_and_is_made_once(guest: Guest) -> None:
    assert (await guest.host.call("POST", "systemusers", {"applicationid": OTHER})).status_code == 400
    unit = (await guest.host.rows("businessunits"))[0]["businessunitid"]
    again = {"applicationid": OTHER, "businessunitid@odata.bind": f"/businessunits({unit})"}
    assert error_of(await guest.host.call("POST", "systemusers", again)) == (412, "0x80040237")
    await guest.host.control("POST", "reset", {"factory": True, "admitted": False})
    assert (await guest.host.call("GET", "WhoAmI()")).status_code == 403


@pytest.mark.fidelity("sales-10-forms")
async def test_a_changed_form_is_checked_and_seen_once_it_is_published(desk: Desk) -> None:
    asked = "systemforms?$filter=objecttypecode eq 'account' and type eq 2&$select=formxml"
    [form] = await desk.rows(asked)
    one, before = f"systemforms({form['formid']})", form["formxml"]
    for broken in ("<form>", before.replace('datafieldname="name"', 'datafieldname="nonsense"'), before.replace("<form>", "<list>")):
        assert (await desk.call("PATCH", one, {"formxml": broken}, If_Match="*")).status_code == 400
    view = escape('<QuickFormIds><QuickFormId entityname="account">00000000-0000-0000-0000-000000000001</QuickFormId></QuickFormIds>')
    missing = before.replace(
        "</rows>", f"<row><cell id='x'><control><parameters><QuickForms>{view}</QuickForms></parameters></control></cell></row></rows>"
    )
    assert (await desk.call("PATCH", one, {"formxml": missing}, If_Match="*")).status_code == 404
    after = before.replace('datafieldname="name"', 'datafieldname="accountnumber"')
    await desk.patch(one, {"formxml": after})
    assert (await desk.rows(asked))[0]["formxml"] == before
    await desk.act("PublishXml", {"ParameterXml": "<importexportxml><entities><entity>account</entity></entities></importexportxml>"})
    assert (await desk.rows(asked))[0]["formxml"] == after
