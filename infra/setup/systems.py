"""Prepares both systems: columns, the app's user and roles, forms and webhooks in Sales; a dry run unless --apply is given."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import infra.sales.__main__ as columns
from infra.command_line import NOT_ALL, complain, environment, say
from infra.sales.orders import switch_orders
from infra.sales.schema import read
from infra.setup import application, forms, roles
from infra.setup.sign_in import SLOW, as_administrator
from infra.setup.steps import Plan, Planner, Tally, settle
from sync.declared import check, declared_mappings
from sync.services.connections import Connections
from sync.services.sales import Sales
from sync.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is left out, and who signs in."""
    parser.add_argument("--apply", action="store_true", help="do it; without it, only say what would be done")
    parser.add_argument("--as-app", action="store_true", help="sign in as the app, which must be an administrator meanwhile")
    parser.add_argument("--orders", choices=("on", "off"), help="switch the taking over of orders on or off")
    parser.add_argument("--no-customizing", action="store_true", help="the app does not get the role Integration Administrator")
    parser.add_argument("--no-forms", action="store_true", help="leave the forms as they are")
    parser.add_argument("--wait", type=float, default=600.0, metavar="SECONDS", help="how long to wait for the indexes of keys")


async def run(given: argparse.Namespace) -> int:
    """Part by part; what one leaves to be done by hand keeps none of the others from being looked at."""
    settings = Settings.load(environment(given.settings))
    connections = Connections(settings, patience=SLOW) if given.as_app else as_administrator(settings, say)
    try:
        return await in_sales(connections.sales, settings, given)
    finally:
        await connections.close()


async def in_sales(sales: Sales, settings: Settings, given: argparse.Namespace) -> int:
    """Everything that Sales needs."""
    say(f"Sales, {settings.sales_url}")
    code = await columns.settle(sales, read(), apply=given.apply, wait=given.wait)
    if given.orders is not None:
        switched = await switch_orders(sales, given.orders == "on", apply=given.apply, say=say, complain=complain)
        code = code if switched else NOT_ALL
    tally = Tally()
    for planner in Parts(sales, settings, given).all():
        await settle(sales, planner, tally, apply=given.apply)
    say(tally.summary(apply=given.apply))
    return code if tally.all_well else NOT_ALL


class Parts:
    """What is planned one after the other, each from what is there then."""

    def __init__(self, sales: Sales, settings: Settings, given: argparse.Namespace) -> None:
        self._sales = sales
        self._client = settings.client_id
        declared = declared_mappings(settings.mappings_file)
        check(declared)
        self._roles = roles.wanted(declared.mappings.values())
        self._given = (roles.USER,) if given.no_customizing else (roles.ADMINISTRATOR, roles.USER)
        self._forms = not given.no_forms

    def all(self) -> Iterator[Planner]:
        """In their order: a role is made before it is given."""
        yield self._user
        yield self._made_roles
        yield self._given_roles
        if self._forms:
            yield self._shown

    async def _user(self) -> Plan:
        return application.plan_user(await application.look(self._sales, self._client, self._given), self._client)

    async def _made_roles(self) -> Plan:
        return roles.plan(self._roles, await roles.look(self._sales, self._roles))

    async def _given_roles(self) -> Plan:
        return application.plan_roles(await application.look(self._sales, self._client, self._given), self._given, self._sales.root)

    async def _shown(self) -> Plan:
        return forms.plan(await forms.look(self._sales))
