"""Run-time switches of a mapping: which there are, what each takes, and what is in force with them (rule A2).

A value in force comes from the declaration, changed by mappings.toml, changed by a switch. Everything here is pure: switches are stored
with the job queue entry, and so outlive a deployment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from mapping.catalogue import CATALOGUE
from mapping.directions import in_direction
from mapping.field import Direction
from mapping.model import TableMapping
from mapping.modes import forms
from mapping.parts import ALONE
from mapping.policies import Bound, Companies, ConflictPolicy, DeletionPolicy, LeavingPolicy, StartRule
from mapping.values import Side

WEEK = 7 * 24 * 60

Switches = Mapping[str, Any]
"""What people switched, by the name of the switch, as JSON."""


class BadSwitch(ValueError):
    """A switch that does not exist, takes no such value, or contradicts the mapping; `problems` names every one of them."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in problems.items()))
        self.problems = problems


class Origin(StrEnum):
    """Where a value in force comes from."""

    DECLARATION = "declaration"
    FILE = "mappings.toml"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch: the property of the mapping that it changes, how its JSON is read, and what it takes in words."""

    field: str
    read: Callable[[TableMapping, Any], Any]
    takes: str


def _yes_or_no(_: TableMapping, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _one_of(kind: type[StrEnum]) -> Callable[[TableMapping, Any], Any]:
    def read(_: TableMapping, value: Any) -> Any:
        if not isinstance(value, str) or value not in list(kind):
            raise ValueError(f"must be one of {', '.join(kind)}")
        return kind(value)

    return read


def _minutes(least: int) -> Callable[[TableMapping, Any], int]:
    def read(_: TableMapping, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= WEEK:
            raise ValueError(f"must be a whole number of minutes from {least} to {WEEK}")
        return value

    return read


def _direction(mapping: TableMapping, value: Any) -> Direction:
    """A direction that the field rows can go: natively, too, it is checked against those that are enabled."""
    wanted: Direction = _one_of(Direction)(mapping, value)
    if mapping.sales.is_choice and wanted is Direction.BOTH:
        raise ValueError("option mappings never go both ways")
    lacking = [side for side in Side if wanted.reaches(side) and not any(unit.direction.reaches(side) for unit in mapping.fields)]
    if lacking:
        raise ValueError(f"no field row of {mapping.name} goes to {' or '.join(NAMES[side] for side in lacking)}")
    return wanted


NAMES = {Side.BC: "Business Central", Side.SALES: "Sales"}


def _conflicts(mapping: TableMapping, value: Any) -> Mapping[str, ConflictPolicy]:
    """Policies by the name of a field row or group that travels both ways: only such can be in conflict."""
    two_way = [unit.name for unit in mapping.fields if unit.direction is Direction.BOTH]
    if not isinstance(value, dict):
        raise ValueError("must be an object of field rows or groups and their policies")
    strange = sorted(str(name)[:100] for name in value if name not in two_way)
    if strange:
        raise ValueError(f"no two-way field row or group is called {', '.join(strange)}; there are {', '.join(two_way) or 'none'}")
    return {name: _one_of(ConflictPolicy)(mapping, policy) for name, policy in value.items()}


def _leavings(mapping: TableMapping, value: Any) -> Mapping[Side, LeavingPolicy]:
    """Policies by the side whose row left."""
    if not isinstance(value, dict) or value.keys() - set(Side):
        raise ValueError("must be an object with bc, sales or both")
    return {Side(side): _one_of(LeavingPolicy)(mapping, policy) for side, policy in value.items()}


MOST_BOUND = 100_000


def _bound(mapping: TableMapping, value: Any) -> Bound:
    """Both numbers of the brake, or one of them."""
    limits = {"percent": 100, "least": MOST_BOUND}
    if not isinstance(value, dict) or not value or value.keys() - limits.keys():
        raise ValueError("must be an object with percent, least or both")
    for name, given in value.items():
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= limits[name]:
            raise ValueError(f"{name} must be a whole number from 0 to {limits[name]}")
    return replace(mapping.bound, **value)


SWITCHES: Mapping[str, Switch] = {
    "enabled": Switch("enabled", _yes_or_no, "true or false: whether anything is done with the mapping in this company"),
    "companies": Switch("companies", _one_of(Companies), ", ".join(Companies)),
    "onlyCoupled": Switch("only_coupled", _yes_or_no, "true or false: whether scheduled runs leave uncoupled records alone"),
    "direction": Switch("direction", _direction, "both, toSales or fromSales, as far as the field rows go"),
    "conflict": Switch("conflict", _one_of(ConflictPolicy), ", ".join(ConflictPolicy)),
    "conflicts": Switch("conflicts", _conflicts, 'a policy by field row or group, such as {"address": "bcWins"}'),
    "deletion": Switch("deletion", _one_of(DeletionPolicy), ", ".join(DeletionPolicy)),
    "leaving": Switch("leaving", _one_of(LeavingPolicy), ", ".join(LeavingPolicy)),
    "leavings": Switch("leavings", _leavings, 'a policy by the side whose record left, such as {"sales": "deactivateCounterpart"}'),
    "bound": Switch("bound", _bound, 'what one run may do by itself, such as {"percent": 5, "least": 20}'),
    "startRule": Switch("start_rule", _one_of(StartRule), ", ".join(StartRule)),
    "minutes": Switch("minutes", _minutes(0), "minutes between runs; 0 runs at every tick of SYNC_SCHEDULE"),
    "wake": Switch("wakes", _yes_or_no, "true or false: whether what the services tell of changes makes it run before its time"),
    "inactivityTimeout": Switch("inactivity", _minutes(0), "minutes; 0 is off"),
}
"""Every switch by the name people use."""

TAKES: Mapping[str, str] = {name: f"{switch.takes}; null goes back to the default" for name, switch in SWITCHES.items()}


def in_force(mapping: TableMapping, switches: Switches) -> TableMapping:
    """The mapping with its switches applied; one that a later version of the mapping does not take any more is left out."""
    if not switches:
        return mapping
    values = {SWITCHES[name].field: value for name, value in _usable(mapping, switches)[0].items()}
    direction = values.pop("direction", mapping.direction)
    return replace(in_direction(mapping, direction), **values, direction=direction)


def changed(mapping: TableMapping, switches: Switches, patch: Switches) -> dict[str, Any]:
    """The switches after a patch, where None goes back to the default; BadSwitch names all that is wrong with it, and nothing is done."""
    unknown = {name: f"there is no such switch; there are {', '.join(SWITCHES)}" for name in patch if name not in SWITCHES}
    given = {name: value for name, value in patch.items() if name in SWITCHES and value is not None}
    _, refused = _usable(mapping, given)
    refused |= {name: f"{mapping.name} goes with {mapping.part_of}, never by itself" for name in given if mapping.part_of and name in ALONE}
    after = {name: value for name, value in {**switches, **given}.items() if name in SWITCHES and name not in _cleared(patch)}
    problems = {**unknown, **refused} or _contradictions(in_force(mapping, after))
    if problems:
        raise BadSwitch(problems)
    return after


def _cleared(patch: Switches) -> set[str]:
    return {name for name, value in patch.items() if value is None}


def _contradictions(mapping: TableMapping) -> Mapping[str, str]:
    """What is right alone and wrong together."""
    if 0 < mapping.inactivity < mapping.minutes:
        return {"inactivityTimeout": f"must not be shorter than the {mapping.minutes} minutes between runs"}
    if mapping.deletion is DeletionPolicy.RESTORE and not mapping.creates:
        return {"deletion": f"{mapping.name} never makes rows, so none can be restored"}
    if mapping.deletion is DeletionPolicy.FOLLOW_SOURCE and mapping.direction is Direction.BOTH:
        return {"deletion": f"{mapping.name} goes both ways, so that neither side is the source"}
    deactivating = {"deletion": mapping.deletion, "leaving": mapping.leaving}
    nothing = [name for name, policy in deactivating.items() if policy == LeavingPolicy.DEACTIVATE_COUNTERPART and not mapping.inactive]
    wrong = {name: f"rows of {mapping.name} cannot be made inactive on either side" for name in nothing}
    lacking = [
        side.other
        for side, policy in mapping.leavings.items()
        if policy is LeavingPolicy.DEACTIVATE_COUNTERPART and side.other not in mapping.inactive
    ]
    return {**wrong, "leavings": f"rows of {mapping.name} cannot be made inactive in {NAMES[lacking[0]]}"} if lacking else wrong


def _usable(mapping: TableMapping, switches: Switches) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of those switches that the mapping takes, and what is wrong with the others."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in switches.items():
        try:
            values[name] = SWITCHES[name].read(mapping, value)
        except (KeyError, ValueError) as error:
            wrong[name] = str(error)
    return values, wrong


def left_out(mapping: TableMapping, switches: Switches) -> Mapping[str, str]:
    """Switches that have no effect because a later version of the mapping does not take them any more, and why."""
    return _usable(mapping, switches)[1]


def origins(mapping: TableMapping, switches: Switches) -> Mapping[str, Origin]:
    """Where the value in force of each switch comes from; `mapping` is the one without switches."""
    values = _usable(mapping, switches)[0]
    return {name: Origin.SWITCH if name in values else _declared(mapping, switch.field) for name, switch in SWITCHES.items()}


def _declared(mapping: TableMapping, field: str) -> Origin:
    shipped = CATALOGUE.get(mapping.name)
    known = [getattr(form, field) for form in forms(shipped).values()] if shipped else []
    return Origin.DECLARATION if getattr(mapping, field) in known else Origin.FILE
