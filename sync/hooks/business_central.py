"""Subscriptions of Business Central: what is missing is made, what ends or differs is renewed, what is double or unused is dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sync.context import Context
from sync.errors import HandshakeFailed, NotFound, NoWebhooks, Refused, ServiceError, TooManySubscriptions
from sync.heart.plan import Row, Side
from sync.hooks.actions import Do, Done
from sync.hooks.keys import Keys
from sync.hooks.tables import waking, watched
from sync.services.bc_subscriptions import spelled
from sync.services.translate import concerns_all
from sync.store import Subscription

RENEW = timedelta(hours=48)
"""A subscription that ends within this time is renewed: it lives three days, so each day brings a try, and two days are left to fail."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A table that shall be told of: where to, and with which secret. Its resource is in the case in which the API is described."""

    resource: str
    url: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Present:
    """A subscription that Business Central keeps."""

    id: str
    resource: str
    url: str
    state: str
    expires: datetime
    version: str

    @classmethod
    def of(cls, row: Row) -> Present:
        """From the row that BC sends; one without an end ended long ago."""
        expires = str(row.get("expirationDateTime") or "1900-01-01T00:00:00Z")
        return cls(
            id=str(row["subscriptionId"]),
            resource=spelled(str(row.get("resource", ""))),
            url=str(row.get("notificationUrl", "")),
            state=str(row.get("clientState", "")),
            expires=datetime.fromisoformat(expires).astimezone(UTC),
            version=str(row.get("@odata.etag", "*")),
        )


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do for a resource (spelled alike), and why in words."""

    do: Do
    resource: str
    why: str = ""
    wanted: Wanted | None = None
    present: Present | None = None


def plan(wanted: Mapping[str, Wanted], mine: Sequence[Present], now: datetime) -> list[Action]:
    """What brings the subscriptions that are ours to those wanted (by resource, spelled alike). Drops come first: there may be too many."""
    actions = [each for resource, want in wanted.items() for each in _for_one(resource, want, mine, now)]
    unused = [Action(do=Do.DROP, resource=each.resource, why="not watched", present=each) for each in mine if each.resource not in wanted]
    return sorted([*actions, *unused], key=lambda action: list(Do).index(action.do))


def _for_one(resource: str, want: Wanted, mine: Sequence[Present], now: datetime) -> Iterator[Action]:
    candidates = [each for each in mine if each.resource == resource]
    alive = [each for each in candidates if each.expires > now]
    best = max(alive, key=lambda each: (each.url == want.url, each.state == want.state, each.expires, each.id), default=None)
    for each in candidates:
        if each is not best:
            yield Action(do=Do.DROP, resource=resource, why="double" if each in alive else "ended", present=each)
    if best is None:
        yield Action(do=Do.MAKE, resource=resource, why="missing", wanted=want)
        return
    reasons = {
        "another address": best.url != want.url,
        "another secret": best.state != want.state,
        "ends soon": best.expires - now < RENEW,
    }
    why = next((reason for reason, holds in reasons.items() if holds), "")
    yield Action(do=Do.RENEW if why else Do.KEEP, resource=resource, why=why, wanted=want, present=best)


async def wanted_of(ctx: Context, keys: Keys | None) -> dict[str, Wanted]:
    """What a company wants to be told of; nothing without keys."""
    if keys is None:
        return {}
    resources = [await ctx.bc.resource(table) for table in watched(waking(ctx.mappings.values()), Side.BC)]
    return {spelled(each): Wanted(resource=each, url=keys.bc_url, state=keys.bc_state(ctx.company)) for each in resources}


def ours(ctx: Context, rows: Sequence[Present], known: Collection[str], keys: Keys | None) -> list[Present]:
    """The company's subscriptions that this app made: remembered, or going to its address."""
    company = f"/companies({ctx.company.lower()})/"
    address = keys.bc_address if keys else None
    return [each for each in rows if company in each.resource and (each.id in known or each.url.partition("?")[0] == address)]


class Keeper:
    """Brings the subscriptions of one company to what is wanted."""

    def __init__(self, ctx: Context, keys: Keys | None, now: datetime) -> None:
        self._ctx = ctx
        self._keys = keys
        self._now = now
        self._service = ctx.bc.subscriptions
        self._supported: frozenset[str] | None = None
        self._asked = False

    async def plan(self, rows: Sequence[Row], known: Sequence[Subscription]) -> list[Action]:
        """What is to be done; `rows` are all subscriptions of the environment."""
        present = [Present.of(row) for row in rows]
        remembered = {each.id for each in known if each.id}
        return plan(await wanted_of(self._ctx, self._keys), ours(self._ctx, present, remembered, self._keys), self._now)

    async def carry_out(self, action: Action) -> Done:
        """Do it; what stood in the way of this one is told, what concerns the whole service is raised."""
        try:
            row, error = await self._done(action), None
        except ServiceError as problem:
            if concerns_all(problem):
                raise
            row, error = action.present, _understood(problem)
        return self.told(action, row, error)

    def told(self, action: Action, row: Present | None = None, error: ServiceError | None = None) -> Done:
        """What is, or will be, known of the subscription."""
        return Done(
            side=Side.BC,
            company=self._ctx.company,
            resource=action.resource,
            do=action.do,
            why=action.why,
            id=row.id if row else None,
            expires=row.expires if row else None,
            error=error,
        )

    async def _done(self, action: Action) -> Present | None:
        match action:
            case Action(do=Do.MAKE, wanted=Wanted() as wanted):
                return await self._make(wanted)
            case Action(do=Do.RENEW, wanted=Wanted() as wanted, present=Present() as present):
                return await self._renew(wanted, present)
            case Action(do=Do.DROP, present=Present() as present):
                await self._drop(present)
                return None
        return action.present

    async def _make(self, wanted: Wanted) -> Present:
        if not self._asked:
            self._supported, self._asked = await self._service.supported(self._ctx.company), True
        if self._supported is not None and spelled(wanted.resource) not in self._supported:
            raise NoWebhooks(side=Side.BC)
        return Present.of(await self._service.make(_values(wanted)))

    async def _renew(self, wanted: Wanted, present: Present) -> Present:
        try:
            return Present.of(await self._service.change(present.id, present.version, _values(wanted)))
        except NotFound:
            return await self._make(wanted)

    async def _drop(self, present: Present) -> None:
        try:
            await self._service.remove(present.id, present.version, present.resource)
        except NotFound:
            return


def _understood(error: ServiceError) -> ServiceError:
    """A refusal of a subscription under no other rule is the handshake's; a dialog is how the limit is told."""
    if type(error) is not Refused:
        return error
    return error.as_a(TooManySubscriptions if error.service_code == "Application_DialogException" else HandshakeFailed)


def _values(wanted: Wanted) -> Row:
    return {"notificationUrl": wanted.url, "resource": wanted.resource, "clientState": wanted.state}
