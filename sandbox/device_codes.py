"""People's sign-in at the token endpoint of the sandbox: a code that a person types in a browser, and the tokens of that person."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from sandbox.identity import ADMINISTRATOR, PUBLIC_CLIENT, TENANT, issue

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
RESERVED = frozenset({"openid", "profile", "offline_access"})
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PAGE = """<!doctype html><title>Sign in to your account</title><form method="post">
<label>Code <input name="user_code" autofocus></label> <button>Sign in as the administrator of the sandbox</button></form>"""


class Refused(Exception):
    """A request that Entra would refuse: OAuth error, AADSTS number and text."""

    def __init__(self, error: str, number: int, text: str) -> None:
        super().__init__(text)
        self.error, self.number = error, number


@dataclass
class Code:
    """A code that was handed out, until when it holds, for what, and whom it signed in."""

    user_code: str
    until: float
    scope: str
    person: str | None = None


INTERVAL = 1
"""Seconds between two questions of a client that waits for the person; Entra, which has more clients, says five."""


class DeviceCodes:
    """The codes and the refresh tokens of one endpoint. `key` signs the tokens."""

    def __init__(self, key: str, *, tenant: str = TENANT, lifetime: int = 3599, clock: Callable[[], float] = time.time) -> None:
        self._key, self._tenant, self._lifetime, self._clock = key, tenant, lifetime, clock
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, str] = {}

    def begin(self, form: Mapping[str, str], base: str) -> dict[str, Any]:
        """A new pair of codes."""
        check_public(form)
        code, user_code = secrets.token_urlsafe(32), "".join(secrets.choice(ALPHABET) for _ in range(9))
        self._codes[code] = Code(user_code, self._clock() + 900, form.get("scope", ""))
        address = f"{base}/devicelogin"
        said = f"To sign in, use a web browser to open the page {address} and enter the code {user_code} to authenticate."
        answer = {"user_code": user_code, "device_code": code, "verification_uri": address}
        return {**answer, "expires_in": 900, "interval": INTERVAL, "message": said}

    def approve(self, user_code: str, person: str = ADMINISTRATOR) -> bool:
        """A person typed a code; False for one that nobody was given."""
        found = next((each for each in self._codes.values() if each.user_code == user_code.strip().upper()), None)
        if found is not None:
            found.person = person
        return found is not None

    def redeem(self, form: Mapping[str, str], audience: Callable[[str], str]) -> dict[str, Any]:
        """The tokens for a device code that was approved, or for a refresh token; of the service that was asked for."""
        check_public(form)
        person, scope = self._by_code(form) if form.get("grant_type") == GRANT else self._by_refresh(form)
        asked = [each for each in scope.split() if each not in RESERVED]
        return self._tokens(person, audience(" ".join(asked)))

    def _by_code(self, form: Mapping[str, str]) -> tuple[str, str]:
        code = self._codes.get(form.get("device_code", ""))
        if code is None:
            raise Refused("bad_verification_code", 70018, "Invalid verification code.")
        if self._clock() > code.until:
            raise Refused("expired_token", 70019, "Verification code expired.")
        if code.person is None:
            raise Refused("authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.")
        del self._codes[form["device_code"]]
        return code.person, code.scope

    def _by_refresh(self, form: Mapping[str, str]) -> tuple[str, str]:
        person = self._refresh.get(form.get("refresh_token", ""))
        if person is None:
            raise Refused("invalid_grant", 70000, "Provided grant is invalid or malformed.")
        return person, form.get("scope", "")

    def _tokens(self, person: str, audience: str) -> dict[str, Any]:
        access = issue(self._key, tenant=self._tenant, client_id=PUBLIC_CLIENT, audience=audience, lifetime=self._lifetime, person=person)
        refresh = secrets.token_urlsafe(24)
        self._refresh[refresh] = person
        now = int(self._clock())
        about = {"iss": f"https://sts.windows.net/{self._tenant}/", "aud": PUBLIC_CLIENT, "tid": self._tenant, "oid": person}
        told = {**about, "sub": person, "iat": now, "exp": now + self._lifetime, "preferred_username": "administrator@sandbox.example"}
        account = json.dumps({"uid": person, "utid": self._tenant}).encode()
        return {
            "token_type": "Bearer",
            "scope": f"{audience}/.default",
            "expires_in": self._lifetime,
            "ext_expires_in": self._lifetime,
            "access_token": access,
            "refresh_token": refresh,
            "id_token": jwt.encode(told, self._key, algorithm="HS256"),
            "client_info": base64.urlsafe_b64encode(account).decode().rstrip("="),
        }


def check_public(form: Mapping[str, str]) -> None:
    """Only one public client is known here."""
    if form.get("client_id", "").lower() != PUBLIC_CLIENT:
        raise Refused(
            "unauthorized_client", 700016, f"Application with identifier '{form.get('client_id')}' was not found in the directory."
        )
