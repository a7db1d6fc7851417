"""Fields that are written right after the row was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import account

LATE = '[CUSTOMER.fields]\ncreditHold = { bc = "taxLiable", sales = "creditonhold", direction = "fromSales", late = true }'


async def test_a_late_field_is_written_right_after_the_row_was_made(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, LATE) as engine:
        theirs = account("A1", creditonhold=True)
        await engine.seed(theirs)
        await engine.reset_counters()
        await engine.sync("CUSTOMER")
        assert (await engine.partner("CUSTOMER", theirs))["taxLiable"] is True
        assert (await engine.written())["bc"] == 2


@pytest.mark.rule("A6")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("profile", ["extended", "standard"])
async def test_a_worker_who_dies_between_a_row_and_its_late_field_loses_nothing(
    sandbox_processes: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, profile: str
) -> None:
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    text = LATE.replace("fromSales", "both") + '\n[[CUSTOMER.templates.bc]]\nvalues = { city = "Bonn" }'
    async with engine_with(sandbox_processes, tmp_path, text, BC_PROFILE=profile) as engine:
        theirs = account("A1", creditonhold=True, address1_city="Berlin")
        await engine.seed(theirs)
        await engine.begin_sync("CUSTOMER")
        await engine.die(Side.BC, when)
        await engine.leases_run_out("CUSTOMER")
        await engine.drain()
        assert len(await engine.bc.rows("customers")) == 1
        assert (await engine.partner("CUSTOMER", theirs))["taxLiable"] is True
        assert (await engine.row(theirs))["creditonhold"] is True
        assert not await engine.problems("CUSTOMER")
