"""Who may call: the bearer token, the application user or the person behind it, impersonation."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sandbox.identity import Claims, TokenRefused, verify
from sandbox.sales.base import ADMINISTRATOR_ROLE_ID, APPLICATION_USER_ID
from sandbox.sales.database import Caller, Database
from sandbox.sales.errors import Refused
from sandbox.sales.values import guid

KEPT = 1000


class Access:
    """Checks tokens against the sandbox's key; with the switch `signIn` off everybody is the application user.

    With the switch `administrationMode` on only administrators get in.
    """

    def __init__(self, key: str, tenant: str, audience: str | None, authority: str) -> None:
        self.key = key
        self.tenant = tenant
        self.audience = audience
        self.authority = authority
        self.known: dict[tuple[str, str], Claims] = {}

    def caller(self, db: Database, headers: Mapping[str, str], origin: str, tag: str | None, switches: Mapping[str, Any]) -> Caller:
        """The user that a request acts as. Raises 401 and 403."""
        user_id = self._user(db, self._claims(headers, origin)) if switches["signIn"] else APPLICATION_USER_ID
        if switches["administrationMode"] and (user_id, ADMINISTRATOR_ROLE_ID) not in db.links["systemuserroles_association"]:
            raise Refused("0x80040220", "The environment is in administration mode: only its administrators can sign in.", status=403)
        other = _impersonated(db, headers)
        if other is None:
            return Caller(user_id, tag=tag, asks=True)
        return Caller(other, behind=user_id, tag=tag, asks=True)

    def _claims(self, headers: Mapping[str, str], origin: str) -> Claims:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        audience = self.audience or origin
        kept = self.known.get((token, audience))
        if kept is not None and kept.expires > time.time():
            return kept
        if scheme.lower() != "bearer" or not token:
            raise self._unauthorized(audience, "no bearer token")
        claims = None
        for wanted in (audience, audience + "/"):
            try:
                claims = verify(self.key, token, audience=wanted, tenant=self.tenant)
                break
            except TokenRefused as refused:
                reason = str(refused)
        if claims is None:
            raise self._unauthorized(audience, reason)
        if len(self.known) > KEPT:
            self.known.clear()
        self.known[(token, audience)] = claims
        return claims

    def _unauthorized(self, audience: str, reason: str) -> Refused:
        authority = f"{self.authority}/{self.tenant}/oauth2/authorize"
        challenge = f'Bearer authorization_uri={authority}, resource_id={audience}/, error_description="{reason}"'
        return Refused("0x80072560", f"The token cannot be accepted: {reason}.", status=401, WWW_Authenticate=challenge)

    @staticmethod
    def _user(db: Database, claims: Claims) -> str:
        column, value = ("azureactivedirectoryobjectid", claims.person) if claims.person else ("applicationid", claims.client_id)
        found = [
            user_id
            for user_id in db.store("systemuser").with_value(column, value.lower())
            if db.rows("systemuser")[user_id].get("isdisabled") is not True
        ]
        if not found:
            raise Refused("0x80072560", "The user is not a member of the organization.", status=403)
        if not any(user == found[0] for user, _ in db.links["systemuserroles_association"]):
            raise Refused("0x80042f09", "The user has not been assigned any roles. Assign a security role to the user.")
        return found[0]


def _impersonated(db: Database, headers: Mapping[str, str]) -> str | None:
    """The user named by CallerObjectId (Entra object id) or MSCRMCallerID (systemuserid)."""
    entra, direct = headers.get("callerobjectid"), headers.get("mscrmcallerid")
    if not entra and not direct:
        return None
    if direct:
        found: Any = guid(direct) if (guid(direct) or "") in db.rows("systemuser") else None
    else:
        found = next(iter(db.store("systemuser").with_value("azureactivedirectoryobjectid", entra)), None)
    if found is None or db.rows("systemuser")[found].get("isdisabled") is True:
        raise Refused("0x80040204", "The caller to impersonate does not exist or is disabled.")
    return str(found)
