"""The app settings: read once, checked together, named one by one when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mapping.modes import Modes, Orders, Ownership, Pricing
from sync.entry.ncrontab import Schedule
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


class Discount(StrEnum):
    """What becomes of the discount of a whole order in BC: that of Sales is kept, or BC works its own out (rule E6)."""

    KEEP = "keep"
    RECALCULATE = "recalculate"


class Parents(StrEnum):
    """What becomes of a document whose customer or products are not coupled yet (rule E6)."""

    SYNCHRONIZE = "synchronize"
    WAIT = "wait"


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


def _whole(least: int, most: int) -> tuple[Callable[[str], int], str]:
    def parse(text: str) -> int:
        if not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse, f"a whole number from {least} to {most}"


def _amount(most: int) -> tuple[Callable[[str], Decimal], str]:
    def parse(text: str) -> Decimal:
        if not re.fullmatch(r"\d{1,4}(\.\d{1,4})?", text) or Decimal(text) > most:
            raise ValueError(text)
        return Decimal(text)

    return parse, f"an amount from 0 to {most} with at most four decimals"


def _schedule(text: str) -> str:
    Schedule.parse(text)
    return text


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(";") if name.strip())
    if not names or len(set(names)) < len(names):
        raise ValueError(text)
    return names


def _secrets(text: str) -> tuple[str, ...]:
    secrets = _names(text)
    if any(len(secret) < SHORTEST_SECRET for secret in secrets):
        raise ValueError("too short")
    return secrets


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


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_guid = _matching(GUID)
SHORTEST_SECRET = 32
PEM = "certificate and private key as PEM, or the path of such a file"
IDENTITY = "the client id of the managed identity, a guid"
SECRETS = f"random texts of {SHORTEST_SECRET} characters or more, the one in use first, separated by ;"
ADDRESS = "an https:// address without query (http:// only for this machine)"


@dataclass(frozen=True, slots=True)
class App:
    """The app setting behind a field: its name, how its text is read, and what is allowed."""

    name: str
    parse: Callable[[str], Any]
    allowed: str
    required: bool = False


UTC = ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All app settings. `Settings.load(os.environ)` makes it; tests may build it directly."""

    bc_url: Annotated[str, App("BC_URL", _url, ADDRESS)] = "https://api.businesscentral.dynamics.com/v2.0"
    bc_client_url: Annotated[str, App("BC_CLIENT_URL", _url, ADDRESS)] = "https://businesscentral.dynamics.com"
    bc_environment: Annotated[str, App("BC_ENVIRONMENT", _matching(r"[A-Za-z0-9_-]{1,60}"), "the name of an environment", True)] = ""
    bc_companies: Annotated[tuple[str, ...], App("BC_COMPANY", _names, "names or ids of companies, each once, separated by ;", True)] = ()
    bc_profile: Annotated[ProfileChoice, App("BC_PROFILE", ProfileChoice, "auto, standard or extended")] = ProfileChoice.AUTO
    bc_time_zone: Annotated[ZoneInfo, App("BC_TIME_ZONE", ZoneInfo, "a time zone such as Europe/Berlin")] = UTC
    sales_url: Annotated[str, App("SALES_URL", _url, ADDRESS, True)] = ""

    authority: Annotated[str, App("ENTRA_AUTHORITY", _url, ADDRESS)] = "https://login.microsoftonline.com"
    # no domain: the links of Business Central name the tenant by its id
    tenant_id: Annotated[str, App("ENTRA_TENANT_ID", _guid, "the id of the tenant, a guid", True)] = ""
    client_id: Annotated[str, App("ENTRA_CLIENT_ID", _guid, "the application (client) id, a guid", True)] = ""
    client_secret: Annotated[str | None, App("ENTRA_CLIENT_SECRET", str, "a client secret")] = field(default=None, repr=False)
    certificate: Annotated[str | None, App("ENTRA_CERTIFICATE", _pem, PEM)] = field(default=None, repr=False)
    federation: Annotated[str | None, App("ENTRA_FEDERATION", _matching("managed-identity"), "managed-identity")] = None
    identity_client_id: Annotated[str | None, App("AZURE_CLIENT_ID", _guid, IDENTITY)] = None
    ca_file: Annotated[Path | None, App("ENTRA_CA_FILE", _file, "the path of a file with certificates")] = None

    storage_connection: Annotated[str | None, App("AzureWebJobsStorage", str, "a connection string")] = field(default=None, repr=False)
    storage_account: Annotated[
        str | None, App("AzureWebJobsStorage__accountName", _matching("[a-z0-9]{3,24}"), "the name of an account")
    ] = None
    storage_client_id: Annotated[str | None, App("AzureWebJobsStorage__clientId", _guid, IDENTITY)] = None

    schedule: Annotated[str, App("SYNC_SCHEDULE", _schedule, "a schedule of six fields, seconds first")] = "0 */5 * * * *"
    lanes_bc: Annotated[int, App("LANES_BC", *_whole(1, 5))] = 2
    lanes_sales: Annotated[int, App("LANES_SALES", *_whole(1, 40))] = 4
    page_size: Annotated[int, App("PAGE_SIZE", *_whole(1, 5000))] = 500
    lease_seconds: Annotated[int, App("LEASE_SECONDS", *_whole(1, 3600))] = 120
    overlap_seconds: Annotated[int, App("OVERLAP_SECONDS", *_whole(0, 86400))] = 120
    job_retention_days: Annotated[int, App("JOB_RETENTION_DAYS", *_whole(1, 3650))] = 30
    history_days: Annotated[int, App("HISTORY_DAYS", *_whole(1, 365))] = 14
    owner_fallback: Annotated[
        str | None, App("OWNER_FALLBACK", _matching(f"(systemusers|teams)/{GUID}"), "systemusers/<id> or teams/<id>")
    ] = None

    # empty: the services tell nothing, the schedule alone finds changes
    webhook_secrets: Annotated[tuple[str, ...], App("WEBHOOK_SECRET", _secrets, SECRETS)] = field(default=(), repr=False)
    webhook_url: Annotated[str, App("WEBHOOK_URL", _url, ADDRESS)] = ""
    webhook_delay_seconds: Annotated[int, App("WEBHOOK_DELAY_SECONDS", *_whole(0, 60))] = 3

    country_format: Annotated[CountryFormat, App("COUNTRY_FORMAT", CountryFormat, "code or name")] = CountryFormat.CODE
    unit_groups: Annotated[bool, App("UNIT_GROUPS", _yes_or_no, "true or false")] = False
    pricing: Annotated[Pricing, App("PRICING", Pricing, "priceLists or priceGroups")] = Pricing.LISTS
    ownership: Annotated[Ownership, App("OWNERSHIP", Ownership, "person or team")] = Ownership.PERSON
    orders: Annotated[Orders, App("ORDERS", Orders, "fromSales or both")] = Orders.FROM_SALES
    order_discount: Annotated[Discount, App("ORDER_DISCOUNT", Discount, "keep or recalculate")] = Discount.KEEP
    document_parents: Annotated[Parents, App("DOCUMENT_PARENTS", Parents, "synchronize or wait")] = Parents.SYNCHRONIZE
    owner_role: Annotated[str, App("OWNER_ROLE", str, "the name of a security role")] = "Salesperson"
    totals_tolerance: Annotated[Decimal, App("TOTALS_TOLERANCE", *_amount(1000))] = Decimal("0.05")
    availability: Annotated[bool, App("AVAILABILITY", _yes_or_no, "true or false")] = True
    mappings_file: Annotated[str | None, App("MAPPINGS_FILE", str, "the path of a mappings file, from the app's root")] = None

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of the process; raises one SettingsError that names everything missing or bad."""
        values: dict[str, Any] = {}
        problems: list[SettingsError] = []
        environ = _with_public_address(environ)
        for field_name, hint in get_type_hints(cls, include_extras=True).items():
            app: App = hint.__metadata__[0]
            text = environ.get(app.name, "").strip()
            try:
                if text:
                    values[field_name] = app.parse(text)
                elif app.required:
                    problems.append(MissingSetting(app.name, app.allowed))
            except (ValueError, KeyError, OSError):  # KeyError: ZoneInfoNotFoundError is one
                problems.append(BadSetting(app.name, app.allowed))
        problems += _choices(environ)
        if problems:
            raise SettingsError(problems)
        return cls(**values)

    @property
    def webhooks(self) -> bool:
        """Whether the services are asked to tell of changes."""
        return bool(self.webhook_secrets)

    @property
    def modes(self) -> Modes:
        """Which mappings there are, and as what."""
        return Modes(unit_groups=self.unit_groups, pricing=self.pricing, ownership=self.ownership, orders=self.orders)

    @property
    def bc_root(self) -> str:
        """Where the APIs of the Business Central environment stand, without trailing slash."""
        return f"{self.bc_url}/{self.tenant_id}/{self.bc_environment}/api"

    @property
    def sales_root(self) -> str:
        """The Web API of the Sales organisation, without trailing slash."""
        return f"{self.sales_url}/api/data/v9.2"


def _with_public_address(environ: Mapping[str, str]) -> Mapping[str, str]:
    """In Azure the app knows its own address; asked for only where the services are to tell of changes."""
    known, wanted = environ.get("WEBSITE_HOSTNAME", "").strip(), environ.get("WEBHOOK_SECRET", "").strip()
    given = environ.get("WEBHOOK_URL", "").strip()
    return {**environ, "WEBHOOK_URL": f"https://{known}"} if known and wanted and not given else environ


def _choices(environ: Mapping[str, str]) -> list[SettingsError]:
    """What must be given in exactly one of several ways, and what only together."""
    credentials = ("ENTRA_CLIENT_SECRET", "ENTRA_CERTIFICATE", "ENTRA_FEDERATION")
    given = [name for name in credentials if environ.get(name, "").strip()]
    problems: list[SettingsError] = []
    if not given:
        problems.append(MissingSetting("ENTRA_CLIENT_SECRET", "or ENTRA_CERTIFICATE, or ENTRA_FEDERATION=managed-identity"))
    elif len(given) > 1:
        problems.append(BadSetting(given[1], f"empty when {given[0]} is set"))
    if not any(environ.get(name, "").strip() for name in ("AzureWebJobsStorage", "AzureWebJobsStorage__accountName")):
        problems.append(MissingSetting("AzureWebJobsStorage", "a connection string, or AzureWebJobsStorage__accountName"))
    secret, address = (environ.get(name, "").strip() for name in ("WEBHOOK_SECRET", "WEBHOOK_URL"))
    if secret and not address:
        problems.append(MissingSetting("WEBHOOK_URL", "the address at which the services reach this app; needed with WEBHOOK_SECRET"))
    if address and not secret:
        problems.append(MissingSetting("WEBHOOK_SECRET", SECRETS))
    return problems
