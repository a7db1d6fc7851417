"""The app settings: read once, checked together, named one by one when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mapping.modes import Modes, Orders, Ownership, Pricing
from sync import setting_values as read
from sync.clouds import Cloud
from sync.errors import BadSetting, MissingSetting, SettingsError
from sync.errors.access import SecretUnresolved
from sync.setting_choices import QUEUES, TABLES, contradictions, with_cloud
from sync.telemetry.events import Volume


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


class Callers(StrEnum):
    """How people and programs prove who they are: by function keys, or by signing in with Entra."""

    KEYS = "keys"
    ENTRA = "entra"


@dataclass(frozen=True, slots=True)
class App:
    """The app setting behind a field: its name, how its text is read, and what is allowed."""

    name: str
    parse: Callable[[str], Any]
    allowed: str
    required: bool = False


UTC = ZoneInfo("UTC")
PLAIN = r"[A-Za-z0-9_-]{1,60}"
STORAGE = "AzureWebJobsStorage"
"""Begins the names of all settings that say which storage account, as the host has it."""

UNRESOLVED = "@Microsoft.KeyVault("
"""Begins a reference that the platform should have put the secret in the place of."""

COMPANIES = "names or ids of companies, each once, separated by ;"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All app settings. `Settings.load(os.environ)` makes it; tests may build it directly."""

    cloud: Annotated[Cloud, App("CLOUD", Cloud, "commercial, usGovHigh, usGovDod or china")] = Cloud.COMMERCIAL
    bc_url: Annotated[str, App("BC_URL", read.address, read.ADDRESS)] = "https://api.businesscentral.dynamics.com/v2.0"
    bc_client_url: Annotated[str, App("BC_CLIENT_URL", read.address, read.ADDRESS)] = "https://businesscentral.dynamics.com"
    bc_scope: Annotated[str, App("BC_SCOPE", read.scope, read.SCOPE)] = "https://api.businesscentral.dynamics.com/.default"
    bc_environment: Annotated[str, App("BC_ENVIRONMENT", read.matching(PLAIN), "the name of an environment")] = ""
    # on premises: a server instance in the place of an environment
    bc_instance: Annotated[str, App("BC_INSTANCE", read.matching(PLAIN), "the name of a server instance")] = ""
    bc_tenant: Annotated[str, App("BC_TENANT", read.matching(r"[A-Za-z0-9._-]{1,63}"), "the name of a tenant of the server")] = ""
    bc_user: Annotated[str, App("BC_USER", read.matching(r"[^:]{1,132}"), "the name of a user")] = ""
    bc_access_key: Annotated[str, App("BC_ACCESS_KEY", str, "the web service access key of BC_USER")] = field(default="", repr=False)
    bc_companies: Annotated[tuple[str, ...], App("BC_COMPANY", read.names, COMPANIES, True)] = ()
    bc_profile: Annotated[ProfileChoice, App("BC_PROFILE", ProfileChoice, "auto, standard or extended")] = ProfileChoice.AUTO
    bc_time_zone: Annotated[ZoneInfo, App("BC_TIME_ZONE", ZoneInfo, "a time zone such as Europe/Berlin")] = UTC
    sales_url: Annotated[str, App("SALES_URL", read.address, read.ADDRESS, True)] = ""

    authority: Annotated[str, App("ENTRA_AUTHORITY", read.address, read.ADDRESS)] = "https://login.microsoftonline.com"
    # no domain: the links of Business Central name the tenant by its id
    tenant_id: Annotated[str, App("ENTRA_TENANT_ID", read.guid, "the id of the tenant, a guid", True)] = ""
    client_id: Annotated[str, App("ENTRA_CLIENT_ID", read.guid, "the application (client) id, a guid", True)] = ""
    client_secret: Annotated[str | None, App("ENTRA_CLIENT_SECRET", str, "a client secret")] = field(default=None, repr=False)
    certificate: Annotated[str | None, App("ENTRA_CERTIFICATE", read.pem, read.PEM)] = field(default=None, repr=False)
    federation: Annotated[str | None, App("ENTRA_FEDERATION", read.matching("managed-identity"), "managed-identity")] = None
    identity_client_id: Annotated[str | None, App("AZURE_CLIENT_ID", read.guid, read.IDENTITY)] = None
    ca_file: Annotated[Path | None, App("ENTRA_CA_FILE", read.file, "the path of a file with certificates")] = None

    storage_connection: Annotated[str | None, App("AzureWebJobsStorage", str, "a connection string")] = field(default=None, repr=False)
    storage_account: Annotated[
        str | None, App("AzureWebJobsStorage__accountName", read.matching("[a-z0-9]{3,24}"), "the name of an account")
    ] = None
    table_service: Annotated[str | None, App(TABLES, read.address, "an https:// address of the tables of an account")] = None
    queue_service: Annotated[str | None, App(QUEUES, read.address, "an https:// address of the queues of an account")] = None
    storage_client_id: Annotated[str | None, App("AzureWebJobsStorage__clientId", read.guid, read.IDENTITY)] = None

    # Checked and documented here; read where calls are registered and admitted, also while settings are wrong: triggers/callers.py
    callers: Annotated[Callers, App("SIGN_IN", Callers, "keys or entra")] = Callers.KEYS

    schedule: Annotated[str, App("SYNC_SCHEDULE", read.schedule, "a schedule of six fields, seconds first")] = "0 */5 * * * *"
    lanes_bc: Annotated[int, App("LANES_BC", *read.whole(1, 5))] = 2
    lanes_sales: Annotated[int, App("LANES_SALES", *read.whole(1, 40))] = 4
    page_size: Annotated[int, App("PAGE_SIZE", *read.whole(1, 5000))] = 500
    lease_seconds: Annotated[int, App("LEASE_SECONDS", *read.whole(1, 3600))] = 120
    overlap_seconds: Annotated[int, App("OVERLAP_SECONDS", *read.whole(0, 86400))] = 120
    job_retention_days: Annotated[int, App("JOB_RETENTION_DAYS", *read.whole(1, 3650))] = 30
    history_days: Annotated[int, App("HISTORY_DAYS", *read.whole(1, 365))] = 14
    telemetry_records: Annotated[Volume, App("TELEMETRY_RECORDS", Volume, "changed, failed or none")] = Volume.CHANGED
    owner_fallback: Annotated[
        str | None, App("OWNER_FALLBACK", read.matching(f"(systemusers|teams)/{read.GUID}"), "systemusers/<id> or teams/<id>")
    ] = None

    # empty: the services tell nothing, the schedule alone finds changes
    webhook_secrets: Annotated[tuple[str, ...], App("WEBHOOK_SECRET", read.secrets, read.SECRETS)] = field(default=(), repr=False)
    webhook_url: Annotated[str, App("WEBHOOK_URL", read.address, read.ADDRESS)] = ""
    webhook_delay_seconds: Annotated[int, App("WEBHOOK_DELAY_SECONDS", *read.whole(0, 60))] = 3

    country_format: Annotated[CountryFormat, App("COUNTRY_FORMAT", CountryFormat, "code or name")] = CountryFormat.CODE
    unit_groups: Annotated[bool, App("UNIT_GROUPS", read.yes_or_no, "true or false")] = False
    pricing: Annotated[Pricing, App("PRICING", Pricing, "priceLists or priceGroups")] = Pricing.LISTS
    ownership: Annotated[Ownership, App("OWNERSHIP", Ownership, "person or team")] = Ownership.PERSON
    orders: Annotated[Orders, App("ORDERS", Orders, "fromSales or both")] = Orders.FROM_SALES
    order_discount: Annotated[Discount, App("ORDER_DISCOUNT", Discount, "keep or recalculate")] = Discount.KEEP
    document_parents: Annotated[Parents, App("DOCUMENT_PARENTS", Parents, "synchronize or wait")] = Parents.SYNCHRONIZE
    owner_role: Annotated[str, App("OWNER_ROLE", str, "the name of a security role")] = "Salesperson"
    totals_tolerance: Annotated[Decimal, App("TOTALS_TOLERANCE", *read.amount(1000))] = Decimal("0.05")
    availability: Annotated[bool, App("AVAILABILITY", read.yes_or_no, "true or false")] = True
    mappings_file: Annotated[str | None, App("MAPPINGS_FILE", str, "the path of a mappings file, from the app's root")] = None

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of the process; raises one SettingsError that names everything missing or bad."""
        environ = with_cloud(_with_public_address(environ))
        values, problems = cls._read(environ)
        problems += contradictions(environ)
        if problems:
            raise SettingsError(problems)
        return cls(**values)

    @classmethod
    def of_storage(cls, environ: Mapping[str, str]) -> Settings:
        """Only what names the storage account: whatever else is wrong, what waits there must not get lost."""
        return cls(**cls._read({name: text for name, text in environ.items() if name.startswith(STORAGE)})[0])

    @classmethod
    def _read(cls, environ: Mapping[str, str]) -> tuple[dict[str, Any], list[SettingsError]]:
        """The values by field, and what is missing or bad."""
        values: dict[str, Any] = {}
        problems: list[SettingsError] = []
        for field_name, hint in get_type_hints(cls, include_extras=True).items():
            app: App = hint.__metadata__[0]
            text = environ.get(app.name, "").strip()
            try:
                if text.startswith(UNRESOLVED):
                    problems.append(SecretUnresolved(app.name, text))
                elif text:
                    values[field_name] = app.parse(text)
                elif app.required:
                    problems.append(MissingSetting(app.name, app.allowed))
            except (ValueError, KeyError, OSError):  # KeyError: ZoneInfoNotFoundError is one
                problems.append(BadSetting(app.name, app.allowed))
        return values, problems

    @property
    def webhooks(self) -> bool:
        """Whether the services are asked to tell of changes."""
        return bool(self.webhook_secrets)

    @property
    def modes(self) -> Modes:
        """Which mappings there are, and as what."""
        return Modes(unit_groups=self.unit_groups, pricing=self.pricing, ownership=self.ownership, orders=self.orders)

    @property
    def bc_name(self) -> str:
        """Which Business Central it is: the environment, or server, instance and tenant; state and keys are of this one (rule G1)."""
        if not self.bc_instance:
            return self.bc_environment
        return "/".join(each.lower() for each in (urlsplit(self.bc_url).netloc, self.bc_instance, self.bc_tenant) if each)

    @property
    def bc_root(self) -> str:
        """Where the APIs of the Business Central environment stand, without trailing slash."""
        return f"{self.bc_url}/{self.bc_instance or f'{self.tenant_id}/{self.bc_environment}'}/api"

    @property
    def bc_query(self) -> str:
        """What every address of Business Central asks for besides: the tenant of a server that has several."""
        return f"tenant={self.bc_tenant}" if self.bc_tenant else ""

    @property
    def bc_client(self) -> str:
        """Where people open Business Central, up to what they open there."""
        if self.bc_instance:
            return f"{self.bc_client_url}/?{self.bc_query}{'&' if self.bc_query else ''}"
        return f"{self.bc_client_url}/{self.tenant_id}/{self.bc_environment}/?"

    @property
    def sales_root(self) -> str:
        """The Web API of the Sales organisation, without trailing slash."""
        return f"{self.sales_url}/api/data/v9.2"


def _with_public_address(environ: Mapping[str, str]) -> Mapping[str, str]:
    """In Azure the app knows its own address; asked for only where the services are to tell of changes."""
    known, wanted = environ.get("WEBSITE_HOSTNAME", "").strip(), environ.get("WEBHOOK_SECRET", "").strip()
    given = environ.get("WEBHOOK_URL", "").strip()
    return {**environ, "WEBHOOK_URL": f"https://{known}"} if known and wanted and not given else environ
