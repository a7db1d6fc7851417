"""How the texts of app settings are read: each reader answers the value, or raises ValueError for a text that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from sync.entry.ncrontab import Schedule

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that may be spoken to without TLS: the sandbox."""

SHORTEST_SECRET = 32
ADDRESS = "an https:// address without query (http:// only for this machine)"
GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
IDENTITY = "the client id of the managed identity, a guid"
PEM = "certificate and private key as PEM, or the path of such a file"
SCOPE = "an address or api:// name that ends in /.default"
SECRETS = f"random texts of {SHORTEST_SECRET} characters or more, the one in use first, separated by ;"


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def address(text: str) -> str:
    """An address without query and trailing slash, over TLS unless it is on this machine."""
    parts = urlsplit(text)
    if not parts.hostname or parts.query or parts.fragment or parts.username or not (parts.scheme == "https" or is_loopback(text)):
        raise ValueError(text)
    if parts.scheme not in ("http", "https"):
        raise ValueError(text)
    return text.rstrip("/")


def matching(pattern: str) -> Callable[[str], str]:
    """A reader of texts that match a pattern as a whole."""

    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return parse


def whole(least: int, most: int) -> tuple[Callable[[str], int], str]:
    """A reader of whole numbers between two bounds, and its words."""

    def parse(text: str) -> int:
        if not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse, f"a whole number from {least} to {most}"


def amount(most: int) -> tuple[Callable[[str], Decimal], str]:
    """A reader of amounts up to a bound, and its words."""

    def parse(text: str) -> Decimal:
        if not re.fullmatch(r"\d{1,4}(\.\d{1,4})?", text) or Decimal(text) > most:
            raise ValueError(text)
        return Decimal(text)

    return parse, f"an amount from 0 to {most} with at most four decimals"


def schedule(text: str) -> str:
    """A schedule as the functions host takes it."""
    Schedule.parse(text)
    return text


def names(text: str) -> tuple[str, ...]:
    """Names separated by semicolons, each once."""
    found = tuple(name.strip() for name in text.split(";") if name.strip())
    if not found or len(set(found)) < len(found):
        raise ValueError(text)
    return found


def secrets(text: str) -> tuple[str, ...]:
    """Long random texts separated by semicolons, each once."""
    found = names(text)
    if any(len(secret) < SHORTEST_SECRET for secret in found):
        raise ValueError("too short")
    return found


def file(text: str) -> Path:
    """The path of a file that is there."""
    if not Path(text).is_file():
        raise ValueError(text)
    return Path(text)


def pem(text: str) -> str:
    """The PEM text itself; the setting holds the text or the path of its file."""
    found = text if "-----BEGIN" in text else file(text).read_text(encoding="ascii")
    if "PRIVATE KEY-----" not in found or "-----BEGIN CERTIFICATE-----" not in found:
        raise ValueError("not a certificate with its key")
    return found


def yes_or_no(text: str) -> bool:
    """true or false, in whatever case."""
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


scope = matching(r"(https|api)://[^\s?#]+/\.default")
"""A reader of scopes: what a token is for."""

guid = matching(GUID)
"""A reader of guids."""
