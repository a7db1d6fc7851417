"""Synchronising by hand when the clock of a system goes wrong: what was changed is told by content, not by time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from sync.heart.plan import Side
from sync.record.task import moment
from sync.services.model import Service
from tests.scenario.by_hand import now, phones
from tests.scenario.engine import Engine


class ClockOff:
    """A service whose clock is wrong: every stamp that it shows is off by so much."""

    def __init__(self, service: Service, off: timedelta) -> None:
        self._service, self._off = service, off

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Any]:
        """The rows with wrong stamps."""
        found = await self._service.rows(table, ids, columns)
        return {id_: {**row, "modifiedon": (moment(row["modifiedon"]) + self._off).isoformat()} for id_, row in found.items()}


TURNS = [
    pytest.param("bc", "sales", id="BC first"),
    pytest.param("sales", "bc", id="Sales first"),
    pytest.param("sales", "sales", id="Sales twice"),
    pytest.param("bc", "bc", id="BC twice"),
]


@pytest.mark.case("T334", "T335", "T337", "T338", "T340", "T341", "T343", "T344", "T346", "T347", "T349", "T350", "T352", "T353", "T355")
@pytest.mark.parametrize(("first", "second"), TURNS)
async def test_one_change_after_another_arrives_however_the_clocks_go(engine: Engine, first: str, second: str) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    true = engine.ctx.services[Side.SALES]
    for minutes in (-10, 0, 10):
        engine.serve(Side.SALES, ClockOff(true, timedelta(minutes=minutes)))
        for place, side in enumerate((first, second)):
            record, column = (pair[0], "phoneNumber") if side == Side.BC else (pair[1], "telephone1")
            phone = f"{200 + minutes}{place}"
            await engine.edit(record, **{column: phone})
            await now(engine, pair[0])
            assert await phones(engine, pair) == [phone, phone]
    assert await engine.problems("CUSTOMER") == []
