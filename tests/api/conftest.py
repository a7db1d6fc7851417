"""A small company behind the local host: one of each sort of record, after a first full synch to Sales."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx
import pytest

from sandbox.running import SECONDS, Options, Sandbox
from sync.heart.plan import Side
from tests.scenario.company import Company
from tests.scenario.front_door import routes
from tests.scenario.world import COMPANY, Record, account, company_contact, customer, person, salesperson, standard_world
from tests.telemetry.insights import Insights, insights

NEVER = {"SYNC_SCHEDULE": "0 0 0 1 1 *"}
"""Only people start anything here."""

COUPLED = customer("C1", salespersonCode="AB", email="office@adler.example", phoneNumber="+49 30 1")
BLOCKED = customer("C2", blocked="All")
OWNERLESS = (customer("C3", salespersonCode="CC"), customer("C4", salespersonCode="CC"))
CONTACT = person("P1", of="C1", email="ada@adler.example")
WAITING = person("P2", of="C3")
PROSPECT = account("A1", name="Falke", customertypecode=8)
LONELY = account("A2", name="Habicht")


def seeded(*records: Record) -> dict[Side, dict[str, list[dict[str, Any]]]]:
    """Rows by side and table, every customer with its company contact."""
    own = [each for record in records if record.table == "customers" for each in company_contact(record.values["number"])]
    tables: dict[Side, dict[str, list[dict[str, Any]]]] = {side: {} for side in Side}
    for record in (*records, *own):
        tables[record.side].setdefault(record.table, []).append(record.values)
    return tables


def seed(sandbox: Sandbox, *records: Record) -> None:
    """Rows that were there before."""
    for side, tables in seeded(*records).items():
        url = sandbox.business_central if side is Side.BC else sandbox.sales
        body = {"tables": tables, "company": COMPANY if side is Side.BC else None}
        httpx.post(f"{url}/_control/seed", json=body, trust_env=False).raise_for_status()


STOCK_KEY = "a-key-of-the-role-product-availability-user"
"""Opens the function that tells stock, and no other."""


READ_KEY = "a-key-of-the-role-read"
"""Opens every function that only reads."""


def with_keys(home: Path) -> Path:
    """The folder of a company whose host knows these keys, as somebody made them in the portal."""
    functions: dict[str, dict[str, str]] = {route.name: {"read": READ_KEY} for route in routes() if route.verbs == {"GET"}}
    functions["get_availability"]["stock"] = STOCK_KEY
    keys = {"master": token_urlsafe(32), "host": {"default": token_urlsafe(32)}, "functions": functions}
    (home / "host").mkdir()
    (home / "host" / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def azure_monitor() -> Iterator[Insights]:
    """The Application Insights that the company's host is connected to, as in Azure."""
    with insights() as running:
        yield running


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, azure_monitor: Insights) -> Iterator[Company]:
    """The running company; tests leave it as they found it, but for more jobs in its log."""
    settings, home = {**NEVER, **azure_monitor.settings}, with_keys(tmp_path_factory.mktemp("office"))
    with Sandbox(Options(scale=0, pace=SECONDS, home=home, settings=settings)) as sandbox:
        seed(sandbox, *standard_world(), salesperson("CC", "Carla Conti"), COUPLED, BLOCKED, *OWNERLESS, CONTACT, WAITING, PROSPECT, LONELY)
        company = Company(sandbox)
        company.full_sync(createNew="toSales")
        yield company
        company.close()


@pytest.fixture
def api(office: Company) -> httpx.Client:
    """The HTTP API with its key."""
    return office.api


def problem_of(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem details of a refusal (RFC 9457)."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].partition(";")[0] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("urn:couplet:")
    assert body["title"] and body["detail"]
    return body
