"""Faults that somebody asked the control desk for, and its own refusals. Import them through `sandbox.control`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


class ControlRefused(Exception):
    """A wish at the control desk that cannot be carried out: the caller sees status, code and message as JSON."""

    def __init__(self, message: str, *, status: int = 400, code: str = "Refused") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass
class Fault:
    """One thing that shall go wrong `times` times, for requests of a method (None: any) whose path and query match a pattern."""

    kind: str
    status: int = 503
    retry_after: float | None = None
    after: bool = False
    method: str | None = None
    path: re.Pattern[str] = re.compile("")
    times: int = 1
    delay_ms: float = 0
    code: str | None = None

    @classmethod
    def of(cls, body: Row) -> Fault:
        if body.get("kind") not in ("status", "drop", "delay"):
            raise ControlRefused("kind must be one of status, drop, delay")
        if body.get("when", "before") not in ("before", "after"):
            raise ControlRefused("when must be before or after")
        return cls(
            kind=body["kind"],
            status=int(body.get("status", 503)),
            retry_after=body.get("retryAfter"),
            after=body.get("when") == "after",
            method=body.get("method"),
            path=re.compile(body.get("path") or ""),
            times=int(body.get("times", 1)),
            delay_ms=float(body.get("delayMs", 0)),
            code=body.get("code"),
        )

    def fits(self, method: str, target: str) -> bool:
        return self.times > 0 and self.method in (None, method) and self.path.search(target) is not None


class Faults:
    """The faults still to come, oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def take(self, method: str, target: str, kind: str | None = None) -> Fault | None:
        """The first fault that fits, counted down; simulators may ask with `kind="status"` for each part of a batch."""
        for fault in self.waiting:
            if kind in (None, fault.kind) and fault.fits(method, target):
                fault.times -= 1
                self.waiting = [other for other in self.waiting if other.times > 0]
                return fault
        return None
