"""Transformation rules, dates, choices and filters as pure functions: what they make, and that what can be undone comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mapping.field import Direction, FieldMapping, Kind
from mapping.filters import OneOf, blank, equals, filled
from mapping.overlay.columns import Columns
from mapping.overlay.filters import condition, conditions
from mapping.overlay.mistakes import Mistakes
from mapping.overlay.transforms import as_written, steps, transformations
from mapping.plain import EARLIEST, Choice, Day, EnumText, Flag, Moment
from mapping.transform import transformed
from mapping.values import Refusal, Scalar, Side, Written
from mapping.world import World

STAMP = "lastModifiedDateTime"
ZONES = sorted(available_timezones())
COLUMNS = {side: Columns(side, {Side.BC: "customers", Side.SALES: "accounts"}[side]) for side in Side}


def made(value: str | None, *rules: Any) -> Scalar | Refusal:
    """What rules make of a value."""
    mistakes = Mistakes()
    found = steps(rules, "rules", mistakes)
    assert not len(mistakes), list(mistakes)
    return transformed(value, found)


@pytest.mark.feature("F048")
@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("trim", "  a b ", "a b"),
        ("trim", "   ", None),
        ("upperCase", "Straße", "STRASSE"),
        ("lowerCase", "ÄB", "äb"),
        ("titleCase", "o'brien & sons-in-law OHG", "O'brien & Sons-In-Law Ohg"),
        ("alphanumeric", "DE 123-456.7", "DE1234567"),
        ({"replace": "&", "with": "and"}, "A & B & C", "A and B and C"),
        ({"replace": "&"}, "A&B", "AB"),
        ({"regex": "^0", "with": "+49"}, "0221", "+49221"),
        ({"regex": "(\\w+), (\\w+)", "with": "\\2 \\1"}, "Lovelace, Ada", "Ada Lovelace"),
        ({"match": "[0-9]+"}, "No. 123 b", "123"),
        ({"match": "No\\. ([0-9]+)"}, "No. 123 b", "123"),
        ({"match": "[0-9]+"}, "none", None),
        ({"start": 2, "length": 3}, "abcdef", "bcd"),
        ({"length": 3}, "abcdef", "abc"),
        ({"start": 9}, "abc", None),
        ({"after": "-", "before": "/"}, "DE-100/2", "100"),
        ({"before": "@"}, "ann@example.com", "ann"),
        ({"prefix": "DE-"}, "100", "DE-100"),
        ({"withoutPrefix": "DE-"}, "DE-100", "100"),
        ({"withoutPrefix": "DE-"}, "FR-100", "FR-100"),
        ({"round": 1}, "12.25", "12.3"),
        ({"decimals": 2, "mark": ",", "thousands": "."}, "1234567.891", "1.234.567,89"),
        ({"date": "dd.MM.yyyy"}, "2026-01-31", "31.01.2026"),
        ({"date": "yyyyMMdd HHmm"}, "2026-01-31T09:05:00Z", "20260131 0905"),
        ({"values": {"A": "1"}}, "A", "1"),
        ({"values": {"A": "1"}}, "B", "B"),
    ],
    ids=str,
)
def test_what_a_rule_makes(rule: Any, before: str, after: str | None) -> None:
    assert made(before, rule) == after


@pytest.mark.parametrize(
    "rule",
    [
        "trim",
        {"replace": "&", "with": "and"},
        {"regex": "^0", "with": "+49"},
        {"match": "[0-9]+"},
        {"start": 2, "length": 3},
        {"start": 1, "after": "-", "before": "/"},
        {"prefix": "DE-"},
        {"withoutPrefix": "DE-"},
        {"round": 0},
        {"decimals": 0, "mark": "."},
        {"decimals": 2, "mark": ",", "thousands": "."},
        {"date": "dd.MM.yyyy"},
        {"values": {"A": "1"}, "strict": True},
    ],
    ids=str,
)
def test_a_rule_is_shown_as_it_was_written(rule: Any) -> None:
    [step] = steps([rule], "x", Mistakes())
    assert as_written(step) == rule


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"round": 1}, "many"),
        ({"decimals": 1}, "many"),
        ({"date": "dd.MM.yyyy"}, "tomorrow"),
        ({"values": {"A": "1"}, "strict": True}, "B"),
        ({"match": "a"}, "b" * 1001),
        ({"regex": "a"}, "b" * 1001),
    ],
    ids=str,
)
def test_a_value_that_a_rule_cannot_use_is_the_problem_of_its_field_and_shows_no_value(rule: Any, value: str) -> None:
    refusal = made(value, rule)
    assert isinstance(refusal, Refusal) and refusal.code == "invalid_value"
    assert value not in refusal.detail


def test_rules_are_applied_in_their_order_and_a_blank_takes_none() -> None:
    assert made(" de 12 ", "trim", "upperCase", {"replace": " "}, {"prefix": "X-"}) == "X-DE12"
    assert transformed(None, steps([{"prefix": "X-"}], "rules", Mistakes())) is None


INVERTIBLE = st.one_of(
    st.text(max_size=6).filter(bool).map(lambda text: {"prefix": text}),
    st.permutations(["A", "B", "C"]).map(lambda to: {"values": dict(zip("ABC", to, strict=True))}),
)


def there_and_back(value: str | None, *rules: Any) -> Scalar | Refusal:
    """What comes back of a two-way field's value that rules sent to Sales."""
    mistakes = Mistakes()
    found = transformations(list(rules), Direction.BOTH, "x", mistakes)
    assert not len(mistakes)
    sent = transformed(value, found[Side.SALES])
    assert not isinstance(sent, Refusal)
    return transformed(sent, found[Side.BC])


@given(st.lists(INVERTIBLE, max_size=4), st.text(max_size=12))
def test_what_can_be_undone_comes_back(rules: list[Any], value: str) -> None:
    assert there_and_back(value or None, *rules) == (value or None)


@given(st.dates(EARLIEST), st.sampled_from(["dd.MM.yyyy", "yyyyMMdd", "MM/dd/yyyy"]))
def test_a_date_comes_back_from_the_way_people_write_it(day: date, form: str) -> None:
    assert there_and_back(day.isoformat(), {"date": form}) == day.isoformat()


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([(",", "."), (".", ","), (",", " "), (".", "")]))
def test_a_number_comes_back_from_the_way_people_write_it(number: Decimal, marks: tuple[str, str]) -> None:
    rule = {"decimals": 2, "mark": marks[0], **({"thousands": marks[1]} if marks[1] else {})}
    assert Decimal(str(there_and_back(str(number), rule))) == number


def field(kind: Kind) -> FieldMapping:
    """A row of this kind between two columns."""
    return FieldMapping(bc="mine", sales="theirs", kind=kind)


def written(kind: Kind, side: Side, value: Scalar, world: World | None = None) -> Written:
    """A value made ready for a side."""
    found = field(kind).write(side, value, {}, world or World())
    assert isinstance(found, Written), found
    return found


@pytest.mark.rule("D3")
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(ZONES))
def test_a_day_stays_the_same_day_in_every_time_zone(day: date, zone: str) -> None:
    world, kind = World(time_zone=ZoneInfo(zone)), Day(local=True)
    noon = datetime.combine(day, time(12), ZoneInfo(zone))
    assume(noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day)  # Samoa had no 30 December 2011
    sent = written(kind, Side.SALES, day.isoformat(), world)
    assert field(kind).read(Side.SALES, sent.values, world) == sent.holds == day.isoformat()
    assert written(kind, Side.BC, sent.holds, world).values == {"mine": day.isoformat()}


@pytest.mark.rule("D3")
def test_a_day_that_keeps_no_time_is_written_as_it_is_and_0001_01_01_is_blank() -> None:
    berlin = World(time_zone=ZoneInfo("Europe/Berlin"))
    assert written(Day(), Side.SALES, "2026-07-01", berlin).values == {"theirs": "2026-07-01"}
    assert written(Day(local=True), Side.SALES, "2026-07-01", berlin).values == {"theirs": "2026-06-30T22:00:00Z"}
    assert field(Day(local=True)).read(Side.SALES, {"theirs": "2026-06-30T23:30:00Z"}, berlin) == "2026-07-01"
    for kind in (Day(), Day(local=True), Moment()):
        assert field(kind).read(Side.BC, {"mine": "0001-01-01"}, berlin) is None
        assert field(kind).read(Side.SALES, {"theirs": None}, berlin) is None
        assert str(written(kind, Side.BC, None).values["mine"]).startswith("0001-01-01")
        assert written(kind, Side.SALES, None).values == {"theirs": None}


@pytest.mark.parametrize("kind", [Day(), Moment(), Flag(), Choice(values={"A": 1})])
@pytest.mark.parametrize("side", list(Side))
def test_what_is_no_such_value_is_refused(kind: Kind, side: Side) -> None:
    refusal = field(kind).write(side, "soon", {}, World())
    assert isinstance(refusal, Refusal) and refusal.code == "invalid_value"


def test_sales_takes_no_day_before_1753() -> None:
    assert isinstance(field(Day()).write(Side.SALES, "1752-12-31", {}, World()), Refusal)
    assert isinstance(field(Moment()).write(Side.SALES, "1752-12-31T00:00:00Z", {}, World()), Refusal)


@pytest.mark.rule("D3")
@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14, 14))
def test_a_moment_is_the_same_on_both_sides_whatever_its_offset(moment: datetime, hours: int) -> None:
    text = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=hours))).isoformat()
    held = field(Moment()).read(Side.BC, {"mine": text}, World())
    assert held == written(Moment(), Side.SALES, str(held)).holds
    assert datetime.fromisoformat(str(held)) == moment.replace(microsecond=0, tzinfo=UTC)


def test_flags_and_choices() -> None:
    assert (written(Flag(), Side.BC, True).values, written(Flag(), Side.SALES, None).values) == ({"mine": True}, {"theirs": False})
    assert field(Flag()).read(Side.SALES, {"theirs": None}, World()) is False
    choice = Choice(values={"Gold": 1, "Silver": 2})
    assert written(choice, Side.SALES, "gold").values == {"theirs": 1}
    assert written(choice, Side.BC, "2").values == {"mine": "Silver"}
    assert field(choice).read(Side.BC, {"mine": "_x0020_"}, World()) is None
    assert written(choice, Side.SALES, None).values == {"theirs": None}


@given(st.sampled_from(["Person", "Credit_x0020_Memo", "_x0020_", "All"]))
def test_members_of_enums_come_back(member: str) -> None:
    held = field(EnumText()).read(Side.BC, {"mine": member}, World())
    assert "_x" not in str(held)
    assert written(EnumText(), Side.BC, held if isinstance(held, str) else None).values == {"mine": member}


def asked(text: str, side: Side = Side.BC, **row: Any) -> bool:
    """Whether a row is inside a filter that somebody wrote."""
    mistakes = Mistakes()
    keep = condition(text, COLUMNS[side], "x", mistakes)
    assert keep and not len(mistakes), list(mistakes)
    return keep(row, World()) is None


@pytest.mark.feature("F037", "F038")
@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("city = Bonn", {"city": "bonn"}, {"city": "Köln"}),
        ("city != Bonn", {"city": ""}, {"city": "BONN"}),
        ("city <> Bonn", {"city": "Köln"}, {"city": "Bonn"}),
        ("city in Bonn, 'Frankfurt, Oder', \"St. Gallen\"", {"city": "Frankfurt, Oder"}, {"city": "Frankfurt"}),
        ("city in 'O''Hara', ''", {"city": ""}, {"city": "x"}),
        ("city not in Bonn, Köln", {"city": "Berlin"}, {"city": "köln"}),
        ("city is blank", {"city": ""}, {"city": "x"}),
        ("city is not blank", {"city": "x"}, {"city": ""}),
        ("blocked is blank", {"blocked": "_x0020_"}, {"blocked": "All"}),
        ("currencyId is blank", {"currencyId": "00000000-0000-0000-0000-000000000000"}, {"currencyId": "x"}),
        ("number in C100..C199", {"number": "c150"}, {"number": "C200"}),
        ("number in C100..", {"number": "D1"}, {"number": ""}),
        ("number in ..C199", {"number": "A"}, {"number": "C2"}),
        ("creditLimit in 9..100", {"creditLimit": 10}, {"creditLimit": 8.99}),
        ("creditLimit >= 9", {"creditLimit": 9}, {"creditLimit": 8}),
        ("creditLimit <= 9", {"creditLimit": 9}, {"creditLimit": 10}),
        ("creditLimit = 9.5", {"creditLimit": 9.5}, {"creditLimit": 9}),
        ("taxLiable = true", {"taxLiable": True}, {"taxLiable": False}),
        (
            "lastModifiedDateTime >= 2026-01-01T00:00:00Z",
            {"lastModifiedDateTime": "2026-01-01T00:00:00Z"},
            {"lastModifiedDateTime": "2025-12-31T23:59:59Z"},
        ),
    ],
    ids=str,
)
def test_filters_as_people_write_them(text: str, inside: dict[str, Any], outside: dict[str, Any]) -> None:
    assert asked(text, **inside)
    assert not asked(text, **outside)


def test_a_lookup_of_sales_is_asked_by_its_column_or_by_the_name_that_rows_show() -> None:
    id_ = "5d115c9c-44e3-ea11-bb43-000d3a2feca1"
    for name in ("ownerid", "_ownerid_value"):
        assert asked(f"{name} = {id_.upper()}", Side.SALES, _ownerid_value=id_)


def test_a_filter_says_itself_in_words_that_lead_back_to_it() -> None:
    for text in ("city = Bonn", "city not in Bonn, Ulm", "city is blank", "city is not blank", "creditLimit in 1..2", "creditLimit in 3.."):
        keep = condition(text, COLUMNS[Side.BC], "x", Mistakes())
        assert str(keep) == text
    assert (str(blank("a")), str(filled("a")), str(equals("a", 3))) == ("a is blank", "a is not blank", "a = 3")
    assert equals("a", 3) == OneOf("a", (3,))


@given(st.text(max_size=60))
def test_whatever_somebody_writes_is_a_filter_or_a_mistake(text: str) -> None:
    mistakes = Mistakes()
    for start in ("", "city ", "city in ", "creditLimit in ", "city = "):
        found = conditions([start + text], COLUMNS[Side.BC], "x", mistakes)
        assert found or len(mistakes)
        for keep in found:
            keep({"city": "x", "creditLimit": 1}, World())
