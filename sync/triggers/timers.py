"""One timer a mapping, the job queue entries of the native connector: the portal shows one function, one log and one switch each."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import azure.functions as func

from sync.declared import SETTING, declared_mappings
from sync.entry.pulse import tell_pulse
from sync.entry.upkeep import forget_old_jobs, guard, probe, sweep, tick
from sync.environment import environment
from sync.errors import CoupletError
from sync.telemetry.events import LOST
from sync.telemetry.tell import tell
from sync.telemetry.trace import begun

blueprint = func.Blueprint()
log = logging.getLogger("couplet")

SCHEDULE = "%SYNC_SCHEDULE%"
EVERY_FIVE_MINUTES = "0 */5 * * * *"
HOURLY = "0 7 * * * *"
DAILY = "0 17 3 * * *"


def function_name(mapping: str) -> str:
    """The name of a mapping's function: `sync_customer` for CUSTOMER."""
    return "sync_" + re.sub(r"[^a-z0-9]+", "_", mapping.lower())


@contextmanager
def _ticking(what: str) -> Iterator[None]:
    """A tick begins a trace. What keeps it from its work is one clear line in the log, not a traceback; the next one tries again."""
    with begun("timer"):
        try:
            yield
        except CoupletError as error:
            log.error("%s: %s %s", what, error, error.remedy, extra={"mapping": what, "code": error.code})


def _register(mapping: str) -> None:
    # A function of its own for each: a closure in a loop would see the last mapping only, and names must be unique.
    @blueprint.function_name(function_name(mapping))
    @blueprint.schedule(arg_name="timer", schedule=SCHEDULE, use_monitor=True)
    async def look(timer: func.TimerRequest) -> None:
        """Ask for a look at the mapping in every company in which it is due."""
        with _ticking(mapping):
            await tick(await environment(), mapping)


for _name in declared_mappings(os.environ.get(SETTING, "").strip() or None).mappings:
    _register(_name)


@blueprint.function_name("sweep")
@blueprint.schedule(arg_name="timer", schedule=SCHEDULE, use_monitor=True)
async def sweep_lost_work(timer: func.TimerRequest) -> None:
    """Send again what got lost between a marker and its message."""
    with _ticking("sweep"):
        sent = await sweep(await environment())
        if sent:
            tell(LOST, count=sent)


@blueprint.function_name("probe")
@blueprint.schedule(arg_name="timer", schedule=SCHEDULE, use_monitor=True)
async def probe_connection(timer: func.TimerRequest) -> None:
    """Resume a connection that paused itself as soon as it has back what it lacked."""
    with _ticking("probe"):
        await probe(await environment())


@blueprint.function_name("pulse")
@blueprint.schedule(arg_name="timer", schedule=EVERY_FIVE_MINUTES, use_monitor=True)
async def beat(timer: func.TimerRequest) -> None:
    """Tell Azure Monitor how every mapping stands: who is silent is found by whoever listens."""
    with _ticking("pulse"):
        await tell_pulse(await environment())


@blueprint.function_name("guard")
@blueprint.schedule(arg_name="timer", schedule=HOURLY, use_monitor=True)
async def guard_connection(timer: func.TimerRequest) -> None:
    """Pause what another connector works on, too."""
    with _ticking("guard"):
        await guard(await environment())


@blueprint.function_name("forget_old_jobs")
@blueprint.schedule(arg_name="timer", schedule=DAILY, use_monitor=True)
async def forget_jobs(timer: func.TimerRequest) -> None:
    """Delete jobs that are older than JOB_RETENTION_DAYS."""
    with _ticking("forget_old_jobs"):
        gone = await forget_old_jobs(await environment())
        if gone:
            log.info("%d old jobs were deleted", gone)
