"""Rows and labels as the simulators show them are what the comparison takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox import identity
from sandbox.business_central.app import create_app as business_central
from sandbox.company import Company, generate
from sandbox.company.loading import load_side
from sandbox.sales.app import create_app as sales
from tests.expected.compare import OPTIONS, compare
from tests.expected.reading import read

KEY = "a key of thirty-two letters or more"
ADDRESS = "http://127.0.0.1"


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("127.0.0.1", 1)), base_url=ADDRESS)


@pytest.fixture(name="company", scope="module")
def _company() -> Company:
    return generate(0.1)


@pytest.fixture(name="shown")
async def _shown(company: Company) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any]]]:
    token = identity.issue(KEY, tenant=identity.TENANT, client_id=identity.CLIENT_ID, audience=ADDRESS)
    async with _client(business_central(key=KEY)) as ours, _client(sales(KEY)) as theirs:
        await load_side(ours, company.bc, company.about["bc"])
        await load_side(theirs, company.sales, company.about["sales"])
        yield await read(ours, theirs, token)


def test_choice_labels_are_read_from_the_metadata(shown: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert shown[1][OPTIONS]["account.paymenttermscode"][1] == "Net 30"
    assert shown[1][OPTIONS]["salesorder.freighttermscode"]


def test_before_a_synch_only_what_a_synch_does_is_missing(company: Company, shown: tuple[dict[str, Any], dict[str, Any]]) -> None:
    kinds = {difference.kind for difference in compare(company.expected, *shown, [], [])}
    assert kinds == {"pair_missing", "not_created", "problem_missing"}
