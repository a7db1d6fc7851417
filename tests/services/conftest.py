"""What the tests of the service clients share."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import identity
from sandbox.processes import Children
from sync.services.business_central import BusinessCentral
from sync.services.connections import Connections
from sync.services.http import Patience
from sync.services.sales import Sales
from sync.settings import Settings
from tests.services.scripted import Scripted, scripted

HURRIED = Patience(total=1.5, first=0.02, connect=1.0, answer=0.4)
"""Patience of a test: the same behaviour in a fraction of the time."""


class OneToken:
    """Tokens without a sign-in, counted."""

    def __init__(self) -> None:
        self.number = 1

    async def token(self) -> str:
        return f"token-{self.number}"

    def forget(self) -> None:
        self.number += 1


@pytest.fixture
def tokens() -> OneToken:
    return OneToken()


@pytest.fixture
async def service() -> AsyncIterator[Scripted]:
    async with scripted() as running:
        yield running


@dataclass(frozen=True)
class Addresses:
    """Where the sandbox's three services of this test run are."""

    bc: str
    sales: str
    identity: str
    ca_file: Path


@pytest.fixture(scope="session")
def addresses(children: Children, tmp_path_factory: pytest.TempPathFactory) -> Addresses:
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    key = secrets.token_hex(32)
    bc = children.start_module("clients-bc", "sandbox.business_central", "--key", key).ready["ready"]
    sales = children.start_module("clients-sales", "sandbox.sales", "--key", key).ready["ready"]
    sign_in = children.start_module("clients-identity", "sandbox.identity", "--key", key, "--ca-out", str(ca_file)).ready["ready"]
    return Addresses(bc, sales, sign_in, ca_file)


class Desk:
    """The control desk of one simulator."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/_control", trust_env=False)

    async def post(self, verb: str, **body: Any) -> Any:
        response = (await self._http.post(f"/{verb}", json=body)).raise_for_status()
        return response.json() if response.content else None

    async def requests(self) -> int:
        return int((await self._http.get("/counters")).json()["requests"])

    async def stored(self, table: str) -> list[dict[str, Any]]:
        return list((await self._http.get(f"/rows/{table}")).json())

    async def close(self) -> None:
        await self._http.aclose()


@pytest.fixture
async def bc_desk(addresses: Addresses) -> AsyncIterator[Desk]:
    desk = Desk(addresses.bc)
    await desk.post("reset")
    await desk.post("switches", profile="extended", missingSets=[])
    await desk.post("seed", company={"name": "Demo Company", "localCurrencyCode": "EUR"})
    yield desk
    await desk.close()


@pytest.fixture
async def sales_desk(addresses: Addresses) -> AsyncIterator[Desk]:
    desk = Desk(addresses.sales)
    await desk.post("reset")
    yield desk
    await desk.close()


@pytest.fixture
def settings(addresses: Addresses) -> Settings:
    """Settings as the sandbox gives them to the app."""
    return Settings.load(
        {
            "BC_URL": f"{addresses.bc}/v2.0",
            "BC_ENVIRONMENT": "sandbox",
            "BC_COMPANY": "Demo Company",
            "SALES_URL": addresses.sales,
            "ENTRA_AUTHORITY": addresses.identity,
            "ENTRA_TENANT_ID": identity.TENANT,
            "ENTRA_CLIENT_ID": identity.CLIENT_ID,
            "ENTRA_CLIENT_SECRET": identity.CLIENT_SECRET,
            "ENTRA_CA_FILE": str(addresses.ca_file),
            "AzureWebJobsStorage": "UseDevelopmentStorage=true",
        }
    )


@pytest.fixture
def patience() -> Patience:
    """How long the clients of a test wait."""
    return HURRIED


@pytest.fixture
async def connections(settings: Settings, patience: Patience) -> AsyncIterator[Connections]:
    made = Connections(settings, patience=patience)
    yield made
    await made.close()


@pytest.fixture
def bc_client(connections: Connections, bc_desk: Desk) -> BusinessCentral:
    return connections.business_central("Demo Company")


@pytest.fixture
def sales_client(connections: Connections, sales_desk: Desk) -> Sales:
    return connections.sales
