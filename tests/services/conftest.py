"""What the tests of the service clients share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sync.services.http import Patience
from tests.services.scripted import Scripted, scripted

HURRIED = Patience(total=1.5, first=0.02, connect=1.0, answer=0.4)
"""Patience of a test: the same behaviour in a fraction of the time."""


class OneToken:
    """Tokens without a sign-in, counted."""

    def __init__(self) -> None:
        self.number = 1

    async def token(self) -> str:
        return f"token-{self.number}"

    def forget(self) -> None:
        self.number += 1


@pytest.fixture
def tokens() -> OneToken:
    return OneToken()


@pytest.fixture
async def service() -> AsyncIterator[Scripted]:
    async with scripted() as running:
        yield running
