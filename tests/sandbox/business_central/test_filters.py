from __future__ import annotations

import pytest

from tests.sandbox.business_central.client import Client, Row, customers, guid

ROWS: list[Row] = [
    {"id": guid(1), "number": "A1", "displayName": "O'Neil", "city": "Bern", "creditLimit": 10, "blocked": "All"},
    {"id": guid(2), "number": "A2", "displayName": "adatum", "city": "Basel", "creditLimit": 2.5, "taxLiable": True},
    {"id": guid(3), "number": "B1", "displayName": "Trey", "city": "", "lastModifiedDateTime": "2024-01-31T10:00:00.25Z"},
]


@pytest.mark.fidelity("bc-6-filter", "bc-6-literals", "bc-6-case", "bc-6-null", "bc-6-or")
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("displayName eq 'O''Neil'", ["A1"]),
        ("displayName eq 'ADATUM'", ["A2"]),
        ("number eq 'a1'", ["A1"]),
        ("contains(displayName,'E')", ["A1", "B1"]),
        ("startswith(number,'A') and endswith(city,'l')", ["A2"]),
        ("city eq null", ["B1"]),
        ("city eq ''", ["B1"]),
        ("city ne null", ["A1", "A2"]),
        ("creditLimit gt 2.4 and creditLimit le 10", ["A1", "A2"]),
        ("taxLiable eq true", ["A2"]),
        ("blocked eq 'All'", ["A1"]),
        ("blocked eq '_x0020_'", ["A2", "B1"]),
        ("blocked eq ' '", ["A2", "B1"]),
        (f"id eq {guid(3)}", ["B1"]),
        (f"id eq {guid(1)} or id eq {guid(3)}", ["A1", "B1"]),
        ("city eq 'Bern' or city eq 'Basel'", ["A1", "A2"]),
        ("(number eq 'A1' or number eq 'B1') and city eq ''", ["B1"]),
        ("lastModifiedDateTime le 2024-01-31T10:00:00.25Z", ["B1"]),
        ("lastModifiedDateTime lt 2024-01-31T10:00:00.25Z", []),
        ("tolower(city) eq 'bern'", ["A1"]),
    ],
)
async def test_filters_find_their_rows(bc: Client, text: str, numbers: list[str]) -> None:
    await bc.seed(customers=ROWS)
    assert [row["number"] for row in await bc.rows(f"customers?$filter={text}")] == numbers


@pytest.mark.fidelity("bc-6-or-fields", "bc-6-in", "bc-6-nested", "bc-6-lambda", "bc-6-not", "bc-6-variables", "bc-5-501")
@pytest.mark.parametrize(
    "text",
    [
        "city eq 'x' or number eq '1'",
        "(city eq 'x' and number eq '1') or city eq 'y'",
        "city in ('x','y')",
        "contains(tolower(city),'x')",
        "contactsInformation/any(c:c/contactName eq 'x')",
        "not contains(city,'x')",
        "currencyCode eq 'USD'",
    ],
)
async def test_what_bc_does_not_implement_is_a_501(bc: Client, text: str) -> None:
    assert await bc.refused("GET", f"customers?$filter={text}") == (501, "BadRequest_MethodNotImplemented")


@pytest.mark.fidelity("bc-6-in", "bc-6-nested")
async def test_a_newer_schema_version_knows_in_and_nested_functions(bc: Client) -> None:
    await bc.seed(customers=ROWS)
    for text in ("city in ('Bern','Basel')", "contains(tolower(city),'b')"):
        assert len(await bc.rows(f"customers?$schemaversion=2.1&$filter={text}")) == 2


@pytest.mark.fidelity("bc-6-not", "bc-6-variables")
async def test_unproven_filters_can_be_switched_on(bc: Client) -> None:
    await bc.seed(customers=ROWS)
    await bc.switch(allowNot=True, filterOnVariables=True)
    assert len(await bc.rows("customers?$filter=not contains(city,'B')")) == 1
    assert len(await bc.rows("customers?$filter=currencyCode eq 'USD'")) == 3


@pytest.mark.fidelity("bc-6-unknown-field", "bc-5-bad-request")
@pytest.mark.parametrize(
    "text",
    [
        "nosuch eq 'x'",
        "city eq",
        "city eq 5",
        "creditLimit eq 'x'",
        f"id eq '{guid(1)}'",
        "Microsoft.Dynamics.CRM.In(PropertyName='city',PropertyValues=['x'])",
    ],
)
async def test_wrong_filters_are_bad_requests(bc: Client, text: str) -> None:
    assert await bc.refused("GET", f"customers?$filter={text}") == (400, "BadRequest")


@pytest.mark.fidelity("bc-5-unknown")
async def test_unknown_enum_members_name_the_ones_there_are(bc: Client) -> None:
    answer = await bc.get("customers?$filter=blocked eq 'Nope'")
    assert answer.json()["error"]["code"] == "Unknown"
    assert "'Nope' is not an option. The existing options are:  ,Ship,Invoice,All" in answer.json()["error"]["message"]


async def test_a_hundred_ids_are_found_in_one_request(bc: Client) -> None:
    await bc.seed(customers=customers(300))
    text = " or ".join(f"id eq {guid(at * 3)}" for at in range(100))
    assert [row["id"] for row in await bc.rows(f"customers?$filter={text}")] == [guid(at * 3) for at in range(100)]
