"""The clients of one process: one connection per service, whatever the number of companies."""

from __future__ import annotations

import ssl
from collections import Counter
from urllib.parse import urlsplit

import httpx

from sync.services import access_key, bc_dialect, sales_dialect
from sync.services.access_key import AccessKey
from sync.services.auth import SignIn, tls
from sync.services.business_central import BusinessCentral
from sync.services.http import BEARER, Connection, Patience, Tokens
from sync.services.sales import Sales
from sync.settings import Settings


class Connections:
    """Made from the settings without any I/O; connections and tokens are opened at the first request, inside the running loop.

    `sign_in` is that of a person who sets up, in the place of the app's. `patience`, `tokens` and the transports are for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sign_in: SignIn | None = None,
        patience: Patience | None = None,
        tokens: Tokens | None = None,
        bc_transport: httpx.AsyncBaseTransport | None = None,
        sales_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        verify: ssl.SSLContext = tls(settings)
        sign_in = self._sign_in = sign_in or SignIn(settings, verify)
        parts = urlsplit(settings.sales_url)
        key = AccessKey(settings.bc_user, settings.bc_access_key) if settings.bc_access_key and not tokens else None
        self._settings = settings
        self._bc = Connection(
            bc_dialect.DIALECT,
            url=settings.bc_url,
            setting="BC_URL",
            tokens=tokens or key or sign_in.for_scope(settings.bc_scope),
            lanes=settings.lanes_bc,
            scheme=access_key.SCHEME if key else BEARER,
            query=settings.bc_query,
            patience=patience,
            verify=verify,
            transport=bc_transport,
        )
        self._sales = Connection(
            sales_dialect.DIALECT,
            url=settings.sales_url,
            setting="SALES_URL",
            tokens=tokens or sign_in.for_scope(f"{parts.scheme}://{parts.netloc}/.default"),
            lanes=settings.lanes_sales,
            patience=patience,
            verify=verify,
            transport=sales_transport,
        )
        self._companies: dict[str, BusinessCentral] = {}
        self.sales = Sales(self._sales, root=settings.sales_root)

    def business_central(self, company: str) -> BusinessCentral:
        """The client of one of the companies in BC_COMPANY; the same one each time."""
        if company not in self._companies:
            settings = self._settings
            self._companies[company] = BusinessCentral(self._bc, root=settings.bc_root, company=company, profile=settings.bc_profile)
        return self._companies[company]

    def counts(self) -> dict[str, Counter[str]]:
        """What was sent so far, per service: requests, repeated, throttled, and steps carried by `$batch` or bulk messages."""
        return {"bc": Counter(self._bc.counts), "sales": Counter(self._sales.counts)}

    async def close(self) -> None:
        """Close the connections."""
        await self._bc.close()
        await self._sales.close()
        self._sign_in.close()
