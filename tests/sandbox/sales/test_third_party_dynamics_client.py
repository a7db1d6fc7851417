"""PyPI's dynamics-client, written by others for the real service, works against the simulator over HTTP."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from sandbox.identity import CLIENT_ID, CLIENT_SECRET, TENANT
from sandbox.processes import Children
from tests.conftest import SignIn

with warnings.catch_warnings():
    # authlib announces its own future when it is imported, louder than any filter set before
    from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]

    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]
    from dynamics import DynamicsClient, ftr
    from dynamics.exceptions import DynamicsException, NotFound


@pytest.fixture(scope="module")
def organisation(children: Children, identity: SignIn) -> str:
    """A simulator that takes the tokens of the sign-in endpoint."""
    return str(children.start_module("sales-third-party", "sandbox.sales", "--port", "0", "--key", identity.key).ready["ready"])


def client_of(organisation: str, identity: SignIn, secret: str = CLIENT_SECRET) -> Any:
    context = ssl.create_default_context(cafile=str(identity.ca_file))
    trusting = type(
        "Trusting",
        (DynamicsClient,),
        {
            "oauth_class": staticmethod(
                partial(OAuth2Client, verify=context, trust_env=False, token_endpoint_auth_method="client_secret_post")
            )
        },
    )
    return trusting(
        api_url=f"{organisation}/api/data/v9.2",
        token_url=f"{identity.url}/{TENANT}/oauth2/v2.0/token",
        client_id=CLIENT_ID,
        client_secret=secret,
        scope=[f"{organisation}/.default"],
        cache_token=False,
    )


@pytest.fixture
def client(organisation: str, identity: SignIn) -> Iterator[Any]:
    httpx.post(f"{organisation}/_control/reset", trust_env=False).raise_for_status()
    made = client_of(organisation, identity)
    yield made
    made._oauth_client.close()


@pytest.mark.fidelity("sales-1-token")
def test_signs_in_and_asks_who_it_is(client: Any) -> None:
    who = client.functions.whoami().data[0]
    assert len(who["UserId"]) == 36 and who["OrganizationId"]


@pytest.mark.fidelity("sales-12-dynamics-client")
def test_creates_reads_changes_and_deletes(client: Any) -> None:
    client.table, client.select = "accounts", ["name", "telephone1", "accountid"]
    made = client.post(data={"name": "Adatum", "telephone1": "1"}).data
    client.row_id = made["accountid"]
    assert client.patch(data={"telephone1": "2"}).data["telephone1"] == "2"
    assert client.get().data[0]["telephone1"] == "2"
    client.delete()
    with pytest.raises(NotFound):
        client.get()


def test_updates_by_if_match_star_never_create(client: Any) -> None:
    client.table, client.row_id = "accounts", "00000000-0000-0000-0000-00000000abcd"
    with pytest.raises(NotFound):
        client.patch(data={"name": "Nobody"})


@pytest.mark.fidelity("sales-12-upsert")
def test_upserts_when_the_match_header_is_taken_out(client: Any) -> None:
    client.table, client.row_id, client.select = "accounts", "00000000-0000-0000-0000-00000000abcd", ["name"]
    client["If-Match"] = ""
    assert client.patch(data={"name": "First"}).data["name"] == "First"
    assert client.patch(data={"name": "Second"}).data["name"] == "Second"
    client.reset_query()
    client.table, client.select = "accounts", ["name"]
    assert [row["name"] for row in client.get().data] == ["Second"]


@pytest.mark.fidelity("sales-12-paging")
def test_follows_pages_to_the_end(client: Any) -> None:
    for number in range(7):
        client.table = "contacts"
        client.post(data={"lastname": f"Number {number}"})
    client.reset_query()
    client.table, client.select, client.orderby, client.pagesize = "contacts", ["lastname"], {"lastname": "asc"}, 2
    rows = client.get(pagination_rules={"pages": 10}).data
    assert [row["lastname"] for row in rows] == [f"Number {number}" for number in range(7)]


def test_filters_and_expands_in_its_own_words(client: Any) -> None:
    client.table = "accounts"
    parent = client.post(data={"name": "O'Neil & Sons"}).data["accountid"]
    client.table = "contacts"
    client.post(data={"lastname": "Neil", "parentcustomerid_account@odata.bind": f"/accounts({parent})"})
    client.reset_query()
    client.table, client.select = "contacts", ["lastname"]
    client.filter = [ftr.contains("lastname", "EIL"), ftr.eq("_parentcustomerid_value", parent)]
    client.expand = {"parentcustomerid_account": {"select": ["name"]}}
    assert client.get().data[0]["parentcustomerid_account"]["name"] == "O'Neil & Sons"


def test_binds_and_unbinds_by_reference(client: Any, organisation: str) -> None:
    client.table = "contacts"
    contact = client.post(data={"lastname": "Chief"}).data["contactid"]
    client.table = "accounts"
    account = client.post(data={"name": "Adatum"}).data["accountid"]
    client.table, client.row_id, client.add_ref_to_property = "contacts", contact, "account_primary_contact"
    client.post(data={"@odata.id": f"{organisation}/api/data/v9.2/accounts({account})"})
    client.reset_query()
    client.table, client.row_id, client.select = "accounts", account, ["_primarycontactid_value"]
    assert client.get().data[0]["_primarycontactid_value"] == contact


@pytest.mark.fidelity("sales-12-picklist")
def test_reads_the_labels_of_a_choice(client: Any) -> None:
    client.table, client.show_annotations, client.select = "accounts", True, ["customertypecode"]
    client.post(data={"name": "Adatum", "customertypecode": 3})
    row = client.get().data[0]
    assert row["customertypecode@OData.Community.Display.V1.FormattedValue"] == "Customer"


def test_a_wrong_secret_gets_no_token(organisation: str, identity: SignIn) -> None:
    stranger = client_of(organisation, identity, secret="guessed")
    stranger.table = "accounts"
    with pytest.raises(Exception, match="invalid_client"):
        stranger.get()
    stranger._oauth_client.close()


def test_a_refused_write_is_an_error_with_its_code(client: Any) -> None:
    client.table = "accounts"
    with pytest.raises(DynamicsException, match="160"):
        client.post(data={"name": "x" * 161})
