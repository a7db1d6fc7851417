"""The owner team of a company in Sales, and the business unit that it stands in (rule D7, team model).

Found by the company's id in the name of the unit, as the native connector names it too, else made at the first need, under ids of our
own. Renaming the company renames neither.
"""

from __future__ import annotations

from mapping.values import Refusal, Side
from sync.around.ids import own_id
from sync.context import Context
from sync.errors import AccessDenied, AlreadyExists, NoOwnerTeam, ServiceError
from sync.heart.plan import Call, Create, Row
from sync.services import odata
from sync.services.model import Query
from sync.services.odata import guid

NAME = "owner team"
PREFIXES = ("Couplet - ", "BCI - ")
"""How the team is named before the name of its unit: by us, and by the native connector."""

OWNS = 0
"""team.teamtype: Owner."""


class _Lacking(Exception):
    """Something that Couplet may not make, in words."""


async def owner_team(ctx: Context, *, planned: bool = False) -> str | Refusal:
    """The id of the team that owns new rows of the company, or why there is none; where it is only `planned`, nothing is made."""
    if planned:
        return await _team(ctx, await _unit(ctx, planned=True), planned=True)
    found = await ctx.reference.get(NAME, lambda: _found_or_made(ctx))
    if isinstance(found, Refusal):
        ctx.reference.forget(NAME)
    return found


async def lacking(ctx: Context) -> list[str]:
    """What of team, unit and role is not there, in words; nothing is made."""
    unit = await _present_unit(ctx)
    if unit is None:
        return [f"the business unit of {await ctx.bc.company_name()}", "its owner team"]
    team = await _present_team(ctx, unit)
    if team is None:
        return [f"the owner team of {unit['name']}"]
    return [] if await _has_role(ctx, team) else [f"the security role {ctx.settings.owner_role} of the owner team of {unit['name']}"]


async def _found_or_made(ctx: Context) -> str | Refusal:
    try:
        unit = await _unit(ctx)
        team = await _team(ctx, unit)
        await _give_role(ctx, unit, team)
    except _Lacking as lacking:
        return Refusal(code=NoOwnerTeam.code, detail=str(lacking))
    return team


async def known_owner_team(ctx: Context) -> str | None:
    """The id of the team where it is there already; nothing is made."""
    unit = await _present_unit(ctx)
    return await _present_team(ctx, unit) if unit else None


async def _present_unit(ctx: Context) -> Row | None:
    """The business unit whose name ends with the company's id."""
    wanted = f"endswith(name,{odata.literal(f'({ctx.company})', Side.SALES)})"
    return next(iter(await _rows(ctx, "businessunits", ("businessunitid", "name"), wanted)), None)


async def _unit(ctx: Context, *, planned: bool = False) -> Row:
    """That business unit, made where it is not there."""
    found = await _present_unit(ctx)
    if found:
        return found
    [root] = await _rows(ctx, "businessunits", ("businessunitid", "name"), "_parentbusinessunitid_value eq null")
    company = next((str(row["name"]) for row in await ctx.bc.companies() if row["id"] == ctx.company), ctx.bc.company)
    unit = {"businessunitid": await own_id(ctx, "businessunits"), "name": f"{company} ({ctx.company})"}
    bind = {"parentbusinessunitid@odata.bind": f"/businessunits({root['businessunitid']})"}
    if not planned:
        await _make(ctx, "businessunits", unit["businessunitid"], {"name": unit["name"], **bind}, f"the business unit {unit['name']}")
    return unit


def _names(unit: Row) -> list[str]:
    return [f"{prefix}{unit['name']}" for prefix in PREFIXES]


async def _present_team(ctx: Context, unit: Row) -> str | None:
    """The owner team of that unit."""
    here = f"_businessunitid_value eq {guid(unit['businessunitid'])} and teamtype eq {OWNS} and isdefault eq false"
    found = {str(row["name"]).casefold(): row for row in await _rows(ctx, "teams", ("teamid", "name"), here)}
    return next((str(found[name.casefold()]["teamid"]) for name in _names(unit) if name.casefold() in found), None)


async def _team(ctx: Context, unit: Row, *, planned: bool = False) -> str:
    """That owner team, made where it is not there."""
    known = await _present_team(ctx, unit)
    if known:
        return known
    name = _names(unit)[0]
    id_, bind = await own_id(ctx, "teams"), {"businessunitid@odata.bind": f"/businessunits({unit['businessunitid']})"}
    if not planned:
        await _make(ctx, "teams", id_, {"name": name, "teamtype": OWNS, **bind}, f"the owner team {name} in its business unit")
    return id_


async def _has_role(ctx: Context, team: str) -> bool:
    return bool((await ctx.sales.get(f"teams({guid(team)})/teamroles_association?$select=roleid"))["value"])


async def _give_role(ctx: Context, unit: Row, team: str) -> None:
    """A team without a security role can own nothing: it gets that of the setting, as it stands in the team's business unit."""
    role = ctx.settings.owner_role
    if await _has_role(ctx, team):
        return
    here = f"_businessunitid_value eq {guid(unit['businessunitid'])} and name eq {odata.literal(role, Side.SALES)}"
    found = await _rows(ctx, "roles", ("roleid",), here)
    what = f"the security role {role} of the owner team of {unit['name']}"
    if not found:
        raise _Lacking(f"{what} is missing: there is no role of that name")
    reference = {"@odata.id": f"{ctx.sales.root}/roles({found[0]['roleid']})"}
    give = Call(side=Side.SALES, name=f"teams({guid(team)})/teamroles_association/$ref", body=reference)
    [answer] = await ctx.services[Side.SALES].write([give])
    if answer.error:
        _refuse(answer.error, what)


async def _rows(ctx: Context, table: str, columns: tuple[str, ...], wanted: str) -> list[Row]:
    return (await ctx.services[Side.SALES].page(Query(table=table, columns=columns, filter=wanted))).rows


async def _make(ctx: Context, table: str, id_: str, values: Row, what: str) -> None:
    """Make a row under an id of our own, so that two who try make one."""
    [answer] = await ctx.services[Side.SALES].write([Create(side=Side.SALES, table=table, id=id_, values=values)])
    if answer.error and not isinstance(answer.error, AlreadyExists):
        _refuse(answer.error, what)


def _refuse(error: ServiceError, what: str) -> None:
    if error.transient:
        raise error
    why = "the app's user may not make or give it" if isinstance(error, AccessDenied) else "Sales refused to make or give it"
    raise _Lacking(f"{what} is missing, and {why}") from error
