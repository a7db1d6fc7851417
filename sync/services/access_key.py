"""Signing in to a Business Central on premises with a user's web service access key (HTTP Basic)."""

from __future__ import annotations

import base64

from sync.errors import AccessKeyRefused
from sync.heart.plan import Side

SCHEME = "Basic"


class AccessKey:
    """The credentials of one user; there is nothing newer to ask for when they are refused."""

    def __init__(self, user: str, key: str) -> None:
        self._credentials = base64.b64encode(f"{user}:{key}".encode()).decode()

    async def token(self) -> str:
        """User and key as the header carries them."""
        return self._credentials

    def forget(self) -> None:
        """The service refused them."""
        raise AccessKeyRefused(side=Side.BC, setting="BC_ACCESS_KEY")
