"""A running host with the small fixture app, and its queues."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient, TextBase64DecodePolicy, TextBase64EncodePolicy

from sandbox.processes import Child, Children
from tests.waiting import wait_for

APP = Path(__file__).parent / "app"
NEVER = "0 0 0 1 1 *"


@dataclass
class RunningApp:
    """The fixture app in a host of its own, with queues that no other test sees."""

    children: Children
    storage: str
    state: Path
    prefix: str = field(default_factory=lambda: f"h{uuid.uuid4().hex[:10]}-")
    schedule: str = NEVER
    settings: dict[str, str] = field(default_factory=dict)
    child: Child | None = None

    def start(self, *options: str, app: Path = APP) -> RunningApp:
        """Start or start again, with the options of `python -m sandbox.host`."""
        self.state.mkdir(parents=True, exist_ok=True)
        values = {"AzureWebJobsStorage": self.storage, "PREFIX": self.prefix, "TICK": self.schedule, **self.settings}
        file = self.state / "local.settings.json"
        file.write_text(json.dumps({"IsEncrypted": False, "Values": values}))
        arguments = ["--app", str(app), "--settings", str(file), "--state", str(self.state), "--port", "0", *options]
        self.child = self.children.start_module(f"host-{self.prefix}", "sandbox.host", *arguments)
        return self

    def kill(self) -> None:
        assert self.child is not None
        self.child.kill()

    @property
    def log(self) -> str:
        assert self.child is not None
        return self.child.log.read_text()

    def http(self, key: str | None = "key") -> httpx.Client:
        """A client of the app's routes; key is `key`, `masterKey`, None, or a key itself."""
        assert self.child is not None
        headers = {} if key is None else {"x-functions-key": self.child.ready.get(key, key)}
        return httpx.Client(base_url=self.child.ready["ready"], headers=headers, trust_env=False)

    def queue(self, name: str) -> QueueClient:
        encode, decode = TextBase64EncodePolicy(), TextBase64DecodePolicy()
        return QueueClient.from_connection_string(
            self.storage, self.prefix + name, message_encode_policy=encode, message_decode_policy=decode
        )

    def send(self, name: str, *messages: dict[str, Any]) -> None:
        with self.queue(name) as queue:
            make(queue)
            for message in messages:
                queue.send_message(json.dumps(message))

    def seen(self, name: str, count: int, seconds: float = 15) -> list[dict[str, Any]]:
        """The messages that the app put into a queue, once there are so many; the queue is empty afterwards."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            with self.queue(name) as queue:
                try:
                    for message in queue.receive_messages(messages_per_page=32):
                        found.append(json.loads(message.content))
                        queue.delete_message(message)
                except ResourceNotFoundError:
                    return count == 0
            return len(found) >= count

        wait_for(enough, seconds, f"{count} messages in {name}")
        return found


def make(queue: QueueClient) -> None:
    try:
        queue.create_queue()
    except ResourceExistsError:
        return


@pytest.fixture
def app(azurite: str, tmp_path: Path) -> Iterator[RunningApp]:
    """The fixture app, not started yet."""
    with ExitStack() as stack:
        children = stack.enter_context(Children(tmp_path / "logs"))
        yield RunningApp(children, azurite, tmp_path / "state")


@pytest.fixture(scope="module")
def shared_app(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The fixture app, running, for the tests of one module that do not restart it."""
    folder = tmp_path_factory.mktemp("host")
    with Children(folder / "logs") as children:
        yield RunningApp(children, azurite, folder / "state").start("--lease-seconds", "3")
