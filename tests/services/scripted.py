"""A service that answers from a script, over a real socket: also with silence and with a closed door."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

DATE = "Sun, 22 Nov 2026 15:00:00 GMT"


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Says:
    """One answer; status 0 closes the connection without any."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0

    def wire(self) -> bytes:
        content = self.body if isinstance(self.body, bytes) else b"" if self.body is None else json.dumps(self.body).encode()
        headers = {"Date": DATE, "Content-Length": str(len(content)), "Connection": "close", **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Said\r\n{head}\r\n".encode() + content


DROPS = Says(0)


class Scripted:
    """The running service: give it answers, look at what it was asked. The last answer is given again and again."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.answers: list[Says] = [Says()]
        self.at_once = 0
        self.most_at_once = 0
        self.conversations: set[asyncio.Task[None] | None] = set()

    def will_say(self, *answers: Says) -> None:
        self.answers = list(answers)

    @property
    def targets(self) -> Sequence[str]:
        return [f"{each.method} {each.target}" for each in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.conversations.add(asyncio.current_task())
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
        method, target, _ = line.split(" ")
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append(Asked(method, target, headers, content))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(answer.delay)
        self.at_once -= 1
        if answer.status:
            writer.write(answer.wire())
            with suppress(ConnectionError):
                await writer.drain()


@asynccontextmanager
async def scripted(tls: ssl.SSLContext | None = None) -> AsyncIterator[Scripted]:
    """A scripted service on a free port of this machine."""
    service = Scripted()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=tls)
    service.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*(each for each in service.conversations if each))
