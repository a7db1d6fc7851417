"""`multipart/mixed` as the `$batch` of Dataverse writes and reads it (RFC 2046 with HTTP messages as parts)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DONE = 200
"""What stands for the status of a change set, which is answered part by part where it was carried out."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request inside a batch."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer inside a batch; header names in lower case.

    `parts` are the answers of a change set that was carried out, which has none of its own; `place` is the number of the call of a
    change set that is answered.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    parts: Sequence[Reply] = ()
    place: int | None = None

    def json(self) -> Any:
        """The body, or None when there is none."""
        return json.loads(self.content) if self.content else None


ChangeSet = tuple[Call, ...]
"""Calls that the service carries out as one, all or none."""


def write(calls: Sequence[Call | ChangeSet], boundary: str) -> bytes:
    """The body of a batch: calls that stand alone are each their own transaction, those of a change set are one together."""
    out = bytearray()
    for number, call in enumerate(calls):
        out += f"--{boundary}\r\n".encode()
        out += _one(call) if isinstance(call, Call) else _set(call, f"changeset_{number}_{boundary}")
    return bytes(out + f"--{boundary}--\r\n".encode())


def _set(calls: ChangeSet, boundary: str) -> bytes:
    parts = [f"--{boundary}\r\n".encode() + _one(call, f"Content-ID: {place}\r\n") for place, call in enumerate(calls, start=1)]
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode() + b"".join(parts) + f"--{boundary}--\r\n".encode()


def _one(call: Call, more: str = "") -> bytes:
    out = bytearray(f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{more}\r\n".encode())
    out += f"{call.method} {call.path} HTTP/1.1\r\n".encode()
    for name, value in call.headers.items():
        out += f"{name}: {value}\r\n".encode()
    if call.body is not None:
        out += b"Content-Type: application/json; type=entry\r\n"
    return bytes(out + b"\r\n" + (call.body or b"") + b"\r\n")


def read(content_type: str, body: bytes) -> list[Reply]:
    """The answers of a batch in order; ValueError when the body is no such thing."""
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if not match:
        raise ValueError("no boundary")
    delimiter = b"--" + match[1].strip().encode()
    pieces = re.split(rb"(?:^|\r?\n)" + re.escape(delimiter), body)
    if not any(piece.startswith(b"--") for piece in pieces[1:]):
        raise ValueError("the batch is cut off")
    return [_reply(piece) for piece in pieces[1:] if not piece.startswith(b"--")]


def _reply(piece: bytes) -> Reply:
    outer, message = _split(piece.lstrip(b"\r\n"))
    about = _headers(outer.decode("latin-1").splitlines())
    kind = about.get("content-type", "")
    if kind.lower().startswith("multipart/mixed"):
        return Reply(DONE, {}, b"", read(kind, message))
    head, content = _split(message)
    status_line, *lines = head.decode("latin-1").splitlines()
    place = about.get("content-id", "")
    return Reply(int(status_line.split()[1]), _headers(lines), content.strip(b"\r\n"), place=int(place) if place.isdecimal() else None)


def _headers(lines: Sequence[str]) -> dict[str, str]:
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _split(message: bytes) -> tuple[bytes, bytes]:
    """Head and body: parted by the first empty line, with CRLF or LF."""
    parts = re.split(rb"\r?\n\r?\n", message, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else b""
