"""`multipart/mixed` as the `$batch` of Dataverse writes and reads it (RFC 2046 with HTTP messages as parts)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One request inside a batch."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer inside a batch; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The body, or None when there is none."""
        return json.loads(self.content) if self.content else None


def write(calls: Sequence[Call], boundary: str) -> bytes:
    """The body of a batch whose calls stand alone, each its own transaction."""
    out = bytearray()
    for call in calls:
        out += f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n".encode()
        out += f"{call.method} {call.path} HTTP/1.1\r\n".encode()
        for name, value in call.headers.items():
            out += f"{name}: {value}\r\n".encode()
        if call.body is not None:
            out += b"Content-Type: application/json; type=entry\r\n"
        out += b"\r\n" + (call.body or b"") + b"\r\n"
    return bytes(out + f"--{boundary}--\r\n".encode())


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
    _, message = _split(piece.lstrip(b"\r\n"))
    head, content = _split(message)
    status_line, *lines = head.decode("latin-1").splitlines()
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Reply(int(status_line.split()[1]), headers, content.strip(b"\r\n"))


def _split(message: bytes) -> tuple[bytes, bytes]:
    """Head and body: parted by the first empty line, with CRLF or LF."""
    parts = re.split(rb"\r?\n\r?\n", message, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else b""
