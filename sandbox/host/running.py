"""A function app with all its triggers, put together."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from sandbox.host.invocations import Invoker
from sandbox.host.keys import Keys
from sandbox.host.queues import QueueListener
from sandbox.host.routes import Route
from sandbox.host.settings import HostSettings, SettingsRefused
from sandbox.host.storage import Outputs, Queues
from sandbox.host.timers import Timer
from sandbox.host.web import Web
from sandbox.host.worker import Function, Worker

SERVED = ("httpTrigger", "queueTrigger", "timerTrigger")
log = logging.getLogger("Host")


class Host:
    """One app: indexed, checked, and its triggers ready to run. `state` holds keys and timer statuses between starts."""

    def __init__(self, folder: Path, settings: HostSettings, state: Path, environ: Mapping[str, str]) -> None:
        self.worker = Worker(folder)
        self.settings = settings
        self.state = state
        self.environ = environ
        self.queues = Queues(environ, base64_bodies=settings.queues.base64)
        self.triggers: list[Timer | QueueListener] = []

    async def load(self) -> Web:
        """Index the app and build its triggers; raises AppRefused or SettingsRefused naming function and setting."""
        functions = [function for function in await self.worker.index() if not self.disabled(function)]
        check_triggers(functions)
        invoker = Invoker(self.worker, Outputs(self.queues, functions), self.settings.timeout)
        for function in of_type(functions, "timerTrigger"):
            self.triggers.append(Timer(function, invoker, self.state / "timers", self.environ))
        for function in of_type(functions, "queueTrigger"):
            self.triggers.append(QueueListener(function, invoker, self.queues, self.settings.queues))
        routes = [Route.of(function, self.settings.route_prefix) for function in of_type(functions, "httpTrigger")]
        for name in self.settings.unknown:
            log.warning("host.json: nobody knows the key %s", name)
        log.info("Found the following functions: %s", ", ".join(sorted(function.name for function in functions)))
        return Web(functions, routes, invoker, Keys.load(self.state / "keys.json"))

    def disabled(self, function: Function) -> bool:
        """True when the setting AzureWebJobs.<name>.Disabled switches the function off."""
        names = (f"AzureWebJobs.{function.name}.Disabled", f"AzureWebJobs__{function.name}__Disabled")
        return any(self.environ.get(name, "").lower() in ("true", "1") for name in names)

    async def run(self, ending: asyncio.Event) -> None:
        """Run timers and queues until the host is told to end, and what is in work then to its end."""
        try:
            async with asyncio.TaskGroup() as group:
                for trigger in self.triggers:
                    group.create_task(trigger.run(ending))
        finally:
            await self.queues.close()


def check_triggers(functions: list[Function]) -> None:
    for function in functions:
        if function.trigger["type"] not in SERVED:
            raise SettingsRefused(f"{function.name} has a {function.trigger['type']}; this host serves {', '.join(SERVED)}")


def of_type(functions: list[Function], kind: str) -> list[Function]:
    return [function for function in functions if function.trigger["type"] == kind]


def check_runtime(environ: Mapping[str, str] = os.environ) -> None:
    """Refuse what would fail later and worse: an app of another language."""
    language = environ.get("FUNCTIONS_WORKER_RUNTIME", "python")
    if language != "python":
        raise SettingsRefused(f"the setting FUNCTIONS_WORKER_RUNTIME must be python, not {language}")
