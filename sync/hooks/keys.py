"""The keys by which a notification is known to come from somebody who was told them: one for each purpose, all from one secret.

None of them is the secret itself, and none opens anything else. While two secrets are set, the first makes the keys that are given
away, and keys of either are taken: notifications under way survive a rotation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from sync.settings import Settings

PREFIX = "api"
"""host.json's route prefix."""

BC_ROUTE = "hooks/business-central"
SALES_ROUTE = "hooks/sales"
HEADER = "x-couplet-key"
"""Where Sales sends its key: headers stay out of the logs that hold addresses."""

SEPARATOR = "\x1f"


class Keys:
    """The keys of one app."""

    def __init__(self, settings: Settings) -> None:
        self._secrets = settings.webhook_secrets
        self._base = f"{settings.webhook_url}/{PREFIX}"
        self._environment = ("business-central", settings.tenant_id, settings.bc_name.lower())
        self._organization = ("sales", urlsplit(settings.sales_url).netloc.lower())

    @property
    def bc_address(self) -> str:
        """Where Business Central sends its notifications, without key."""
        return f"{self._base}/{BC_ROUTE}"

    @property
    def bc_url(self) -> str:
        """The same with the key, which the handshake has no other place for."""
        return f"{self.bc_address}?key={self._current(*self._environment)}"

    def bc_state(self, company: str) -> str:
        """What a company's subscriptions carry as `clientState`."""
        return self._current(*self._environment, company.lower())

    @property
    def sales_url(self) -> str:
        """Where Sales sends its notifications."""
        return f"{self._base}/{SALES_ROUTE}"

    @property
    def sales_key(self) -> str:
        """What Sales sends as a header."""
        return self._current(*self._organization)

    def is_bc_key(self, given: str) -> bool:
        """Whether the key in an address is ours."""
        return self._fits(given, *self._environment)

    def is_bc_state(self, given: str, company: str) -> bool:
        """Whether a `clientState` is that of the company."""
        return self._fits(given, *self._environment, company.lower())

    def is_sales_key(self, given: str) -> bool:
        """Whether the key in a header is ours."""
        return self._fits(given, *self._organization)

    def _current(self, *purpose: str) -> str:
        return _derived(self._secrets[0], purpose)

    def _fits(self, given: str, *purpose: str) -> bool:
        """Compared in constant time with the key of every secret."""
        sent = given.encode("utf-8", "surrogatepass")
        return any([hmac.compare_digest(sent, _derived(secret, purpose).encode()) for secret in self._secrets])


def fingerprint(key: str) -> str:
    """What tells two keys apart and leads back to none of them."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _derived(secret: str, purpose: tuple[str, ...]) -> str:
    digest = hmac.digest(secret.encode(), SEPARATOR.join(purpose).encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
