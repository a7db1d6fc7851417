"""The queues behind triggers and outputs: texts in the encoding of `host.json`, on any Azure Storage or Azurite."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from sandbox.host.messages import TypedData
from sandbox.host.settings import SettingsRefused, resolve
from sandbox.host.worker import Binding, Function, Result

DEFAULT_CONNECTION = "AzureWebJobsStorage"
SERVED_OUTPUTS = ("queue", "http")


class Queues:
    """Clients of the queues that bindings name, one connection pool a storage account."""

    def __init__(self, environ: Mapping[str, str], *, base64_bodies: bool) -> None:
        self.environ = environ
        self.base64_bodies = base64_bodies
        self._accounts: dict[str, QueueServiceClient] = {}

    def open(self, binding: Binding, where: str) -> QueueClient:
        """The queue of a binding; raises SettingsRefused when its connection is not among the settings."""
        setting = str(binding.get("connection") or DEFAULT_CONNECTION)
        text = self.environ.get(setting) or self.environ.get(f"AzureWebJobs{setting}")
        if not text:
            raise SettingsRefused(f"the setting {setting} is missing: {where} needs a storage connection string there")
        if setting not in self._accounts:
            self._accounts[setting] = QueueServiceClient.from_connection_string(text)
        return self._accounts[setting].get_queue_client(resolve(str(binding["queueName"]), self.environ, where))

    def poison(self, queue: QueueClient) -> QueueClient | None:
        """Where messages go that fail too often; a poison queue has none of its own."""
        if queue.queue_name.endswith("-poison"):
            return None
        account = next(account for account in self._accounts.values() if account.account_name == queue.account_name)
        return account.get_queue_client(f"{queue.queue_name}-poison")

    def encode(self, text: str) -> str:
        return base64.b64encode(text.encode("utf-8")).decode("ascii") if self.base64_bodies else text

    def decode(self, content: str) -> str:
        """The text of a message; raises ValueError when it is not in the encoding of `host.json`."""
        return base64.b64decode(content, validate=True).decode("utf-8") if self.base64_bodies else content

    async def close(self) -> None:
        for account in self._accounts.values():
            await account.close()


async def put(queue: QueueClient, content: str) -> None:
    """Send an encoded message, making its queue when there is none, as the real host does for outputs and poison queues."""
    try:
        await queue.send_message(content)
    except ResourceNotFoundError:
        with contextlib.suppress(ResourceExistsError):
            await queue.create_queue()
        await queue.send_message(content)


class Outputs:
    """Carries what functions put into queue outputs to the queues."""

    def __init__(self, queues: Queues, functions: list[Function]) -> None:
        self.queues = queues
        self._open = {
            (function.name, name): queues.open(binding, f"the output {name} of {function.name}")
            for function in functions
            for name, binding in function.outputs.items()
            if self.served(function, binding) == "queue"
        }

    @staticmethod
    def served(function: Function, binding: Binding) -> str:
        kind = str(binding["type"])
        if kind not in SERVED_OUTPUTS:
            raise SettingsRefused(f"{function.name} has an output of type {kind}; this host serves {' and '.join(SERVED_OUTPUTS)}")
        return kind

    async def write(self, function: Function, result: Result) -> None:
        """Send all messages of one invocation, in order."""
        given = {**result.outputs, "$return": result.returned}
        for name, data in given.items():
            queue = self._open.get((function.name, name))
            if queue is not None and data is not None:
                for text in texts(data):
                    await put(queue, self.queues.encode(text))


def texts(data: TypedData) -> list[str]:
    """The message texts in a queue output: one for a string, one for each element of a list."""
    kind = data.WhichOneof("data")
    if kind == "json":
        read = json.loads(data.json)
        return [body_of(item) for item in (read if isinstance(read, list) else [read])]
    value = getattr(data, kind or "string")
    return [value.decode("utf-8") if isinstance(value, bytes) else str(value)]


def body_of(item: Any) -> str:
    """A `func.QueueMessage` arrives as an object of id and body; anything else is sent as it is."""
    if isinstance(item, dict) and set(item) == {"id", "body"}:
        return str(item["body"])
    return item if isinstance(item, str) else json.dumps(item)
