"""Guards: state that was made for something else, and another connector on the same pair (rules G1, G3)."""

from __future__ import annotations

import json

import pytest

from sync.entry.upkeep import guard, probe
from sync.environment import Environment
from sync.errors import ForeignState
from sync.services.connections import Connections
from sync.store import keys, tables
from sync.store.entries import OWNER
from tests.scenario.engine import HURRIED, Engine
from tests.scenario.front_door import Api

NATIVE = {"objectTypeToRun": "Codeunit", "objectIdToRun": 5339, "description": "Customer-Account synchronisation"}


async def native_job(engine: Engine, status: str) -> None:
    """A job queue entry of the native connector."""
    await engine.bc.seed({"jobQueueEntries": [{**NATIVE, "id": "0b6d2c8e-58a5-4d5e-9f5b-3f3f2a0d9c11", "status": status}]})


async def whose(engine: Engine) -> dict[str, str]:
    """What the state says that it was made for; tests look behind the store's door."""
    row = await engine.ctx.store.entries._table.get(_owner(engine))
    assert row
    known: dict[str, str] = json.loads(row["whose"])
    return known


async def made_for(engine: Engine, known: dict[str, str]) -> None:
    """Other state: of a setting that was pointed elsewhere, or from before a currency was changed."""
    key = _owner(engine)
    await engine.ctx.store.entries._table.transact([tables.put({"PartitionKey": key[0], "RowKey": key[1], "whose": json.dumps(known)})])


def _owner(engine: Engine) -> tuple[str, str]:
    return keys.own_partition(engine.ctx.company, kind=OWNER), OWNER


async def restarted(engine: Engine) -> Environment:
    """The app after a restart: it looks anew whose state it has."""
    settings = engine.environment.settings
    return Environment(settings, engine.environment.store, Connections(settings, patience=HURRIED))


@pytest.mark.rule("G3")
@pytest.mark.parametrize(("page", "name"), [("nativeDataverseSetups", "Dataverse"), ("nativeSalesSetups", "Dynamics 365 Sales")])
async def test_an_enabled_native_connection_is_seen_even_where_no_job_of_it_runs(engine: Engine, page: str, name: str) -> None:
    setup = {"id": "5d9b9a5e-52a4-4b16-a6ff-4f0f7a0f6b11", "serverAddress": "https://contoso.crm4.dynamics.com"}
    await engine.bc.seed({page: [{**setup, "isEnabled": True}]})
    refused = await engine.api.post("full-sync", {"mappings": ["CUSTOMER"]})
    assert (refused.status, refused.json["type"]) == (409, "urn:couplet:another_connector")
    assert name in refused.json["detail"]
    await engine.bc.edit(page, setup["id"], isEnabled=False)
    assert (await engine.api.post("full-sync", {"mappings": ["CUSTOMER"]})).status == 202


@pytest.mark.rule("G3")
@pytest.mark.parametrize("status", ["Ready", "In_x0020_Process", "Error", "On_x0020_Hold_x0020_with_x0020_Inactivity_x0020_Timeout"])
async def test_while_the_native_connection_is_enabled_couplet_pauses_and_refuses_a_full_synch(engine: Engine, status: str) -> None:
    await native_job(engine, status)
    refused = await engine.api.post("full-sync", {"mappings": ["CUSTOMER"]})
    assert (refused.status, refused.json["type"]) == (409, "urn:couplet:another_connector")
    assert "Connection Setup" in refused.json["remedy"]
    await guard(engine.environment)
    shown = (await engine.api.get("connection")).json
    assert (shown["status"], shown["hold"]["code"], shown["hold"]["by"]) == ("On Hold", "another_connector", "app")
    await probe(engine.environment)
    assert (await engine.api.get("connection")).json["status"] == "On Hold"


@pytest.mark.rule("G3")
async def test_with_the_native_jobs_on_hold_couplet_works(engine: Engine) -> None:
    await native_job(engine, "On_x0020_Hold")
    await guard(engine.environment)
    assert (await engine.api.get("connection")).json["status"] == "Ready"
    assert (await engine.api.post("full-sync", {"mappings": ["CUSTOMER"]})).status == 202


@pytest.mark.rule("G3")
async def test_when_the_native_connection_was_disabled_couplet_resumes_by_itself(engine: Engine) -> None:
    await native_job(engine, "Ready")
    await guard(engine.environment)
    await native_job(engine, "On_x0020_Hold")
    await probe(engine.environment)
    assert (await engine.api.get("connection")).json["status"] == "Ready"


@pytest.mark.rule("G3")
async def test_a_business_central_that_does_not_show_its_jobs_refuses_nothing(engine: Engine) -> None:
    await native_job(engine, "Ready")
    await engine.bc.fault(path="jobQueueEntries", status=404, code="BadRequest_NotFound", times=10)
    await guard(engine.environment)
    assert (await engine.api.get("connection")).json["status"] == "Ready"


@pytest.mark.rule("G1")
@pytest.mark.parametrize("name", ["environment", "organization", "base_currency", "local_currency"])
async def test_state_that_was_made_for_something_else_is_refused_with_what_it_is(engine: Engine, name: str) -> None:
    await made_for(engine, {**await whose(engine), name: "another"})
    environment = await restarted(engine)
    try:
        with pytest.raises(ForeignState, match=name.replace("_", " ")):
            await environment.context(None)
        refused = await Api(environment).get("mappings")
        assert (refused.status, refused.json["type"]) == (409, "urn:couplet:foreign_state")
        assert name.replace("_", " ") in refused.json["detail"] and "storage account" in refused.json["remedy"]
        assert (await Api(environment).post("full-sync")).status == 409
    finally:
        await environment.connections.close()


@pytest.mark.rule("G1")
async def test_state_of_an_older_version_learns_the_currencies_that_it_was_made_with(engine: Engine) -> None:
    known = await whose(engine)
    await made_for(engine, {name: known[name] for name in ("environment", "organization")})
    environment = await restarted(engine)
    try:
        await environment.context(None)
        assert await whose(engine) == known
    finally:
        await environment.connections.close()
