"""The token endpoint of the sandbox: Entra's discovery, client credentials and device codes, over TLS with a certificate of its own."""

from __future__ import annotations

import argparse
import asyncio
import ssl
import time
import uuid
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import jwt
import trustme
import uvicorn
from cryptography import x509
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox import device_codes, serving
from sandbox.identity import CLIENT_ID, CLIENT_SECRET, TENANT, issue

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FEDERATION_AUDIENCE = "api://AzureADTokenExchange"
ASSERTION_ALGORITHMS = ["RS256", "PS256"]
NOT_KEPT = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}


@dataclass(frozen=True)
class Registration:
    """The one app registration of the sandbox; a client assertion must be signed by one of its certificates (PEM)."""

    key: str
    tenant: str = TENANT
    client_id: str = CLIENT_ID
    secret: str = CLIENT_SECRET
    certificates: Sequence[bytes] = ()
    lifetime: int = 3599


class SignInRefused(Exception):
    """A token request that Entra would refuse: status, OAuth error, and the AADSTS number with its text."""

    def __init__(self, status: int, error: str, number: int, text: str) -> None:
        super().__init__(text)
        self.status, self.error, self.number = status, error, number

    def response(self) -> Response:
        """The answer in Entra's form."""
        trace, moment = str(uuid.uuid4()), time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        body = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self} Trace ID: {trace} Correlation ID: {trace} Timestamp: {moment}",
            "error_codes": [self.number],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": trace,
        }
        return JSONResponse(body, self.status)


def create_app(registration: Registration) -> Starlette:
    """The ASGI app that signs in the client of the registration."""

    people = device_codes.DeviceCodes(registration.key, tenant=registration.tenant, lifetime=registration.lifetime)

    async def discovery(request: Request) -> Response:
        tenant = known_tenant(request, registration)
        return JSONResponse(discovery_document(f"{request.url.scheme}://{request.url.netloc}/{tenant}"))

    async def token(request: Request) -> Response:
        known_tenant(request, registration)
        form = {**basic(request.headers.get("authorization", "")), **await form_of(request)}
        if form.get("grant_type") in (device_codes.GRANT, "refresh_token"):
            return JSONResponse(people.redeem(form, audience_of), headers=NOT_KEPT)
        check_client(form, registration, str(request.url))
        return token_response(registration, audience_of(form.get("scope", "")))

    async def device_code(request: Request) -> Response:
        tenant = known_tenant(request, registration)
        return JSONResponse(people.begin(await form_of(request), f"{request.url.scheme}://{request.url.netloc}/{tenant}"))

    async def device_login(request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse(device_codes.PAGE)
        known = people.approve((await form_of(request)).get("user_code", ""))
        return HTMLResponse("You are signed in." if known else "That code didn't work.", 200 if known else 400)

    routes = [
        Route("/{tenant}/devicelogin", answering(device_login), methods=["GET", "POST"]),
        Route("/{tenant}/oauth2/v2.0/devicecode", answering(device_code), methods=["POST"]),
        Route("/{tenant}/v2.0/.well-known/openid-configuration", answering(discovery)),
        Route("/{tenant}/oauth2/v2.0/token", answering(token), methods=["POST"]),
    ]
    return Starlette(routes=routes)


async def form_of(request: Request) -> dict[str, str]:
    """The form in a request's body."""
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def basic(header: str) -> dict[str, str]:
    """The client's id and secret in an HTTP Basic header, each percent-encoded (RFC 6749, 2.3.1); nothing where there is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote_plus(client), "client_secret": unquote_plus(secret)}


def discovery_document(base: str) -> dict[str, Any]:
    """What a client library reads first: where the endpoints of a tenant are."""
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
    }


def token_response(registration: Registration, audience: str) -> Response:
    """A fresh token for one service."""
    lifetime, client, tenant = registration.lifetime, registration.client_id, registration.tenant
    access = issue(registration.key, tenant=tenant, client_id=client, audience=audience, lifetime=lifetime)
    body = {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": access}
    return JSONResponse(body, headers=NOT_KEPT)


Endpoint = Callable[[Request], Awaitable[Response]]


def answering(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with a refusal turned into its answer."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except SignInRefused as refused:
            return refused.response()
        except device_codes.Refused as refused:
            return SignInRefused(400, refused.error, refused.number, str(refused)).response()

    return answer


def known_tenant(request: Request, registration: Registration) -> str:
    tenant = str(request.path_params["tenant"])
    if tenant.lower() != registration.tenant:
        raise SignInRefused(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
    return tenant


def check_client(form: Mapping[str, str], registration: Registration, endpoint: str) -> None:
    """Raise SignInRefused unless the form proves to come from the registered client."""
    if form.get("grant_type") != "client_credentials":
        raise SignInRefused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
    client = form.get("client_id", "")
    if client.lower() != registration.client_id:
        raise SignInRefused(400, "unauthorized_client", 700016, f"Application with identifier '{client}' was not found in the directory.")
    if "client_assertion" in form:
        check_assertion(form, registration, endpoint)
    elif "client_secret" not in form:
        raise SignInRefused(401, "invalid_client", 7000218, "The request body must contain 'client_assertion' or 'client_secret'.")
    elif form["client_secret"] != registration.secret:
        raise SignInRefused(401, "invalid_client", 7000215, f"Invalid client secret provided for app '{client}'.")


def check_assertion(form: Mapping[str, str], registration: Registration, endpoint: str) -> None:
    """A certificate's assertion names the client and this endpoint; a federated one is for the token exchange."""
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise SignInRefused(400, "invalid_request", 900144, "The request body must contain 'client_assertion_type'.")
    for certificate in registration.certificates:
        try:
            key: Any = x509.load_pem_x509_certificate(certificate).public_key()
            claims = jwt.decode(
                form["client_assertion"],
                key,
                algorithms=ASSERTION_ALGORITHMS,
                audience=[endpoint, FEDERATION_AUDIENCE],
                options={"require": ["exp"]},
            )
        except jwt.InvalidTokenError:
            continue
        if claims["aud"] == FEDERATION_AUDIENCE or claims.get("sub", "").lower() == registration.client_id:
            return
    raise SignInRefused(401, "invalid_client", 700027, "The certificate used to sign the client assertion is not registered on the app.")


def audience_of(scope: str) -> str:
    """The service behind a scope like `https://service/.default`."""
    service, end, rest = scope.partition("/.default")
    if not end or rest or " " in service or not service.startswith(("https://", "http://", "api://")):
        raise SignInRefused(400, "invalid_scope", 70011, f"The provided value for the input parameter 'scope' is not valid: {scope}.")
    return service


def tls_context(authority_file: Path) -> ssl.SSLContext:
    """TLS for 127.0.0.1 by a new certificate authority, whose certificate is written to the file for clients to trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(authority_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


async def serve(registration: Registration, port: int, authority_file: Path) -> None:
    """Listen until the process ends; says `{"ready": "https://..."}` when it does."""
    context = tls_context(authority_file)
    config = uvicorn.Config(
        create_app(registration),
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        ssl_context_factory=lambda _config, _default: context,
    )
    also = {"caFile": str(authority_file)}
    await serving.serve(uvicorn.Server(config), serving.listener(port), scheme="https", also=also)


def main() -> None:
    """`python -m sandbox.identity --key K --ca-out FILE`."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.identity", description="The token endpoint of the sandbox.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", required=True, help="what signs the tokens; the simulators get the same")
    parser.add_argument("--ca-out", type=Path, required=True, help="file for the certificate that clients must trust")
    parser.add_argument("--certificate", type=Path, action="append", default=[], help="a certificate (PEM) registered for the client")
    parser.add_argument("--lifetime", type=int, default=3599, help="seconds that a token is good for")
    options = parser.parse_args()
    certificates = [file.read_bytes() for file in options.certificate]
    registration = Registration(options.key, certificates=certificates, lifetime=options.lifetime)
    asyncio.run(serve(registration, options.port, options.ca_out))
