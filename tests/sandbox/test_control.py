from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse

from sandbox.control import Control, Dropped, Receive, Scope, Send, Simulator


def make() -> tuple[Simulator, httpx.AsyncClient]:
    tables: dict[str, list[dict[str, Any]]] = {}

    def seed(rows: dict[str, list[dict[str, Any]]], company: dict[str, Any] | None) -> dict[str, int]:
        tables.update(rows)
        return {name: len(value) for name, value in rows.items()}

    simulator = Simulator(
        seed=seed,
        rows=lambda name, query: tables[name],
        reset=lambda body: tables.clear(),
        hands={"wave": lambda body: {"waved": body["at"]}},
        switches={"slow": False},
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        simulator.counters.route(scope["method"], "things")
        await JSONResponse({"path": scope["path"]})(scope, receive, send)

    transport = httpx.ASGITransport(Control(app, simulator))
    return simulator, httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def test_requests_are_counted_and_the_desk_itself_is_not() -> None:
    _, client = make()
    await client.get("/things")
    counters = (await client.get("/_control/counters")).json()
    assert (counters["requests"], counters["byRoute"]) == (1, {"GET things": 1})
    assert (await client.post("/_control/counters/reset")).json()["requests"] == 0


async def test_a_fault_hits_as_often_as_asked_and_only_what_fits() -> None:
    _, client = make()
    fault = {"kind": "status", "status": 429, "retryAfter": 2, "method": "PATCH", "path": "things", "times": 1}
    assert (await client.post("/_control/faults", json=fault)).status_code == 201
    assert (await client.get("/things")).status_code == 200
    failed = await client.patch("/things")
    assert (failed.status_code, failed.headers["retry-after"]) == (429, "2")
    assert (await client.patch("/things")).status_code == 200


async def test_a_fault_after_the_write_lets_the_write_happen() -> None:
    simulator, client = make()
    await client.post("/_control/faults", json={"kind": "status", "status": 504, "when": "after"})
    assert (await client.post("/things")).status_code == 504
    assert simulator.counters.by_route["POST things"] == 1


async def test_a_dropped_connection_gives_no_answer() -> None:
    _, client = make()
    await client.post("/_control/faults", json={"kind": "drop"})
    with pytest.raises(Dropped):
        await client.get("/things")


async def test_unknown_switches_and_verbs_are_named() -> None:
    simulator, client = make()
    assert (await client.post("/_control/switches", json={"slow": True})).json() == {"slow": True}
    wrong = await client.post("/_control/switches", json={"fast": True})
    assert wrong.status_code == 400
    assert "slow" in wrong.json()["error"]["message"]
    assert simulator.switches == {"slow": True}
    assert (await client.post("/_control/hands/wave", json={"at": "you"})).json() == {"waved": "you"}
    assert (await client.post("/_control/hands/shout", json={})).status_code == 404


async def test_seed_rows_and_reset() -> None:
    _, client = make()
    assert (await client.post("/_control/seed", json={"tables": {"a": [{"id": 1}]}})).json() == {"a": 1}
    assert (await client.get("/_control/rows/a")).json() == [{"id": 1}]
    assert (await client.post("/_control/reset")).status_code == 204
    assert (await client.get("/_control/rows/a")).status_code == 400
