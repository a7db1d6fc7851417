"""Signing in: by msal, over TLS, against a token endpoint that answers from a script."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.clouds import Cloud
from sync.errors import SignInRefused, Unavailable, Unreachable
from sync.services import auth
from sync.services.auth import SignIn
from sync.settings import Settings
from tests.services.scripted import Says, Scripted, scripted

SCOPE = "https://api.businesscentral.dynamics.com/.default"
TENANT = "5b1f0c2e-0000-4000-8000-0e2f41a7d390"
CLIENT = "c0a1e5ce-0000-4000-8000-9d0e77b3f512"


@pytest.fixture
async def entra(tmp_path: Path) -> AsyncIterator[Scripted]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with scripted(context) as service:
        yield service


def discovery(entra: Scripted) -> Says:
    base = f"{entra.url}/{TENANT}"
    return Says(
        200, {"authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/oauth2/v2.0/token", "issuer": f"{base}/v2.0"}
    )


def token(name: str, seconds: int = 3599) -> Says:
    return Says(200, {"token_type": "Bearer", "expires_in": seconds, "access_token": name})


def refusal(error: str, number: int) -> Says:
    return Says(401, {"error": error, "error_description": f"AADSTS{number}: Invalid client secret.\nTrace", "error_codes": [number]})


OPEN: list[SignIn] = []


def signing_in(entra: Scripted, tmp_path: Path, **settings: Any) -> SignIn:
    known = {"client_secret": "s3cr3t", **settings}
    OPEN.append(SignIn(Settings(authority=entra.url, tenant_id=TENANT, client_id=CLIENT, ca_file=tmp_path / "ca.pem", **known)))
    return OPEN[-1]


@pytest.fixture(autouse=True)
def closed_again() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


async def test_a_secret_is_exchanged_for_a_token_once(entra: Scripted, tmp_path: Path) -> None:
    entra.will_say(discovery(entra), token("one"), token("two"))
    sign_in = signing_in(entra, tmp_path)
    assert await asyncio.gather(*(sign_in.token(SCOPE) for _ in range(5))) == ["one"] * 5
    form = parse_qs(entra.asked[1].body.decode())
    assert (form["grant_type"], form["scope"], form["client_secret"]) == (["client_credentials"], [SCOPE], ["s3cr3t"])
    assert entra.targets == [f"GET /{TENANT}/v2.0/.well-known/openid-configuration", f"POST /{TENANT}/oauth2/v2.0/token"]


async def test_each_service_has_a_token_of_its_own(entra: Scripted, tmp_path: Path) -> None:
    entra.will_say(discovery(entra), token("bc"), token("sales"))
    sign_in = signing_in(entra, tmp_path)
    assert await sign_in.token(SCOPE) == "bc"
    assert await sign_in.for_scope("https://contoso.crm.dynamics.com/.default").token() == "sales"
    assert await sign_in.token(SCOPE) == "bc"


async def test_a_token_is_renewed_before_it_ends(entra: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "EARLY_SECONDS", 1.8)
    entra.will_say(discovery(entra), token("one", seconds=2), token("two"))
    sign_in = signing_in(entra, tmp_path)
    assert await sign_in.token(SCOPE) == "one"
    await asyncio.sleep(1.1)
    assert await sign_in.token(SCOPE) == "two"


async def test_a_token_that_was_refused_is_not_used_again(entra: Scripted, tmp_path: Path) -> None:
    entra.will_say(discovery(entra), token("one"), token("two"))
    tokens = signing_in(entra, tmp_path).for_scope(SCOPE)
    assert await tokens.token() == "one"
    tokens.forget()
    assert await tokens.token() == "two"


async def test_a_wrong_secret_names_its_setting_and_not_its_value(entra: Scripted, tmp_path: Path) -> None:
    entra.will_say(discovery(entra), refusal("invalid_client", 7000215))
    with pytest.raises(SignInRefused, match=r"AADSTS7000215.*ENTRA_CLIENT_SECRET") as caught:
        await signing_in(entra, tmp_path).token(SCOPE)
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.detail["setting"] == "ENTRA_CLIENT_SECRET"


async def test_after_the_secret_was_refused_the_next_attempt_asks_again(entra: Scripted, tmp_path: Path) -> None:
    entra.will_say(discovery(entra), refusal("invalid_client", 7000215), token("one"))
    sign_in = signing_in(entra, tmp_path)
    with pytest.raises(SignInRefused):
        await sign_in.token(SCOPE)
    assert await sign_in.token(SCOPE) == "one"


async def test_an_unknown_tenant_names_the_settings(entra: Scripted, tmp_path: Path) -> None:
    entra.will_say(Says(400, {"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found."}))
    with pytest.raises(SignInRefused, match="ENTRA_TENANT_ID"):
        await signing_in(entra, tmp_path).token(SCOPE)


async def test_an_authority_out_of_reach_names_its_setting(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    nowhere = Scripted()
    nowhere.url = "https://127.0.0.1:9"
    with pytest.raises(Unreachable, match="ENTRA_AUTHORITY"):
        await signing_in(nowhere, tmp_path).token(SCOPE)


async def test_a_stranger_with_another_certificate_gets_no_secret(entra: Scripted, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    with pytest.raises(Unreachable, match="ENTRA_AUTHORITY"):
        await signing_in(entra, tmp_path).token(SCOPE)
    assert entra.asked == []


@pytest.mark.parametrize("trouble", [Says(503, {}), Says(500, {})])
async def test_a_sign_in_that_is_down_is_told_apart_from_a_refusal(entra: Scripted, tmp_path: Path, trouble: Says) -> None:
    entra.will_say(discovery(entra), trouble)
    with pytest.raises(Unavailable):
        await signing_in(entra, tmp_path).token(SCOPE)


def self_signed() -> tuple[str, Any]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "couplet")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (private + signed.public_bytes(serialization.Encoding.PEM)).decode(), key.public_key()


@pytest.mark.feature("F009")
async def test_a_certificate_signs_an_assertion(entra: Scripted, tmp_path: Path) -> None:
    pem, public = self_signed()
    entra.will_say(discovery(entra), token("one"))
    assert await signing_in(entra, tmp_path, client_secret=None, certificate=pem).token(SCOPE) == "one"
    form = parse_qs(entra.asked[1].body.decode())
    claims = jwt.decode(
        form["client_assertion"][0], public, algorithms=["PS256", "RS256"], audience=f"{entra.url}/{TENANT}/oauth2/v2.0/token"
    )
    assert (claims["sub"], "client_secret" in form) == (CLIENT, False)
    assert pem not in entra.asked[1].body.decode()


@pytest.mark.parametrize(
    ("cloud", "exchange"),
    [
        (Cloud.COMMERCIAL, "api://AzureADTokenExchange"),
        (Cloud.US_GOV_HIGH, "api://AzureADTokenExchangeUSGov"),
        (Cloud.CHINA, "api://AzureADTokenExchangeChina"),
    ],
)
async def test_a_managed_identity_stands_in_for_a_secret_in_every_cloud(
    entra: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: Cloud, exchange: str
) -> None:
    identity = "1d000000-0000-4000-8000-000000000001"
    async with scripted() as machine:  # what Azure Functions gives an app to ask for its identity's tokens
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{machine.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "machine-only")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        machine.will_say(
            Says(200, {"access_token": "of-the-identity", "expires_on": "4102444800", "resource": "x", "token_type": "Bearer"},
                 {"Content-Type": "application/json"})
        )  # fmt: skip
        entra.will_say(discovery(entra), token("one"))
        sign_in = signing_in(entra, tmp_path, client_secret=None, federation="managed-identity", identity_client_id=identity, cloud=cloud)
        assert await sign_in.token(SCOPE) == "one"
        assert f"resource={exchange}&" in f"{machine.asked[0].target}&"
        assert identity in machine.asked[0].target
    form = parse_qs(entra.asked[1].body.decode())
    assert form["client_assertion"] == ["of-the-identity"]
    assert form["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]


async def test_a_machine_without_identity_is_told_which_setting_asks_for_one(
    entra: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted() as machine:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{machine.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "machine-only")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        machine.will_say(Says(400, {"statusCode": 400, "message": "No identity."}, {"Content-Type": "application/json"}))
        entra.will_say(discovery(entra))
        with pytest.raises(SignInRefused, match="ENTRA_FEDERATION"):
            await signing_in(entra, tmp_path, client_secret=None, federation="managed-identity").token(SCOPE)
