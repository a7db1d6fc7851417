"""The app settings: read once, checked together, named one by one when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sync.errors import BadSetting, MissingSetting, SettingsError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that may be spoken to without TLS: the sandbox."""


class ProfileChoice(StrEnum):
    """Which profile of Business Central to use."""

    AUTO = "auto"
    STANDARD = "standard"
    EXTENDED = "extended"


class CountryFormat(StrEnum):
    """How a country is written to Sales (rule D2)."""

    CODE = "code"
    NAME = "name"


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def _url(text: str) -> str:
    parts = urlsplit(text)
    if not parts.hostname or parts.query or parts.fragment or parts.username or not (parts.scheme == "https" or is_loopback(text)):
        raise ValueError(text)
    if parts.scheme not in ("http", "https"):
        raise ValueError(text)
    return text.rstrip("/")


def _matching(pattern: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return parse


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(";") if name.strip())
    if not names or len(set(names)) < len(names):
        raise ValueError(text)
    return names


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise ValueError(text)
    return Path(text)


def _pem(text: str) -> str:
    """The PEM text itself; the setting holds the text or the path of its file."""
    pem = text if "-----BEGIN" in text else _file(text).read_text(encoding="ascii")
    if "PRIVATE KEY-----" not in pem or "-----BEGIN CERTIFICATE-----" not in pem:
        raise ValueError("not a certificate with its key")
    return pem


GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
ADDRESS = "an https:// address without query (http:// only for this machine)"


def _setting(name: str, parse: Callable[[str], Any], allowed: str, default: Any = None, *, required: bool = False, secret: bool = False) -> Any:
    """One dataclass field, filled from the app setting `name`."""
    return field(default=default, repr=not secret, metadata={"name": name, "parse": parse, "allowed": allowed, "required": required})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All app settings. `Settings.load(os.environ)` makes it; tests may build it directly."""

    bc_url: str = _setting("BC_URL", _url, ADDRESS, "https://api.businesscentral.dynamics.com/v2.0")
    bc_environment: str = _setting("BC_ENVIRONMENT", _matching(r"[A-Za-z0-9_-]{1,60}"), "the name of an environment", "", required=True)
    bc_companies: tuple[str, ...] = _setting("BC_COMPANY", _names, "names or ids of companies, each once, separated by ;", (), required=True)
    bc_profile: ProfileChoice = _setting("BC_PROFILE", ProfileChoice, "auto, standard or extended", ProfileChoice.AUTO)
    bc_time_zone: ZoneInfo = _setting("BC_TIME_ZONE", ZoneInfo, "a time zone such as Europe/Berlin", ZoneInfo("UTC"))
    sales_url: str = _setting("SALES_URL", _url, ADDRESS, "", required=True)

    authority: str = _setting("ENTRA_AUTHORITY", _url, ADDRESS, "https://login.microsoftonline.com")
    tenant_id: str = _setting("ENTRA_TENANT_ID", _matching(r"[A-Za-z0-9.-]+"), "the id or a domain of the tenant", "", required=True)
    client_id: str = _setting("ENTRA_CLIENT_ID", _matching(GUID), "the application (client) id, a guid", "", required=True)
    client_secret: str | None = _setting("ENTRA_CLIENT_SECRET", str, "a client secret", secret=True)
    certificate: str | None = _setting("ENTRA_CERTIFICATE", _pem, "certificate and private key as PEM, or the path of such a file", secret=True)
    federation: str | None = _setting("ENTRA_FEDERATION", _matching("managed-identity"), "managed-identity")
    identity_client_id: str | None = _setting("AZURE_CLIENT_ID", _matching(GUID), "the client id of the managed identity, a guid")
    ca_file: Path | None = _setting("ENTRA_CA_FILE", _file, "the path of a file with certificates")

    storage_connection: str | None = _setting("AzureWebJobsStorage", str, "a connection string", secret=True)
    storage_account: str | None = _setting("AzureWebJobsStorage__accountName", _matching("[a-z0-9]{3,24}"), "the name of a storage account")
    storage_client_id: str | None = _setting("AzureWebJobsStorage__clientId", _matching(GUID), "the client id of the managed identity, a guid")

    schedule: str = _setting("SYNC_SCHEDULE", _matching(r"\S+( \S+){5}"), "a schedule of six fields, seconds first", "0 */5 * * * *")
    lanes_bc: int = _setting("LANES_BC", _whole(1, 5), "a whole number from 1 to 5", 2)
    lanes_sales: int = _setting("LANES_SALES", _whole(1, 40), "a whole number from 1 to 40", 4)
    page_size: int = _setting("PAGE_SIZE", _whole(1, 5000), "a whole number from 1 to 5000", 500)
    lease_seconds: int = _setting("LEASE_SECONDS", _whole(1, 3600), "a whole number from 1 to 3600", 120)
    overlap_seconds: int = _setting("OVERLAP_SECONDS", _whole(0, 86400), "a whole number from 0 to 86400", 120)
    job_retention_days: int = _setting("JOB_RETENTION_DAYS", _whole(1, 3650), "a whole number from 1 to 3650", 30)
    owner_fallback: str | None = _setting("OWNER_FALLBACK", _matching(f"(systemusers|teams)/{GUID}"), "systemusers/<id> or teams/<id>")
    country_format: CountryFormat = _setting("COUNTRY_FORMAT", CountryFormat, "code or name", CountryFormat.CODE)

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of the process; raises one SettingsError that names everything missing or bad."""
        values: dict[str, Any] = {}
        problems: list[SettingsError] = []
        for each in fields(cls):
            meta = each.metadata
            text = environ.get(meta["name"], "").strip()
            try:
                if text:
                    values[each.name] = meta["parse"](text)
                elif meta["required"]:
                    problems.append(MissingSetting(meta["name"], meta["allowed"]))
            except (ValueError, KeyError, OSError):  # KeyError: ZoneInfoNotFoundError is one
                problems.append(BadSetting(meta["name"], meta["allowed"]))
        problems += _choices(environ)
        if problems:
            raise SettingsError(problems)
        return cls(**values)

    @property
    def bc_root(self) -> str:
        """Where the APIs of the Business Central environment stand, without trailing slash."""
        return f"{self.bc_url}/{self.tenant_id}/{self.bc_environment}/api"

    @property
    def sales_root(self) -> str:
        """The Web API of the Sales organisation, without trailing slash."""
        return f"{self.sales_url}/api/data/v9.2"


def _choices(environ: Mapping[str, str]) -> list[SettingsError]:
    """What must be given in exactly one of several ways."""
    credentials = ("ENTRA_CLIENT_SECRET", "ENTRA_CERTIFICATE", "ENTRA_FEDERATION")
    given = [name for name in credentials if environ.get(name, "").strip()]
    problems: list[SettingsError] = []
    if not given:
        problems.append(MissingSetting("ENTRA_CLIENT_SECRET", "or ENTRA_CERTIFICATE, or ENTRA_FEDERATION=managed-identity"))
    elif len(given) > 1:
        problems.append(BadSetting(given[1], f"empty when {given[0]} is set"))
    if not any(environ.get(name, "").strip() for name in ("AzureWebJobsStorage", "AzureWebJobsStorage__accountName")):
        problems.append(MissingSetting("AzureWebJobsStorage", "a connection string, or AzureWebJobsStorage__accountName for a managed identity"))
    return problems
