"""Prepares both systems: columns, the app's user and roles, forms, permission sets, webhooks; a dry run unless --apply is given."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from infra.command_line import FINE, NOT_ALL, SLOW, complain, environment, say
from infra.sales.orders import switch_orders
from infra.sales.organisation import look
from infra.sales.plan import plan
from infra.sales.schema import read
from infra.sales.settling import settle as settle_columns
from infra.setup import app, application, business_central, forms, roles
from infra.setup.sign_in import as_administrator
from infra.setup.steps import Plan, Planner, Step, Tally, settle, to_sales
from sync.declared import check, declared_mappings
from sync.errors import NoWebhooks
from sync.services.business_central import BusinessCentral
from sync.services.connections import Connections
from sync.services.sales import Sales
from sync.settings import Settings

KEPT = "keep"
"""What the app says of a webhook that is as it should be."""

INDEXED = 600.0
"""Seconds that the indexes of keys may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is prepared, and whether it is done or only said; without `orders` the taking over of orders stays as it is."""

    apply: bool
    orders: bool | None = None
    customizing: bool = True
    forms: bool = True
    card: str = business_central.USUAL
    wait: float = INDEXED


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is left out, and who signs in."""
    parser.add_argument("--apply", action="store_true", help="do it; without it, only say what would be done")
    parser.add_argument("--as-app", action="store_true", help="sign in as the app, which must be an administrator meanwhile")
    parser.add_argument("--orders", choices=("on", "off"), help="switch the taking over of orders on or off")
    parser.add_argument("--no-customizing", action="store_true", help="the app does not get the role Integration Administrator")
    parser.add_argument("--no-forms", action="store_true", help="leave the forms as they are")
    parser.add_argument("--card", default=business_central.USUAL, help="how the card of the app is called in Business Central")
    parser.add_argument("--wait", type=float, default=INDEXED, metavar="SECONDS", help="how long to wait for the indexes of keys")
    app.arguments(parser)


async def run(given: argparse.Namespace) -> int:
    """Sign in, and prepare what is to be prepared; webhooks are the app's own."""
    settings = Settings.load(environment(given.settings))
    connections = Connections(settings, patience=SLOW) if given.as_app else as_administrator(settings, say)
    try:
        return max(await prepared(connections, settings, wanted(given)), await webhooks(given))
    finally:
        await connections.close()


def wanted(given: argparse.Namespace) -> Wanted:
    """What the options ask for."""
    return Wanted(
        apply=given.apply,
        orders=None if given.orders is None else given.orders == "on",
        customizing=not given.no_customizing,
        forms=not given.no_forms,
        card=given.card,
        wait=given.wait,
    )


async def prepared(connections: Connections, settings: Settings, wanted: Wanted) -> int:
    """Part by part; what one leaves to be done by hand keeps none of the others from being looked at."""
    codes = [await in_sales(connections.sales, settings, wanted)]
    for company in settings.bc_companies:
        codes.append(await in_business_central(connections.business_central(company), settings, wanted))
    return max(codes)


async def in_sales(sales: Sales, settings: Settings, wanted: Wanted) -> int:
    """Everything that Sales needs."""
    say(f"Sales, {settings.sales_url}")
    code = await settle_columns(sales, read(), apply=wanted.apply, wait=wanted.wait)
    if wanted.orders is not None and not await _switched(sales, to=wanted.orders, apply=wanted.apply):
        code = NOT_ALL
    tally = Tally()
    for planner in Parts(sales, settings, wanted).all():
        await settle(to_sales(sales), planner, tally, apply=wanted.apply)
    say(tally.summary(apply=wanted.apply))
    return code if tally.all_well else NOT_ALL


async def _switched(sales: Sales, *, to: bool, apply: bool) -> bool:
    """The taking over of orders; a dry run from nothing knows that the columns which it waits for come before."""
    if to and not apply and plan(read(), await look(sales, read())).steps:
        say("to do: the taking over of orders is switched on, once the columns are there")
        return True
    return await switch_orders(sales, to, apply=apply, say=say, complain=complain)


class Parts:
    """What is planned one after the other, each from what is there then."""

    def __init__(self, sales: Sales, settings: Settings, wanted: Wanted) -> None:
        self._sales = sales
        self._client = settings.client_id
        declared = declared_mappings(settings.mappings_file)
        check(declared)
        self._roles = roles.wanted(declared.mappings.values())
        self._given = (roles.ADMINISTRATOR, roles.USER) if wanted.customizing else (roles.USER,)
        self._forms = wanted.forms

    def all(self) -> Iterator[Planner]:
        """In their order: a role is made, which some privileges come with, gets the others, and is given."""
        yield self._user
        yield self._made_roles
        yield self._privileged
        yield self._given_roles
        if self._forms:
            yield self._shown

    async def _user(self) -> Plan:
        return application.plan_user(await application.look(self._sales, self._client, self._given), self._client)

    async def _made_roles(self) -> Plan:
        return roles.plan_roles(self._roles, await roles.look(self._sales, self._roles))

    async def _privileged(self) -> Plan:
        return roles.plan_privileges(self._roles, await roles.look(self._sales, self._roles))

    async def _given_roles(self) -> Plan:
        return application.plan_roles(await application.look(self._sales, self._client, self._given), self._given, self._sales.root)

    async def _shown(self) -> Plan:
        return forms.plan(await forms.look(self._sales))


async def in_business_central(client: BusinessCentral, settings: Settings, wanted: Wanted) -> int:
    """What the API of Business Central can be told in one company, and what a person clicks."""
    say(f"Business Central, {client.company}")

    async def planner() -> Plan:
        return await business_central.looked_at(client, wanted.card, settings.client_id)

    async def send(step: Step) -> None:
        await client.automation.add(await client.company_id(), step.path, step.values)

    tally = Tally()
    await settle(send, planner, tally, apply=wanted.apply)
    say(tally.summary(apply=wanted.apply))
    return FINE if tally.all_well else NOT_ALL


async def webhooks(given: argparse.Namespace) -> int:
    """The running app makes its webhooks itself: with its address they are made now, and otherwise at its next look."""
    if not given.app:
        say("note: the app makes webhooks itself within a quarter of an hour, once WEBHOOK_SECRET is set; with --app and --key, now")
        return FINE
    async with app.App.of(given) as running:
        told = await running.post("hooks/repair", {"dryRun": not given.apply})
    if not told["value"]:
        say("note: the app makes no webhooks, as WEBHOOK_SECRET is not set; the schedule finds changes")
    refused = [each for each in told["value"] if each.get("code") not in (None, NoWebhooks.code)]
    for each in (each for each in told["value"] if each["do"] != KEPT and not each.get("code")):
        say(f"{'done' if given.apply else 'to do'}: {each['do']} the webhook of {each['resource']} ({each['why']})")
    for each in refused:
        complain(f"refused: {each['do']} the webhook of {each['resource']}: {each['message']} {each['remedy']}")
    return NOT_ALL if refused else FINE
