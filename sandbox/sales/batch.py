"""`$batch`: multipart requests with change sets, read leniently (LF, leading line break), answered as the platform does."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from sandbox.control import Faults
from sandbox.sales import errors
from sandbox.sales.calls import JSON, Answer, Call
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.references import Resolver

MOST = 1000
BOUNDARY = re.compile(r'boundary\s*=\s*("[^"]+"|[^;\s]+)', re.IGNORECASE)
HEAD_END = re.compile(rb"\r?\n\r?\n")
SERVICE = re.compile(r"(?:https?://[^/]+)?/?(?:api/data/v\d+\.\d+/)?(?P<rest>.*)", re.DOTALL)
Dispatch = Callable[[Call], Answer]


@dataclass
class Part:
    """One operation, or a change set of several."""

    method: str = ""
    url: str = ""
    headers: dict[str, str] | None = None
    body: bytes = b""
    content_id: str | None = None
    changeset: list[Part] | None = None


def boundary_of(content_type: str) -> str:
    found = BOUNDARY.search(content_type)
    if found is None or "multipart/mixed" not in content_type.lower():
        raise Refused("0x80060888", "The Content-Type of a batch must be multipart/mixed with a boundary.")
    return found[1].strip('"')


def _headers(raw: bytes) -> dict[str, str]:
    found = {}
    for line in raw.split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon:
            found[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
    return found


def _split(raw: bytes, boundary: str) -> list[bytes]:
    pieces = (b"\n" + raw.lstrip(b"\r\n")).split(b"\n--" + boundary.encode())
    return [
        piece[1:] if piece.startswith(b"\n") else piece[2:] if piece.startswith(b"\r\n") else piece
        for piece in pieces[1:]
        if not piece.startswith(b"--")
    ]


def read(raw: bytes, boundary: str, inside: bool = False) -> list[Part]:
    """The parts of a batch or a change set."""
    return [_part(piece, inside) for piece in _split(raw, boundary)]


def _cut(raw: bytes) -> tuple[bytes, bytes]:
    """Head and rest at the first blank line."""
    found = HEAD_END.search(raw)
    return (raw, b"") if found is None else (raw[: found.start()], raw[found.end() :])


def _part(piece: bytes, inside: bool) -> Part:
    head, rest = _cut(piece)
    outer = _headers(head)
    kind = outer.get("content-type", "")
    if kind.lower().startswith("multipart/mixed"):
        if inside:
            raise Refused("0x80060888", "A change set cannot contain a change set.")
        return Part(changeset=read(rest, boundary_of(kind), inside=True))
    request, body = _cut(rest.lstrip(b"\r\n"))
    line, _, headers = request.partition(b"\n")
    method, _, target = line.strip().decode("utf-8").partition(" ")
    inner = _headers(headers)
    url = target.rpartition(" HTTP/")[0] or target
    return Part(method.upper(), url.strip(), inner, body.rstrip(b"\r\n"), outer.get("content-id") or inner.get("content-id"))


class Batch:
    """Runs the parts of a batch through the service's dispatcher."""

    def __init__(self, db: Database, dispatch: Dispatch, count: Callable[[int], None], faults: Faults) -> None:
        self.db = db
        self.dispatch = dispatch
        self.count = count
        self.faults = faults

    def run(self, call: Call) -> Answer:
        parts = read(call.body, boundary_of(call.headers.get("content-type", "")))
        number = sum(len(part.changeset) if part.changeset is not None else 1 for part in parts)
        if number > MOST:
            raise Refused("0x80060888", f"The number of operations in the batch request exceeds the allowed limit of {MOST}.")
        self.count(number)
        pieces: list[bytes] = []
        status = 200
        boundary = f"batchresponse_{uuid.uuid4()}"
        for part in parts:
            piece, failed = self._changeset(call, part.changeset) if part.changeset is not None else self._single(call, part)
            pieces.append(b"--" + boundary.encode() + b"\r\n" + piece)
            if failed and not call.prefer.continue_on_error:
                status = failed
                break
        pieces.append(f"--{boundary}--\r\n".encode())
        headers = {"Content-Type": f"multipart/mixed; boundary={boundary}", **call.prefer.applied("odata.continue-on-error")}
        return Answer(status, headers, b"".join(pieces))

    def _single(self, call: Call, part: Part) -> tuple[bytes, int]:
        answer = self._answer(self._inner(call, part, Resolver(self.db)))
        return _operation(answer, part.content_id), answer.status if answer.status >= HTTPStatus.BAD_REQUEST else 0

    def _answer(self, inner: Call) -> Answer:
        """Dispatch a part, unless the control desk wants it to fail."""
        fault = self.faults.take(inner.method, inner.path, kind="status") if self.faults.waiting else None
        if fault is None:
            return self.dispatch(inner)
        if fault.after:
            self.dispatch(inner)
        refused = errors.Refused(fault.code or "0x80040216", f"Injected fault {fault.status}.", status=fault.status)
        return Answer(refused.status, {"Content-Type": JSON}, errors.body(refused.code, refused.message))

    def _inner(self, call: Call, part: Part, resolver: Resolver) -> Call:
        url = resolver.expand(part.url) if part.url.startswith("$") and part.url[1:2].isdigit() else part.url
        found = SERVICE.fullmatch(url)
        path, _, query = (found["rest"] if found else url).partition("?")
        return replace(
            call, method=part.method, path=path, query=query, headers=part.headers or {}, body=part.body, resolver=resolver, changeset=True
        )

    def _changeset(self, call: Call, parts: list[Part]) -> tuple[bytes, int]:
        """All or nothing; a failure is answered by one part."""
        resolver = Resolver(self.db, {})
        boundary = f"changesetresponse_{uuid.uuid4()}"
        pieces: list[bytes] = []
        try:
            with self.db.transaction():
                for part in parts:
                    pieces.append(b"--" + boundary.encode() + b"\r\n" + self._atomic(call, part, resolver))
        except _Failed as failed:
            return _operation(failed.answer, failed.content_id), failed.answer.status
        body = b"".join(pieces) + f"--{boundary}--\r\n".encode()
        return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode() + body, 0

    def _atomic(self, call: Call, part: Part, resolver: Resolver) -> bytes:
        answer = self._checked(call, part, resolver)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise _Failed(answer, part.content_id)
        if part.content_id is not None and answer.row is not None:
            resolver.content[part.content_id] = answer.row
        return _operation(answer, part.content_id)

    def _checked(self, call: Call, part: Part, resolver: Resolver) -> Answer:
        try:
            if part.content_id is None:
                raise Refused("0x80060888", "The 'Content-ID' header is mandatory in a change set.")
            if part.method == "GET":
                raise Refused("0x80060888", "A GET is not allowed in a change set.")
            return self._answer(self._inner(call, part, resolver))
        except Refused as refused:
            return Answer(refused.status, {"Content-Type": JSON}, errors.body(refused.code, refused.message))


class _Failed(Exception):
    """A part of a change set was refused."""

    def __init__(self, answer: Answer, content_id: str | None) -> None:
        super().__init__()
        self.answer = answer
        self.content_id = content_id


def _operation(answer: Answer, content_id: str | None) -> bytes:
    head = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    if content_id is not None:
        head += f"Content-ID: {content_id}\r\n"
    reason = HTTPStatus(answer.status).phrase
    lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"{head}\r\nHTTP/1.1 {answer.status} {reason}\r\n{lines}OData-Version: 4.0\r\n\r\n".encode() + answer.body + b"\r\n"
