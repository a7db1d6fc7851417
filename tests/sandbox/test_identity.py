"""Sign-in to the sandbox with Microsoft's own library, and tokens that only the sandbox accepts."""

from __future__ import annotations

import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import msal
import pytest
import trustme

from sandbox.identity import CLIENT_ID, CLIENT_SECRET, TENANT, TokenRefused, issue, verify
from sandbox.processes import Children

KEY = "the key of this test run, long enough"
AUDIENCE = "https://api.businesscentral.dynamics.com"
SCOPES = [f"{AUDIENCE}/.default"]
CERTIFICATE = trustme.CA().issue_cert("app.example", key_type=trustme.KeyType.RSA)
STRANGER = trustme.CA().issue_cert("app.example", key_type=trustme.KeyType.RSA)


class Transport:
    """What msal calls, over one httpx client that trusts the sandbox's certificate."""

    def __init__(self, ca_file: str) -> None:
        self.client = httpx.Client(verify=ssl.create_default_context(cafile=ca_file), trust_env=False)

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        return self.client.get(url, params=params, headers=headers)

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        # msal makes certificate assertions as bytes, which httpx would write as b'...'
        form = {name: value.decode() if isinstance(value, bytes) else value for name, value in (data or {}).items()}
        return self.client.post(url, params=params, data=form, headers=headers)


@pytest.fixture(scope="module")
def endpoint(children: Children, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("identity")
    public = folder / "app.pem"
    CERTIFICATE.cert_chain_pems[0].write_to_path(public)
    arguments = ["--port", "0", "--key", KEY, "--ca-out", str(folder / "ca.pem"), "--certificate", str(public)]
    ready: dict[str, str] = children.start_module("identity", "sandbox.identity", *arguments).ready
    return ready


@pytest.fixture
def transport(endpoint: dict[str, str]) -> Iterator[Transport]:
    made = Transport(endpoint["caFile"])
    yield made
    made.client.close()


def sign_in(endpoint: dict[str, str], transport: Transport, credential: Any, client_id: str = CLIENT_ID) -> dict[str, Any]:
    app = msal.ConfidentialClientApplication(
        client_id,
        client_credential=credential,
        authority=f"{endpoint['ready']}/{TENANT}",
        instance_discovery=False,
        http_client=transport,
    )
    answer: dict[str, Any] = app.acquire_token_for_client(SCOPES)
    return answer


def test_msal_signs_in_with_the_secret(endpoint: dict[str, str], transport: Transport) -> None:
    answer = sign_in(endpoint, transport, CLIENT_SECRET)
    claims = verify(KEY, answer["access_token"], audience=AUDIENCE, tenant=TENANT)
    assert (claims.client_id, claims.tenant) == (CLIENT_ID, TENANT)
    assert claims.expires > time.time() + 3500


def certificate_credential(certificate: trustme.LeafCert) -> dict[str, str]:
    return {
        "private_key": certificate.private_key_pem.bytes().decode(),
        "public_certificate": certificate.cert_chain_pems[0].bytes().decode(),
    }


def test_msal_signs_in_with_a_registered_certificate_only(endpoint: dict[str, str], transport: Transport) -> None:
    assert "access_token" in sign_in(endpoint, transport, certificate_credential(CERTIFICATE))
    refused = sign_in(endpoint, transport, certificate_credential(STRANGER))
    assert (refused["error"], refused["error_codes"]) == ("invalid_client", [700027])


def test_a_federated_identity_signs_in_with_the_token_it_was_given(endpoint: dict[str, str], transport: Transport) -> None:
    def assertion(audience: str) -> dict[str, Any]:
        claims = {"aud": audience, "sub": "managed identity", "exp": int(time.time()) + 60}
        return {"client_assertion": lambda: jwt.encode(claims, CERTIFICATE.private_key_pem.bytes(), algorithm="RS256")}

    assert "access_token" in sign_in(endpoint, transport, assertion("api://AzureADTokenExchange"))
    assert sign_in(endpoint, transport, assertion("https://elsewhere"))["error"] == "invalid_client"


@pytest.mark.parametrize(("secret", "status"), [(CLIENT_SECRET, 200), ("wrong", 401), ("", 401)])
def test_a_client_may_prove_itself_in_a_basic_header(endpoint: dict[str, str], transport: Transport, secret: str, status: int) -> None:
    url = f"{endpoint['ready']}/{TENANT}/oauth2/v2.0/token"
    proof = b64encode(f"{CLIENT_ID}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": SCOPES[0]}
    assert transport.post(url, data=form, headers={"Authorization": f"Basic {proof}"}).status_code == status


def test_a_wrong_secret_is_an_invalid_client(endpoint: dict[str, str], transport: Transport) -> None:
    refused = sign_in(endpoint, transport, "wrong")
    assert (refused["error"], refused["error_codes"]) == ("invalid_client", [7000215])
    assert refused["error_description"].startswith("AADSTS7000215: ")


def test_an_unknown_client_is_unauthorized(endpoint: dict[str, str], transport: Transport) -> None:
    assert sign_in(endpoint, transport, CLIENT_SECRET, "11111111-0000-0000-0000-000000000000")["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"scope": AUDIENCE}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"tenant": "22222222-0000-0000-0000-000000000000"}, 400, "invalid_tenant"),
    ],
)
def test_a_bad_request_is_refused_as_entra_does(
    endpoint: dict[str, str], transport: Transport, changed: dict[str, str | None], status: int, error: str
) -> None:
    good = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "scope": SCOPES[0]}
    form = {name: value for name, value in {**good, **changed}.items() if value is not None}
    tenant = form.pop("tenant", TENANT)
    answer = transport.post(f"{endpoint['ready']}/{tenant}/oauth2/v2.0/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_an_unknown_tenant_has_no_discovery_document(endpoint: dict[str, str], transport: Transport) -> None:
    answer = transport.get(f"{endpoint['ready']}/other/v2.0/.well-known/openid-configuration")
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])


def test_a_client_that_does_not_know_the_certificate_refuses_the_endpoint(endpoint: dict[str, str]) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{endpoint['ready']}/{TENANT}/v2.0/.well-known/openid-configuration", trust_env=False)


def token(key: str = KEY, *, tenant: str = TENANT, audience: str = AUDIENCE, lifetime: int = 36_000) -> str:
    return issue(key, tenant=tenant, client_id=CLIENT_ID, audience=audience, lifetime=lifetime)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "no bearer token"),
        ("abc", "not a token of this sandbox"),
        (token("another key, also long enough to sign"), "not a token of this sandbox"),
        (token(audience="https://other"), "for another service"),
        (token(tenant="other"), "of another tenant"),
        (token(lifetime=-10), "expired"),
    ],
)
def test_foreign_and_expired_tokens_are_refused(given: str, reason: str) -> None:
    with pytest.raises(TokenRefused, match=reason):
        verify(KEY, given, audience=AUDIENCE, tenant=TENANT)
