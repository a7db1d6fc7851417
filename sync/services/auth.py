"""Access tokens from Microsoft Entra: by secret, by certificate or by the managed identity's own token."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from sync.clouds import ENDPOINTS
from sync.errors import ServiceError, SignInRefused, Unavailable, UnexpectedAnswer, Unreachable
from sync.setting_values import is_loopback
from sync.settings import Settings

EARLY_SECONDS = 300
"""A token is renewed so long before it ends: no request carries one that ends on the way."""

MICROSOFT = (".microsoftonline.com", ".microsoftonline.us", ".partner.microsoftonline.cn")

# AADSTS numbers whose cause is one setting; everything else is told by the remedy of SignInRefused
_CAUSES: Mapping[str, str] = {
    "invalid_client": "ENTRA_CLIENT_SECRET",
    "unauthorized_client": "ENTRA_CLIENT_ID",
    "invalid_tenant": "ENTRA_TENANT_ID",
    "invalid_scope": "SALES_URL",
    "invalid_resource": "SALES_URL",
    "invalid_target": "SALES_URL",
}


def tls(settings: Settings) -> ssl.SSLContext:
    """The trust of this machine, and the extra certificates of ENTRA_CA_FILE."""
    return _trust(settings.ca_file)


@cache
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """Read once in a process: the certificates of a machine are many."""
    context = httpx.create_ssl_context()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


class SignIn:
    """The app's identity: a token per scope, renewed early, one renewal at a time.

    msal does not know asyncio: it runs in a thread, over an httpx client of ours (one HTTP library for everything).
    """

    def __init__(self, settings: Settings, verify: ssl.SSLContext | bool | None = None) -> None:
        self.settings = settings
        self._verify = tls(settings) if verify is None else verify
        self._app: Any = None
        self._http: httpx.Client | None = None
        self._kept: dict[str, tuple[str, float]] = {}
        self._turn = asyncio.Lock()

    async def token(self, scope: str) -> str:
        """A token for the scope that is valid for some minutes more."""
        token, until = self._kept.get(scope, ("", 0.0))
        if time.monotonic() < until:
            return token
        async with self._turn:
            token, until = self._kept.get(scope, ("", 0.0))
            if time.monotonic() >= until:
                asked = time.monotonic()
                answer = await asyncio.to_thread(self._ask, scope)
                token = answer["access_token"]
                lifetime = float(answer.get("expires_in", 0))
                self._kept[scope] = token, asked + max(lifetime - EARLY_SECONDS, lifetime / 2)
            return token

    def forget(self, scope: str) -> None:
        """Ask for a new token next time: the service refused this one."""
        self._kept.pop(scope, None)

    def close(self) -> None:
        """Close the connections; a later sign-in opens them again."""
        http, self._http, self._app = self._http, None, None
        if http:
            http.close()

    def for_scope(self, scope: str) -> ScopedTokens:
        """The tokens of one service."""
        return ScopedTokens(self, scope)

    def _ask(self, scope: str) -> Mapping[str, Any]:
        from msal.exceptions import MsalError  # noqa: PLC0415  (msal is heavy, and not needed to index the functions)

        try:
            self._app = self._app or self.opened()
            answer = self.acquired(self._app, scope)
        except httpx.TransportError as reason:
            message = f"{self.settings.authority} cannot be reached: check ENTRA_AUTHORITY, name resolution and firewall."
            raise Unreachable(message, setting="ENTRA_AUTHORITY") from reason
        except (httpx.HTTPStatusError, MsalError) as reason:  # both mean a status of 500 or more; a refusal comes as an answer
            raise Unavailable("Microsoft Entra cannot sign the app in at the moment.") from reason
        except ValueError as reason:  # msal: no authority of that name and tenant, or a certificate it cannot use
            raise SignInRefused("Sign-in is not possible: check ENTRA_AUTHORITY, ENTRA_TENANT_ID and ENTRA_CERTIFICATE.") from reason
        if not answer or "access_token" not in answer:
            raise self.refusal(answer)
        return dict(answer)

    def opened(self) -> Any:
        """The application as msal knows it; another kind of sign-in has another one."""
        import msal  # noqa: PLC0415

        return msal.ConfidentialClientApplication(self.settings.client_id, client_credential=self._credential(), **self.authority())

    def acquired(self, app: Any, scope: str) -> Mapping[str, Any] | None:
        """What Entra answers: a token, or an error."""
        app.remove_tokens_for_client()  # msal's own cache would hand out again what the service refused
        answer: Mapping[str, Any] | None = app.acquire_token_for_client(scopes=[scope])
        return answer

    def refusal(self, answer: Mapping[str, Any] | None) -> ServiceError:
        """The error behind an answer without a token."""
        return _refusal(answer, self.settings)

    def authority(self) -> dict[str, Any]:
        """Whom msal asks, and how."""
        settings = self.settings
        self._http = self._http or httpx.Client(verify=self._verify, trust_env=not is_loopback(settings.authority), timeout=15.0)
        return {
            "authority": f"{settings.authority}/{settings.tenant_id}",
            "instance_discovery": None if f".{urlsplit(settings.authority).hostname}".endswith(MICROSOFT) else False,
            "http_client": _MsalHttp(self._http),
        }

    def _credential(self) -> Any:
        settings = self.settings
        if settings.client_secret:
            return settings.client_secret
        if settings.certificate:
            return _certificate(settings.certificate)
        exchange = ENDPOINTS[settings.cloud].exchange
        return {"client_assertion": _identity_token(settings.identity_client_id, exchange)}


class ScopedTokens:
    """The tokens of one service, as its connection asks for them."""

    def __init__(self, sign_in: SignIn, scope: str) -> None:
        self._sign_in = sign_in
        self._scope = scope

    async def token(self) -> str:
        """A token that is valid for some minutes more."""
        return await self._sign_in.token(self._scope)

    def forget(self) -> None:
        """Ask for a new token next time."""
        self._sign_in.forget(self._scope)


class _MsalHttp:
    """What msal wants of an HTTP client, over httpx."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        return self._client.get(url, params=params, headers=headers)

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        # msal gives an assertion as bytes, which httpx would write as Python shows them
        form = {name: value.decode() if isinstance(value, bytes) else value for name, value in (data or {}).items()}
        return self._client.post(url, params=params, data=form, headers=headers)

    def close(self) -> None:
        self._client.close()


def _certificate(pem: str) -> dict[str, str]:
    """Key and certificates apart, as msal wants them; it works out the thumbprint."""
    blocks = re.findall(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", pem, re.DOTALL)
    keys = [block for block in blocks if "PRIVATE KEY-----" in block]
    certificates = [block for block in blocks if "BEGIN CERTIFICATE-----" in block]
    return {"private_key": keys[0], "public_certificate": "\n".join(certificates)}


def _identity_token(client_id: str | None, exchange: str) -> Callable[[], str]:
    """The managed identity's own token, with which the app registration is federated; asked for anew at each sign-in."""

    def ask() -> str:
        from azure.core.exceptions import AzureError  # noqa: PLC0415
        from azure.identity import ManagedIdentityCredential  # noqa: PLC0415

        try:
            with ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential() as credential:
                return str(credential.get_token(f"{exchange}/.default").token)
        except AzureError as reason:
            message = "The managed identity has no token for us: check ENTRA_FEDERATION and AZURE_CLIENT_ID."
            raise SignInRefused(message, setting="ENTRA_FEDERATION") from reason

    return ask


def _refusal(answer: Mapping[str, Any] | None, settings: Settings) -> ServiceError:
    if not answer or "error" not in answer:
        return UnexpectedAnswer("The token endpoint sent neither a token nor an error: check ENTRA_AUTHORITY.")
    code = str(answer["error"])
    given = "ENTRA_CLIENT_SECRET" if settings.client_secret else "ENTRA_CERTIFICATE" if settings.certificate else "ENTRA_FEDERATION"
    setting = _CAUSES.get(code, "ENTRA_CLIENT_ID").replace("ENTRA_CLIENT_SECRET", given)
    numbers = " ".join(f"AADSTS{number}" for number in answer.get("error_codes", ()))
    return SignInRefused(
        f"Microsoft Entra refused the sign-in ({code} {numbers}".rstrip() + f"): check {setting}.",
        service_code=code,
        service_message=str(answer.get("error_description", "")).partition("\n")[0],
        request_id=answer.get("correlation_id"),
        setting=setting,
    )
