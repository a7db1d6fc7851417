"""Publications of several writers at once: one for all of them, and what it raises reaches each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from sync.around.publishing import Publishing


class Desk:
    """Counts publications; the next one may fail."""

    def __init__(self) -> None:
        self.published: list[list[str]] = []
        self.fails = False

    async def publish(self, tables: Sequence[str]) -> None:
        await asyncio.sleep(0)
        if self.fails:
            raise ValueError("refused")
        self.published.append(list(tables))


@pytest.mark.rule("D6")
async def test_writers_at_the_same_time_are_published_once_and_later_ones_again() -> None:
    desk = Desk()
    publishing = Publishing(desk.publish)
    for _ in range(3):
        publishing.begin()
    await asyncio.gather(publishing.end(["b"]), publishing.end(["a", "b"]), publishing.end([]))
    publishing.begin()
    await publishing.end(["c"])
    publishing.begin()
    await publishing.end([])
    assert desk.published == [["a", "b"], ["c"]]


async def test_one_who_gives_up_keeps_nobody_waiting() -> None:
    desk = Desk()
    publishing = Publishing(desk.publish)
    publishing.begin()
    publishing.begin()
    await asyncio.wait_for(asyncio.gather(publishing.end(["a"]), publishing.leave()), 1)
    assert desk.published == [["a"]]


async def test_a_refusal_reaches_all_who_waited_and_nobody_after_them() -> None:
    desk = Desk()
    desk.fails = True
    publishing = Publishing(desk.publish)
    publishing.begin()
    publishing.begin()
    answers = await asyncio.gather(publishing.end(["a"]), publishing.end(["b"]), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError, ValueError]
    desk.fails = False
    publishing.begin()
    await publishing.end(["c"])
    assert desk.published == [["c"]]
