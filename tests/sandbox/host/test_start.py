"""Starting: what is wrong with an app or its settings is said in one clear message."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from sandbox.host.settings import SettingsRefused, load_values, read_host_json, resolve
from sandbox.processes import ChildFailed
from tests.sandbox.host.conftest import APP, RunningApp


def copy_app(tmp_path: Path, name: str, text: str | None) -> Path:
    folder = Path(shutil.copytree(APP, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__")))
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    return folder


BROKEN_APPS = [
    ("function_app.py", None, "no function_app.py in"),
    ("function_app.py", "import no_such_package\n", "No module named 'no_such_package'"),
    ("function_app.py", "x = 1\n", "Could not find top level function app instances"),
    ("host.json", None, "no host.json in"),
    ("host.json", "{", "host.json: Expecting"),
    ("host.json", '{"version": "1.0"}', '"version" must be "2.0"'),
    ("host.json", '{"version": "2.0", "functionTimeout": "5m"}', "functionTimeout must look like 00:00:30, not '5m'"),
    ("host.json", '{"version": "2.0", "extensions": {"queues": {"batchSize": 64}}}', "batchSize must be 1 to 32, not 64"),
]


@pytest.mark.parametrize(("name", "text", "complaint"), BROKEN_APPS)
def test_a_broken_app_is_refused_with_the_reason(app: RunningApp, tmp_path: Path, name: str, text: str | None, complaint: str) -> None:
    with pytest.raises(ChildFailed) as refused:
        app.start(app=copy_app(tmp_path, name, text))
    assert "sandbox.host: " in str(refused.value)
    assert complaint in str(refused.value)


def test_a_bad_schedule_in_a_setting_names_function_and_value(app: RunningApp) -> None:
    app.schedule = "0 99 * * * *"
    with pytest.raises(ChildFailed, match=r"sandbox\.host: tick: '99' in the schedule '0 99"):
        app.start()


def test_a_missing_setting_is_named_with_its_use(app: RunningApp) -> None:
    app.settings = {"FUNCTIONS_WORKER_RUNTIME": "node"}
    with pytest.raises(ChildFailed, match="FUNCTIONS_WORKER_RUNTIME must be python, not node"):
        app.start()
    with pytest.raises(SettingsRefused, match="the setting SYNC_SCHEDULE is missing; sync_items uses it"):
        resolve("%SYNC_SCHEDULE%", {}, "sync_items")


def test_a_missing_storage_connection_is_named(app: RunningApp) -> None:
    app.storage = ""
    with pytest.raises(ChildFailed, match="the setting AzureWebJobsStorage is missing: the output"):
        app.start()


def test_a_port_that_is_taken_is_named(app: RunningApp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(ChildFailed, match=f"the port {port} cannot be had: Address already in use"):
            app.start("--port", port)


def test_a_function_can_be_switched_off_by_a_setting(app: RunningApp) -> None:
    app.settings = {"AzureWebJobs.record.Disabled": "true"}
    app.start()
    with app.http() as client:
        assert client.get("/api/records/a/1").status_code == 404
        assert client.get("/api/records/list").status_code == 200


def test_the_environment_goes_before_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "local.settings.json"
    file.write_text(json.dumps({"Values": {"A": "file", "B": "file"}}))
    environ = {"A": "shell"}
    assert load_values(file, environ) == ["A"]
    assert environ == {"A": "shell", "B": "file"}


def test_without_values_in_host_json_the_real_hosts_defaults_hold(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    queues = read_host_json(tmp_path).queues
    assert (queues.batch_size, queues.new_batch_threshold, queues.max_dequeue_count) == (16, 8, 5)
    assert (queues.lease_seconds, queues.retry_seconds, queues.poll_seconds) == (600, 0, 60)
