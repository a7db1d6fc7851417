"""The owner team of a company, made as the administrator, and the salespeople's users in it (rule D7, team model; F035)."""

from __future__ import annotations

from collections.abc import Callable

from infra.setup.steps import JSON
from mapping.values import Refusal, Side
from sync.around.option_tables import SalesTables
from sync.around.owner_team import lacking, owner_team
from sync.around.reference import Reference
from sync.context import Context
from sync.errors.setup import TeamLacking
from sync.services.connections import Connections
from sync.services.http import body
from sync.services.model import Service
from sync.services.odata import guid
from sync.settings import Settings
from sync.setup.people import users_who_sell
from sync.store import Store


async def seen(settings: Settings, connections: Connections, name: str) -> Context:
    """A company as the person sees it who signs in; its store is never opened."""
    bc, sales = connections.business_central(name), connections.sales
    services: dict[Side, Service] = {Side.BC: bc, Side.SALES: SalesTables(sales)}
    company, store = await bc.company_id(), Store.open(settings)
    return Context(company=company, settings=settings, store=store, bc=bc, sales=sales, services=services, reference=Reference())


async def missing(ctx: Context) -> list[str]:
    """What is to be done, in words."""
    return [f"make {each}" for each in await lacking(ctx)]


async def made(ctx: Context, say: Callable[[str], None]) -> None:
    """Unit, team and role, as far as they are not there; then the users who are salespeople by their e-mail become members."""
    team = await owner_team(ctx)
    if isinstance(team, Refusal):
        raise TeamLacking(f"{team.detail}.", side=Side.SALES)
    say(f"  the owner team of {await ctx.bc.company_name()} is there")
    members = f"teams({guid(team)})/teammembership_association"
    present = {row["systemuserid"] for row in (await ctx.sales.get(f"{members}?$select=systemuserid"))["value"]}
    for each in await users_who_sell(ctx, "islicensed eq true"):
        if each["user"] not in present:
            reference = {"@odata.id": f"{ctx.sales.root}/systemusers({guid(each['user'])})"}
            await ctx.sales.send("POST", f"{ctx.sales.root}/{members}/$ref", headers=JSON, content=body(reference))
            say(f"  {each['mail']} is a member of it now")
