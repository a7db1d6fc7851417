"""Connections that break: what the SDK sends again, and what is made of an answer that got lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from sync.errors import StoreError
from sync.heart.plan import Side
from sync.store import FullSync, Line, Store
from tests.store.conftest import Account, pairs

WRITES = re.compile(rb"POST \S*\$batch|PUT \S*\(|PATCH \S*\(")
"""How a request that writes rows begins: a transaction, or one row by itself."""


@dataclass
class Wire:
    """A line to Azurite's tables that can be cut."""

    target: int
    lose_answers: int = 0
    refuse: int = 0
    cut: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, request by request."""
        if self.refuse:
            self.refuse -= 1
            writer.close()
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            while data := await reader.read(1 << 16):
                up_writer.write(data)
                answer = await self._answer(reader, up_reader, up_writer)
                if self.lose_answers and WRITES.match(data):
                    self.lose_answers -= 1
                    self.cut.append(data[:40].decode("ascii", "replace"))
                    return
                writer.write(answer)
                await writer.drain()
        finally:
            for each in (writer, up_writer):
                each.close()

    async def _answer(self, reader: asyncio.StreamReader, up_reader: asyncio.StreamReader, up_writer: asyncio.StreamWriter) -> bytes:
        """The first bytes of the answer; the rest of the request goes up until they come."""
        answer = asyncio.ensure_future(up_reader.read(1 << 20))
        while not answer.done():
            more = asyncio.ensure_future(reader.read(1 << 16))
            await asyncio.wait({answer, more}, return_when=asyncio.FIRST_COMPLETED)
            if more.done():
                up_writer.write(more.result())
            else:
                more.cancel()
                await asyncio.gather(more, return_exceptions=True)
        return answer.result()


@pytest.fixture
async def line(azurite: str, store: Store) -> AsyncIterator[tuple[Wire, Store]]:
    """A store whose tables are reached over a line that can be cut."""
    tables = re.search("TableEndpoint=([^;]+)", azurite)
    assert tables
    passing = Wire(urlsplit(tables[1]).port or 0)
    server = await asyncio.start_server(passing.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    over = Store.open(Account(azurite.replace(f":{passing.target}/", f":{port}/")))
    yield passing, over
    await over.close()
    server.close()
    await server.wait_closed()


async def test_an_insert_whose_answer_got_lost_is_seen_as_stored(line: tuple[Wire, Store], company: str) -> None:
    passing, store = line
    couplings = pairs(company, 5)
    passing.lose_answers = 1
    stored = await store.couplings.insert(couplings)
    assert passing.cut
    found = await store.couplings.load(company, "CUSTOMER", Side.BC, [coupling.bc_id for coupling in couplings])
    assert list(found.values()) == stored


async def test_a_message_whose_answer_got_lost_is_counted_once_and_by_us(line: tuple[Wire, Store], company: str) -> None:
    passing, store = line
    await store.work.add(company, "j", {1: {}})
    passing.lose_answers = 1
    assert await store.work.done(company, "j", 1, {"inserted": 1}, {2: {}})
    assert passing.cut
    assert await store.work.outcomes(company, "j") == {"inserted": 1}


async def test_no_change_is_made_twice_when_its_answer_got_lost(line: tuple[Wire, Store], company: str) -> None:
    passing, store = line
    full = FullSync.new(company, {})
    passing.lose_answers = 2
    assert await store.full_syncs.create(full, [Line(mapping="CUSTOMER")]) is None
    passing.lose_answers = 1
    await store.full_syncs.change_line(company, full.id, "CUSTOMER", lambda line: replace(line, done=line.done + 1))
    assert [line.done for line in await store.full_syncs.lines(company, full.id)] == [1]
    passing.lose_answers = 1
    assert await store.entries.claim_scan(company, "CUSTOMER", stale_after=timedelta(minutes=1))
    await store.work.seal(company, full.id)
    passing.lose_answers = 1
    assert await store.work.finish(company, full.id)
    assert not passing.lose_answers


async def test_refused_connections_are_tried_again(line: tuple[Wire, Store], company: str) -> None:
    passing, store = line
    passing.refuse = 2
    await store.entries.merge(company, "CUSTOMER", failures=1)
    assert (await store.entries.get(company, "CUSTOMER")).failures == 1


@pytest.mark.slow
async def test_an_account_that_cannot_be_reached_is_one_clear_error() -> None:
    connection = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
    connection += "TableEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a;"
    store = Store.open(Account(connection))
    with pytest.raises(StoreError, match="cannot be reached"):
        await store.entries.get("C", "CUSTOMER")
    await store.close()
