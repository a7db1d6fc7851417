"""Rule E8: a customer or vendor born in Sales can be invoiced or bought from at once, by what BC's own templates give."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import account

pytestmark = pytest.mark.rule("E8")

GROUPS = ("customerPostingGroup", "generalBusinessPostingGroup", "vatBusinessPostingGroup")
DOMESTIC = dict.fromkeys(GROUPS, "DOMESTIC")
FOREIGN = dict.fromkeys(GROUPS, "FOREIGN")


async def _templates(engine: Engine, *templates: dict[str, str]) -> None:
    """These templates in the place of those that BC has."""
    for row in await engine.bc.rows("customerTemplates"):
        await engine.bc.delete("customerTemplates", row["id"])
    await engine.bc.seed({"customerTemplates": [{"description": "", **template} for template in templates]})
    engine.forget()


async def test_a_new_customer_has_what_posting_needs(engine: Engine) -> None:
    theirs = account("A1", name="Adler")
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    made = await engine.partner("CUSTOMER", theirs)
    assert {name: made[name] for name in GROUPS} == DOMESTIC
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.feature("F044")
async def test_the_first_template_without_a_currency_is_taken_with_its_number_series(engine: Engine) -> None:
    series = {"code": "CUST-WEB", "description": "Customers of the web", "startingNumber": "W0001", "lastNumberUsed": ""}
    await engine.bc.seed({"numberSeries": [series]})
    dollars, web = {"code": "A", "currencyCode": "USD", **DOMESTIC}, {"code": "B", "numberSeries": "CUST-WEB", **FOREIGN}
    await _templates(engine, dollars, web, {"code": "C", **DOMESTIC})
    one, two = account("A1", name="Adler"), account("A2", name="Bussard")
    await engine.seed(one, two)
    await engine.sync("CUSTOMER")
    rows = [await engine.partner("CUSTOMER", each) for each in (one, two)]
    assert sorted(row["number"] for row in rows) == ["W0001", "W0002"]
    assert {row["customerPostingGroup"] for row in rows} == {"FOREIGN"}
    assert (await engine.row(one))["accountnumber"] == rows[0]["number"]


DOLLARS, INCOMPLETE = {"code": "A", "currencyCode": "USD", **DOMESTIC}, {"code": "A", "customerPostingGroup": "DOMESTIC"}


@pytest.mark.parametrize("templates", [(), (DOLLARS,), (INCOMPLETE,)], ids=["none", "in dollars", "incomplete"])
async def test_without_a_template_that_gives_enough_nothing_is_made_until_there_is_one(
    engine: Engine, templates: tuple[dict[str, str], ...]
) -> None:
    await _templates(engine, *templates)
    theirs = account("A1", name="Adler")
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    assert not await engine.bc.rows("customers")
    [row] = await engine.problem_rows("CUSTOMER")
    assert row.code == "no_template"
    assert "Customer Templates" in row.message
    await _templates(engine, {"code": "A", **DOMESTIC})
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", theirs))["customerPostingGroup"] == "DOMESTIC"
    assert not await engine.problems()


CHOICE = """
[[CUSTOMER.templates.bc]]
bcTemplate = "EXPORT"
where = ["address1_country != DE"]
[[CUSTOMER.templates.bc]]
bcTemplate = "MISSING"
where = ["telephone1 is not blank"]
priority = 1
"""


@pytest.mark.feature("F043", "F044")
async def test_the_template_of_bc_may_be_chosen_by_the_account(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, CHOICE) as engine:
        await _templates(engine, {"code": "COMPANY", **DOMESTIC}, {"code": "EXPORT", "currencyCode": "USD", **FOREIGN})
        home, abroad = account("A1", name="Adler", address1_country="DE"), account("A2", name="Lyon SA", address1_country="FR")
        wrong = account("A3", name="Ulm", address1_country="DE", telephone1="1")
        await engine.seed(home, abroad, wrong)
        await engine.sync("CUSTOMER")
        assert (await engine.partner("CUSTOMER", home))["vatBusinessPostingGroup"] == "DOMESTIC"
        assert (await engine.partner("CUSTOMER", abroad))["vatBusinessPostingGroup"] == "FOREIGN"
        assert [row.code for row in await engine.problem_rows("CUSTOMER")] == ["unknown_template"]
        assert len(await engine.bc.rows("customers")) == 2
