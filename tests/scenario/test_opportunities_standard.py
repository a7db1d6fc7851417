"""Opportunities where Business Central serves API v2.0 alone: what is left of rule E4, and what is named as missing."""

from __future__ import annotations

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.engine import engine_on
from tests.scenario.world import Record, customer, opportunity, person, sales_opportunity

pytestmark = pytest.mark.rule("E4")


async def test_an_opportunity_goes_by_its_contact_and_what_is_missing_is_named(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, BC_PROFILE="standard") as engine:
        mine, ada, deal = customer("C1"), person("P1", of="C1"), opportunity("OP1", contact="P1")
        house = opportunity("OP2", contact="CT-C1")
        await engine.seed(mine, ada, deal, house)
        assert ("OPPORTUNITY", "contactCompanyNumber") in {(one.mapping, one.field) for one in engine.ctx.unavailable}
        await engine.sync("SALESPEOPLE", "CURRENCY", "CUSTOMER", "CONTACT", "OPPORTUNITY")
        theirs, who = await engine.partner("OPPORTUNITY", deal), await engine.partner("CONTACT", ada)
        assert (theirs["_parentcontactid_value"], theirs["_customerid_value"]) == (who["contactid"], who["contactid"])
        assert (theirs["_parentaccountid_value"], theirs["estimatedvalue"], theirs["estimatedclosedate"]) == (None, 1000, "2026-06-30")
        assert await engine.problems("OPPORTUNITY") == [("waiting_for_parent", "contactNumber")], "of the company's own contact"

        of = Record(Side.SALES, "accounts", (await engine.partner("CUSTOMER", mine))["accountid"], {})
        with_contact = sales_opportunity("K1", account=of, contact=Record(Side.SALES, "contacts", who["contactid"], {}))
        without = sales_opportunity("K2", account=of)
        await engine.seed(with_contact, without)
        await engine.sync("OPPORTUNITY")
        made = await engine.partner("OPPORTUNITY", with_contact)
        assert (made["description"], made["contactNumber"], made["salespersonCode"]) == ("Opportunity K1", "P1", "AB")
        assert ("no_contact", None) in await engine.problems("OPPORTUNITY")
