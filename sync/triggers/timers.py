"""One timer a mapping, the job queue entries of the native connector: the portal shows one function, one log and one switch each."""

from __future__ import annotations

import logging
import re

import azure.functions as func

from mapping.catalogue import CATALOGUE
from sync.environment import environment
from sync.work import request_scan, sweep

blueprint = func.Blueprint()
log = logging.getLogger("couplet")

SCHEDULE = "%SYNC_SCHEDULE%"


def function_name(mapping: str) -> str:
    """The name of a mapping's function: `sync_customer` for CUSTOMER."""
    return "sync_" + re.sub(r"[^a-z0-9]+", "_", mapping.lower())


def _register(mapping: str) -> None:
    # A function of its own for each: a closure in a loop would see the last mapping only, and names must be unique.
    @blueprint.function_name(function_name(mapping))
    @blueprint.schedule(arg_name="timer", schedule=SCHEDULE, use_monitor=True)
    async def look(timer: func.TimerRequest) -> None:
        for ctx in await (await environment()).contexts():
            if mapping in ctx.mappings and await request_scan(ctx, mapping):
                log.debug("look requested", extra={"mapping": mapping, "company": ctx.company})


for _name in CATALOGUE:
    _register(_name)


@blueprint.function_name("sweep")
@blueprint.schedule(arg_name="timer", schedule=SCHEDULE, use_monitor=True)
async def sweep_lost_work(timer: func.TimerRequest) -> None:
    """Send again what got lost between a marker and its message."""
    sent = await sweep(await environment())
    if sent:
        log.warning("messages sent again", extra={"count": sent})
