"""Storage for the sandbox, and children that never outlive their parent."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from sandbox.azurite import listening
from sandbox.processes import PROJECT, ChildFailed, Children
from tests.waiting import NEEDS_PROC, is_running, wait_for

PARENT = """
import sys, time
from pathlib import Path
from sandbox import azurite
from sandbox.processes import Children
with Children(Path(sys.argv[1])) as children:
    running = azurite.start(children)
    other = children.start_module("http", "tests.sandbox.announce")
    print(running.child.pid, other.pid, flush=True)
    time.sleep(60 if sys.argv[2] == "wait" else 0)
"""


def run_parent(tmp_path: Path, mode: str) -> tuple[subprocess.Popen[str], list[int]]:
    command = [sys.executable, "-c", PARENT, str(tmp_path), mode]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    parent.stdout.close()
    return parent, pids


def test_queues_and_tables_answer(azurite: str) -> None:
    name = f"t{uuid.uuid4().hex[:12]}"
    with TableServiceClient.from_connection_string(azurite) as tables:
        table = tables.create_table(name)
        table.create_entity({"PartitionKey": "p", "RowKey": "r", "text": "Größe"})
        assert table.get_entity("p", "r")["text"] == "Größe"
    with QueueServiceClient.from_connection_string(azurite) as queues:
        queue = queues.create_queue(name)
        queue.send_message("hello")
        assert [message.content for message in queue.receive_messages()] == ["hello"]


def test_azurite_counts_as_ready_only_when_all_services_listen() -> None:
    line = "Azurite {0} service is successfully listening at http://127.0.0.1:{1}\n"
    assert listening(line.format("Queue", 1) + line.format("Table", 2)) is None
    assert listening("".join(line.format(name, 1) for name in ("Blob", "Queue", "Table"))) is not None


@NEEDS_PROC
def test_children_die_with_a_parent_that_is_killed_hard(tmp_path: Path) -> None:
    parent, pids = run_parent(tmp_path, "wait")
    assert all(is_running(pid) for pid in pids)
    parent.kill()
    parent.wait()
    wait_for(lambda: not any(is_running(pid) for pid in pids), 10, "the children to die")


@NEEDS_PROC
def test_children_are_seen_dead_when_the_parent_ends(tmp_path: Path) -> None:
    parent, pids = run_parent(tmp_path, "end")
    assert parent.wait(30) == 0
    assert [pid for pid in pids if is_running(pid)] == []


def test_a_child_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Children(tmp_path) as children, pytest.raises(ChildFailed, match=r"odd ended with code 1[\s\S]*No module named"):
        children.start_module("odd", "sandbox.no_such_module")


def test_a_child_ignores_the_proxy_of_the_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "HTTPS_PROXY", "http://proxy.example:3128")
    with Children(tmp_path) as children:
        child = children.start_module("env", "tests.sandbox.announce")
        assert child.ready["noProxy"] == "127.0.0.1,localhost"
