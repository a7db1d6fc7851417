"""When a mapping is looked at, and what its switches say: pure functions."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.catalogue import CATALOGUE
from mapping.digest import digest
from mapping.field import Direction
from mapping.policies import ConflictPolicy
from mapping.values import Side
from sandbox.host.schedules import Schedule as OfTheHost
from sync.entry.ncrontab import Schedule
from sync.entry.schedule import EntryStatus, is_due, next_run, pause_after, silent, status_of
from sync.entry.switches import SWITCHES, TAKES, BadSwitch, changed, in_force, origins
from sync.store import Entry

CUSTOMER = CATALOGUE["CUSTOMER"]
NOON = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
FIVE = Schedule.parse("0 */5 * * * *")
ENTRY = Entry(company="c", mapping="CUSTOMER")
HALF_HOURLY = replace(CUSTOMER, minutes=30)


def field(low: int, high: int) -> st.SearchStrategy[str]:
    """One field of a schedule: every value, some of them, a range, or steps."""
    number = st.integers(low, high)
    ranges = st.lists(number, min_size=2, max_size=2, unique=True).map(lambda two: f"{min(two)}-{max(two)}")
    return st.one_of(
        st.just("*"), number.map(str), ranges, st.integers(1, 20).map(lambda n: f"*/{n}"), st.lists(number, min_size=1).map(_listed)
    )


def _listed(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


@given(
    st.tuples(field(0, 59), field(0, 59), field(0, 23), st.just("*"), st.just("*"), st.sampled_from(["*", "1-5", "0", "6"])),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
)
def test_ticks_come_when_the_host_fires(fields: tuple[str, ...], moment: datetime) -> None:
    text, at = " ".join(fields), moment.replace(tzinfo=UTC)
    assert Schedule.parse(text).after(at) == OfTheHost(text, "test").after(at)


@pytest.mark.parametrize("text", ["* * * * *", "60 * * * * *", "* * * * * * *", "5-1 * * * * *", "x * * * * *", "*/0 * * * * *", ""])
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Schedule.parse(text)


@pytest.mark.rule("F2")
def test_a_mapping_is_due_at_each_tick_unless_its_minutes_between_runs_are_not_over() -> None:
    asked = replace(ENTRY, last_asked=NOON)
    assert is_due(CUSTOMER, asked, NOON + timedelta(seconds=1))
    assert not is_due(HALF_HOURLY, asked, NOON + timedelta(minutes=25))
    assert is_due(HALF_HOURLY, asked, NOON + timedelta(minutes=30) - timedelta(seconds=2)), "a tick may come a little early"
    assert not is_due(CUSTOMER, replace(asked, held_by_person=True), NOON)
    assert not is_due(CUSTOMER, replace(asked, not_before=NOON + timedelta(minutes=1)), NOON)


def test_the_next_run_is_the_first_tick_that_finds_it_due() -> None:
    assert next_run(HALF_HOURLY, replace(ENTRY, last_asked=NOON), FIVE, NOON + timedelta(minutes=1)) == NOON + timedelta(minutes=30)
    assert next_run(CUSTOMER, ENTRY, FIVE, NOON) == NOON + timedelta(minutes=5)
    assert next_run(CUSTOMER, replace(ENTRY, held_by_person=True), FIVE, NOON) is None


@given(st.integers(1, 10_000))
def test_pauses_after_failures_grow_and_are_bounded(failures: int) -> None:
    assert timedelta(minutes=1) <= pause_after(failures) <= pause_after(failures + 1) <= timedelta(minutes=30)


@pytest.mark.case("T088", "T089")
def test_with_an_inactivity_timeout_a_mapping_without_activity_is_on_hold_until_it_is_over() -> None:
    mapping = replace(CUSTOMER, inactivity=720)
    idle = replace(ENTRY, idle=True, last_asked=NOON)
    assert status_of(mapping, idle, held=False) == EntryStatus.IDLE
    assert not is_due(mapping, idle, NOON + timedelta(minutes=719))
    assert is_due(mapping, idle, NOON + timedelta(minutes=720))
    assert status_of(mapping, replace(idle, idle=False), held=False) == EntryStatus.READY
    assert status_of(CUSTOMER, idle, held=False) == EntryStatus.READY, "off by default"


def test_the_status_is_derived() -> None:
    assert status_of(CUSTOMER, replace(ENTRY, failures=1), held=True) == EntryStatus.ON_HOLD
    assert status_of(CUSTOMER, replace(ENTRY, failures=1), held=False) == EntryStatus.ERROR
    assert status_of(CUSTOMER, replace(ENTRY, scan_running_since=NOON), held=False) == EntryStatus.IN_PROCESS
    assert status_of(CUSTOMER, ENTRY, held=False, at_work=True) == EntryStatus.IN_PROCESS


def test_a_mapping_is_silent_after_three_schedules_without_a_look() -> None:
    mappings, began = {"CUSTOMER": CUSTOMER}, NOON - timedelta(days=1)
    looked = {"CUSTOMER": replace(ENTRY, last_looked=NOON)}
    assert silent(mappings, looked, FIVE, began, NOON + timedelta(minutes=15)) == []
    assert silent(mappings, looked, FIVE, began, NOON + timedelta(minutes=16)) == ["CUSTOMER"]
    assert silent({"CUSTOMER": HALF_HOURLY}, looked, FIVE, began, NOON + timedelta(minutes=80)) == []
    assert silent(mappings, {"CUSTOMER": replace(looked["CUSTOMER"], held_by_person=True)}, FIVE, began, NOON + timedelta(days=9)) == []
    assert silent(mappings, {}, FIVE, NOON, NOON + timedelta(minutes=15)) == [], "the process is young"
    assert silent(mappings, looked, FIVE, NOON + timedelta(minutes=20), NOON + timedelta(minutes=20)) == ["CUSTOMER"], "and yet"
    paused = {"CUSTOMER": replace(looked["CUSTOMER"], not_before=NOON + timedelta(minutes=10))}
    assert silent(mappings, paused, FIVE, began, NOON + timedelta(minutes=20)) == []


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "enabled": st.booleans(),
    "companies": st.sampled_from(["ownOrNone", "own", "any"]),
    "onlyCoupled": st.booleans(),
    "direction": st.sampled_from(["both", "toSales", "fromSales"]),
    "conflict": st.sampled_from(list(ConflictPolicy)),
    "conflicts": st.dictionaries(st.sampled_from(["displayName", "address", "creditLimit"]), st.sampled_from(["newest", "bcWins"])),
    "deletion": st.sampled_from(["manual", "restore", "removeCoupling"]),
    "leaving": st.sampled_from(["keep", "removeCoupling"]),
    "leavings": st.dictionaries(st.sampled_from(["bc", "sales"]), st.sampled_from(["keep", "removeCoupling"])),
    "bound": st.fixed_dictionaries({}, optional={"percent": st.integers(0, 100), "least": st.integers(0, 50)}).filter(bool),
    "startRule": st.sampled_from(["bcWins", "ask"]),
    "minutes": st.integers(0, 100),
    "wake": st.booleans(),
    "inactivityTimeout": st.integers(0, 100),
}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.integers()), st.dictionaries(st.text(), st.none())
)
PATCH = st.fixed_dictionaries({}, optional={name: st.one_of(values, st.none(), ANYTHING) for name, values in VALUES.items()})


@pytest.mark.rule("A2")
@given(st.lists(PATCH, max_size=5), st.sampled_from(["CUSTOMER", "CURRENCY", "PAYMENT TERMS"]))
def test_patches_are_taken_whole_or_not_at_all_and_null_clears(patches: list[dict[str, Any]], name: str) -> None:
    mapping = CATALOGUE[name]
    switches: dict[str, Any] = {}
    for patch in patches:
        try:
            switches = changed(mapping, switches, patch)
        except BadSwitch:
            continue
        assert all(switches.get(each) == value for each, value in patch.items())
        assert json.loads(json.dumps(switches)) == switches
    assert {each for each, origin in origins(mapping, switches).items() if origin == "switch"} == set(switches)
    present = in_force(mapping, switches)
    assert in_force(mapping, changed(mapping, switches, dict.fromkeys(SWITCHES))) == mapping
    assert all(unit.direction in (present.direction, Direction.BOTH) for unit in present.fields if present.direction is not Direction.BOTH)


def test_every_switch_says_what_it_takes() -> None:
    assert TAKES.keys() == SWITCHES.keys() == VALUES.keys()


@pytest.mark.rule("H2")
def test_a_digest_changes_with_fields_filters_and_direction_and_with_nothing_else() -> None:
    narrowed = in_force(CUSTOMER, {"direction": "toSales"})
    fewer = replace(CUSTOMER, fields=CUSTOMER.fields[1:])
    wider = replace(CUSTOMER, keep={Side.BC: CUSTOMER.keep[Side.BC]})
    assert len({digest(each) for each in (CUSTOMER, narrowed, fewer, wider)}) == 4
    assert digest(in_force(CUSTOMER, {"minutes": 5, "conflict": "newest", "onlyCoupled": False})) == digest(CUSTOMER)
    assert len({digest(each) for each in CATALOGUE.values()}) == len(CATALOGUE)


def test_a_digest_is_the_same_in_every_process() -> None:
    """Sets and addresses have another order and value in another one."""
    code = "from mapping.catalogue import CATALOGUE; from mapping.digest import digest; print(digest(CATALOGUE['ITEM-PRODUCT']))"
    told = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in "12"
    }
    assert told == {f"{digest(CATALOGUE['ITEM-PRODUCT'])}\n"}
