"""Rule A1: look for the partner before creating one."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("A1")


async def test_a_customer_with_the_same_number_is_coupled_not_created(engine: Engine) -> None:
    mine, theirs = customer("C1", displayName="Adler"), account("A1", name="Eagle", accountnumber="C1")
    await engine.seed(mine, theirs)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id
    assert len(await engine.sales.rows("accounts")) == 1
