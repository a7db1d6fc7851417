from __future__ import annotations

from typing import Any

import pytest

from sandbox import odata

ROWS: list[dict[str, Any]] = [
    {"name": "Adatum", "amount": 10.5, "allowed": True, "when": "2024-01-31T10:00:00.5Z", "note": None},
    {"name": "O'Neil", "amount": 3, "allowed": False, "when": "2024-02-01T00:00:00Z", "note": "q in (1)"},
    {"name": "übel", "amount": -1, "allowed": True, "when": "2023-12-31T23:59:59Z", "note": "x"},
]
KINDS = {"name": "text", "amount": "number", "allowed": "bool", "when": "datetime", "note": "text"}


class Plain(odata.Dialect):
    def column(self, path: str) -> odata.Column:
        kind = KINDS[path]
        return odata.Column(kind, lambda row: None if row[path] is None else odata.as_comparable(kind, row[path]))


def found(text: str) -> list[str]:
    fits = odata.compile_filter(odata.parse_filter(text), Plain())
    return [row["name"] for row in ROWS if fits(row)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name eq 'ADATUM'", ["Adatum"]),
        ("name eq 'O''Neil'", ["O'Neil"]),
        ("name in ('adatum')", ["Adatum"]),
        ("name in ('adatum','ÜBEL')", ["Adatum", "übel"]),
        ("Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['Adatum','x (y)'])", ["Adatum"]),
        ("note eq 'q in (1)'", ["O'Neil"]),
        ("note eq null", ["Adatum"]),
        ("note ne 'x'", ["Adatum", "O'Neil"]),
        ("amount gt 3", ["Adatum"]),
        ("3 lt amount", ["Adatum"]),
        ("amount ge -1 and amount le 3", ["O'Neil", "übel"]),
        ("when ge 2024-01-31T10:00:00.500Z", ["Adatum", "O'Neil"]),
        ("when lt 2024-01-31T11:00:00+01:00", ["übel"]),
        ("allowed", ["Adatum", "übel"]),
        ("not (allowed eq true)", ["O'Neil"]),
        ("contains(name,'dat') eq true or startswith(name,'ü')", ["Adatum", "übel"]),
        ("endswith(tolower(name),'L')", ["O'Neil", "übel"]),
    ],
)
def test_a_filter_finds_its_rows(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize("text", ["name eq", "name eq 'a", "eq 3", "", "name in ()", "nosuch(name,'x')", "amount eq 'x'", "name add 2"])
def test_unreadable_filters_are_bad_queries(text: str) -> None:
    with pytest.raises(odata.BadQuery):
        found(text)


def test_dates_before_the_year_1000_are_dates() -> None:
    assert odata.parse_filter("when eq 0001-01-01") == odata.Compare("eq", odata.Field("when"), odata.Literal("date", "0001-01-01"))


def test_a_hundred_ids_are_seen_as_values_of_one_field() -> None:
    tree = odata.parse_filter(" or ".join(f"id eq {number}" for number in range(100)))
    assert odata.equal_values(tree) == ("id", [odata.Literal("number", number) for number in range(100)])
    assert odata.equal_values(odata.parse_filter("id eq 1 or name eq 'x'")) is None


def test_order_puts_nulls_first_and_keeps_equal_rows_in_place() -> None:
    rows = odata.sort_rows(ROWS, [(lambda row: row["note"], False)])
    assert [row["name"] for row in rows] == ["Adatum", "O'Neil", "übel"]
    assert odata.parse_orderby("a, b desc") == (("a", False), ("b", True))


def test_expand_keeps_nested_options_as_text() -> None:
    items = odata.parse_expand("lines($select=a,b;$expand=item($select=c)),currency")
    assert items == [odata.Expand("lines", {"$select": "a,b", "$expand": "item($select=c)"}), odata.Expand("currency", {})]
