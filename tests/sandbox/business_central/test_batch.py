from __future__ import annotations

import pytest

from tests.sandbox.business_central.client import BASE, COMPANY, EXTENSION, POSTABLE, Client, Row, customers, guid


def create(name: str, number: str = "") -> Row:
    body = {"displayName": name, **({"number": number} if number else {})}
    return {"id": name, "method": "POST", "url": f"{COMPANY}/customers", "headers": {"Content-Type": "application/json"}, "body": body}


WRONG: Row = {"id": "wrong", "method": "POST", "url": f"{COMPANY}/customers", "body": {}}


@pytest.mark.fidelity("bc-9-url", "bc-9-outer", "bc-1-batch")
async def test_each_request_has_an_answer_of_its_own(bc: Client) -> None:
    get = {"method": "GET", "url": "customers?$select=displayName", "headers": {"Company": "Demo Company"}}
    first, second = await bc.batch([create("a"), get])
    assert (first["id"], first["status"], first["body"]["displayName"]) == ("a", 201, "a")
    assert first["headers"]["ETag"] == first["body"]["@odata.etag"]
    assert (second["id"], second["status"], len(second["body"]["value"])) == (None, 200, 1)


@pytest.mark.fidelity("bc-9-stop")
async def test_a_batch_stops_at_the_first_failure(bc: Client) -> None:
    answers = await bc.batch([create("a"), WRONG, create("b")])
    assert [answer["status"] for answer in answers] == [201, 400]
    assert len(await bc.rows("customers")) == 1


@pytest.mark.fidelity("bc-9-continue")
async def test_a_batch_can_go_on_after_failures(bc: Client) -> None:
    answers = await bc.batch([create("a"), WRONG, create("b")], prefer="odata.continue-on-error")
    assert [answer["status"] for answer in answers] == [201, 400, 201]
    assert answers[1]["body"]["error"]["code"] == "Application_DialogException"
    assert len(await bc.rows("customers")) == 2


@pytest.mark.fidelity("bc-9-snapshot")
async def test_a_snapshot_is_all_or_nothing_though_its_answers_look_well(bc: Client) -> None:
    answers = await bc.batch([create("a"), WRONG], isolation="snapshot")
    assert [answer["status"] for answer in answers] == [201, 400]
    assert await bc.rows("customers") == []
    assert await bc.rows("contacts") == []
    assert [answer["status"] for answer in await bc.batch([create("a"), create("b")], isolation="snapshot")] == [201, 201]
    assert len(await bc.rows("customers")) == 2


@pytest.mark.fidelity("bc-9-posting")
async def test_posting_in_a_snapshot_cannot_be_undone(bc: Client) -> None:
    await bc.seed(POSTABLE)
    customer = await bc.create("customers", displayName="Adatum")
    await bc.create("items", number="A", displayName="Bolt", unitPrice=2)
    lines = [{"lineType": "Item", "lineObjectNumber": "A", "quantity": 1}]
    invoice = await bc.create("salesInvoices", customerId=customer["id"], salesInvoiceLines=lines)
    post = {"id": "post", "method": "POST", "url": f"{COMPANY}/salesInvoices({invoice['id']})/Microsoft.NAV.post"}
    answers = await bc.batch([create("before"), post, create("after"), WRONG], isolation="snapshot")
    assert [answer["status"] for answer in answers] == [201, 204, 201, 400]
    assert (await bc.one(f"salesInvoices({invoice['id']})"))["status"] == "Open"
    assert [row["displayName"] for row in await bc.rows("customers")] == ["Adatum", "before"]


@pytest.mark.fidelity("bc-9-limit", "bc-5-500", "bc-10-batch")
async def test_a_hundred_requests_and_no_more(bc: Client) -> None:
    await bc.seed(customers=customers(1))
    get = {"method": "GET", "url": f"{COMPANY}/customers({guid(0)})"}
    assert len(await bc.batch([get] * 100)) == 100
    assert await bc.refused("POST", f"{BASE}/$batch", {"requests": [get] * 101}) == (500, "Internal_ServerError")


async def test_the_extension_has_a_batch_of_its_own(bc: Client) -> None:
    await bc.seed(customers=customers(2))
    change = {"method": "PATCH", "url": f"{COMPANY}/customers({guid(1)})", "headers": {"If-Match": "*"}, "body": {"faxNumber": "1 2"}}
    (answer,) = await bc.batch([change], EXTENSION)
    assert (answer["status"], answer["body"]["faxNumber"]) == (200, "1 2")
    counters = (await bc.get("/_control/counters")).json()
    assert (counters["requests"], counters["batched"], counters["rowsWritten"]) == (1, 1, 1)
    assert counters["byRoute"] == {"PATCH customers": 1}


async def test_requests_that_are_none_fail_by_themselves(bc: Client) -> None:
    answers = await bc.batch([{"id": "x"}, create("a")], prefer="odata.continue-on-error")
    assert [answer["status"] for answer in answers] == [400, 201]
