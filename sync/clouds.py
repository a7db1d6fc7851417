"""The clouds of Microsoft: each has its own sign-in, and addresses of its own for the organisations of Dataverse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Cloud(StrEnum):
    """Which cloud the tenant is in. GCC, the lower of the American clouds for authorities, signs in with the commercial one."""

    COMMERCIAL = "commercial"
    US_GOV_HIGH = "usGovHigh"
    US_GOV_DOD = "usGovDod"
    CHINA = "china"


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoints:
    """Where tokens come from, for whom a managed identity's own token is when it signs the app in, and how organisations are addressed."""

    authority: str
    exchange: str
    organizations: str


_US = "https://login.microsoftonline.us"
_US_EXCHANGE = "api://AzureADTokenExchangeUSGov"

ENDPOINTS: Mapping[Cloud, Endpoints] = {
    Cloud.COMMERCIAL: Endpoints(
        authority="https://login.microsoftonline.com", exchange="api://AzureADTokenExchange", organizations=".dynamics.com"
    ),
    Cloud.US_GOV_HIGH: Endpoints(authority=_US, exchange=_US_EXCHANGE, organizations=".crm.microsoftdynamics.us"),
    Cloud.US_GOV_DOD: Endpoints(authority=_US, exchange=_US_EXCHANGE, organizations=".crm.appsplatform.us"),
    Cloud.CHINA: Endpoints(
        authority="https://login.partner.microsoftonline.cn", exchange="api://AzureADTokenExchangeChina", organizations=".crm.dynamics.cn"
    ),
}


def cloud_of(host: str) -> Cloud | None:
    """The cloud whose organisations are addressed like this; None for an address of no known form."""
    return next((cloud for cloud, its in ENDPOINTS.items() if host.lower().endswith(its.organizations)), None)
