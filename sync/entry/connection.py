"""A company's connection. While it is on hold nothing runs and nothing is lost: work goes round until it is resumed.

A person holds it, or the app itself when it lost the right to go on (rule G4): then it also resumes it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.context import Context
from sync.errors import (
    AccessDenied,
    AnotherConnector,
    AnotherCouplet,
    AppNotAdmitted,
    CompanyNotFound,
    EnvironmentNotFound,
    OnHold,
    ServiceError,
    SignInRefused,
)
from sync.store import APP, PERSON, Hold, Store

log = logging.getLogger("couplet")

PAUSING = (AccessDenied, AnotherConnector, AnotherCouplet, AppNotAdmitted, CompanyNotFound, EnvironmentNotFound, SignInRefused)
"""What no waiting mends and every record would meet: a lost privilege or role, administration mode, a missing scope or consent."""

FIRST_ROUND, LONGEST_ROUND = 5.0, 300.0
"""Seconds that a message waits before it looks again whether the connection is still on hold."""

SAME_TROUBLE = timedelta(hours=1)
"""A pause so soon after the last probe is the same trouble: probing went on as if it had never been over."""


def pauses(error: ServiceError) -> bool:
    """Whether an error is about the whole connection and lasts until somebody gives back what is missing."""
    asked_for_another = isinstance(error, CompanyNotFound) and error.side is None
    return isinstance(error, PAUSING) and not asked_for_another


async def hold(ctx: Context, reason: str) -> None:
    """A person stops everything of this company."""
    held = Hold(reason=reason, since=datetime.now(UTC), by=PERSON)
    await ctx.store.entries.change_hold(ctx.company, lambda _: held)
    log.warning("The connection was put on hold: %s", reason)


async def end_hold(ctx: Context) -> bool:
    """Nobody holds the connection any more; False when nobody did."""

    def over(last: Hold | None) -> Hold | None:
        return replace(last, over=True, probes=0) if last and not last.over else None

    ended = await ctx.store.entries.change_hold(ctx.company, over)
    if ended:
        log.warning("The connection was resumed.")
    return ended


def is_on(hold: Hold | None) -> bool:
    """Whether a hold is there and not over."""
    return hold is not None and not hold.over


async def pause(store: Store, company: str, error: ServiceError, mapping: str | None) -> None:
    """The app stops everything of a company itself, with the reason; a hold that is there stays as it is."""
    now = datetime.now(UTC)
    said = error.service_message
    reason = f"{error} {said}" if said else str(error)

    def paused(last: Hold | None) -> Hold | None:
        if is_on(last):
            return None
        fresh = Hold(reason=reason, since=now, by=APP, code=error.code, mapping=mapping)
        same = last and (last.by, last.code) == (APP, error.code) and last.probed and now - last.probed < SAME_TROUBLE
        return replace(fresh, probes=last.probes, probed=last.probed) if last and same else fresh

    if await store.entries.change_hold(company, paused):
        log.error("The connection paused itself: %s %s", error, error.remedy, extra={"code": error.code, "mapping": mapping})


async def go_round(store: Store, message: Mapping[str, Any]) -> None:
    """Put a message back on the queue while the connection is on hold; it is no attempt."""
    rounds = int(message.get("held", 0))
    await store.queue.send({**message, "held": rounds + 1}, min(FIRST_ROUND * 2 ** min(rounds, 10), LONGEST_ROUND))


def check_open(ctx: Context) -> None:
    """Raise OnHold, with the reason, while the connection is on hold."""
    if ctx.hold:
        since = f"{ctx.hold.since:%Y-%m-%d %H:%M} UTC"
        raise OnHold(f"The connection is on hold since {since}: {ctx.hold.reason}", since=since, reason=ctx.hold.reason)
