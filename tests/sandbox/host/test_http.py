"""HTTP functions behave as behind the real host: routes, keys, bodies, trace context, admin."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.host.conftest import RunningApp


def test_route_parameters_query_body_and_headers_reach_the_function(shared_app: RunningApp) -> None:
    with shared_app.http() as client:
        answer = client.post("/api/records/CUSTOMER%20A/17?x=1&x=2&y=%C3%A9", content="Größe", headers={"X-Sent": "a"})
    assert answer.status_code == 201
    assert answer.headers["x-answer"] == "yes"
    assert answer.headers["content-type"] == "application/json"
    said = answer.json()
    assert said["route"] == {"mapping": "CUSTOMER A", "id": "17"}
    assert said["query"] == {"x": "1,2", "y": "é"}
    assert (said["body"], said["header"]) == ("Größe", "a")


def test_the_callers_trace_goes_on_and_a_new_one_begins_without(shared_app: RunningApp) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    with shared_app.http() as client:
        known = client.get("/api/records/a/1", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"}).json()["trace"].split("-")
        fresh = client.get("/api/records/a/1").json()["trace"].split("-")
    assert known[1] == trace
    assert known[2] != "b7ad6b7169203331"
    assert len(fresh[1]) == 32 and fresh[1] != trace


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/records/a/b", 404),  # b is no int
        ("DELETE", "/api/records/a/1", 404),
        ("GET", "/records/a/1", 404),
        ("GET", "/API/Records/a/1/", 201),
        ("GET", "/api/nothing", 404),
    ],
)
def test_only_what_fits_the_template_is_a_route(shared_app: RunningApp, method: str, path: str, status: int) -> None:
    with shared_app.http() as client:
        assert client.request(method, path).status_code == status


def test_a_literal_route_goes_before_one_with_parameters(shared_app: RunningApp) -> None:
    with shared_app.http() as client:
        assert client.get("/api/records/list/5/6").text == "list of 5/6"
        assert client.get("/api/records/list").text == "list of everything"


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/api/records/a/1", None, 401),
        ("/api/records/a/1", "wrong", 401),
        ("/api/records/a/1", "key", 201),
        ("/api/records/a/1", "masterKey", 201),
        ("/api/health", None, 200),
        ("/api/secret", "key", 401),
        ("/api/secret", "masterKey", 200),
        ("/admin/host/status", None, 401),
        ("/admin/host/status", "key", 401),
        ("/admin/host/status", "masterKey", 200),
        ("/admin/functions/nothing", "masterKey", 404),
    ],
)
def test_keys_open_what_they_are_for(shared_app: RunningApp, path: str, key: str | None, status: int) -> None:
    with shared_app.http(key) as client:
        assert client.get(path).status_code == status


def test_the_key_may_stand_in_the_query(shared_app: RunningApp) -> None:
    assert shared_app.child is not None
    with shared_app.http(None) as client:
        assert client.get("/api/records/a/1", params={"code": shared_app.child.ready["key"]}).status_code == 201
        assert client.get("/api/records/a/1", params={"code": "x"}).status_code == 401


def test_a_key_of_one_function_opens_that_function_only(app: RunningApp) -> None:
    app.state.mkdir()
    keys = {"master": "m", "host": {"default": "h"}, "functions": {"record": {"operators": "only-record"}}}
    (app.state / "keys.json").write_text(json.dumps(keys))
    app.start()
    with app.http("only-record") as client:
        assert client.get("/api/records/a/1").status_code == 201
        assert client.get("/api/records/list").status_code == 401


def test_a_function_that_raises_answers_500_and_tells_nothing(shared_app: RunningApp) -> None:
    with shared_app.http() as client:
        answer = client.get("/api/broken")
    assert (answer.status_code, answer.text) == (500, "")
    assert "Executed 'Functions.broken' (Failed" in shared_app.log
    assert "RuntimeError: inside" in shared_app.log


def test_a_function_that_runs_too_long_is_cancelled(shared_app: RunningApp) -> None:
    with shared_app.http() as client:
        answer = client.get("/api/slow", timeout=10)
    assert answer.status_code == 500
    assert "functionTimeout: slow ran longer than 3 s" in shared_app.log


def test_cookies_reach_the_caller(shared_app: RunningApp) -> None:
    with shared_app.http(None) as client:
        assert client.get("/api/health").headers["set-cookie"] == "seen=1; HttpOnly; Path=/api"


def test_admin_lists_functions_and_runs_a_timer_now(shared_app: RunningApp) -> None:
    with shared_app.http("masterKey") as client:
        assert {"tick", "work", "record"} <= {function["name"] for function in client.get("/admin/functions").json()}
        assert client.get("/admin/functions/tick").json()["config"]["bindings"]
        assert client.post("/admin/functions/tick", json={}).status_code == 202
        assert client.post("/admin/functions/record", json={}).status_code == 400
        assert client.post("/admin/functions/work", json={"input": '{"name": "by hand"}'}).status_code == 202
    assert shared_app.seen("ticks", 1)[0]["pastDue"] is False
    assert shared_app.seen("seen", 1)[0]["name"] == "by hand"


def test_each_invocation_leaves_one_line_in_the_log(shared_app: RunningApp) -> None:
    with shared_app.http() as client:
        client.get("/api/records/a/4711")
    lines = [line for line in shared_app.log.splitlines() if "/api/records/a/4711" in line]
    assert len(lines) == 1
    assert "Executed 'Functions.record' (Succeeded, Id=" in lines[0]


def test_an_unknown_key_of_host_json_is_named(shared_app: RunningApp) -> None:
    assert "host.json: nobody knows the key extensions.queues.batchsize" in shared_app.log
