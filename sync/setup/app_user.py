"""The app's user in Sales: an application and no person, not all-powerful, and with the privileges that the mappings need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from mapping.access import Access, of_mapping
from mapping.values import Row, Side
from sync.errors.setup import NoAppUser, PrivilegesMissing
from sync.services import odata
from sync.services.odata import guid
from sync.services.sales import Sales
from sync.setup.model import Facts, Place, Requirement

SYSTEM_ADMINISTRATOR = "627090ff-40a3-4053-8790-584edc5be201"
"""The template of System Administrator, whatever its name in the language of the organisation."""

AT_ONCE = 20
"""Tables of one question for their privileges."""


async def _user(place: Place) -> Facts:
    sales = place.environment.connections.sales
    user = await _me(sales)
    path = f"systemusers({guid(user)})"
    row = await sales.get(f"{path}?$select=applicationid")
    roles = (await sales.get(f"{path}/systemuserroles_association?$select=name,_roletemplateid_value"))["value"]
    if not row.get("applicationid"):
        raise NoAppUser("The app signs in to Sales as a person.", side=Side.SALES, userId=user)
    if any(role.get("_roletemplateid_value") == SYSTEM_ADMINISTRATOR for role in roles):
        raise NoAppUser("The app's user in Sales has the role System Administrator.", side=Side.SALES, userId=user)
    return {"userId": user, "roles": sorted(str(role["name"]) for role in roles)}


USER = Requirement(
    name="appUser", says="The app has a user of its own in Sales, with no more rights than it needs.", look=_user, needed=False
)


async def _privileges(place: Place) -> Facts:
    ctx = await place.systems()
    held = await _held(ctx.sales)
    wanted = {name: of_mapping(mapping) for name, mapping in ctx.mappings.items() if not mapping.sales.is_choice}
    known = await privileges_on(ctx.sales, sorted({table for needs in wanted.values() for table in needs}))
    lacking = {name: found for name, needs in wanted.items() if (found := _lacking(needs, known, held))}
    if lacking:
        raise PrivilegesMissing(f"Privileges are missing for {', '.join(sorted(lacking))}.", side=Side.SALES, missing=lacking)
    return {"mappings": len(wanted)}


PRIVILEGES = Requirement(name="privileges", says="The app's user in Sales has the privileges that the mappings need.", look=_privileges)


async def _me(sales: Sales) -> str:
    return str((await sales.who_am_i())["UserId"])


async def _held(sales: Sales) -> frozenset[str]:
    """The ids of the privileges of the app's user, of all its roles together."""
    answer = await sales.get(f"systemusers({guid(await _me(sales))})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()")
    return frozenset(str(each["PrivilegeId"]).lower() for each in answer["RolePrivileges"])


async def privileges_on(sales: Sales, tables: Iterable[str]) -> Mapping[str, Mapping[str, Row]]:
    """The privileges on each of these tables that is there, by the kind of access: lines have those of their document."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for part in odata.chunks(list(tables), AT_ONCE):
        either = " or ".join(f"LogicalName eq {odata.literal(name, Side.SALES)}" for name in part)
        answer = await sales.get(odata.address("EntityDefinitions", {"$select": "LogicalName,Privileges", "$filter": either}))
        for row in answer["value"]:
            found[row["LogicalName"]] = {each["PrivilegeType"]: each for each in row["Privileges"]}
    return found


def _lacking(needs: Mapping[str, frozenset[Access]], known: Mapping[str, Mapping[str, Row]], held: frozenset[str]) -> dict[str, list[str]]:
    """The names of the privileges that one mapping lacks, by table; a table that is not there is told by the columns."""
    found: dict[str, list[str]] = {}
    for table, accesses in needs.items():
        privileges = [known.get(table, {}).get(access) for access in sorted(accesses)]
        names = [str(each["Name"]) for each in privileges if each and str(each["PrivilegeId"]).lower() not in held]
        if names:
            found[table] = names
    return found
