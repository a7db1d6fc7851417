"""The setting of the organisation that lets orders go to a back office: what is there, and the switch (rule E6)."""

from __future__ import annotations

from collections.abc import Callable

from mapping.ours import COLUMNS, LINK
from mapping.steps import Update
from mapping.values import Side
from sync.around.ours import find_ours
from sync.services.sales import Sales

SETTING = "issopintegrationenabled"
TABLE = "salesorder"


async def switch_orders(sales: Sales, wanted: bool, *, apply: bool, say: Callable[[str], None], complain: Callable[[str], None]) -> bool:
    """Say what is to be done, and with `apply` do it; False where something stands in the way."""
    organization = await sales.organization()
    word = "on" if wanted else "off"
    if (SETTING in organization.features) is wanted:
        say(f"Nothing to do: the organisation's setting {SETTING} is {word}.")
        return True
    obstacle = await (_before_on(sales) if wanted else _before_off(sales))
    if obstacle:
        complain(obstacle)
        return False
    say(f"{'done' if apply else 'to do'}: the organisation's setting {SETTING} is switched {word}")
    if not apply:
        return True
    [answer] = await sales.write([Update(side=Side.SALES, table="organizations", id=organization.id, values={SETTING: wanted})])
    if answer.error:
        complain(f"refused: {answer.error}: an administrator of Sales switches it")
    return answer.error is None


async def _before_on(sales: Sales) -> str | None:
    """By the columns of an order Couplet knows what became of it in Business Central: without them it takes none over."""
    there = (await find_ours(sales)).columns.get(TABLE, frozenset())
    lacking = [column for column in COLUMNS if column not in there and column != LINK]
    return f"First the columns, with --apply: {TABLE} lacks {', '.join(lacking)}" if lacking else None


async def _before_off(sales: Sales) -> str | None:
    """Natively, too, nobody switches it off over an order that is on its way."""
    submitted = await sales.get("salesorders?$select=salesorderid&$filter=statecode eq 1&$top=1")
    return "There are submitted orders: let them be taken over, or set them back to Active, before" if submitted["value"] else None
