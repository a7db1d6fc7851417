"""The round that keeps the webhooks alive: planned, carried out, written down, and told in the log when one is about to die."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sync.context import Context
from sync.environment import Environment
from sync.errors import AccessDenied, CoupletError, NoWebhooks
from sync.heart.plan import Row, Side
from sync.hooks.actions import Do, Done
from sync.hooks.business_central import Keeper
from sync.hooks.keys import Keys
from sync.hooks.sales import ENDPOINTS, Registration, Step
from sync.store import Subscription
from sync.store.hooks import EVERYBODY

log = logging.getLogger("couplet")

WHOLE_SIDE = ""
"""The resource of what concerns all subscriptions of a side."""

DYING = timedelta(hours=24)
"""A subscription that ends within this time and could not be renewed is told in the log at each round."""


def now() -> datetime:
    """The present time (UTC)."""
    return datetime.now(UTC)


async def keep(environment: Environment, *, dry_run: bool = False) -> list[Done]:
    """Bring the subscriptions of both sides to what is wanted; with `dry_run` only tell what would be done.

    With webhooks off, what was made before is taken away.
    """
    contexts = await environment.contexts()
    keys = Keys(environment.settings) if environment.settings.webhooks else None
    known = await environment.store.hooks.subscriptions(EVERYBODY, *(ctx.company for ctx in contexts))
    if keys is None and not known:
        return []
    done = [*await _keep_bc(contexts, keys, known, dry_run), *await _keep_sales(contexts, keys, dry_run)]
    if not dry_run:
        await _remember(environment, done, known)
        told = {_place(each) for each in known if each.code == NoWebhooks.code}
        _tell([each for each in done if not isinstance(each.error, NoWebhooks) or _place(each) not in told], now())
    return done


async def _keep_bc(contexts: Sequence[Context], keys: Keys | None, known: Sequence[Subscription], dry_run: bool) -> list[Done]:
    done = list[Done]()
    try:
        rows = await contexts[0].bc.subscriptions.all()
        for ctx in contexts:
            done += await _keep_company(ctx, keys, rows, known, dry_run)
    except CoupletError as error:
        done.append(_failed(Side.BC, error))
    return done


async def _keep_company(ctx: Context, keys: Keys | None, rows: Sequence[Row], known: Sequence[Subscription], dry_run: bool) -> list[Done]:
    keeper = Keeper(ctx, keys, now())
    actions = await keeper.plan(rows, [each for each in known if each.company == ctx.company])
    if dry_run:
        return [keeper.told(action, action.present) for action in actions]
    return [await keeper.carry_out(action) for action in actions]


async def _keep_sales(contexts: Sequence[Context], keys: Keys | None, dry_run: bool) -> list[Done]:
    """The webhook of the organisation, for the mappings of all companies."""
    done = list[Done]()
    registration = Registration(contexts[0].sales, contexts[0].settings, keys)
    try:
        for step in await registration.plan([mapping for ctx in contexts for mapping in ctx.mappings.values()]):
            error = None if dry_run else await registration.carry_out(step)
            done.append(_told(step, error))
            if error and (step.table == ENDPOINTS or isinstance(error, AccessDenied)):
                break  # the rest would fail alike
    except CoupletError as error:
        done.append(_failed(Side.SALES, error))
    return done


def _failed(side: Side, error: CoupletError) -> Done:
    """A side whose subscriptions could not be looked at."""
    return Done(side=side, company=EVERYBODY, resource=WHOLE_SIDE, do=Do.KEEP, error=error)


def _told(step: Step, error: CoupletError | None) -> Done:
    return Done(side=Side.SALES, company=EVERYBODY, resource=step.name, do=step.do, why=step.why, id=step.id, error=error)


def _place(each: Done | Subscription) -> tuple[str, Side, str]:
    return each.company, each.side, each.resource


async def _remember(environment: Environment, done: Sequence[Done], known: Sequence[Subscription]) -> None:
    """Write what differs from what was known; a resource whose last row was dropped is forgotten."""
    before = {_place(each): each for each in known}
    at = now()
    for side in Side:
        failed = next((each.error for each in done if each.side is side and each.resource == WHOLE_SIDE), None)
        await environment.store.hooks.checked(side, failed)
    after = {_place(each): each for each in done if each.resource != WHOLE_SIDE and (each.do is not Do.DROP or each.error)}
    rows = {place: _subscription(each, before.get(place), at) for place, each in after.items()}
    # What somebody else took away shows in no plan
    whole = {side for side in Side if not any(each.error for each in done if each.side is side)}
    dropped = {_place(each) for each in done if each.do is Do.DROP}
    gone = [each for place, each in before.items() if place not in rows and (each.side in whole or place in dropped)]
    await environment.store.hooks.put([row for place, row in rows.items() if row != before.get(place)])
    await environment.store.hooks.remove(gone)


def _subscription(done: Done, before: Subscription | None, at: datetime) -> Subscription:
    error = done.error
    since = before.failing_since if before and error and before.code == error.code else at
    return Subscription(
        company=done.company,
        side=done.side,
        resource=done.resource,
        id=done.id,
        expires=done.expires,
        code=error.code if error else None,
        message=str(error) if error else None,
        failing_since=since if error else None,
    )


def _tell(done: Sequence[Done], at: datetime) -> None:
    """One line for each subscription that is not what it should be, so that an alert can rest on it."""
    for each in done:
        if each.error is None:
            if each.do not in (Do.KEEP, Do.DROP):
                log.info("%s: the subscription to %s: %s (%s)", each.side, each.resource, each.do, each.why)
            continue
        code = {"code": each.error.code}
        if each.expires and each.expires - at < DYING:
            log.error("%s: the subscription to %s ends at %s: %s", each.side, each.resource, each.expires, each.error, extra=code)
        elif each.resource == WHOLE_SIDE:
            log.error("%s: the subscriptions could not be looked at: %s %s", each.side, each.error, each.error.remedy, extra=code)
        else:
            log.warning("%s: the subscription to %s: %s", each.side, each.resource, each.error, extra=code)
