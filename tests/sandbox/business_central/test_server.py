from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from sandbox.business_central.company import DEFAULT_COMPANY
from tests.sandbox.business_central.client import BASE, KEY, customers, token

COMPANY = f"{BASE}/companies({DEFAULT_COMPANY})"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The simulator as a program on a port of its own."""
    command = [sys.executable, "-m", "sandbox.business_central", "--port", "0", "--key", KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["ready"]
        process.terminate()
        process.wait(10)


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, headers={"Authorization": f"Bearer {token()}"}, trust_env=False, timeout=30) as client:
        client.post("/_control/reset")
        yield client


def test_a_client_reads_and_writes_over_http(server: str, client: httpx.Client) -> None:
    created = client.post(f"{COMPANY}/customers", json={"displayName": "Übel & Söhne"})
    assert created.headers["location"].startswith(server)
    assert client.get(created.headers["location"]).json()["displayName"] == "Übel & Söhne"
    found = client.get(f"{COMPANY}/customers", params={"$filter": "displayName eq 'Übel & Söhne'"}).json()["value"]
    assert [row["id"] for row in found] == [created.json()["id"]]


def test_a_dropped_connection_has_no_answer_though_the_write_is_done(client: httpx.Client) -> None:
    client.post("/_control/faults", json={"kind": "drop", "when": "after", "method": "POST", "path": "customers"})
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(f"{COMPANY}/customers", json={"displayName": "Adatum"})
    assert len(client.get(f"{COMPANY}/customers").json()["value"]) == 1


def _fastest(client: httpx.Client, params: dict[str, str]) -> float:
    """Seconds of the quickest of ten requests: what other programs on the machine do does not count."""
    times = []
    for _ in range(10):
        started = time.perf_counter()
        client.get(f"{COMPANY}/customers", params=params)
        times.append(time.perf_counter() - started)
    return min(times)


def test_small_answers_come_at_once(client: httpx.Client) -> None:
    assert _fastest(client, {}) < 0.03


@pytest.mark.slow
def test_a_hundred_thousand_customers_load_and_a_delta_is_found_quickly(client: httpx.Client) -> None:
    rows = customers(100_000, city="Bern", lastModifiedDateTime="2024-01-01T00:00:00Z")
    started = time.perf_counter()
    client.post("/_control/seed", json={"tables": {"customers": rows, "contactBusinessRelations": []}}).raise_for_status()
    assert time.perf_counter() - started < 20
    for row in rows[:20]:
        url = f"{COMPANY}/customers({row['id']})"
        assert client.patch(url, json={"city": "Thun"}, headers={"If-Match": "*"}).status_code == 200
    changed = {"$filter": "lastModifiedDateTime gt 2024-01-01T00:00:00Z", "$select": "id"}
    assert len(client.get(f"{COMPANY}/customers", params=changed).json()["value"]) == 20
    assert _fastest(client, changed) < 0.03
