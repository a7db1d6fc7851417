"""Two companies of one Business Central on one Sales organisation, in one app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sandbox.running import Sandbox
from sync.environment import Environment
from sync.services.connections import Connections
from sync.settings import Settings
from sync.store import Store
from tests.scenario.engine import HURRIED, Engine, engine_on
from tests.scenario.people import People, Row
from tests.scenario.world import COMPANY, standard_world

SECOND = {"id": "8d3e1f52-6a0b-4b7c-8f19-25d0a4c3b917", "name": "Second Company", "localCurrencyCode": "EUR"}


class PeopleOfSecond(People):
    """The people of Business Central's second company."""

    async def hand(self, verb: str, **body: Any) -> Any:
        return await super().hand(verb, company=SECOND["id"], **body)

    async def rows(self, table: str, **having: Any) -> list[Row]:
        return await super().rows(f"{table}?company={SECOND['id']}", **having)

    async def seed(self, tables: dict[str, list[Row]], company: Row | None = None) -> None:
        await super().seed(tables, company or {"name": SECOND["name"]})


@asynccontextmanager
async def two_companies(sandbox: Sandbox, **settings: str) -> AsyncIterator[tuple[Engine, Engine]]:
    """One app for two companies; their reference data have the same codes and, as copies do, the same ids."""
    async with engine_on(sandbox, fresh=True) as alone:
        people = PeopleOfSecond(sandbox.business_central)
        await people.seed({}, SECOND)
        known = Settings.load({**sandbox.app_settings, "BC_COMPANY": f"{COMPANY['name']};{SECOND['name']}", **settings})
        environment = Environment(known, Store.open(known), Connections(known, patience=HURRIED))
        first = Engine(environment, await environment.context(COMPANY["name"]), alone.bc, alone.sales)
        second = Engine(environment, await environment.context(SECOND["name"]), people, alone.sales)
        await second.seed(*(record for record in standard_world() if record.side == "bc"))
        yield first, second
        await asyncio.gather(people.close(), environment.close())
