"""Business Central on premises: a server instance with its own address, tenant and access keys in the place of an environment online."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from copy import copy

import pytest

from sandbox.processes import Children
from sandbox.running import Sandbox
from sync.environment import Environment
from sync.errors import AccessKeyRefused, CoupletError, EnvironmentNotFound, ForeignState
from sync.heart.plan import Side
from sync.services.connections import Connections
from sync.settings import Settings
from tests.scenario.engine import HURRIED, engine_on
from tests.scenario.hooked import MINE, THEIRS, Hooked, hooked_on, phones

KEY = "an access key that nobody may read"
AUDIENCE = "api://9f7e6a52-1b5d-4b0a-9a33-0c1f5d2e7b11"
CLIENT = "https://bc.contoso.com/BC"
BY_TOKEN = {"BC_USER": "", "BC_ACCESS_KEY": "", "BC_SCOPE": f"{AUDIENCE}/.default"}


@pytest.fixture(scope="module")
def premises(sandbox_processes: Sandbox, children: Children) -> Sandbox:
    """The sandbox with a server of its own: instance BC, tenant `default`, one user who may use web services."""
    arguments = ["--instance", "BC", "--server-tenant", "default", "--access-key", f"COUPLET:{KEY}", "--audience", AUDIENCE]
    child = children.start_module("on-premises", "sandbox.business_central", "--key", sandbox_processes.key, *arguments)
    moved = copy(sandbox_processes)
    moved.business_central = child.ready["ready"]
    return moved


def settings(premises: Sandbox, **changes: str) -> dict[str, str]:
    """The settings of an app that works on this server."""
    own = {
        "BC_URL": premises.business_central,
        "BC_ENVIRONMENT": "",
        "BC_INSTANCE": "BC",
        "BC_TENANT": "default",
        "BC_COMPANY": "Demo Company",
        "BC_CLIENT_URL": CLIENT,
        "BC_USER": "COUPLET",
        "BC_ACCESS_KEY": KEY,
    }
    return {**own, **changes}


@pytest.fixture
async def hooked(premises: Sandbox) -> AsyncIterator[Hooked]:
    async with hooked_on(premises, OVERLAP_SECONDS="1", **settings(premises)) as told:
        yield told


@pytest.mark.feature("F010")
async def test_customers_are_kept_in_step_with_a_server_on_premises_and_its_edits_are_told(hooked: Hooked) -> None:
    engine = hooked.engine
    await hooked.begin()
    await engine.edit(MINE, phoneNumber="0431 1")
    await hooked.told(Side.BC)
    await hooked.come_to_rest()
    assert await phones(hooked) == {"0431 1"}
    await engine.edit(THEIRS, telephone1="0431 2")
    await hooked.told(Side.SALES)
    await hooked.come_to_rest()
    assert await phones(hooked) == {"0431 2"}
    opens = f"{CLIENT}/?tenant=default&company=Demo%20Company&page=21&filter=%27No.%27%20IS%20%27C1%27"
    assert (await engine.row(THEIRS))["couplet_bclink"] == opens
    assert await engine.problems("CUSTOMER") == []


async def test_the_profile_of_the_server_is_found_out_and_pages_are_followed(premises: Sandbox) -> None:
    async with engine_on(premises, fresh=True, **settings(premises, PAGE_SIZE="1")) as engine:
        check = {each["name"]: each for each in (await engine.api.get("setup/check")).json["requirements"]}
        assert check["profile"]["facts"]["profile"] == "extended"
        assert check["businessCentral"]["facts"]["environment"] == f"{premises.business_central.partition('//')[2]}/bc/default"
        lines = await engine.sync("PAYMENT TERMS", "SHIPMENT METHOD")
        assert {line.status for line in lines.values()} == {"success"}


async def test_a_server_with_entra_is_signed_in_to_with_a_token_for_its_own_registration(premises: Sandbox) -> None:
    async with engine_on(premises, fresh=True, **settings(premises, **BY_TOKEN)) as engine:
        assert await engine.ctx.bc.company_name() == "Demo Company"


@pytest.mark.case("T745")
@pytest.mark.parametrize(
    ("changes", "error", "named"),
    [
        ({"BC_ACCESS_KEY": "another key"}, AccessKeyRefused, "BC_ACCESS_KEY"),
        ({"BC_USER": "NOBODY"}, AccessKeyRefused, "BC_USER"),
        ({"BC_INSTANCE": "BC2"}, EnvironmentNotFound, "BC_INSTANCE"),
        ({"BC_TENANT": "other"}, EnvironmentNotFound, "BC_TENANT"),
    ],
)
async def test_what_is_wrong_about_the_server_is_named_with_its_setting(
    premises: Sandbox, changes: Mapping[str, str], error: type[CoupletError], named: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    known = Settings.load({**premises.app_settings, **settings(premises, **changes)})
    connections = Connections(known, patience=HURRIED)
    try:
        with pytest.raises(error) as caught:
            await connections.business_central("Demo Company").company_id()
    finally:
        await connections.close()
    assert named in caught.value.remedy
    told = caplog.text + str(caught.value) + repr(caught.value.detail) + repr(known)
    assert KEY not in told and "another key" not in told and "Basic " not in told


@pytest.mark.rule("G1")
async def test_the_state_of_one_server_is_not_taken_for_another_with_the_same_instance(premises: Sandbox) -> None:
    """A backup restored on a test server has the same companies, by name and by id."""
    async with engine_on(premises, fresh=True, **settings(premises)) as engine:
        elsewhere = settings(premises, BC_URL=premises.business_central.replace("127.0.0.1", "localhost"))
        known = Settings.load({**premises.app_settings, **elsewhere})
        other = Environment(known, engine.ctx.store, Connections(known, patience=HURRIED))
        with pytest.raises(ForeignState):
            await other.context(None)
        await other.connections.close()
