"""Couplet takes over from Business Central's own connector: couplings, choices and switches, without writing a record (rules A3, G3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.engine import Engine
from tests.scenario.native import adopted, listed, option, pair, pairs, table_mapping
from tests.scenario.world import account, customer, id_of

SAME = customer("C1", city="Bonn"), account("A1", accountnumber="C1", name="Company C1", address1_city="Bonn")
OTHER = customer("C2", city="Ulm"), account("A2", accountnumber="C2", name="Company Two", address1_city="")


async def worked_here(engine: Engine, *more: Any) -> None:
    """Two customers and a choice are coupled natively; the second customer differs from its account."""
    terms = id_of("paymentTerms", "NET 30")
    native = [
        table_mapping("CUSTOMER"),
        table_mapping("PAYMENT TERMS", direction="ToIntegrationTable"),
        option("PAYMENT TERMS", terms, 1, "Net 30"),
    ]
    couplings = [pair("CUSTOMER", mine.id, theirs.id) for mine, theirs in (SAME, OTHER)]
    await engine.seed(*SAME, *OTHER, *native, *couplings, *more)


@pytest.mark.rule("A3")
async def test_a_dry_run_shows_what_would_be_coupled_and_every_value_that_differs_and_couples_nothing(engine: Engine) -> None:
    await worked_here(engine)
    await engine.reset_counters()
    report = await adopted(engine, dryRun=True)
    assert report["dryRun"] and report["counts"]["CUSTOMER"] == {"taken": 2, "differing": 1}
    assert report["counts"]["PAYMENT TERMS"]["taken"] == 1
    [differing] = [each for each in await listed(engine, report, "differing") if each["mapping"] == "CUSTOMER"]
    assert (differing["bc"]["name"], differing["sales"]["name"]) == ("C2 Company C2", "C2 Company Two")
    values = {each["field"]: (each["bc"], each["sales"]) for each in differing["fields"]}
    assert values["displayName"] == ("Company C2", "Company Two")
    assert any("Ulm" in str(bc) for bc, _ in values.values()), "a blank that would be filled is told, too"
    assert await engine.couplings("CUSTOMER") == [] and await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("A3")
async def test_what_was_coupled_natively_is_coupled_without_writing_a_field_and_a_second_time_nothing_changes(engine: Engine) -> None:
    await worked_here(engine)
    await engine.reset_counters()
    report = await adopted(engine)
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert pairs(await listed(engine, report, "taken")) >= {(mine.id, theirs.id) for mine, theirs in (SAME, OTHER)}
    assert report["totals"]["toSales"]["coupled"] == 3
    [terms] = await engine.couplings("PAYMENT TERMS")
    assert (terms.bc_id, terms.sales_id) == (id_of("paymentTerms", "NET 30"), "1")
    before = await engine.couplings("CUSTOMER")
    again = await adopted(engine)
    assert (again["counts"]["CUSTOMER"], again["totals"]["toSales"]["coupled"]) == ({"already": 2}, 0)
    assert await engine.couplings("CUSTOMER") == before


@pytest.mark.rule("A3")
async def test_at_the_first_synch_afterwards_different_values_are_asked_and_blanks_are_filled(engine: Engine) -> None:
    await worked_here(engine)
    await adopted(engine)
    await engine.sync("CUSTOMER")
    assert ("conflicting_edits", "displayName") in await engine.problems("CUSTOMER")
    assert (await engine.row(OTHER[1]))["address1_city"] == "Ulm" and (await engine.row(OTHER[1]))["name"] == "Company Two"
