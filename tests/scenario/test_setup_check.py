"""`GET setup/check`: every requirement, met or not, with its remedy; one that is not met keeps nobody from seeing the others."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.environment import Environment
from sync.services.connections import Connections
from sync.settings import Settings
from tests.scenario.engine import HURRIED, Engine, engine_on
from tests.scenario.front_door import Api
from tests.scenario.test_guards import native_job
from tests.store.test_refused import NOT_THIS, account_that_refuses, of_tables

STATE = {"storage", "connection", "alone"}
"""What cannot be told without the storage."""


async def requirements(engine: Engine) -> tuple[bool, dict[str, dict[str, Any]]]:
    """Whether all is ready, and every requirement by name."""
    answer = await engine.api.get("setup/check")
    assert answer.status == 200, answer.body
    return answer.json["ready"], {each["name"]: each for each in answer.json["requirements"]}


@pytest.mark.feature("F006")
async def test_where_all_is_set_up_every_requirement_is_met(engine: Engine) -> None:
    ready, found = await requirements(engine)
    assert ready
    unmet = {name for name, each in found.items() if not each["met"]}
    assert unmet == {"appUser"}, "in the sandbox the app may do everything"
    assert found["businessCentral"]["facts"]["company"] == "Demo Company"
    assert found["profile"]["facts"] == {"profile": "extended", "unavailable": []}
    assert found["currency"]["facts"]["localCurrency"] == "EUR"
    assert set(found["clock"]["facts"]) == {"bcSeconds", "salesSeconds", "timeZone", "today"}


async def test_what_the_standard_profile_lacks_is_named_by_mapping_and_field(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, BC_PROFILE="standard") as standard:
        ready, found = await requirements(standard)
        assert ready, "the rest works"
        profile = found["profile"]
        assert (profile["met"], profile["code"], profile["needed"]) == (False, "not_on_this_profile", False)
        assert "extension" in profile["remedy"]
        lacking = {(each["mapping"], each["field"]) for each in profile["facts"]["unavailable"]}
        assert lacking >= {("SHIPPING AGENT", None), ("ACCOUNT-FIGURES", None), ("CUSTOMER", "faxNumber")}


@pytest.mark.case("T715", "T716", "T761")
@pytest.mark.feature("F005", "F014")
async def test_missing_columns_and_the_mapping_that_needs_them_are_named(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh="factory") as plain:
        ready, found = await requirements(plain)
        assert ready
        columns = found["columns"]
        assert (columns["met"], columns["code"]) == (False, "columns_missing")
        assert "account.couplet_bcid" in columns["facts"]["missing"]
        assert [each["mapping"] for each in columns["facts"]["unavailable"]] == ["ACCOUNT-FIGURES"]
        refused = await plain.api.get("mappings/ACCOUNT-FIGURES")
        assert (refused.status, "infra.sales" in refused.json["remedy"]) == (404, True)


@pytest.mark.rule("G3")
async def test_the_native_connector_and_a_hold_are_told(engine: Engine) -> None:
    await native_job(engine, "Ready")
    await engine.api.post("connection/hold", {"reason": "month end"})
    ready, found = await requirements(engine)
    assert not ready
    assert (found["alone"]["code"], found["connection"]["code"]) == ("another_connector", "on_hold")
    assert "month end" in found["connection"]["detail"]
    assert found["sales"]["met"]


@pytest.mark.parametrize(
    ("settings", "name", "code"),
    [
        ({"BC_COMPANY": "Nowhere Ltd."}, "businessCentral", "company_not_found"),
        ({"ENTRA_CLIENT_SECRET": "wrong"}, "sales", "sign_in_refused"),
    ],
)
async def test_where_the_app_cannot_work_yet_the_check_does(
    engine: Engine, sandbox_processes: Sandbox, settings: dict[str, Any], name: str, code: str
) -> None:
    known = Settings.load({**sandbox_processes.app_settings, **settings})
    environment = Environment(known, engine.environment.store, Connections(known, patience=HURRIED))
    answer = await Api(environment).get("setup/check")
    await environment.connections.close()
    found = {each["name"]: each for each in answer.json["requirements"]}
    assert not answer.json["ready"]
    assert (found[name]["code"], bool(found[name]["remedy"])) == (code, True)
    assert found["storage"]["met"] and found["mappingsFile"]["met"]
    assert found["clock"]["code"] == code, "nobody can tell"


@pytest.mark.usefixtures("engine")
async def test_a_storage_that_does_not_let_the_app_in_hides_nothing_of_both_systems(
    sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with account_that_refuses(of_tables, "AuthorizationPermissionMismatch", NOT_THIS) as storage:
        for name, value in {**sandbox_processes.app_settings, "AzureWebJobsStorage": storage}.items():
            monkeypatch.setenv(name, value)
        api = Api(None)
        found = {each["name"]: each for each in (await api.get("setup/check")).json["requirements"]}
        refused = await api.get("mappings")
    assert {name for name, each in found.items() if not each["met"]} == {"appUser", *STATE}
    assert {found[name]["code"] for name in STATE} == {"store_refused"}
    assert "Storage Table Data Contributor" in found["storage"]["detail"]
    assert (refused.status, refused.json["type"]) == (503, "urn:couplet:store_refused")


async def test_a_clock_that_is_wrong_is_found(engine: Engine) -> None:
    await engine.bc.switch(clockOffsetMs=-3_600_000)
    _, found = await requirements(engine)
    await engine.bc.switch(clockOffsetMs=0)
    assert (found["clock"]["code"], found["clock"]["met"]) == ("clock_off", False)
    assert found["clock"]["facts"]["bcSeconds"] < -3000


async def test_a_company_that_is_not_configured_is_refused(engine: Engine) -> None:
    answer = await engine.api.get("setup/check?company=Nowhere")
    assert (answer.status, answer.json["allowed"]) == (400, ["Demo Company"])


async def test_an_answer_that_nobody_foresaw_hides_nothing_of_the_rest(engine: Engine) -> None:
    await engine.sales.switch(version="unknown")
    ready, found = await requirements(engine)
    assert not ready
    assert (found["salesVersion"]["code"], bool(found["salesVersion"]["remedy"])) == ("not_looked_at", True)
    assert found["sales"]["met"] and found["privileges"]["met"]
