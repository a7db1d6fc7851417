"""Where a Business Central stands: an environment online, or a server instance on premises, and whom it lets in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.business_central import errors
from sandbox.business_central.calls import Answer

ONLINE_AUDIENCE = "https://api.businesscentral.dynamics.com"
NO_ENVIRONMENT = (
    '<error xmlns="http://docs.oasis-open.org/odata/ns/metadata"><code>NoEnvironment</code>'
    "<message>Environment does not exist.</message></error>"
)


class Home(Protocol):
    """How an address leads to the APIs, for whom tokens are, and whose access keys count (by user)."""

    @property
    def audience(self) -> str: ...

    @property
    def access_keys(self) -> Mapping[str, str]: ...

    def split(self, path: str, query: Mapping[str, str]) -> tuple[str, str] | Answer:
        """The path up to the APIs and the one behind it. Raises Refused."""


@dataclass(frozen=True)
class Online:
    """`/v2.0/{tenant}/{environment}/...`, the tenant left out where the token says it."""

    tenant: str
    environment: str
    audience: str = ONLINE_AUDIENCE
    access_keys: Mapping[str, str] = field(default_factory=dict)

    def split(self, path: str, query: Mapping[str, str]) -> tuple[str, str] | Answer:
        parts = path.strip("/").split("/")
        tenant, rest = (None, parts[1:]) if len(parts) > 2 and parts[2] == "api" else (parts[1] if len(parts) > 1 else "", parts[2:])
        if parts[0] != "v2.0" or not rest:
            raise errors.no_route(path)
        if tenant is not None and tenant.lower() not in (self.tenant, "common"):
            raise errors.Refused("Authentication_InvalidCredentials", "The server has rejected the client credentials.")
        if rest[0].lower() != self.environment.lower():
            return Answer(404, NO_ENVIRONMENT, {"Content-Type": "application/xml"})
        return "/" + "/".join(parts[: len(parts) - len(rest) + 1]), "/".join(rest[1:])


@dataclass(frozen=True)
class OnPremises:
    """`/{instance}/...`; a server of several tenants wants `?tenant=` with every request. Its own app registration names the audience."""

    instance: str
    tenant: str = ""
    access_keys: Mapping[str, str] = field(default_factory=dict)
    audience: str = ONLINE_AUDIENCE

    def split(self, path: str, query: Mapping[str, str]) -> tuple[str, str] | Answer:
        first, _, behind = path.strip("/").partition("/")
        strange = bool(self.tenant) and query.get("tenant", "").lower() != self.tenant.lower()
        if strange or first.lower() != self.instance.lower():
            return Answer(404, "Not Found")
        return f"/{first}", behind
