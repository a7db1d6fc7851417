"""The three security roles in Sales, with the privileges that the mappings need and no others (set-up, the app, people who see stock)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from infra.setup.steps import Plan, Step
from mapping.access import Access, Accesses, accesses
from mapping.model import TableMapping
from sync.services import odata
from sync.services.sales import Sales
from sync.setup.app_user import privileges_on

READ, CREATE, WRITE, DELETE, APPEND, APPEND_TO = (
    Access.READ, Access.CREATE, Access.WRITE, Access.DELETE, Access.APPEND, Access.APPEND_TO,
)  # fmt: skip
ADMINISTRATOR, USER, STOCK = (f"Couplet {each}" for each in ("Integration Administrator", "Integration User", "Product Availability User"))
AT_ONCE = 20
"""Names in one question."""

CLOSES = {"orderclose": frozenset({READ, CREATE, APPEND})}
"""An order is fulfilled or canceled by an activity."""

LOOKED_AT = (
    "organization", "systemuser", "businessunit", "team", "role", "transactioncurrency",
    "solution", "sdkmessageprocessingstep", "sdkmessage",
)  # fmt: skip
"""What Couplet reads whatever the mappings: whose organisation it is, its currencies, who may own rows, and whose code runs there."""

OWN = {"couplet_connection": frozenset({READ, CREATE, WRITE})}
"""The table that says which Couplet keeps a company in step (rule G3)."""

HOOKS = {
    "serviceendpoint": frozenset({READ, CREATE, WRITE, DELETE, APPEND, APPEND_TO}),
    "sdkmessageprocessingstep": frozenset({READ, CREATE, WRITE, DELETE, APPEND, APPEND_TO}),
    "sdkmessage": frozenset({READ, APPEND_TO}),
}
"""What lets Sales tell of changes (near real time)."""

OWNER_TEAM = {
    "businessunit": frozenset({READ, CREATE, WRITE, APPEND, APPEND_TO}),
    "team": frozenset({READ, CREATE, WRITE, APPEND, APPEND_TO}),
    "role": frozenset({READ, APPEND_TO}),
}
"""The team model makes a business unit and its owner team, which gets a role (rule D7)."""

METADATA_READ = ("prvReadEntity", "prvReadAttribute", "prvReadRelationship", "prvReadOptionSet", "prvReadEntityKey")
METADATA_WRITTEN = (
    "prvCreateEntity", "prvWriteEntity", "prvCreateAttribute", "prvWriteAttribute", "prvCreateRelationship", "prvCreateOptionSet",
    "prvWriteOptionSet", "prvCreateEntityKey", "prvPublishCustomization", "prvAssignRole",
)  # fmt: skip
STOCK_SEEN = {"product": frozenset({READ})}


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A role: what it lets its holders do with tables, and privileges that are on no table."""

    name: str
    purpose: str
    tables: Accesses = field(default_factory=dict)
    platform: tuple[str, ...] = ()


def wanted(mappings: Iterable[TableMapping]) -> tuple[Role, ...]:
    """The roles as the mappings need them."""
    looked_at = dict.fromkeys(LOOKED_AT, frozenset({READ}))
    return (
        Role(
            name=ADMINISTRATOR,
            purpose="with which the app makes values of choices, webhooks and the owner team",
            tables=_together(HOOKS, OWNER_TEAM),
            platform=(*METADATA_READ, *METADATA_WRITTEN),
        ),
        Role(
            name=USER,
            purpose="with which the app keeps records in step",
            tables=_together(accesses(mappings), CLOSES, looked_at, OWN),
            platform=METADATA_READ,
        ),
        Role(name=STOCK, purpose="for people who see stock and have no other right to see products", tables=STOCK_SEEN),
    )


def _together(*parts: Accesses) -> Accesses:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: frozenset().union(*(part.get(name, frozenset()) for part in parts)) for name in names}


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """What an organisation has: roles by name with the depth of each privilege, and the privileges on tables and on metadata by name."""

    organization: str
    unit: str
    roles: Mapping[str, str]
    held: Mapping[str, Mapping[str, str]]
    on_tables: Mapping[str, Mapping[str, Mapping[str, Any]]]
    platform: Mapping[str, Mapping[str, Any]]


async def look(sales: Sales, roles: Iterable[Role]) -> Present:
    """The root business unit, its roles of these names, and what privileges there are."""
    roles = tuple(roles)
    unit = await root_unit(sales)
    known = await named(sales, unit, [role.name for role in roles])
    held = {name: (await sales.get(f"RetrieveRolePrivilegesRole(RoleId={id_})"))["RolePrivileges"] for name, id_ in known.items()}
    return Present(
        organization=(await sales.organization()).id,
        unit=unit,
        roles=known,
        held={name: {str(each["PrivilegeId"]): str(each["Depth"]) for each in privileges} for name, privileges in held.items()},
        on_tables=await privileges_on(sales, dict.fromkeys(name for role in roles for name in role.tables)),
        platform=await _on_metadata(sales, dict.fromkeys(name for role in roles for name in role.platform)),
    )


async def root_unit(sales: Sales) -> str:
    """The id of the root business unit."""
    [unit] = (await sales.get("businessunits?$select=businessunitid&$filter=_parentbusinessunitid_value eq null"))["value"]
    return str(unit["businessunitid"])


async def named(sales: Sales, unit: str, names: Iterable[str]) -> dict[str, str]:
    """The ids of those of the named roles that a business unit has, by name."""
    either = " or ".join(f"name eq {odata.literal(name, sales.side)}" for name in names)
    asked = {"$select": "roleid,name", "$filter": f"_businessunitid_value eq {unit} and ({either})"}
    return {str(row["name"]): str(row["roleid"]) for row in (await sales.get(odata.address("roles", asked)))["value"]}


async def _on_metadata(sales: Sales, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for part in odata.chunks(list(names), AT_ONCE):
        wanted = {"$select": "privilegeid,name,canbeglobal", "$filter": " or ".join(f"name eq '{name}'" for name in part)}
        found |= {row["name"]: row for row in (await sales.get(odata.address("privileges", wanted)))["value"]}
    return found


def plan_roles(roles: Iterable[Role], present: Present) -> Plan:
    """The roles that are not there yet. Sales itself gives each some privileges, so that its holders can sign in."""
    return Plan(steps=tuple(_making(role, present) for role in roles if role.name not in present.roles))


def plan_privileges(roles: Iterable[Role], present: Present) -> Plan:
    """The privileges that roles lack; what is there beyond stays."""
    steps: list[Step] = []
    notes: list[str] = []
    for role in roles:
        needed, unknown = _needed(role, present)
        notes += [f"{role.name}: {each}" for each in unknown]
        steps += _giving(role, present, needed)
    return Plan(steps=tuple(steps), notes=tuple(notes))


def role_id(organization: str, name: str) -> str:
    """The id that a role of ours gets where there is none of its name yet."""
    return str(uuid5(NAMESPACE_URL, f"couplet/{organization}/role/{name}"))


def _needed(role: Role, present: Present) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """The privileges by name with id and depth; and what this organisation does not know."""
    found: dict[str, tuple[str, str]] = {}
    unknown: list[str] = []
    for table, kinds in sorted(role.tables.items()):
        known = present.on_tables.get(table)
        if known is None:
            unknown.append(f"what it may do with {table} follows when the table is there")
            continue
        for privilege in (known[kind] for kind in sorted(kinds) if kind in known):
            found[privilege["Name"]] = (str(privilege["PrivilegeId"]), _depth(privilege))
    for name in role.platform:
        row = present.platform.get(name)
        if row is None:
            unknown.append(f"Sales knows no privilege {name}; left out")
            continue
        found[name] = (str(row["privilegeid"]), "Global")
    return found, unknown


def _depth(privilege: Mapping[str, Any]) -> str:
    """Rows of the whole organisation, as far as the table has such a thing."""
    return next(each for each in ("Global", "Deep", "Local", "Basic") if privilege[f"CanBe{each}"])


def _making(role: Role, present: Present) -> Step:
    bind = {"businessunitid@odata.bind": f"/businessunits({present.unit})"}
    values = {"roleid": role_id(present.organization, role.name), "name": role.name, **bind}
    return Step(f"make the security role {role.name}, {role.purpose}", "POST", "roles", values)


def _giving(role: Role, present: Present, needed: Mapping[str, tuple[str, str]]) -> Iterable[Step]:
    """All that the role holds and needs, replaced at once: adding a privilege that is there leaves how deep it reaches."""
    held = present.held.get(role.name, {})
    lacking = [name for name, (privilege, depth) in needed.items() if held.get(privilege) != depth]
    if not lacking:
        return
    given = {privilege: depth for privilege, depth in needed.values()}
    privileges = [{"PrivilegeId": each, "Depth": depth} for each, depth in {**held, **given}.items()]
    shown = ", ".join(sorted(lacking)) if len(lacking) <= AT_ONCE else f"{len(lacking)} privileges"
    id_ = present.roles.get(role.name) or role_id(present.organization, role.name)
    action = f"roles({id_})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole"
    yield Step(f"give {role.name} {shown}", "POST", action, {"Privileges": privileges})
