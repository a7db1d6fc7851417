"""Modes: which mappings there are in which mode, and what goes with those that there are not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from mapping.catalogue import CATALOGUE
from mapping.lookups import Lookup
from mapping.modes import Modes, Ownership, Pricing, in_mode, other_modes
from mapping.policies import Mode

ALL = [Modes(unit_groups=groups, pricing=pricing, ownership=owner) for groups, pricing, owner in product((False, True), Pricing, Ownership)]


def lookups(modes: Modes) -> Iterator[str]:
    for mapping in in_mode(CATALOGUE, modes).values():
        yield from (each.kind.mapping for unit in mapping.fields for each in unit.members if isinstance(each.kind, Lookup))


@pytest.mark.parametrize("modes", ALL, ids=str)
def test_every_mapping_is_in_force_or_told_with_its_mode(modes: Modes) -> None:
    present, other = in_mode(CATALOGUE, modes), other_modes(CATALOGUE, modes)
    assert {*present, *other} == set(CATALOGUE) and not present.keys() & other.keys()
    assert modes.chosen.isdisjoint(other.values())


@pytest.mark.parametrize("modes", ALL, ids=str)
def test_nothing_in_force_speaks_of_a_mapping_of_another_mode(modes: Modes) -> None:
    present = in_mode(CATALOGUE, modes)
    assert set(lookups(modes)) <= present.keys()
    for mapping in present.values():
        assert {*mapping.needs, *(each.through for each in mapping.related if each.through)} <= present.keys(), mapping.name


def test_the_value_of_a_mode_is_the_setting_that_chooses_it() -> None:
    assert Modes().chosen == {Mode.SINGLE_UNITS, Mode.PRICE_LISTS, Mode.PERSON, Mode.ORDERS_FROM_SALES}
    assert all(mode.partition("=")[0] in ("UNIT_GROUPS", "PRICING", "OWNERSHIP", "ORDERS") for mode in Mode)


@pytest.mark.rule("D7")
def test_with_a_team_as_owner_there_are_no_salespeople_and_no_owner_rows() -> None:
    team = in_mode(CATALOGUE, Modes(ownership=Ownership.TEAM))
    assert "SALESPEOPLE" not in team and "SALESPEOPLE" not in team["CUSTOMER"].needs
    assert "ownerid" not in {member.sales for unit in team["CUSTOMER"].fields for member in unit.members}


@pytest.mark.case("T250")
@pytest.mark.feature("F123")
def test_with_unit_groups_items_and_resources_need_their_units_and_these_their_group() -> None:
    mappings = in_mode(CATALOGUE, Modes(unit_groups=True))
    needs = {"UNIT GROUP": (), "ITEM UOM": ("UNIT GROUP",), "RESOURCE UOM": ("UNIT GROUP",)}
    needs |= {"ITEM-PRODUCT": ("ITEM UOM",), "RESOURCE-PRODUCT": ("RESOURCE UOM",)}
    assert {name: mappings[name].needs for name in needs} == needs
    assert "UNIT OF MEASURE" not in mappings


@pytest.mark.feature("F123")
def test_a_product_has_one_row_for_its_unit_in_either_mode() -> None:
    rows = {mode: in_mode(CATALOGUE, Modes(unit_groups=mode))["ITEM-PRODUCT"].fields for mode in (False, True)}
    columns = {mode: {member.sales for unit in units for member in unit.members} for mode, units in rows.items()}
    assert columns[True] - columns[False] == {"defaultuomid"} and columns[False] <= columns[True]
