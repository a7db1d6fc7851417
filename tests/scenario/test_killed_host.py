"""The host killed in the middle of a full synch and started again: it finishes, nothing doubled, nothing lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from itertools import count
from typing import Any

import pytest

from sandbox.processes import WINDOWS
from sandbox.running import SECONDS, Options, Sandbox
from sync.entry.upkeep import sweep
from sync.run.work import handle
from sync.services.sales_options import SalesOptions
from sync.store.jobs import Jobs
from sync.store.queue import WorkQueue
from sync.store.work import Work
from tests.expected.compare import compare
from tests.scenario.company import Company
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import customer, in_bc
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(240)

LEASE = 1


class Killed(BaseException):
    """The worker's process died."""


@pytest.fixture
async def mortal(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet whose leases end after a second."""
    async with engine_on(sandbox_processes, fresh=True, LEASE_SECONDS=str(LEASE)) as engine:
        yield engine


@pytest.mark.parametrize(
    ("part", "call"), [(Jobs, "start"), (Work, "add"), (Work, "seal"), (WorkQueue, "send"), (Jobs, "finish"), (Work, "clear")]
)
async def test_a_worker_that_dies_at_a_step_of_a_job_leaves_nothing_undone(
    mortal: Engine, monkeypatch: pytest.MonkeyPatch, part: type, call: str
) -> None:
    mine = customer("C1")
    await mortal.seed(mine)
    full = await mortal.begin_sync("CUSTOMER", "CONTACT")

    async def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(part, call, die)
    left: list[dict[str, Any]] = []
    while not left and (message := await mortal.message()):
        try:
            await handle(mortal.environment, message)
        except Killed:
            left.append(message)
    monkeypatch.undo()
    assert left, f"nobody called {call}"
    await asyncio.sleep(1.6 * LEASE)
    await handle(mortal.environment, left[0])
    await mortal.drain()
    await sweep(mortal.environment)
    await mortal.drain()
    ended = await mortal.ctx.store.full_syncs.get(mortal.ctx.company, full.id)
    assert ended and ended.status == "success"
    assert (await mortal.partner("CUSTOMER", mine))["accountnumber"] == "C1"
    assert len(await mortal.sales.rows("accounts")) == 1


@pytest.mark.rule("D6")
@pytest.mark.parametrize(
    ("call", "survives"),
    [("add", 1), ("add", 2), ("add", 3), ("publish", 0)],
)
async def test_a_worker_that_dies_between_an_option_and_its_mirrors_leaves_none_behind(
    mortal: Engine, monkeypatch: pytest.MonkeyPatch, call: str, survives: int
) -> None:
    mine, calls, living = in_bc("paymentTerms", "14 DAYS"), count(), getattr(SalesOptions, call)

    async def die_in_time(self: SalesOptions, *given: Any) -> Any:
        if next(calls) == survives:
            raise Killed
        return await living(self, *given)

    await mortal.begin_sync("PAYMENT TERMS")
    monkeypatch.setattr(SalesOptions, call, die_in_time)
    left = None
    while left is None and (message := await mortal.message()):
        try:
            await handle(mortal.environment, message)
        except Killed:
            left = message
    monkeypatch.undo()
    assert left
    await mortal.ctx.sales.publish(["accounts", "salesorders", "quotes"])  # as another mapping does meanwhile
    await asyncio.sleep(1.1 * LEASE)
    await handle(mortal.environment, left)
    await mortal.drain()
    coupling = await mortal.coupling("PAYMENT TERMS", mine)
    assert coupling is not None
    for table in ("accounts", "salesorders", "quotes", "invoices"):
        assert (await mortal.ctx.sales.options(table, "paymenttermscode")).get(int(coupling.sales_id)) == "14 DAYS", table


DEATHS = (None, 0.0, 0.4, 1.0, 0.1)
"""Seconds that the host lives each time once it has worked on a list of records; None: it dies while it begins."""

GENTLE = 0.4
"""The life that ends as when Azure takes an instance away: what is in work comes to its end."""


def works(sandbox: Sandbox) -> bool:
    """Whether the host did something in its present life."""
    life = lives(sandbox)[-1]
    return " from bc: " in life or " from sales: " in life


def lives(sandbox: Sandbox) -> list[str]:
    """What the host wrote into its log, life by life."""
    return (sandbox.home / "logs" / "functions.log").read_text(encoding="utf-8").split('{"ready"')


@pytest.fixture(scope="module")
def survivor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company whose first full synch was killed again and again."""
    options = Options(scale=0.3, pace=SECONDS, home=tmp_path_factory.mktemp("killed"))
    with Sandbox(options) as sandbox, closing(Company(sandbox)) as company:
        company.api.patch("/mappings/VENDOR", json={"enabled": True}).raise_for_status()
        started = company.api.post("/full-sync", json={"createNew": "both"}).raise_for_status().json()["id"]
        for seconds in DEATHS:
            if seconds is not None:
                wait_for(lambda: works(sandbox), 30, "the host to work")
            time.sleep(seconds or 0.0)
            sandbox.restart_host(gently=seconds == GENTLE)
        ended = company.ended(started, 90)
        assert {line["status"] for line in ended["lines"]} <= {"success", "error"}
        company.settled()
        yield company


@pytest.mark.slow
def test_it_was_killed_before_the_end_and_finishes_all_the_same(survivor: Company) -> None:
    [synch] = survivor.api.get("/full-sync").json()["value"]
    assert synch["finishedAt"]
    assert len(lives(survivor.sandbox)) == len(DEATHS) + 2


@pytest.mark.slow
@pytest.mark.skipif(WINDOWS, reason="ends a process at once")
def test_a_host_that_was_told_to_end_brought_its_work_to_an_end(survivor: Company) -> None:
    ended = lives(survivor.sandbox)[DEATHS.index(GENTLE) + 1]
    assert "(Succeeded" in ended
    assert "(Failed" not in ended


@pytest.mark.slow
def test_nothing_is_doubled_and_nothing_is_lost(survivor: Company) -> None:
    differences = compare(survivor.expected, survivor.bc_rows(), survivor.sales_rows(), survivor.couplings(), survivor.problems())
    assert not differences, "\n".join(map(str, differences[:40]))


@pytest.mark.slow
def test_what_is_left_on_no_queue_and_in_no_marker(survivor: Company) -> None:
    for mapping in survivor.api.get("/mappings").json()["value"]:
        assert mapping["status"] in ("Ready", "In Process", "Switched Off"), mapping
    running = [job for job in survivor.api.get("/jobs", params={"limit": "200"}).json()["value"] if not job["finishedAt"]]
    assert not running


@pytest.mark.slow
def test_a_second_full_synch_writes_nothing(survivor: Company) -> None:
    before = survivor.couplings()
    survivor.reset_counters()
    survivor.full_sync(createNew="both")
    assert {side: survivor.counters(side)["rowsWritten"] for side in ("bc", "sales")} == {"bc": 0, "sales": 0}
    assert survivor.couplings() == before
