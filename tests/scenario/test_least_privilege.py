"""Stories that are told elsewhere, once more: the app has the roles that setting up gives it in Sales, and no others."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from infra.setup.roles import ADMINISTRATOR, USER
from infra.setup.sign_in import as_administrator
from infra.setup.steps import Tally, settle, to_sales
from infra.setup.systems import Parts, Wanted
from sandbox.running import Sandbox
from sync.services.sales import Sales
from sync.setup.app_user import SYSTEM_ADMINISTRATOR
from tests.infra.administrator import Administrator
from tests.scenario.engine import Engine, engine_on
from tests.scenario.test_account_figures import test_uncoupling_a_customer_takes_its_figures_away_and_coupling_brings_others  # noqa: F401
from tests.scenario.test_invoices_of_orders import test_from_the_order_in_sales_to_its_paid_invoice_in_sales  # noqa: F401
from tests.scenario.test_notes import test_a_note_on_a_coupled_order_appears_on_the_other_side_once  # noqa: F401
from tests.scenario.test_order_status import (  # noqa: F401
    test_released_shipped_and_invoiced_the_order_says_so_and_its_timeline_tells_each_step_once,
)
from tests.scenario.test_rules_d6 import test_a_renamed_code_renames_the_option_everywhere  # noqa: F401


@pytest.fixture
async def engine(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """The engine of these stories, after somebody set Sales up and took System Administrator away from the app."""
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    async with engine_on(sandbox_processes, fresh=True) as fresh:
        host = as_administrator(fresh.ctx.settings, Administrator(str(sandbox_processes.ca_file)).show)
        await _demoted(host.sales, fresh)
        await host.close()
        yield fresh


async def _demoted(sales: Sales, engine: Engine) -> None:
    settings, tally = engine.ctx.settings, Tally()
    for planner in Parts(sales, settings, Wanted(apply=True, forms=False)).all():
        await settle(to_sales(sales), planner, tally, apply=True)
    [app] = (await sales.get(f"systemusers?$select=systemuserid&$filter=applicationid eq {settings.client_id}"))["value"]
    held = f"systemusers({app['systemuserid']})/systemuserroles_association"
    roles = {row["name"]: row for row in (await sales.get(f"{held}?$select=name,_roletemplateid_value"))["value"]}
    assert {ADMINISTRATOR, USER} < roles.keys()
    [old] = [row["roleid"] for row in roles.values() if row["_roletemplateid_value"] == SYSTEM_ADMINISTRATOR]
    await sales.send("DELETE", f"{sales.root}/{held}({old})/$ref")


async def test_the_app_may_do_nothing_that_no_mapping_needs(engine: Engine) -> None:
    me = await engine.ctx.sales.who_am_i()
    mine = await engine.ctx.sales.get(f"systemusers({me['UserId']})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()")
    held = {each["PrivilegeName"] for each in mine["RolePrivileges"]}
    assert {"prvCreateAccount", "prvDeleteOrder", "prvWriteAttribute"} <= held
    assert not {"prvCreateQuote", "prvWriteUser", "prvDeleteEntity", "prvActOnBehalfOfAnotherUser"} & held
