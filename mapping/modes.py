"""The ways in which an organisation is run: single units or unit groups, price lists or price groups, persons or a team as owners, orders.

A mapping says by `only_in` to which mode it belongs, and by `variants` what else it is in one. Rows, needs and related rows that speak of a
mapping of another mode go with that mapping, so that one declaration serves both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from mapping.model import TableMapping
from mapping.owners import has_owner, owned_by_the_team
from mapping.policies import Mode
from mapping.reduced import reduced, spared_units


class Pricing(StrEnum):
    """Where prices of customers come from: price lists of the extended pricing, or customer price groups (rule E3)."""

    LISTS = "priceLists"
    GROUPS = "priceGroups"


class Ownership(StrEnum):
    """Who owns rows of Sales: the salesperson's user, or the one team of the company (rule D7)."""

    PERSON = "person"
    TEAM = "team"


class Orders(StrEnum):
    """Where sales orders are born: in Sales alone, to be taken over by BC, or on either side, to be kept in step (rule E6)."""

    FROM_SALES = "fromSales"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True, slots=True)
class Modes:
    """The mode of everything that has two."""

    unit_groups: bool = False
    pricing: Pricing = Pricing.LISTS
    ownership: Ownership = Ownership.PERSON
    orders: Orders = Orders.FROM_SALES

    @property
    def chosen(self) -> frozenset[Mode]:
        """The modes in force."""
        pricing = Mode.PRICE_LISTS if self.pricing is Pricing.LISTS else Mode.PRICE_GROUPS
        ownership = Mode.PERSON if self.ownership is Ownership.PERSON else Mode.TEAM
        orders = Mode.ORDERS_FROM_SALES if self.orders is Orders.FROM_SALES else Mode.ORDERS_BOTH
        return frozenset({Mode.UNIT_GROUPS if self.unit_groups else Mode.SINGLE_UNITS, pricing, ownership, orders})


def in_mode(catalogue: Mapping[str, TableMapping], modes: Modes) -> dict[str, TableMapping]:
    """The mappings of these modes, each as it is in them; those of the other modes are left out."""
    gone = set(other_modes(catalogue, modes))
    return {name: _as_in(mapping, modes.chosen, gone) for name, mapping in catalogue.items() if name not in gone}


def other_modes(catalogue: Mapping[str, TableMapping], modes: Modes) -> dict[str, Mode]:
    """The mappings that are not in force in these modes, and the mode that each belongs to."""
    return {name: mapping.only_in for name, mapping in catalogue.items() if mapping.only_in and mapping.only_in not in modes.chosen}


def counted_in_units(mappings: Mapping[str, TableMapping]) -> set[str]:
    """The mappings of units, and all that need them, directly or by way of others."""
    found = {name for name, mapping in mappings.items() if mapping.only_in in (Mode.SINGLE_UNITS, Mode.UNIT_GROUPS)}
    while more := {name for name, mapping in mappings.items() if name not in found and not found.isdisjoint(mapping.needs)}:
        found |= more
    return found


def forms(mapping: TableMapping) -> dict[Mode | None, TableMapping]:
    """What a mapping is in each mode in which it is otherwise; under None what it is else."""
    return {None: mapping, **{mode: replace(mapping, **values) for mode, values in mapping.variants.items()}}


def _as_in(mapping: TableMapping, chosen: frozenset[Mode], gone: set[str]) -> TableMapping:
    for mode, values in mapping.variants.items():
        mapping = replace(mapping, **values) if mode in chosen else mapping
    if Mode.TEAM in chosen and has_owner(mapping):
        mapping = replace(mapping, team_owned=True, rules=(*mapping.rules, owned_by_the_team))
    kept = spared_units(mapping, gone)
    if kept == mapping.fields and gone.isdisjoint(mapping.needs):
        return mapping
    return reduced(mapping, kept, gone)
