"""Upgrades: an app that is older than the state says so everywhere, does nothing and loses nothing; a newer one goes on with its work."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import azure.functions as func
import pytest
from azure.data.tables.aio import TableClient

from sandbox.running import Sandbox
from sync.environment import _PROCESS, _Process
from sync.errors import NewerFormat
from sync.heart.plan import Side
from sync.run import messages
from sync.store import formats, keys
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
    for call, status in (("health", 503), ("mappings", 503), ("jobs", 503)):
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


async def test_an_older_app_does_not_even_start(older: Engine, sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in sandbox_processes.app_settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NewerFormat, match=f"this app knows {FORMAT}"):
        await _Process().get()


async def test_what_an_older_app_had_half_done_is_brought_to_its_end(engine: Engine, sandbox_processes: Sandbox) -> None:
    """Its worker died behind the write to Sales and left an intent in the form of format 1."""
    mine, theirs = await engine.coupled({"phoneNumber": "1"}, {"telephone1": "1"})
    await engine.edit(mine, phoneNumber="22")
    await engine.ask_for_a_look("CUSTOMER")
    await engine.die(Side.SALES, "after")
    await engine.leases_run_out("CUSTOMER")
    place = {"PartitionKey": keys.partition(engine.ctx.company, "CUSTOMER"), "RowKey": keys.record(Side.BC, mine.id)}
    async with TableClient.from_connection_string(sandbox_processes.app_settings["AzureWebJobsStorage"], "couplings") as rows:
        row = await rows.get_entity(place["PartitionKey"], place["RowKey"])
        meant = {side: {name: pair[0] for name, pair in units.items()} for side, units in json.loads(row["intent"]).items()}
        assert meant == {"sales": {"phoneNumber": "22"}}
        await rows.update_entity({**place, "format": 1, "intent": json.dumps(meant)})
    await engine.edit(mine, phoneNumber="33")
    await engine.drain()
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [], "the value in Sales is known for Couplet's own"
    assert (await engine.row(theirs))["telephone1"] == "33"
