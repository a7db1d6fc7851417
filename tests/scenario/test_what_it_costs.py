"""What an hour without news and a single edit cost in storage: the numbers that docs/cost.md counts with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sync.entry.pulse import tell_pulse
from sync.entry.upkeep import probe, sweep, tick
from sync.environment import Environment
from sync.services.connections import Connections
from sync.store.couplings import Couplings
from tests.cost_page import MEASURED
from tests.scenario.engine import HURRIED, Engine
from tests.scenario.world import customer

CUSTOMERS = [
    customer(
        f"C{number}",
        **{"displayName": f"Company number {number}", "addressLine1": "Some Street 17", "city": "Hamburg", "postalCode": "20457"},
        **{"phoneNumber": "+49 40 1234567", "email": "info@example.com", "website": "https://www.example.com"},
    )
    for number in range(10)
]


async def transactions(engine: Engine, work: Callable[[], Awaitable[Any]]) -> int:
    """How many requests to the storage account some work makes."""
    meter = engine.environment.store.meter
    before = meter.snapshot()["transactions"]
    await work()
    return meter.snapshot()["transactions"] - before


async def test_a_tick_without_news_an_edit_and_a_coupling_cost_what_the_page_says(engine: Engine) -> None:
    await engine.seed(*CUSTOMERS)
    await engine.sync()
    for _ in range(2):
        await engine.look()
    await _an_idle_tick(engine)
    await _an_edit_that_comes_alone(engine)
    await _a_coupling(engine)


async def _an_idle_tick(engine: Engine) -> None:
    environment = engine.environment

    async def cold(timer: Callable[[Environment], Awaitable[Any]]) -> None:
        """On Flex Consumption every timer is alone on its instance, and that was stopped since the last tick."""
        fresh = Environment(environment.settings, environment.store, Connections(environment.settings, patience=HURRIED))
        await timer(fresh)
        await fresh.connections.close()

    assert close(await transactions(engine, lambda: cold(tell_pulse)), "storage transactions of a pulse")
    timers = (lambda fresh: tick(fresh, "CUSTOMER"), sweep, probe)
    most = max([await transactions(engine, lambda timer=timer: cold(timer)) for timer in timers])  # type: ignore[misc]
    assert close(most, "storage transactions of a timer")
    await engine.drain()
    await engine.reset_counters()
    names = list(engine.ctx.mappings)
    assert len(names) == MEASURED["looks at a tick"]
    looks = await transactions(engine, lambda: engine.look(*names))
    assert close(looks / len(names), "storage transactions of a look without news")
    assert close(1 + sum((await engine.requests()).values()) / len(names), "log rows of a look without news")


async def _an_edit_that_comes_alone(engine: Engine) -> None:
    found = []
    for each in CUSTOMERS[:3]:
        await engine.edit(each, phoneNumber="+49 40 7654321")
        found.append(await transactions(engine, lambda: engine.look("CUSTOMER")))
    assert close(max(found), "storage transactions of an edit")


async def _a_coupling(engine: Engine) -> None:
    rows = [row async for row in stored(engine.ctx.store.couplings) if row["PartitionKey"].endswith("|CUSTOMER")]
    assert len(rows) == 2 * len(CUSTOMERS)
    assert close(sum(map(size, rows)) / len(CUSTOMERS), "bytes of a coupling")


def stored(couplings: Couplings) -> Any:
    """The rows as the account holds them."""
    return couplings._table._client.list_entities()


def size(row: dict[str, Any]) -> int:
    """The bytes that Azure bills for a row: keys, names and texts have two a character."""
    keys = len(row["PartitionKey"]) + len(row["RowKey"])
    rest = {name: value for name, value in row.items() if name not in ("PartitionKey", "RowKey")}
    return 4 + 2 * keys + sum(8 + 2 * len(name) + (2 * len(value) + 4 if isinstance(value, str) else 8) for name, value in rest.items())


def close(found: float, name: str) -> bool:
    """Whether the page says at least what was found, and not much more."""
    said = MEASURED[name]
    assert found <= said <= 1.35 * found + 1, f"{name}: {found:g}, the page says {said:g}"
    return True
