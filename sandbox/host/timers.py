"""Timer triggers: each on its schedule, never overlapping itself, one catch-up run for any number of missed ones."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.host.ending import rest
from sandbox.host.invocations import Invoker
from sandbox.host.messages import TypedData
from sandbox.host.schedules import Schedule
from sandbox.host.settings import resolve
from sandbox.host.worker import Function, InvocationFailed

LONGEST_SLEEP = 30.0


class Timer:
    """A timer function and its status, kept in a file so that a restart sees what it missed."""

    def __init__(self, function: Function, invoker: Invoker, folder: Path, environ: Mapping[str, str]) -> None:
        self.function = function
        self.invoker = invoker
        self.schedule = Schedule(resolve(str(function.trigger["schedule"]), environ, function.name), function.name)
        self.file = folder / f"{function.name}.json"
        monitor = function.trigger.get("useMonitor")
        # like the real host: schedules of less than a minute are not monitored unless the app asks for it
        self.monitored = bool(monitor) if monitor is not None else self.schedule.interval(now()) >= 60

    async def run(self, ending: asyncio.Event) -> None:
        """Keep the schedule until the host ends."""
        due = self.overdue()
        if due is not None or self.function.trigger.get("runOnStartup"):
            await self.fire(past_due=due is not None)
        while not ending.is_set():
            due = self.schedule.after(now())
            while (left := (due - now()).total_seconds()) > 0 and not ending.is_set():
                await rest(ending, min(left, LONGEST_SLEEP))
            if not ending.is_set():
                await self.fire(past_due=False)

    def overdue(self) -> datetime | None:
        """The run that was missed while the host was down, unless the schedule is another one since then."""
        status = self.read_status()
        if not status:
            self.write_status(None)
            return None
        base = datetime.fromisoformat(status["Last"] or status["LastUpdated"])
        expected, stored = self.schedule.after(base), datetime.fromisoformat(status["Next"])
        if expected != stored:
            self.write_status(status["Last"])
            return None
        return stored if stored < now() else None

    async def fire(self, *, past_due: bool) -> None:
        """Run the function once; a failure is logged and not tried again before the next due moment."""
        begun = now()
        with contextlib.suppress(InvocationFailed):
            await self.invoker.run(self.function, self.request(past_due=past_due), reason="past due" if past_due else "on schedule")
        self.write_status(begun.isoformat())

    def request(self, *, past_due: bool) -> TypedData:
        status = self.read_status()
        return TypedData(json=json.dumps({"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status or None, "IsPastDue": past_due}))

    def read_status(self) -> dict[str, Any]:
        if not (self.monitored and self.file.exists()):
            return {}
        read: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return read

    def write_status(self, last: str | None) -> None:
        if not self.monitored:
            return
        moment = now()
        base = datetime.fromisoformat(last) if last else moment
        status = {"Last": last, "LastUpdated": moment.isoformat(), "Next": self.schedule.after(base).isoformat()}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(status), encoding="utf-8")
        os.replace(fresh, self.file)


def now() -> datetime:
    return datetime.now(UTC)
