"""Rule E8: what BC's own templates give to a row about to be made there, and what happens when they give too little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from mapping.filters import equals
from mapping.model import TableMapping, Template
from mapping.overlay import read
from mapping.profiles import available
from mapping.templates import Supplies
from mapping.values import Side
from sync.heart.plan import Outcome, Pair, Plan, Run
from sync.heart.reconcile import reconcile
from tests.engine.pairs import BC, CUSTOMER, IDS, SALES, WORLD, named, row, written

pytestmark = pytest.mark.rule("E8")

GROUPS = Supplies(
    table="customerTemplates",
    page="Customer Templates",
    gives={"customerPostingGroup": "customerPostingGroup", "generalBusinessPostingGroup": "generalBusinessPostingGroup"},
    needs=("customerPostingGroup", "generalBusinessPostingGroup"),
)
MAPPING = replace(CUSTOMER, supplies=GROUPS)


def template(code: str, group: str, *, currency: str = "", business: str = "DOMESTIC") -> dict[str, Any]:
    """A row of BC's page Customer Templates."""
    return {"code": code, "currencyCode": currency, "customerPostingGroup": group, "generalBusinessPostingGroup": business}


def made(templates: Sequence[Mapping[str, Any]], mapping: TableMapping = MAPPING, **account: Any) -> Plan:
    """The plan of an account that is to become a customer."""
    world = replace(WORLD, related={**WORLD.related, "customerTemplates": {"*": templates}})
    shown = row(CUSTOMER, SALES, **{"name": "New", **account})
    return reconcile(mapping, Pair(rows={SALES: shown}, ids=IDS), world, Run(creates=frozenset(Side)))


def test_the_first_template_without_currency_supplies_the_posting_groups() -> None:
    plan = made([template("C", "LATER"), template("A", "DOLLARS", currency="USD"), template("B", "FIRST")], name="New")
    assert written(plan)[BC]["customerPostingGroup"] == "FIRST"
    assert not plan.problems


def test_a_template_may_be_chosen_by_its_code_and_by_a_filter_on_the_account() -> None:
    abroad = Template(name="abroad", values={}, code="export", where=(equals("address1_city", "Lyon"),))
    mapping = replace(MAPPING, templates={BC: (abroad,)})
    rows = [template("DOMESTIC", "HOME"), template("EXPORT", "AWAY", currency="USD")]
    assert written(made(rows, mapping, address1_city="Lyon"))[BC]["customerPostingGroup"] == "AWAY"
    assert written(made(rows, mapping, address1_city="Bonn"))[BC]["customerPostingGroup"] == "HOME"


def test_what_the_mapping_gives_itself_wins_over_the_template_of_bc() -> None:
    mapping = replace(MAPPING, templates={BC: (Template(name="own", values={"customerPostingGroup": "OWN"}),)})
    values = written(made([template("A", "THEIRS")], mapping))[BC]
    assert (values["customerPostingGroup"], values["generalBusinessPostingGroup"]) == ("OWN", "DOMESTIC")


@pytest.mark.parametrize("templates", [[], [template("A", "X", currency="USD")], [template("A", "")], [template("A", "X", business="")]])
def test_where_no_template_gives_enough_nothing_is_created_and_the_page_is_named(templates: Sequence[Mapping[str, Any]]) -> None:
    plan = made(templates)
    assert (plan.steps, named(plan), plan.outcomes) == ((), {"": "no_template"}, {BC: Outcome.FAILED})
    assert "Customer Templates" in plan.problems[0].detail


def test_a_chosen_template_that_is_not_there_is_a_problem_of_its_own() -> None:
    mapping = replace(MAPPING, templates={BC: (Template(name="own", values={}, code="EXPROT"),)})
    plan = made([template("EXPORT", "X")], mapping)
    assert (plan.steps, named(plan)) == ((), {"": "unknown_template"})
    assert "EXPROT" in plan.problems[0].detail


def test_a_row_that_is_there_needs_no_template() -> None:
    rows = {BC: row(CUSTOMER, BC), SALES: row(CUSTOMER, SALES)}
    assert "no_template" not in named(reconcile(MAPPING, Pair(rows=rows, ids=IDS), WORLD, Run(creates=frozenset(Side))))


def test_without_the_extension_nothing_is_supplied_and_each_group_is_named() -> None:
    served, unavailable = available({"CUSTOMER": MAPPING}, extended=False)
    assert served["CUSTOMER"].supplies is None
    assert {one.field for one in unavailable if "Customer Templates" in one.why} == set(GROUPS.needs)


def test_a_template_of_bc_can_be_chosen_in_the_mappings_file() -> None:
    overlay = read('[[CUSTOMER.templates.bc]]\nbcTemplate = "EXPORT"\nwhere = ["address1_country = FR"]')
    [found] = overlay.mappings["CUSTOMER"].templates[BC]
    assert (found.code, found.values) == ("EXPORT", {})


def test_a_template_of_bc_is_no_template_for_sales() -> None:
    found = {mistake.path for mistake in read('[[CUSTOMER.templates.sales]]\nbcTemplate = "EXPORT"').mistakes}
    assert "CUSTOMER.templates.sales[0].bcTemplate" in found
