"""Stub."""

from typing import Any


class Actions:
    def __init__(self, *a: Any) -> None:
        pass

    def run(self, *a: Any) -> Any:
        return None

    def notice(self, *a: Any) -> None:
        pass
