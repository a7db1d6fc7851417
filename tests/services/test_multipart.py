"""The batches of Dataverse, written and read."""

from __future__ import annotations

import pytest

from sync.services.multipart import Call, ChangeSet, read, write


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


def test_a_change_set_is_a_part_of_parts_and_numbers_them() -> None:
    calls: list[Call | ChangeSet] = [(Call("PATCH", "/a", {}, b"{}"), Call("POST", "/b", {}, b"{}")), Call("DELETE", "/c")]
    part = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    body = "Content-Type: application/json; type=entry\r\n\r\n{}\r\n"
    assert write(calls, "batch_1").decode() == (
        "--batch_1\r\nContent-Type: multipart/mixed; boundary=changeset_0_batch_1\r\n\r\n"
        f"--changeset_0_batch_1\r\n{part}Content-ID: 1\r\n\r\nPATCH /a HTTP/1.1\r\n{body}"
        f"--changeset_0_batch_1\r\n{part}Content-ID: 2\r\n\r\nPOST /b HTTP/1.1\r\n{body}"
        "--changeset_0_batch_1--\r\n"
        f"--batch_1\r\n{part}\r\nDELETE /c HTTP/1.1\r\n\r\n\r\n"
        "--batch_1--\r\n"
    )


SET_ANSWER = (
    "--batchresponse_a\nContent-Type: multipart/mixed; boundary=changesetresponse_b\n\n"
    "--changesetresponse_b\nContent-Type: application/http\nContent-ID: 1\n\nHTTP/1.1 204 No Content\nETag: W/1\n\n\n"
    "--changesetresponse_b\nContent-Type: application/http\nContent-ID: 2\n\nHTTP/1.1 204 No Content\nETag: W/2\n\n\n"
    "--changesetresponse_b--\n"
    "--batchresponse_a\nContent-Type: application/http\nContent-ID: 3\n\nHTTP/1.1 400 Bad Request\n\n{}\n"
    "--batchresponse_a--\n"
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_answers_of_a_change_set_and_of_one_that_failed(newline: str) -> None:
    done, failed = read("multipart/mixed; boundary=batchresponse_a", SET_ANSWER.replace("\n", newline).encode())
    assert [(part.status, part.headers["etag"], part.place) for part in done.parts] == [(204, "W/1", 1), (204, "W/2", 2)]
    assert (failed.status, failed.parts, failed.place) == (400, (), 3)
