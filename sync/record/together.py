"""Several things side by side, of which all come to rest before a failure of one goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Wait for all; raise the first failure only then, so that nothing still writes when a message is tried again."""
    ended = await asyncio.gather(*work, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, BaseException):
            raise problem
