"""`$batch` and the bulk messages."""

from __future__ import annotations

import re
import uuid
from typing import Any

import orjson
import pytest

from tests.sandbox.sales.desk import Desk, Row, error_of


def part(method: str, url: str, body: Row | None = None, content_id: str | None = None, **headers: str) -> str:
    head = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n" + (
        f"Content-ID: {content_id}\r\n" if content_id else ""
    )
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    content = "" if body is None else orjson.dumps(body).decode()
    return f"{head}\r\n{method} {url} HTTP/1.1\r\nContent-Type: application/json; type=entry\r\n{named}\r\n{content}\r\n"


def together(parts: list[str], boundary: str = "batch_x") -> str:
    return "".join(f"--{boundary}\r\n{one}" for one in parts) + f"--{boundary}--\r\n"


def changeset(parts: list[str]) -> str:
    return "Content-Type: multipart/mixed;boundary=changeset_y\r\n\r\n" + together(parts, "changeset_y")


async def send(desk: Desk, content: str, boundary: str = '"batch_x"', **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await desk.client.post(
        desk.base + "$batch",
        content=content.encode(),
        headers={**desk.headers, "Content-Type": f"multipart/mixed; boundary={boundary}", **named},
    )


def statuses(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"HTTP/1\.1 (\d+)", text)]


@pytest.mark.fidelity("sales-5-order")
async def test_parts_run_in_order_with_any_kind_of_address(desk: Desk) -> None:
    row_id = uuid.uuid4()
    response = await send(
        desk,
        together(
            [
                part("POST", "/api/data/v9.2/accounts", {"accountid": str(row_id), "name": "A"}),
                part("PATCH", f"accounts({row_id})", {"name": "B"}, If_Match="*"),
                part("GET", f"{desk.base}accounts({row_id})?$select=name"),
            ]
        ),
    )
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("multipart/mixed; boundary=batchresponse_")
    assert statuses(response.text) == [204, 204, 200]
    assert f"OData-EntityId: {desk.base}accounts({row_id})" in response.text and "Location: " in response.text
    assert '"name":"B"' in response.text


@pytest.mark.fidelity("sales-5-stop")
async def test_the_first_error_stops_the_rest_and_is_the_outer_status(desk: Desk) -> None:
    parts = [part("POST", "accounts", {"name": "A"}), part("POST", "accounts", {"nothing": 1}), part("POST", "accounts", {"name": "C"})]
    response = await send(desk, together(parts))
    assert response.status_code == 400 and statuses(response.text) == [204, 400]
    assert [row["name"] for row in await desk.rows("accounts")] == ["A"]


@pytest.mark.fidelity("sales-5-continue")
async def test_continue_on_error_gives_each_part_its_status(desk: Desk) -> None:
    parts = [
        part("POST", "accounts", {"name": "A"}),
        part("PATCH", f"accounts({uuid.uuid4()})", {"name": "x"}, If_Match="*"),
        part("POST", "accounts", {"name": "C"}),
    ]
    response = await send(desk, together(parts), Prefer="odata.continue-on-error")
    assert response.status_code == 200 and statuses(response.text) == [204, 404, 204]
    assert response.headers["Preference-Applied"] == "odata.continue-on-error"


@pytest.mark.fidelity("sales-5-changeset")
async def test_a_change_set_refers_to_its_own_rows_and_is_atomic(desk: Desk) -> None:
    good = changeset(
        [
            part("POST", "accounts", {"name": "Parent"}, "1"),
            part("PATCH", "$1", {"telephone1": "5"}, "2"),
            part("POST", "contacts", {"lastname": "Child", "parentcustomerid_account@odata.bind": "$1"}, "3"),
        ]
    )
    response = await send(desk, together([good]))
    assert statuses(response.text) == [204, 204, 204] and "Content-ID: 3" in response.text and "changesetresponse_" in response.text
    account = (await desk.rows("accounts?$expand=contact_customer_accounts($select=lastname)"))[0]
    assert (account["telephone1"], account["contact_customer_accounts"][0]["lastname"]) == ("5", "Child")
    bad = changeset([part("POST", "accounts", {"name": "Never"}, "1"), part("POST", "contacts", {"nothing": 1}, "2")])
    failed = await send(desk, together([bad, part("POST", "accounts", {"name": "After"})]), Prefer="odata.continue-on-error")
    assert statuses(failed.text) == [400, 204]
    assert sorted(row["name"] for row in await desk.rows("accounts")) == ["After", "Parent"]


@pytest.mark.fidelity("sales-5-changeset-rules")
@pytest.mark.parametrize(
    "inner",
    [
        part("POST", "accounts", {"name": "no id"}),
        part("GET", "accounts", None, "1"),
        part("POST", "contacts", {"lastname": "x", "parentcustomerid_account@odata.bind": "$7"}, "1"),
    ],
)
async def test_change_sets_need_content_ids_known_references_and_take_no_get(desk: Desk, inner: str) -> None:
    response = await send(desk, together([changeset([inner])]))
    assert response.status_code == 400
    if "$7" in inner:
        assert "Content-ID Reference: '$7' does not exist in the batch context." in response.text


@pytest.mark.fidelity("sales-5-lenient")
async def test_line_feeds_and_a_leading_line_break_are_taken(desk: Desk) -> None:
    content = together([part("POST", "accounts", {"name": "A"}), changeset([part("POST", "accounts", {"name": "B"}, "1")])])
    for text in (content.replace("\r\n", "\n"), "\r\n" + content):
        assert statuses((await send(desk, text, "batch_x")).text) == [204, 204]


@pytest.mark.fidelity("sales-5-limits")
async def test_more_than_a_thousand_operations_and_json_batches_are_refused(desk: Desk) -> None:
    assert (await send(desk, together([part("GET", "WhoAmI()")] * 1001))).status_code == 400
    assert (await desk.call("POST", "$batch", {"requests": []})).status_code == 400


async def test_a_batch_counts_as_one_request_and_its_parts_as_batched(desk: Desk) -> None:
    await desk.control("POST", "counters/reset")
    await send(desk, together([part("POST", "accounts", {"name": "A"})] * 5))
    counters = await desk.control("GET", "counters")
    assert (counters["requests"], counters["batched"], counters["rowsWritten"], counters["byRoute"]["POST accounts"]) == (1, 5, 5, 5)


async def test_a_fault_can_hit_one_part(desk: Desk) -> None:
    await desk.control("POST", "faults", {"kind": "status", "status": 503, "path": "^contacts"})
    parts = [
        part("POST", "accounts", {"name": "A"}),
        part("POST", "contacts", {"lastname": "B"}),
        part("POST", "contacts", {"lastname": "C"}),
    ]
    response = await send(desk, together(parts), Prefer="odata.continue-on-error")
    assert statuses(response.text) == [204, 503, 204]
    assert [row["lastname"] for row in await desk.rows("contacts")] == ["C"]


CRM = "Microsoft.Dynamics.CRM"


@pytest.mark.fidelity("sales-6-create")
async def test_create_multiple_answers_ids_in_order(desk: Desk) -> None:
    given = str(uuid.uuid4())
    targets = [
        {"name": "A", "@odata.type": f"{CRM}.account", "contact_customer_accounts": [{"lastname": "deep"}]},
        {"name": "B", "accountid": given, "@odata.type": f"#{CRM}.account"},
    ]
    answer = (await desk.act(f"accounts/{CRM}.CreateMultiple", {"Targets": targets})).json()
    assert answer["@odata.context"].endswith(f"#{CRM}.CreateMultipleResponse") and answer["Ids"][1] == given
    assert (await desk.get(f"accounts({answer['Ids'][0]})"))["name"] == "A"
    assert len(await desk.rows("contacts")) == 1


@pytest.mark.fidelity("sales-6-atomic")
async def test_one_bad_row_undoes_all(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "Before"})
    create = await desk.call("POST", f"accounts/{CRM}.CreateMultiple", {"Targets": [{"name": "A"}, {"name": "x" * 200}]})
    assert create.status_code == 400
    update = await desk.call(
        "POST",
        f"accounts/{CRM}.UpdateMultiple",
        {"Targets": [{"accountid": row["accountid"], "name": "After"}, {"accountid": str(uuid.uuid4()), "name": "Nobody"}]},
    )
    assert update.status_code == 404
    assert [found["name"] for found in await desk.rows("accounts")] == ["Before"]
    unchanged = await desk.get(f"accounts({row['accountid']})")
    assert unchanged["@odata.etag"] == row["@odata.etag"]


@pytest.mark.fidelity("sales-6-update")
async def test_update_multiple_applies_the_first_of_the_same_row(desk: Desk) -> None:
    row = await desk.create("accounts", {"name": "A"})
    targets = [{"accountid": row["accountid"], "name": name} for name in ("first", "second")]
    assert (await desk.act(f"accounts/{CRM}.UpdateMultiple", {"Targets": targets})).status_code == 204
    assert (await desk.get(f"accounts({row['accountid']})"))["name"] == "first"
    assert (await desk.call("POST", f"accounts/{CRM}.UpdateMultiple", {"Targets": [{"name": "no key"}]})).status_code == 400


@pytest.mark.fidelity("sales-6-upsert")
async def test_upsert_multiple_by_id_or_key(desk: Desk) -> None:
    await desk.act("EntityDefinitions(LogicalName='account')/Keys", {"SchemaName": "couplet_Number", "KeyAttributes": ["accountnumber"]})
    row = await desk.create("accounts", {"name": "A", "accountnumber": "1"})
    targets = [{"@odata.id": "accounts(accountnumber='1')", "name": "B"}, {"@odata.id": "accounts(accountnumber='2')", "name": "C"}]
    assert (await desk.act(f"accounts/{CRM}.UpsertMultiple", {"Targets": targets})).status_code == 204
    found = {item["accountnumber"]: item["name"] for item in await desk.rows("accounts")}
    assert found == {"1": "B", "2": "C"}
    twice = await desk.call(
        "POST", f"accounts/{CRM}.UpsertMultiple", {"Targets": [{"accountid": row["accountid"], "name": "x"}, targets[0]]}
    )
    assert twice.status_code == 400


@pytest.mark.fidelity("sales-6-availability")
@pytest.mark.parametrize(
    ("table", "entity_set", "there"),
    [
        ("account", "accounts", True),
        ("product", "products", True),
        ("invoicedetail", "invoicedetails", True),
        ("productpricelevel", "productpricelevels", False),
        ("uom", "uoms", False),
        ("transactioncurrency", "transactioncurrencies", False),
        ("annotation", "annotations", False),
        ("team", "teams", False),
    ],
)
async def test_bulk_messages_exist_per_table_as_the_filters_say(desk: Desk, table: str, entity_set: str, there: bool) -> None:
    query = "$select=sdkmessagefilterid&$filter=sdkmessageid/name eq @m and primaryobjecttypecode eq @t&@m='CreateMultiple'"
    assert bool(await desk.rows(f"sdkmessagefilters?{query}&@t='{table}'")) is there
    response = await desk.call("POST", f"{entity_set}/{CRM}.CreateMultiple", {"Targets": []})
    assert error_of(response) == ((400, "0x80040203") if there else (404, "0x8006088a"))
