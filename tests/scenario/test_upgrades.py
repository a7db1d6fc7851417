"""An app that is older than the state: it says so everywhere, does nothing, and loses nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import azure.functions as func
import pytest
from azure.data.tables.aio import TableClient

from sandbox.running import Sandbox
from sync.environment import _PROCESS
from sync.errors import NewerFormat
from sync.run import messages
from sync.store import formats
from sync.store.migrations import FORMAT
from sync.triggers import queues
from tests.scenario.engine import Engine, engine_on

WORK = {"work": queues.synchronize_records, "poison": queues.give_up_records}


@pytest.fixture
async def older(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """An app on whose state a newer one has begun to work."""
    storage = sandbox_processes.app_settings["AzureWebJobsStorage"]
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    monkeypatch.setattr(formats, "AGAIN", 0.0)
    async with engine_on(sandbox_processes, fresh=True) as engine:
        await engine.ctx.store.format.settle()
        async with TableClient.from_connection_string(storage, "entries") as entries:
            await entries.upsert_entity({"PartitionKey": formats.KEY[0], "RowKey": formats.KEY[1], "format": FORMAT + 1})
        monkeypatch.setattr(_PROCESS, "environment", engine.environment)
        yield engine


async def test_health_and_every_call_name_both_formats_and_what_to_do(older: Engine) -> None:
    for call, status in (("health", 503), ("mappings", 409), ("jobs", 409)):
        answer = await older.api.get(call)
        assert answer.status == status
        assert f"format {FORMAT + 1}, this app knows {FORMAT}" in answer.json["detail"]
        assert "Deploy that version" in answer.json["remedy"]
    [storage] = [each for each in (await older.api.get("setup/check")).json["requirements"] if each["name"] == "storage"]
    assert (storage["met"], storage["code"]) == (False, NewerFormat.code)


@pytest.mark.parametrize("queue", WORK)
@pytest.mark.parametrize("newer", ["state", "message"])
async def test_work_goes_round_until_the_newer_version_is_there(
    older: Engine, caplog: pytest.LogCaptureFixture, queue: str, newer: str
) -> None:
    message = messages.scan(older.ctx.company, "CUSTOMER")
    if newer == "message":
        await older.forget_everything()
        message["format"] = messages.FORMAT + 1
    with caplog.at_level(logging.ERROR):
        await WORK[queue]._function.get_user_function()(func.QueueMessage(body=json.dumps(message).encode()))
    store = older.ctx.store
    if (queue, newer) == ("poison", "message"):
        assert await store.poison.length() == 0, "what was given up by a newer app is written down by this one, too"
        return
    assert (await store.queue.length(), await store.poison.length()) == ((1, 0) if queue == "work" else (0, 1))
    assert any("waits: " in record.message and "this app knows" in record.message for record in caplog.records)
