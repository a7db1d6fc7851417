"""Values, filters, addresses and links: data never becomes syntax."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import LinkRefused
from sync.heart.plan import Side
from sync.services import odata
from sync.services.model import Query

ID = "0a1b2c3d-0000-4000-8000-00000000000f"
NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("value", "bc", "sales"),
    [
        (None, "null", "null"),
        (True, "true", "true"),
        (3, "3", "3"),
        (Decimal("1.50"), "1.50", "1.50"),
        ("O'Neil & Søn", "'O''Neil & Søn'", "'O''Neil & Søn'"),
        (UUID(ID), ID, ID),
        (date(2026, 3, 1), "2026-03-01", "2026-03-01"),
        (NOON, "2026-03-01T10:00:00.123Z", "2026-03-01T10:00:00Z"),
    ],
)
def test_a_value_as_each_dialect_writes_it(value: object, bc: str, sales: str) -> None:
    assert odata.literal(value, Side.BC) == bc
    assert odata.literal(value, Side.SALES) == sales


def test_what_has_no_literal_is_refused() -> None:
    with pytest.raises(TypeError):
        odata.literal(["a"], Side.BC)
    with pytest.raises(ValueError, match="zone"):
        odata.literal(datetime(2026, 3, 1), Side.BC)


@given(st.text())
def test_no_text_leaves_its_quotes(text: str) -> None:
    literal = odata.literal(text, Side.SALES)
    assert re.fullmatch(r"'(?:[^']|'')*'", literal, re.DOTALL)
    assert literal[1:-1].replace("''", "'") == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_leaves_its_query_option(text: str) -> None:
    url = odata.address("customers", {"$filter": odata.literal(text, Side.BC), "$select": "id"})
    path, _, query = url.partition("?")
    options = dict(each.split("=", 1) for each in query.split("&"))
    assert path == "customers"
    assert unquote(options["$filter"]) == odata.literal(text, Side.BC)
    assert not re.search(r"[\s#+\"<>]", url)


def test_many_values_of_one_column() -> None:
    assert odata.one_of("number", ["a", "b"], Side.BC) == "number eq 'a' or number eq 'b'"
    assert odata.one_of("name", ["a'"], Side.SALES) == "name eq 'a'''"
    assert odata.one_of("name", ["a", "b"], Side.SALES) == "Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['a','b'])"


def test_the_stamp_of_each_service_joins_the_filter() -> None:
    query = Query(table="x", columns=("a", "b"), filter="a eq 1 or a eq 2", changed_since=datetime(2026, 3, 1, tzinfo=UTC))
    assert odata.query_options(query, Side.BC) == {
        "$select": "a,b",
        "$filter": "(a eq 1 or a eq 2) and (lastModifiedDateTime ge 2026-03-01T00:00:00.000Z)",
    }
    assert odata.query_options(query, Side.SALES)["$filter"].endswith("(modifiedon ge 2026-03-01T00:00:00Z)")


@pytest.mark.parametrize("text", [ID.upper(), f"{{{ID}}}", f" {ID} "])
def test_ids_have_one_form(text: str) -> None:
    assert odata.guid(text) == ID


@pytest.mark.parametrize("text", ["", "1", ID + "0", f"{ID}) or (1 eq 1", "../x"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="guid"):
        odata.guid(text)


HOME = "https://bc.example.com:443/v2.0/t/e/api/v2.0/companies(1)/"


@pytest.mark.parametrize("tail", ["customers?aid=FIN&$skiptoken=x", "customers?$filter=a%20eq%20'..'"])
def test_a_link_into_the_company_is_followed(tail: str) -> None:
    assert odata.check_link(HOME + tail, [HOME], Side.BC) == HOME + tail


@pytest.mark.parametrize(
    "link",
    [
        "http://bc.example.com:443/v2.0/t/e/api/v2.0/companies(1)/customers",
        "https://evil.example.com/v2.0/t/e/api/v2.0/companies(1)/customers",
        "https://bc.example.com:444/v2.0/t/e/api/v2.0/companies(1)/customers",
        "https://bc.example.com:443@evil.example.com/v2.0/t/e/api/v2.0/companies(1)/customers",
        "https://u:p@bc.example.com:443/v2.0/t/e/api/v2.0/companies(1)/customers",
        "https://bc.example.com:443/v2.0/t/e/api/v2.0/companies(2)/customers",
        HOME + "../companies(2)/customers",
        HOME + "%2e%2e/companies(2)/customers",
        HOME + "%252e%252e/companies(2)/customers",
        "/v2.0/t/e/api/v2.0/companies(1)/customers",
        "",
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(link: str) -> None:
    with pytest.raises(LinkRefused):
        odata.check_link(link, [HOME], Side.BC)
