"""Who may call: the bearer token, checked once and remembered until it expires."""

from __future__ import annotations

import time

from sandbox import identity
from sandbox.business_central import errors

AUDIENCE = "https://api.businesscentral.dynamics.com"


class Access:
    """Checks tokens that `sandbox.identity` issued for Business Central and one tenant."""

    def __init__(self, key: str, tenant: str) -> None:
        self.key = key
        self.tenant = tenant
        self._known: dict[str, identity.Claims] = {}

    def user(self, authorization: str) -> str:
        """The client id behind an `Authorization` header, or the person's object id. Raises Refused (401)."""
        claims = self._known.get(authorization)
        if claims is None or claims.expires <= time.time():
            claims = self._verified(authorization)
        return claims.person or claims.client_id

    def _verified(self, authorization: str) -> identity.Claims:
        self._known.pop(authorization, None)
        kind, _, token = authorization.partition(" ")
        try:
            if kind.lower() != "bearer":
                raise identity.TokenRefused("no bearer token")
            claims = identity.verify(self.key, token, audience=AUDIENCE, tenant=self.tenant)
        except identity.TokenRefused as refused:
            raise errors.Refused("Authentication_InvalidCredentials", "The server has rejected the client credentials.") from refused
        if len(self._known) > 1000:
            self._known.clear()
        self._known[authorization] = claims
        return claims
