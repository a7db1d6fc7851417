"""The app in Sales: its application user and the roles that it has. A person's account is refused, an administrator's role named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from infra.setup.roles import named, root_unit
from infra.setup.steps import Plan, Step
from sync.services import odata
from sync.services.sales import Sales
from sync.setup.app_user import SYSTEM_ADMINISTRATOR

COLUMNS = "systemuserid,fullname,isdisabled,islicensed,_businessunitid_value"


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """The root business unit, the user with this application id if there is one, its roles, and the roles of its unit by name."""

    organization: str
    unit: str
    user: Mapping[str, Any] | None = None
    roles: Sequence[Mapping[str, Any]] = ()
    offered: Mapping[str, str] = field(default_factory=dict)


async def look(sales: Sales, client_id: str, names: Sequence[str]) -> Present:
    """Who the app is in Sales, and which of the named roles stand in its business unit."""
    unit = await root_unit(sales)
    asked = {"$select": COLUMNS, "$filter": f"applicationid eq {odata.guid(client_id)}"}
    users = (await sales.get(odata.address("systemusers", asked)))["value"]
    user = users[0] if users else None
    roles = "roleid,name,_roletemplateid_value"
    return Present(
        organization=(await sales.organization()).id,
        unit=unit,
        user=user,
        roles=(await sales.get(f"systemusers({user['systemuserid']})/systemuserroles_association?$select={roles}"))["value"]
        if user
        else (),
        offered=await named(sales, str(user["_businessunitid_value"]) if user else unit, names),
    )


def plan_user(present: Present, client_id: str) -> Plan:
    """The user, where there is none; a person's account, a disabled one and an administrator's role are for people to settle."""
    user = present.user
    if user is None:
        id_ = str(uuid5(NAMESPACE_URL, f"couplet/{present.organization}/user/{client_id}"))
        bind = {"businessunitid@odata.bind": f"/businessunits({present.unit})"}
        values = {"systemuserid": id_, "applicationid": client_id, **bind}
        return Plan(steps=(Step(f"admit the app {client_id} as an application user", "POST", "systemusers", values),))
    name, by_hand = user["fullname"], []
    if user["islicensed"]:
        by_hand.append(f"{name} is a person's account, with a licence: take the app's id off it, and the app gets a user of its own")
    if user["isdisabled"]:
        by_hand.append(f"the application user {name} is disabled: enable it (Power Platform admin center, Application users)")
    if any(role.get("_roletemplateid_value") == SYSTEM_ADMINISTRATOR for role in present.roles):
        by_hand.append(f"the application user {name} has the role System Administrator: take it away, Couplet's roles are enough")
    return Plan(by_hand=tuple(by_hand))


def plan_roles(present: Present, names: Sequence[str], root: str) -> Plan:
    """The roles that the user lacks; `root` is the service's address, which a reference must name whole."""
    user = present.user
    if user is None or user["islicensed"]:
        return Plan(notes=() if user else (f"the application user gets the roles {', '.join(names)} once it is there",))
    held = {str(role["name"]) for role in present.roles}
    lacking = [name for name in names if name not in held]
    path = f"systemusers({user['systemuserid']})/systemuserroles_association/$ref"
    steps = tuple(
        Step(f"give {user['fullname']} the role {name}", "POST", path, {"@odata.id": f"{root}/roles({present.offered[name]})"})
        for name in lacking
        if name in present.offered
    )
    later = tuple(f"{user['fullname']} gets the role {name} once it is there" for name in lacking if name not in present.offered)
    return Plan(steps=steps, notes=later)
