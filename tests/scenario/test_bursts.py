"""Near real time: however many edits are told in a burst, they are one run."""

from __future__ import annotations

import asyncio
import time

from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.hooks.hints import hints_of
from tests.scenario.hooked import THEIRS, Hooked, hooked_on, jobs, looks
from tests.scenario.world import customer


async def test_a_burst_of_a_thousand_edits_in_bc_is_one_run(sandbox_processes: Sandbox) -> None:
    async with hooked_on(sandbox_processes, OVERLAP_SECONDS="1") as hooked:
        engine = hooked.engine
        many = [customer(f"M{number}") for number in range(125)]
        await engine.seed(*many)
        hooked.only("CUSTOMER")
        await engine.sync("CUSTOMER", create="toSales")
        await engine.look("CUSTOMER")
        await hooked.keep()
        before = {job.id for job in await jobs(hooked)}
        await engine.bc.switch(webhookDelaySeconds=5)
        for edit in range(8):
            await asyncio.gather(*(engine.edit(each, phoneNumber=f"+49 30 {edit}") for each in many))
        await hooked.told(Side.BC)
        await engine.drain(2000)
        run, *echoes = [job for job in reversed(await jobs(hooked)) if job.id not in before]
        assert (run.kind, run.totals["toSales"]["modified"]) == ("scheduled", 125)
        # Sales tells of our own writes: one look reads them and finds nothing to do
        assert [job.totals["fromSales"]["unchanged"] for job in echoes] in ([], [125])
        assert {row["telephone1"] for row in await engine.sales.rows("accounts")} == {"+49 30 7"}


async def test_a_burst_in_sales_is_one_look_and_costs_no_storage_beside_it(sandbox_processes: Sandbox) -> None:
    async with hooked_on(sandbox_processes, WEBHOOK_DELAY_SECONDS="8") as hooked:
        engine = hooked.engine
        await hooked.begin()
        store = engine.ctx.store
        context = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": THEIRS.id}
        key = {"x-couplet-key": hooked.keys.sales_key}
        assert (await engine.api.post("hooks/sales", context, **key)).status == 202
        before = store.meter.snapshot()
        answers = await asyncio.gather(*(engine.api.post("hooks/sales", context, **key) for _ in range(999)))
        assert {answer.status for answer in answers} == {202}
        assert store.meter.snapshot() == before
        assert await store.queue.length() == 1
        await hints_of(engine.environment).write_counts(Side.SALES)
        assert (await store.hooks.sources())[Side.SALES].taken == 1000


async def _somebody_types(hooked: Hooked, seconds: float) -> None:
    """Sales tells of an edit every tenth of a second."""
    context = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": THEIRS.id}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert (await hooked.engine.api.post("hooks/sales", context, **{"x-couplet-key": hooked.keys.sales_key})).status == 202
        await hooked.engine.drain()
        await asyncio.sleep(0.1)


async def test_a_burst_that_lasts_longer_than_it_is_gathered_is_one_look_when_it_is_over(sandbox_processes: Sandbox) -> None:
    async with hooked_on(sandbox_processes, WEBHOOK_DELAY_SECONDS="1") as hooked:
        await hooked.begin()
        await hooked.engine.reset_counters()
        await _somebody_types(hooked, 1.8)
        assert await looks(hooked) == 0
        await hooked.come_to_rest(quiet=2.5)
        assert await looks(hooked) == 1


async def test_who_never_stops_typing_is_looked_at_all_the_same(sandbox_processes: Sandbox) -> None:
    async with hooked_on(sandbox_processes, WEBHOOK_DELAY_SECONDS="1") as hooked:
        await hooked.begin()
        await hooked.engine.reset_counters()
        await _somebody_types(hooked, 4)
        assert await looks(hooked) == 1
