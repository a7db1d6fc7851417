"""Who may call: the bearer token, or a user's access key on premises, checked once and remembered until it expires."""

from __future__ import annotations

import math
import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox import identity
from sandbox.business_central import errors


@dataclass(frozen=True)
class Caller:
    """Who calls (the client id, the person's object id, or a user's name), and until when that is known."""

    user: str
    expires: float = math.inf


class Access:
    """Checks tokens that `sandbox.identity` issued for one audience and tenant, and the access keys of users."""

    def __init__(self, key: str, tenant: str, audience: str, access_keys: Mapping[str, str]) -> None:
        self.key = key
        self.tenant = tenant
        self.audience = audience
        self.access_keys = access_keys
        self._known: dict[str, Caller] = {}

    def user(self, authorization: str) -> str:
        """Who stands behind an `Authorization` header. Raises Refused (401)."""
        caller = self._known.get(authorization)
        if caller is None or caller.expires <= time.time():
            caller = self._verified(authorization)
        return caller.user

    def _verified(self, authorization: str) -> Caller:
        self._known.pop(authorization, None)
        kind, _, credentials = authorization.partition(" ")
        caller = self._by_key(credentials) if kind.lower() == "basic" else self._by_token(credentials if kind.lower() == "bearer" else "")
        if caller is None:
            raise errors.Refused("Authentication_InvalidCredentials", "The server has rejected the client credentials.")
        if len(self._known) > 1000:
            self._known.clear()
        self._known[authorization] = caller
        return caller

    def _by_token(self, token: str) -> Caller | None:
        try:
            claims = identity.verify(self.key, token, audience=self.audience, tenant=self.tenant)
        except identity.TokenRefused:
            return None
        return Caller(claims.person or claims.client_id, claims.expires)

    def _by_key(self, credentials: str) -> Caller | None:
        try:
            user, _, key = b64decode(credentials, validate=True).decode().partition(":")
        except ValueError:
            return None
        return Caller(user) if key and self.access_keys.get(user) == key else None
