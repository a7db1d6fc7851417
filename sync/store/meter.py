"""What the store cost: requests and entities, counted where they pass."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport


@dataclass
class Meter:
    """Counters of one process. A transaction is one request to the storage account, retries included."""

    transactions: int = 0
    written: int = 0
    read: int = 0
    messages: int = 0

    def snapshot(self) -> dict[str, int]:
        """The counters as they stand, to be subtracted later."""
        return asdict(self)


class MeteredTransport(AioHttpTransport):  # type: ignore[misc]  # the SDK exports it untyped
    """The SDK's transport, counting every request that leaves."""

    def __init__(self, meter: Meter, **options: Any) -> None:
        super().__init__(**options)
        self._meter = meter

    async def send(self, request: Any, **options: Any) -> Any:
        """Send one request and count it."""
        self._meter.transactions += 1
        return await super().send(request, **options)
