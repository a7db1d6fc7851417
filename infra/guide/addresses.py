"""The address of a Sales organisation as people give it: copied from a browser, in capitals, without https."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sync.clouds import cloud_of
from sync.setting_values import is_loopback

ALLOWED = "the address of the organisation, such as https://contoso.crm4.dynamics.com"
API = re.compile(r"^([\w-]+)\.api\.(crm)")
"""The address of the Web API leads to the same organisation; tokens are for the other one."""


def corrected(text: str) -> str:
    """The address with https, in small letters, without path and query; ValueError for what leads to no organisation."""
    given = text.strip()
    parts = urlsplit(given if "://" in given else f"https://{given}")
    host = API.sub(r"\1.\2", parts.hostname or "")
    if parts.scheme.lower() not in ("https", "http") or parts.username or not host:
        raise ValueError(f"{given or 'nothing'} is no address: give {ALLOWED}")
    if is_loopback(given):
        return f"{parts.scheme}://{parts.netloc}"
    if cloud_of(host) is None:
        raise ValueError(f"{host} is no organisation of Dynamics 365: give {ALLOWED}")
    return f"https://{host}"
