"""The work queue and its poison queue. Queue functions return nothing; the poison handler never raises (it would loop for a week)."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

import azure.functions as func

from sync.entry.connection import LONGEST_ROUND, go_round
from sync.environment import environment
from sync.errors import CoupletError
from sync.run.work import give_up, handle
from sync.start import UNUSABLE, storage_of
from sync.store.queue import POISON, WORK
from sync.telemetry.trace import following

blueprint = func.Blueprint()
log = logging.getLogger("couplet")

LAST_ATTEMPT = 5
"""host.json's maxDequeueCount: after it the host moves the message to the poison queue, without saying why."""


@blueprint.function_name("synchronize_records")
@blueprint.queue_trigger(arg_name="message", queue_name=WORK, connection="AzureWebJobsStorage")
async def synchronize_records(message: func.QueueMessage) -> None:
    """Do one work message: look, synchronise records, walk a page, advance a full synch."""
    work = json.loads(message.get_body())
    known = {"kind": work["kind"], "mapping": work.get("mapping"), "job": work.get("job")}
    try:
        await handle(await environment(), work)
    except UNUSABLE as error:
        log.error("Work waits: %s %s", error, error.remedy, extra={**known, "code": error.code})
        async with storage_of(os.environ) as store:
            await go_round(store, work)
    except CoupletError as error:
        with following(work):
            log.error("%s", error, extra={**known, "code": error.code})
            if error.transient or (message.dequeue_count or 1) < LAST_ATTEMPT:
                raise
            await give_up(await environment(), work, error)


@blueprint.function_name("give_up_records")
@blueprint.queue_trigger(arg_name="message", queue_name=POISON, connection="AzureWebJobsStorage")
async def give_up_records(message: func.QueueMessage) -> None:
    """Record what could not be done, so that its job ends."""
    try:
        work = json.loads(message.get_body())
        with following(work):
            await _record(work)
    except Exception:
        log.exception("a poison message could not be recorded")


async def _record(work: Mapping[str, Any]) -> None:
    """Give up, or keep the message for later where that cannot be written down now: it may be all that knows of its job."""
    try:
        await give_up(await environment(), work)
    except CoupletError as error:
        log.error("A poison message waits: %s %s", error, error.remedy, extra={"code": error.code})
        async with storage_of(os.environ) as store:
            await store.poison.send(work, LONGEST_ROUND)
