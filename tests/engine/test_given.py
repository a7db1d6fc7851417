"""What a mapping gives a row beside its fields, and rules on values, within the pure heart: no ping-pong, no lost value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.extensions import Extensions, Function, Record
from mapping.fields import both, on, to_sales
from mapping.filters import equals
from mapping.model import TableMapping, Template
from mapping.modes import Modes, in_mode
from mapping.overlay import read
from mapping.transform import LowerCase, Prefix, TitleCase, Trim, UpperCase, WithoutPrefix
from mapping.values import Side
from sync.heart.coupling import Held
from sync.heart.plan import Outcome, Pair, Run
from sync.heart.reconcile import reconcile
from tests.engine.pairs import (
    BC,
    CUSTOMER,
    IDS,
    INSIDE,
    SALES,
    WORLD,
    carried_out,
    edited,
    members,
    named,
    pair,
    row,
    settled,
    value,
    written,
)
from tests.in_force import IN_FORCE

EVERYWHERE = Run(creates=frozenset(Side), couples=True)


def ruled(to_sales_steps: tuple[Any, ...], to_bc_steps: tuple[Any, ...], **more: Any) -> TableMapping:
    """Customers whose name takes these rules on its way."""
    [name] = on("customers", "accounts", both("displayName", "name"))
    member = replace(name.members[0], transform={SALES: to_sales_steps, BC: to_bc_steps}, **more)
    return replace(CUSTOMER, fields=(replace(name, members=(member,)), *CUSTOMER.fields[1:2]), natural_keys=())


RULES = st.sampled_from(
    [
        ((UpperCase(),), (LowerCase(),)),
        ((TitleCase(),), (UpperCase(),)),
        ((Prefix(text="X"),), (WithoutPrefix(text="X"),)),
        ((Trim(), UpperCase()), ()),
        ((), (TitleCase(),)),
    ]
)
NAMES = st.text("aAbX ", max_size=4)


@given(RULES, NAMES, NAMES, st.lists(st.tuples(st.sampled_from(["bc", "sales"]), NAMES), max_size=4), st.booleans())
def test_whatever_people_type_a_value_under_rules_comes_to_rest(
    rules: tuple[Any, Any], mine: str, theirs: str, edits: list[tuple[str, str]], not_null: bool
) -> None:
    mapping = ruled(*rules, not_null=not_null)
    now = settled(mapping, pair(row(CUSTOMER, BC, displayName=mine), row(CUSTOMER, SALES, name=theirs or None)))
    for side, typed in edits:
        now = settled(mapping, edited(now, **{side: {"displayName": typed} if side == "bc" else {"name": typed or None}}))
        assert value(mapping, now, "displayName", Side(side)) == (typed.strip() or None)
        assert not reconcile(mapping, now, WORLD, Run()).steps


@given(NAMES, NAMES)
def test_a_blank_of_a_not_null_field_never_empties_the_other_side(mine: str, theirs: str) -> None:
    mapping = ruled((), (), not_null=True)
    start = settled(mapping, pair(row(CUSTOMER, BC, displayName=mine), row(CUSTOMER, SALES, name=theirs or None)))
    for side, other in ((BC, SALES), (SALES, BC)):
        held = value(mapping, start, "displayName", other)
        blanked = settled(mapping, edited(start, **{side: {"displayName": ""} if side is BC else {"name": None}}))
        assert value(mapping, blanked, "displayName", other) == held


def test_a_one_way_rule_sets_back_what_it_did_not_make() -> None:
    [name] = on("customers", "accounts", to_sales("displayName", "name"))
    member = replace(name.members[0], transform={SALES: (UpperCase(),)})
    mapping = replace(CUSTOMER, fields=(replace(name, members=(member,)),), natural_keys=())
    start = pair(row(CUSTOMER, BC, displayName="acme"), row(CUSTOMER, SALES, name="acme"))
    plan = reconcile(mapping, start, WORLD, Run())
    assert written(plan) == {SALES: {"name": "ACME"}}


def only_in_sales(**values: Any) -> Pair:
    """An account without customer."""
    return Pair(rows={SALES: row(CUSTOMER, SALES, **{"name": "New", **values})}, ids=IDS)


@pytest.mark.case("T022")
def test_a_template_that_nobody_knows_is_the_records_problem_and_nothing_is_made() -> None:
    mapping = replace(CUSTOMER, templates={BC: (Template(name="DOMESTICK", values=None),)})
    plan = reconcile(mapping, only_in_sales(name="New"), WORLD, EVERYWHERE)
    assert (plan.steps, named(plan), plan.outcomes) == ((), {"": "unknown_template"}, {BC: Outcome.FAILED})


@pytest.mark.case("T023")
@pytest.mark.parametrize(("city", "group"), [("Bonn", "LOW"), ("Ulm", "HIGH")])
def test_of_several_templates_that_fit_the_one_with_the_lowest_number_is_taken(city: str, group: str) -> None:
    some = Template(name="some", values={"customerPostingGroup": "LOW"}, where=(equals("address1_city", "Bonn"),), priority=1)
    rest = Template(name="rest", values={"customerPostingGroup": "HIGH"}, priority=2)
    for order in ((some, rest), (rest, some)):
        plan = reconcile(replace(CUSTOMER, templates={BC: order}), only_in_sales(address1_city=city), WORLD, EVERYWHERE)
        assert written(plan)[BC]["customerPostingGroup"] == group


@pytest.mark.rule("B2")
def test_who_is_referred_to_by_a_rule_in_the_place_of_a_field_is_not_set_back_by_that_field() -> None:
    template = Template(name="of the team", values={"ownerid@odata.bind": "/teams(team-1)"})
    mapping = replace(CUSTOMER, templates={SALES: (template,)})
    start = Pair(rows={BC: row(CUSTOMER, BC, displayName="New", salespersonCode="ANN")}, ids=IDS)
    plan = reconcile(mapping, start, WORLD, EVERYWHERE)
    assert written(plan)[SALES]["ownerid@odata.bind"] == "/teams(team-1)"
    assert plan.held["salespersonCode"] == Held("sp-ann", "team-1")


def test_late_fields_are_written_in_a_second_step_of_the_same_plan() -> None:
    mapping = ruled((), (), late=True)
    plan = reconcile(mapping, only_in_sales(name="New"), WORLD, EVERYWHERE)
    assert [type(step).__name__ for step in plan.steps] == ["Create", "Update"]
    assert "displayName" not in plan.steps[0].values  # type: ignore[union-attr]
    assert plan.steps[1].values == {"displayName": "New"}  # type: ignore[union-attr]


@pytest.mark.parametrize("given_back", [{"creditlimit": 7.0}, {"creditlimit": 7.0, "name": "Other"}])
def test_what_a_function_gives_a_one_way_field_stays_and_a_two_way_one_travels_back_once(given_back: Mapping[str, Any]) -> None:
    function = Function("extensions.py:before", lambda: lambda record: {**record.values, **given_back} if record.side == "sales" else None)
    mapping = replace(CUSTOMER, extensions=Extensions(before_write=function))
    now = settled(mapping, pair(row(CUSTOMER, BC, displayName="Acme", creditLimit=5, number="C1"), row(CUSTOMER, SALES)))
    assert now.rows[SALES]["creditlimit"] == 7.0
    after = reconcile(mapping, now, WORLD, Run())
    assert written(after) == ({BC: {"displayName": "Other"}} if "name" in given_back else {})
    assert not reconcile(mapping, carried_out(mapping, now, after), WORLD, Run()).steps


def test_a_function_that_raises_holds_the_whole_record_back() -> None:
    def broken(record: Record) -> None:
        raise LookupError(record.mapping)

    mapping = replace(CUSTOMER, extensions=Extensions(before_write=Function("x.py:f", lambda: broken)))
    plan = reconcile(mapping, pair(row(CUSTOMER, BC, displayName="Acme"), row(CUSTOMER, SALES)), WORLD, Run())
    assert (plan.steps, named(plan)) == ((), {"": "extension_failed"})
    assert "LookupError" in plan.problems[0].detail


@given(st.sampled_from([0, 1, None]), st.booleans())
def test_a_constant_is_written_where_it_differs_and_nowhere_else(present: int | None, known: bool) -> None:
    mapping = read("[CUSTOMER.constants.sales]\naccountratingcode = 1").mappings["CUSTOMER"]
    shown = {"accountratingcode": present} if known else {}
    now = settled(CUSTOMER, pair(row(CUSTOMER, BC), row(CUSTOMER, SALES, **shown)))
    plan = reconcile(mapping, now, WORLD, Run())
    assert written(plan) == ({SALES: {"accountratingcode": 1}} if known and present != 1 else {})


NAMED = [(name, member.name) for name in ("CUSTOMER", "CONTACT", "ITEM-PRODUCT") for member in members(IN_FORCE[name])]


@pytest.mark.feature("F047", "F052")
@pytest.mark.parametrize(("name", "field"), NAMED, ids=[f"{name} {field}" for name, field in NAMED])
def test_a_row_taken_out_leaves_all_else_working_or_is_refused(name: str, field: str) -> None:
    overlay = read(f'["{name}".fields.{field}]\nenabled = false')
    if overlay.mistakes:
        needed = {member.name for member in members(IN_FORCE[name]) if member.needed}
        assert field in {key for keys in IN_FORCE[name].natural_keys for key in keys} | {"companyNumber"} | needed
        return
    whole, mapping = IN_FORCE[name], in_mode(overlay.mappings, Modes())[name]
    both = pair(row(whole, BC), row(whole, SALES))
    shown = {side: {column: both.rows[side].get(column) for column in mapping.columns(side)} | dict(INSIDE[name][side]) for side in Side}
    assert whole.member(field).shown(BC) in {*shown[BC], ""}
    for rows in (shown, {BC: shown[BC]}, {SALES: shown[SALES]}):
        plan = reconcile(mapping, Pair(rows=rows, ids=IDS, coupled=len(rows) > 1), WORLD, EVERYWHERE)
        assert field not in plan.held
