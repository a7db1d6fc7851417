"""People in Sales: salespeople whose users can own nothing, and the owner team of the company (rule D7)."""

from __future__ import annotations

from mapping.modes import Ownership
from mapping.values import Row, Side
from sync.around.owner_team import known_owner_team, lacking
from sync.around.reference import all_rows
from sync.context import Context
from sync.desk.opening import sales_page
from sync.errors.setup import TeamLacking, Unlicensed
from sync.setup.model import Facts, Place, Requirement

USERS, SALESPEOPLE = "systemusers", "salespeoplePurchasers"
PERSON = "isdisabled eq false and applicationid eq null and internalemailaddress ne null"


async def users_who_sell(ctx: Context, where: str) -> list[Row]:
    """The users of Sales, of those that a filter selects, whose e-mail is that of a salesperson: `user`, `mail` and `code`."""
    people = await all_rows(ctx.bc, SALESPEOPLE, ("id", "code", "email"))
    known = {str(row["email"]).casefold(): row["code"] for row in people if row.get("email")}
    users = await all_rows(ctx.sales, USERS, ("systemuserid", "internalemailaddress"), f"{where} and {PERSON}")
    found = [(row["systemuserid"], str(row["internalemailaddress"])) for row in users]
    return [{"user": user, "mail": mail, "code": known[mail.casefold()]} for user, mail in found if mail.casefold() in known]


async def _licences(place: Place) -> Facts:
    """Only of those who are salespeople: where the team owns, nobody needs one for it."""
    ctx = await place.systems()
    if not any(mapping.sales.name == USERS for mapping in ctx.mappings.values()):
        return {"asked": False}
    without = await users_who_sell(ctx, "islicensed eq false and accessmode eq 0")
    if without:
        named = [{"userId": each["user"], "salesperson": each["code"]} for each in without]
        raise Unlicensed(f"{len(without)} users of Sales who are salespeople have no licence.", side=Side.SALES, users=named)
    return {"asked": True}


LICENCES = Requirement(name="licences", says="Salespeople who are users of Sales have a licence.", look=_licences, needed=False)


async def _team(place: Place) -> Facts:
    ctx = await place.systems()
    if ctx.settings.ownership is not Ownership.TEAM:
        return {"ownership": ctx.settings.ownership}
    missing = await lacking(ctx)
    if missing:
        raise TeamLacking(f"Not there: {'; '.join(missing)}.", side=Side.SALES, missing=missing)
    page = sales_page(ctx.settings, "team", await known_owner_team(ctx) or "")
    return {"ownership": ctx.settings.ownership, "role": ctx.settings.owner_role, "teamUrl": page}


TEAM = Requirement(
    name="ownerTeam", says="The company's owner team is there, in its business unit, with its role.", look=_team, needed=False
)
