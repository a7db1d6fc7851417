"""Customers that people edited on both sides, and the ways to settle them by the HTTP API."""

from __future__ import annotations

from typing import Any

from tests.scenario.engine import Engine
from tests.scenario.front_door import Answer
from tests.scenario.world import Record

Pair = tuple[Record, Record]

MOVED = {"addressLine1": "Donaustr. 1", "addressLine2": None, "postalCode": "89073", "city": "Ulm", "country": "DE", "state": None}


async def torn(engine: Engine, mine: dict[str, Any] | None = None, theirs: dict[str, Any] | None = None) -> Pair:
    """A customer and its account in step, then edited on both sides; by default both names."""
    pair = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    await engine.edit(pair[0], **(mine or {"displayName": "Adler Nord"}))
    await engine.edit(pair[1], **(theirs or {"name": "Adler Sued"}))
    await engine.look("CUSTOMER")
    return pair


async def shown(engine: Engine, pair: Pair) -> dict[str, Any]:
    """The open problem of a customer."""
    answer = await engine.api.get(f"problems/CUSTOMER/bc:{pair[0].id}")
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json
    return found


async def resolve(engine: Engine, pair: Pair, choices: Any, **more: Any) -> Answer:
    """Send a person's choices for a customer."""
    return await engine.api.post("problems/resolve", {"mapping": "CUSTOMER", "record": f"bc:{pair[0].id}", "choices": choices, **more})


async def names(engine: Engine, pair: Pair) -> tuple[str, str]:
    """What both sides call the customer."""
    return (await engine.row(pair[0]))["displayName"], (await engine.row(pair[1]))["name"]


async def settled(engine: Engine, answer: Answer) -> None:
    """All is chosen, no problem is left, and nothing is written any more."""
    assert answer.status == 200, answer.body
    assert answer.json["problem"] is None
    assert await engine.problems("CUSTOMER") == []
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}
