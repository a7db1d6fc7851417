"""What must hold for any history: deltas lead to what is there, pages cover a set once, a failed transaction leaves nothing."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.sales.base import APPLICATION_USER_ID, Start
from sandbox.sales.calls import Call
from sandbox.sales.database import Caller
from sandbox.sales.references import Resolver
from sandbox.sales.service import Service

BASE = "http://org.sandbox/api/data/v9.2/"
IDS = [f"00000000-0000-0000-0000-{number:012d}" for number in range(8)]
NAMES = st.sampled_from(["a", "B", "b", "ä", "", "z"])
WRITES = st.lists(st.tuples(st.sampled_from(["put", "delete", "look"]), st.sampled_from(IDS), NAMES), max_size=40)


class Organisation:
    """A service called without HTTP."""

    def __init__(self) -> None:
        self.service = Service(Start("c0a1e5ce-13d7-4f2a-8b66-9d0e77b3f512"))

    def call(self, method: str, url: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        path, _, query = url.removeprefix(BASE).partition("?")
        content = orjson.dumps(body) if body is not None else b""
        answer = self.service.dispatch(
            Call(method, path, query, headers, content, BASE, Caller(APPLICATION_USER_ID), Resolver(self.service.db))
        )
        return answer.status, orjson.loads(answer.body) if answer.body else None

    def write(self, kind: str, row_id: str, name: str) -> None:
        if kind == "put":
            assert self.call("PATCH", f"accounts({row_id})", {"name": name})[0] == 204
        elif kind == "delete":
            assert self.call("DELETE", f"accounts({row_id})")[0] in (204, 404)

    def names(self) -> dict[str, str | None]:
        return {row["accountid"]: row["name"] for row in self.call("GET", "accounts?$select=name")[1]["value"]}


@settings(max_examples=60, deadline=None)
@given(WRITES, st.integers(1, 4))
def test_who_follows_the_deltas_knows_what_is_there(writes: list[tuple[str, str, str]], size: int) -> None:
    known: dict[str, str | None] = {}
    organisation = Organisation()
    link = "accounts?$select=name"

    def follow(link: str) -> str:
        while True:
            _, page = organisation.call("GET", link, prefer=f"odata.track-changes,odata.maxpagesize={size}")
            for row in page["value"]:
                if row.get("reason") == "deleted":
                    known.pop(row["id"], None)
                else:
                    known[row["accountid"]] = row["name"]
            if "@odata.deltaLink" in page:
                return str(page["@odata.deltaLink"])
            link = page["@odata.nextLink"]

    for kind, row_id, name in writes:
        organisation.write(kind, row_id, name)
        if kind == "look":
            link = follow(link)
    follow(link)
    assert known == organisation.names()


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, max_size=20), st.integers(1, 6), st.sampled_from(["", "name", "name desc", "name desc,createdon"]), WRITES)
def test_pages_show_each_untouched_row_once_whatever_happens_between(
    names: list[str], size: int, order: str, writes: list[tuple[str, str, str]]
) -> None:
    organisation = Organisation()
    untouched = [
        str(organisation.service.rows.create(organisation.service.db.schema.tables["account"], {"name": name}, Caller(APPLICATION_USER_ID)))
        for name in names
    ]
    link, seen, pending = "accounts?$select=name" + (f"&$orderby={order}" if order else ""), [], list(writes)
    while link:
        _, page = organisation.call("GET", link, prefer=f"odata.maxpagesize={size}")
        seen += [row["accountid"] for row in page["value"]]
        link = page.get("@odata.nextLink", "")
        for _ in range(3):
            if pending:
                organisation.write(*pending.pop())
    assert sorted(row_id for row_id in seen if row_id in untouched) == sorted(untouched)


@settings(max_examples=60, deadline=None)
@given(WRITES, st.lists(st.tuples(st.sampled_from(IDS), NAMES), min_size=1, max_size=6))
def test_a_failed_bulk_call_leaves_no_trace(before: list[tuple[str, str, str]], targets: list[tuple[str, str]]) -> None:
    organisation = Organisation()
    organisation.call(
        "POST", "EntityDefinitions(LogicalName='account')/Keys", {"SchemaName": "couplet_Name", "KeyAttributes": ["accountnumber"]}
    )
    for kind, row_id, name in before:
        organisation.write(kind, row_id, name)
    rows = orjson.dumps(organisation.service.db.rows("account"), option=orjson.OPT_SORT_KEYS)
    link = organisation.call("GET", "accounts?$select=name", prefer="odata.track-changes")[1]["@odata.deltaLink"]
    body = {"Targets": [{"accountid": row_id, "name": name, "accountnumber": row_id[-2:]} for row_id, name in dict(targets).items()]}
    body["Targets"].append({"accountid": IDS[0][:-1] + "f", "name": "x" * 200})
    status, _ = organisation.call("POST", "accounts/Microsoft.Dynamics.CRM.UpsertMultiple", body)
    assert status == 400
    assert orjson.dumps(organisation.service.db.rows("account"), option=orjson.OPT_SORT_KEYS) == rows
    assert organisation.call("GET", link)[1]["value"] == []
    del body["Targets"][-1]
    assert organisation.call("POST", "accounts/Microsoft.Dynamics.CRM.UpsertMultiple", body)[0] == 204
