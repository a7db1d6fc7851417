"""Rule A4: an account is a customer and a vendor at once only where the mapping allows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import engine_on
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import account, customer, vendor

pytestmark = pytest.mark.rule("A4")

FILTERS = """
[VENDOR]
enabled = true
filters = { sales = ["statecode = 0", "accountclassificationcode = 1"] }
naturalKeys = [["displayName"]]
"""
SHARED = f'{FILTERS}shares = ["CUSTOMER"]'


@pytest.mark.parametrize("text", [FILTERS, SHARED], ids=["not allowed", "allowed"])
async def test_one_account_for_a_company_that_buys_and_sells(sandbox_processes: Sandbox, tmp_path: Path, text: str) -> None:
    async with engine_with(sandbox_processes, tmp_path, text) as engine:
        buys, sells = customer("C1", displayName="Falke"), vendor("V1", displayName="Falke")
        theirs = account("A1", name="Falke", accountnumber="C1", accountclassificationcode=1)
        await engine.seed(buys, sells, theirs)
        await engine.sync("CUSTOMER", "VENDOR", create="none")
        assert await engine.coupling("CUSTOMER", buys)
        assert bool(await engine.coupling("VENDOR", sells)) is (text == SHARED)


async def test_a_vendors_account_stays_his_while_the_mapping_is_off(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True) as engine:
        await engine.switch("VENDOR", enabled=True)
        sells, theirs = vendor("V1"), account("A1", customertypecode=11, name="Company V1", accountnumber="V1")
        await engine.seed(sells, theirs, customer("V1"))
        await engine.sync("VENDOR", create="none")
        assert await engine.coupling("VENDOR", sells)
        await engine.switch("VENDOR", enabled=False)
        await engine.edit(theirs, customertypecode=3)
        await engine.sync("CUSTOMER", create="none")
        assert not await engine.couplings("CUSTOMER")
