"""The host told to end: as when Azure takes an instance away, it takes nothing new and lets what is in work come to its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import uvicorn

GRACE_SECONDS = 60.0
"""What is in work for longer is left to its lease. (Flex Consumption waits up to an hour.)"""


class Server(uvicorn.Server):
    """A server that ends when the host lets it; signals are the host's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def told_to_end() -> asyncio.Event:
    """Set by SIGTERM from now on; systems without it kill at once."""
    ending = asyncio.Event()
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    return ending


async def rest(ending: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until the host is to end."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ending.wait(), seconds)
