"""Expected problems, one by one: missing, unexpected, of a field, optional, on either side."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expected.small import Small, customer, small


@pytest.fixture(name="world")
def _world() -> Small:
    return small()


def _expect(world: Small, **problem: Any) -> dict[str, Any]:
    wanted = {"mapping": "CUSTOMER", "side": "sales", "id": "s-three", "code": "invalid_value"} | problem
    world.outlook("CUSTOMER")["problems"].append(wanted)
    return wanted


def test_a_problem_that_nobody_listed_is_missing(world: Small) -> None:
    _expect(world)
    assert world.kinds() == {("problem_missing", "")}


def test_a_problem_that_nobody_expected_is_found(world: Small) -> None:
    world.problems.append({"mapping": "CUSTOMER", "side": "bc", "id": "b-one", "code": "stale", "field": None})
    assert world.kinds() == {("problem_unexpected", "")}


def test_another_code_is_one_missing_and_one_unexpected(world: Small) -> None:
    world.problems.append(_expect(world) | {"code": "too_long"})
    assert world.kinds() == {("problem_missing", ""), ("problem_unexpected", "")}


@pytest.mark.parametrize(("side", "id"), [("sales", "s-three"), ("bc", "b-three")])
def test_a_coupled_record_may_be_named_from_either_side(world: Small, side: str, id: str) -> None:
    world.problems.append(_expect(world) | {"side": side, "id": id})
    assert world.differences() == []


@pytest.mark.parametrize("name", ["country", "address1_country", "address", "city"])
def test_a_field_problem_may_name_either_side_or_the_group(world: Small, name: str) -> None:
    world.problems.append(_expect(world, field="country", fieldProblem=True) | {"field": name})
    assert world.differences() == []


@pytest.mark.parametrize("name", ["phoneNumber", "", None])
def test_a_field_problem_of_another_field_is_not_the_expected_one(world: Small, name: str | None) -> None:
    world.problems.append(_expect(world, field="country", fieldProblem=True) | {"field": name})
    assert {kind for kind, _ in world.kinds()} == {"problem_missing", "problem_unexpected"}


def test_a_field_problem_excuses_its_group_and_nothing_else(world: Small) -> None:
    world.problems.append(_expect(world, field="country", fieldProblem=True))
    world.bc_row("customers", "b-three").update(country="", city="", phoneNumber="")
    assert world.kinds() == {("field_differs", "phoneNumber")}


def test_an_optional_problem_may_be_listed_or_not(world: Small) -> None:
    wanted = _expect(world, optional=True)
    assert world.differences() == []
    world.problems.append(wanted)
    assert world.differences() == []


@pytest.mark.parametrize("named", ["b-x", "b-y"])
def test_an_ambiguity_may_be_listed_on_any_of_its_records_but_must_be_on_one(world: Small, named: str) -> None:
    for id in ("b-x", "b-y"):
        world.bc["customers"].append(customer(id, id.upper(), "Twin"))
        world.outlook("CUSTOMER")["apart"].append({"side": "bc", "id": id, "reason": "ambiguous_match"})
    _expect(world, side="bc", id="b-x", code="ambiguous_match", alsoOn=[{"side": "bc", "id": "b-y"}])
    assert world.kinds() == {("problem_missing", "")}
    world.problems.append({"mapping": "CUSTOMER", "side": "bc", "id": named, "code": "ambiguous_match", "field": None})
    assert world.differences() == []
