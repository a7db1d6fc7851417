"""What people do by hand through the API: couple, uncouple, move, synchronise now; each answers its JSON and checks the status."""

from __future__ import annotations

from typing import Any

from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer

NOBODY = "00000000-0000-4000-8000-000000000000"
"""The id of no record."""


def _named(body: dict[str, Any]) -> dict[str, Any]:
    """A body in which the records of both sides are called `bc` and `sales`, as the API calls their ids."""
    return {{"bc": "bcId", "sales": "salesId"}.get(name, name): value for name, value in body.items()}


async def couple(engine: Engine, mapping: str = "CUSTOMER", status: int = 200, **body: Any) -> Any:
    """Couple two records, or create new."""
    answer = await engine.api.post(f"couplings/{mapping}", _named(body))
    assert answer.status == status, answer.json
    return answer.json


async def uncouple(engine: Engine, mapping: str = "CUSTOMER", status: int = 200, **body: Any) -> Any:
    """Uncouple one record, many or all."""
    answer = await engine.api.delete(f"couplings/{mapping}", _named(body))
    assert answer.status == status, answer.json
    return answer.json


async def move(engine: Engine, status: int = 200, **body: Any) -> Any:
    """Move the coupling of a customer or an account."""
    answer = await engine.api.post("couplings/CUSTOMER/move", _named(body))
    assert answer.status == status, answer.json
    return answer.json


async def now(engine: Engine, record: Record, mapping: str = "CUSTOMER", status: int = 200, **body: Any) -> Any:
    """Synchronise one record now."""
    answer = await engine.api.post(f"records/{mapping}/{record.side}/{record.id}/sync", body)
    assert answer.status == status, answer.json
    return answer.json


async def strangers(engine: Engine, mine: dict[str, Any] | None = None, theirs: dict[str, Any] | None = None) -> tuple[Record, Record]:
    """A customer and an account that nothing would couple by itself, and marks from which looks see only what changes."""
    pair = customer("C1", **(mine or {})), account("A1", **{"name": "Adler", **(theirs or {})})
    await engine.seed(*pair)
    await engine.look("CUSTOMER")
    return pair


async def phones(engine: Engine, pair: tuple[Record, Record]) -> list[str | None]:
    """The phone numbers of a customer and its account."""
    return [(await engine.row(pair[0]))["phoneNumber"], (await engine.row(pair[1]))["telephone1"]]


async def edited(engine: Engine, mine: str | None, theirs: str | None) -> tuple[Record, Record]:
    """A coupled pair that held 111 on both sides, and what people typed since."""
    pair = await engine.coupled({"phoneNumber": "111"})
    if mine:
        await engine.edit(pair[0], phoneNumber=mine)
    if theirs:
        await engine.edit(pair[1], telephone1=theirs)
    return pair
