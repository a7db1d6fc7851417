"""What is read of a notification: which row of which table, whatever else is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.hooks.notices import Notice, of_business_central, of_sales

COMPANY = "3f1d7a52-8c64-4e0b-9a2f-61d0c5b7e834"
ROW = "00000000-0000-0000-0000-0000000000aB"
SET = f"api/v2.0/companies({COMPANY})/customers"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["value", "resource", "clientState", "changeType", "MessageName", "PrimaryEntityName", "PrimaryEntityId"])
            | st.text(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


def knows(state: str, company: str) -> bool:
    return state == "secret" and company == COMPANY


def item(**changes: Any) -> dict[str, Any]:
    return {"resource": f"{SET}({ROW})", "clientState": "secret", "changeType": "updated", **changes}


def heard(*items: Any) -> tuple[list[Notice], int]:
    return of_business_central(json.dumps({"value": items}).encode(), knows)


@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_no_body_is_too_strange(raw: bytes) -> None:
    notices, refused = of_business_central(raw, knows)
    assert (notices == []) or refused >= 0
    assert of_sales(raw) is None or b"MessageName" in raw


@pytest.mark.parametrize(
    ("changes", "notice"),
    [
        ({}, Notice(table="customers", company=COMPANY)),
        ({"changeType": "created", "resource": f"/{SET}({ROW})"}, Notice(table="customers", company=COMPANY)),
        ({"changeType": "deleted"}, Notice(table="customers", company=COMPANY, gone=ROW.lower())),
        ({"resource": f"https://bc.example.com/v2.0/t/e/{SET}({ROW})"}, Notice(table="customers", company=COMPANY)),
        ({"resource": f"api/couplet/sales/v1.0/companies({COMPANY})/items({ROW})"}, Notice(table="items", company=COMPANY)),
        (
            {"resource": f"{SET}?$filter=lastModifiedDateTime%20gt%202026-11-22T12:00:00Z", "changeType": "collection"},
            Notice(table="customers", company=COMPANY),
        ),
        ({"resource": SET, "changeType": "collection"}, Notice(table="customers", company=COMPANY, unnamed=True)),
    ],
)
def test_an_item_says_which_table_and_which_row_is_gone(changes: dict[str, Any], notice: Notice) -> None:
    assert heard(item(**changes)) == ([notice], 0)


@pytest.mark.parametrize(
    "wrong",
    [
        item(clientState="other"),
        item(clientState=""),
        item(clientState=None),
        item(clientState="\ud800"),
        item(changeType="exploded"),
        item(changeType=["updated"]),
        item(resource=f"api/v2.0/companies({ROW})/customers({ROW})"),
        item(resource="api/v2.0/companies(x)/customers"),
        item(resource=f"{SET}({ROW})/../items"),
        item(resource="api/" * 1000),
        item(resource=5),
        5,
        None,
        [],
    ],
)
def test_an_item_that_is_wrong_is_refused_and_the_others_are_taken(wrong: Any) -> None:
    notices, refused = heard(item(), wrong, item(changeType="deleted"))
    assert (len(notices), refused) == (2, 1)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"null", b'{"value": {}}', b"[" * 100_000, b"\xff\xfe", b'{"value":'])
def test_a_body_that_is_none_is_refused_once(raw: bytes) -> None:
    assert of_business_central(raw, knows) == ([], 1)
    assert of_sales(raw) is None


CONTEXT = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": ROW}


def test_sales_says_which_table_and_which_row_is_gone() -> None:
    assert of_sales(json.dumps(CONTEXT).encode()) == Notice(table="account")
    assert of_sales(json.dumps({**CONTEXT, "MessageName": "Delete"}).encode()) == Notice(table="account", gone=ROW.lower())


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageName": "Retrieve"},
        {"MessageName": ["Update"]},
        {"MessageName": {}},
        {"PrimaryEntityName": "accounts'; drop"},
        {"PrimaryEntityName": 5},
        {"PrimaryEntityName": "a" * 200},
        {"PrimaryEntityId": "no guid"},
        {"PrimaryEntityId": None},
    ],
)
def test_what_is_no_change_of_a_row_of_sales_is_none(changes: dict[str, Any]) -> None:
    assert of_sales(json.dumps({**CONTEXT, **changes}).encode()) is None
