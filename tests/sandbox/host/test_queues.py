"""Queue functions behave as behind the real host: retries, poison, parallel batches, leases, restarts."""

from __future__ import annotations

import base64
import json
import time

import pytest
from azure.storage.queue import QueueClient

from sandbox.processes import WINDOWS
from tests.sandbox.host.conftest import RunningApp, make
from tests.waiting import wait_for


def test_a_message_is_worked_once_and_its_outputs_are_sent_in_order(shared_app: RunningApp) -> None:
    shared_app.send("work", {"name": "a", "copies": 3})
    assert [seen["name"] for seen in shared_app.seen("seen", 3)] == ["a", "a", "a"]
    with shared_app.queue("work") as queue:
        wait_for(lambda: queue.get_queue_properties().approximate_message_count == 0, 5, "the message to be deleted")


def test_a_failing_message_is_tried_again_after_the_delay_and_then_poisoned(shared_app: RunningApp) -> None:
    begun = time.monotonic()
    shared_app.send("work", {"name": "b", "fail": "always"})
    poison = json.loads(shared_app.seen("seen", 1)[0]["poison"])
    assert poison == {"name": "b", "fail": "always"}
    tries = [line for line in shared_app.log.splitlines() if "Executed 'Functions.work' (Failed" in line]
    assert [line.rsplit(" ", 2)[1] for line in tries[-3:]] == ["1:", "2:", "3:"] or len(tries) >= 3
    assert time.monotonic() - begun >= 2  # two delays of a second


def test_a_message_that_is_not_base64_goes_to_poison_without_a_run(shared_app: RunningApp) -> None:
    with QueueClient.from_connection_string(shared_app.storage, shared_app.prefix + "work") as queue:
        make(queue)
        queue.send_message("{plain}")
    wait_for(lambda: "is not base64" in shared_app.log, 5, "the complaint")
    assert "moved to" in shared_app.log


def test_messages_run_side_by_side_up_to_batch_size_and_threshold(shared_app: RunningApp) -> None:
    shared_app.send("work", *({"name": f"c{n}", "sleep": 0.2 + n % 2 * 0.6} for n in range(8)))
    assert max(seen["atOnce"] for seen in shared_app.seen("seen", 8)) == 3  # batchSize 2 + newBatchThreshold 1


def test_a_run_longer_than_the_lease_keeps_its_message(shared_app: RunningApp) -> None:
    shared_app.send("work", {"name": "long", "sleep": 2.9})
    assert [seen["try"] for seen in shared_app.seen("seen", 1)] == [1]
    time.sleep(1)
    assert shared_app.seen("seen", 0) == []


def test_a_killed_host_leaves_its_message_to_the_next_one(app: RunningApp) -> None:
    app.start("--lease-seconds", "2", "--poll-seconds", "0.2")
    key = app.child.ready["key"] if app.child else ""
    app.send("work", {"name": "survivor", "sleep": 1.5})
    wait_for(lambda: not peeked(app), 10, "the host to take the message")
    app.kill()
    app.start("--lease-seconds", "2", "--poll-seconds", "0.2")
    assert [(seen["name"], seen["try"]) for seen in app.seen("seen", 1)] == [("survivor", 2)]
    assert app.child is not None
    assert app.child.ready["key"] == key


@pytest.mark.skipif(WINDOWS, reason="ends a process at once")
def test_a_host_that_is_told_to_end_finishes_what_is_in_work_and_takes_nothing_new(app: RunningApp) -> None:
    app.start("--poll-seconds", "0.2")
    app.send("work", {"name": "last", "sleep": 1.5})
    assert app.child
    wait_for(lambda: not peeked(app), 10, "the host to take the message")
    app.child.process.terminate()
    time.sleep(0.3)
    app.send("work", {"name": "later"})
    assert app.child.end() == 0
    assert [seen["name"] for seen in app.seen("seen", 1)] == ["last"]
    assert "(Failed" not in app.log
    with app.queue("work") as queue:
        assert queue.get_queue_properties().approximate_message_count == 1
    assert [json.loads(content)["name"] for content in peeked(app)] == ["later"]


def peeked(app: RunningApp) -> list[str]:
    """What lies visibly on the queue."""
    with app.queue("work") as queue:
        return [message.content for message in queue.peek_messages(5)]


def test_a_queue_that_does_not_exist_yet_is_waited_for(app: RunningApp) -> None:
    app.start("--poll-seconds", "0.2")
    time.sleep(0.3)
    app.send("work", {"name": "late"})
    assert app.seen("seen", 1)[0]["name"] == "late"


@pytest.mark.parametrize("encoding", ["base64", "none"])
def test_host_json_says_how_messages_are_encoded(app: RunningApp, encoding: str) -> None:
    from sandbox.host.storage import Queues

    queues = Queues({}, base64_bodies=encoding == "base64")
    sent = queues.encode("Größe")
    assert queues.decode(sent) == "Größe"
    assert sent == ("Größe" if encoding == "none" else base64.b64encode("Größe".encode()).decode())
