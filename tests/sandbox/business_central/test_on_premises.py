"""A Business Central on premises: another address, the tenant in the query, access keys beside tokens."""

from __future__ import annotations

from base64 import b64encode

import pytest

from sandbox.business_central.homes import OnPremises
from tests.sandbox.business_central.client import COMPANY, Client, connect, customers, token

AUDIENCE = "api://on-premises"
API = "/BC/api/v2.0"


def basic(user: str, key: str) -> str:
    return "Basic " + b64encode(f"{user}:{key}".encode()).decode()


@pytest.fixture
def server() -> Client:
    return connect(home=OnPremises("BC", "default", {"JO": "key"}, AUDIENCE))


@pytest.mark.fidelity("bc-1-on-premises")
async def test_the_instance_stands_where_online_the_environment_does_and_the_tenant_in_the_query(server: Client) -> None:
    signed = basic("JO", "key")
    there = await server.ask("GET", f"{API}/companies?tenant=default", authorization=signed)
    assert [each["name"] for each in there.json()["value"]] == ["Demo Company"]
    assert (await server.ask("GET", f"{API}/companies", authorization=signed)).status_code == 404
    assert (await server.ask("GET", "/BC2/api/v2.0/companies?tenant=default", authorization=signed)).status_code == 404
    assert (await server.ask("GET", "/v2.0/sandbox/api/v2.0/companies?tenant=default", authorization=signed)).status_code == 404


@pytest.mark.fidelity("bc-1-on-premises")
async def test_links_to_the_next_page_keep_the_tenant(server: Client) -> None:
    signed = basic("JO", "key")
    await server.seed(customers=customers(2))
    first = await server.ask("GET", f"{API}/{COMPANY}/customers?tenant=default", authorization=signed, Prefer="odata.maxpagesize=1")
    link = first.json()["@odata.nextLink"]
    assert link.startswith(f"http://127.0.0.1{API}/{COMPANY}/customers?tenant=default&")
    assert len((await server.ask("GET", link.removeprefix("http://127.0.0.1"), authorization=signed)).json()["value"]) == 1


@pytest.mark.fidelity("bc-2-access-key")
@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (basic("JO", "key"), 200),
        (basic("JO", "other"), 401),
        (basic("JO", ""), 401),
        (basic("AL", "key"), 401),
        ("Basic nonsense", 401),
        (f"Bearer {token(audience=AUDIENCE)}", 200),
        (f"Bearer {token()}", 401),
    ],
)
async def test_access_keys_and_tokens_for_the_servers_own_registration_are_taken(server: Client, authorization: str, status: int) -> None:
    assert (await server.ask("GET", f"{API}/companies?tenant=default", authorization=authorization)).status_code == status


@pytest.mark.fidelity("bc-2-access-key")
async def test_online_there_are_no_access_keys(bc: Client) -> None:
    assert (await bc.get("customers", authorization=basic("JO", "key"))).status_code == 401
