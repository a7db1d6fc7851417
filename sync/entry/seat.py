"""A second Couplet on the same pair (rule G3): each app says in Sales that it keeps a company in step, and stops where another does.

The app is told by its state, not by its address: one that moved goes on, and so does a slot that took over. A copy of the state, or a
backup, knows only what was said before it was made, and waits until a person lets it take over. Without our table in Sales nothing is seen.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mapping.ours import COMPANY
from mapping.steps import Create, Step, Update
from mapping.values import Row, Side
from sync.around.ids import own_id
from sync.around.ours import CONNECTION
from sync.context import Context
from sync.errors import AccessDenied, AnotherCouplet, NotFound

log = logging.getLogger("couplet")

STATE, TOKEN, SEEN, NAME = "couplet_stateid", "couplet_token", "couplet_lastseen", "couplet_name"
COLUMNS = (STATE, TOKEN, SEEN)


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in Sales: whether it can be seen at all, the row, and whether it is ours."""

    seen: bool
    row: Row | None = None
    ours: bool = False

    @property
    def foreign(self) -> Row | None:
        """Another app's row."""
        return None if self.ours else self.row


async def check_seat(ctx: Context) -> Mark:
    """What stands in Sales; raise AnotherCouplet while that is another app's."""
    mark = await _look(ctx)
    if mark.foreign:
        last = str(mark.foreign.get(SEEN) or "")[:16].replace("T", " ")
        raise AnotherCouplet(f"Its state is {mark.foreign.get(STATE)}; it was last there at {last} UTC.", side=Side.SALES)
    return mark


async def sit_down(ctx: Context) -> None:
    """Say that this app keeps the company in step, where nobody does; raise AnotherCouplet where another one does."""
    mark = await check_seat(ctx)
    if mark.seen and not mark.row:
        await _say(ctx, None)


async def stay(ctx: Context) -> None:
    """Say once more that this app is there; raise AnotherCouplet where another one took over."""
    mark = await check_seat(ctx)
    if mark.seen:
        await _say(ctx, mark.row)


async def take_over(ctx: Context) -> str | None:
    """A person lets this app take the place of another one, which finds that out within the hour; the state whose place it was."""
    mark = await _look(ctx)
    if mark.seen:
        await _say(ctx, mark.row)
    return str(mark.foreign.get(STATE)) if mark.foreign else None


async def _look(ctx: Context) -> Mark:
    """Nothing is seen where the table is not there or may not be read."""
    table = ctx.ours.tables.get(CONNECTION)
    if table is None:
        return Mark(seen=False)
    id_ = await own_id(ctx, CONNECTION)
    try:
        row = (await ctx.sales.rows(table, [id_], COLUMNS)).get(id_)
    except (AccessDenied, NotFound) as error:
        log.warning("Whether another Couplet works here cannot be seen: %s", error, extra={"code": error.code})
        return Mark(seen=False)
    seat = await ctx.store.seats.get(ctx.company) if row else None
    ours = row is not None and seat is not None and row.get(STATE) == seat.state and row.get(TOKEN) in seat.tokens
    return Mark(seen=True, row=row, ours=ours)


async def _say(ctx: Context, row: Row | None) -> None:
    """Write the newest token."""
    table, id_ = ctx.ours.tables[CONNECTION], await own_id(ctx, CONNECTION)
    seat = await ctx.store.seats.renew(ctx.company, row.get(TOKEN) if row else None)
    values: dict[str, Any] = {STATE: seat.state, TOKEN: seat.token, SEEN: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    first = {**values, COMPANY: ctx.company, NAME: await ctx.bc.company_name()}
    step: Step = (
        Update(side=Side.SALES, table=table, id=id_, values=values, version=row.get("@odata.etag"))
        if row
        else Create(side=Side.SALES, table=table, id=id_, values=first)
    )
    try:
        [answer] = await ctx.sales.write([step])
        error = answer.error
    except AccessDenied as denied:
        error = denied
    if error:
        log.warning("This app could not say in Sales that it is there: %s", error, extra={"code": error.code})
        await check_seat(ctx)  # somebody else may have been quicker
