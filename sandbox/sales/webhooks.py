"""Stub."""

from typing import Any


class Webhooks:
    def __init__(self, *a: Any) -> None:
        pass

    def run(self, *a: Any) -> Any:
        return None

    def deliver(self, *a: Any) -> None:
        pass

    def notice(self, *a: Any) -> None:
        pass
