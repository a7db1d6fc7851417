"""The batches of Dataverse, written and read."""

from __future__ import annotations

import pytest

from sync.services.multipart import Call, read, write


def test_a_batch_as_the_service_wants_it() -> None:
    calls = [Call("PATCH", "/api/data/v9.2/accounts(1)", {"If-Match": "*"}, b'{"name":"a"}'), Call("GET", "/api/data/v9.2/contacts")]
    assert write(calls, "batch_1").decode() == (
        "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        'PATCH /api/data/v9.2/accounts(1) HTTP/1.1\r\nIf-Match: *\r\nContent-Type: application/json; type=entry\r\n\r\n{"name":"a"}\r\n'
        "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "GET /api/data/v9.2/contacts HTTP/1.1\r\n\r\n\r\n"
        "--batch_1--\r\n"
    )


ANSWER = (
    "--batchresponse_a\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\n"
    "HTTP/1.1 204 No Content\nOData-Version: 4.0\nOData-EntityId: https://x/accounts(1)\n\n\n"
    "--batchresponse_a\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\n"
    "HTTP/1.1 412 Precondition Failed\nContent-Type: application/json\n\n"
    '{"error":{"code":"0x80060882","message":"--not a boundary"}}\n'
    "--batchresponse_a--\n"
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "content_type", ["multipart/mixed; boundary=batchresponse_a", 'multipart/mixed; charset=x; boundary="batchresponse_a"']
)
def test_the_answers_in_order(newline: str, content_type: str) -> None:
    first, second = read(content_type, ANSWER.replace("\n", newline).encode())
    assert (first.status, first.headers["odata-entityid"], first.content) == (204, "https://x/accounts(1)", b"")
    assert (second.status, second.json()["error"]["code"]) == (412, "0x80060882")


@pytest.mark.parametrize("cut", [ANSWER[:-22], ""])
def test_a_batch_that_is_cut_off_is_no_answer(cut: str) -> None:
    with pytest.raises(ValueError, match="cut off"):
        read("multipart/mixed; boundary=batchresponse_a", cut.encode())


def test_an_answer_that_is_no_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="boundary"):
        read("text/html", b"<html>")
