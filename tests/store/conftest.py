"""An opened store on the running Azurite, and couplings to put into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import pytest_asyncio

from sync.heart.coupling import Coupling, Held
from sync.heart.plan import Side
from sync.store import Store, keys


@dataclass(frozen=True)
class Account:
    """The storage settings of a test."""

    storage_connection: str | None
    storage_account: str | None = None
    table_service: str | None = None
    queue_service: str | None = None
    storage_client_id: str | None = None


@pytest_asyncio.fixture
async def store(azurite: str) -> AsyncIterator[Store]:
    """An opened store; tests tell their rows apart by a company of their own."""
    opened = Store.open(Account(azurite))
    await opened.create()
    yield opened
    await opened.close()


@pytest.fixture
def company() -> str:
    """A company that no other test uses."""
    return f"Company {uuid4().hex[:12]}"


def pair(company: str, mapping: str = "CUSTOMER", bc_id: str | None = None, sales_id: str | None = None) -> Coupling:
    """A coupling of two records."""
    held = {"name": Held("Adatum", "Adatum"), "address": Held(("Street 1", None), ("Street 1", "x")), "creditLimit": Held("10.5", "10.50")}
    return Coupling(company=company, mapping=mapping, bc_id=bc_id or str(uuid4()), sales_id=sales_id or str(uuid4()), held=held)


def pairs(company: str, count: int) -> list[Coupling]:
    """Couplings in the order in which the services' database sorts their BC ids."""
    return sorted((pair(company) for _ in range(count)), key=lambda coupling: keys.record(Side.BC, coupling.bc_id))
