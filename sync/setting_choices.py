"""App settings that depend on each other: given in exactly one of several ways, given together, or asked for by the cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync import setting_values as read
from sync.clouds import ENDPOINTS, Cloud, cloud_of
from sync.errors import BadSetting, MissingSetting, SettingsError


@dataclass(frozen=True)
class OneOf:
    """Settings of which one is needed, and no second one where it is `only` one; `or_else` says what stands for the first."""

    names: Sequence[str]
    or_else: str
    only: bool = True


@dataclass(frozen=True)
class Needs:
    """A setting that needs another one; `why` says what that is, or what it takes."""

    name: str
    other: str
    why: str


TABLES, QUEUES = "AzureWebJobsStorage__tableServiceUri", "AzureWebJobsStorage__queueServiceUri"
ON_PREMISES = "needed with BC_INSTANCE, which is a Business Central on premises"

ONE_OF = (
    OneOf(("BC_ENVIRONMENT", "BC_INSTANCE"), "the name of an environment; or BC_INSTANCE for one on premises"),
    OneOf(("ENTRA_CLIENT_SECRET", "ENTRA_CERTIFICATE", "ENTRA_FEDERATION"), "or ENTRA_CERTIFICATE, or ENTRA_FEDERATION=managed-identity"),
    OneOf(
        ("AzureWebJobsStorage", "AzureWebJobsStorage__accountName", TABLES),
        "a connection string, or AzureWebJobsStorage__accountName, or the addresses of its services",
        only=False,
    ),
)

NEEDS = (
    Needs("BC_INSTANCE", "BC_URL", f"the address of the server, with its port; {ON_PREMISES}"),
    Needs("BC_INSTANCE", "BC_CLIENT_URL", f"the address of the web client; {ON_PREMISES}"),
    Needs("BC_TENANT", "BC_INSTANCE", "the server instance; needed with BC_TENANT"),
    Needs("BC_USER", "BC_INSTANCE", "the server instance; Business Central online knows no access keys"),
    Needs("BC_USER", "BC_ACCESS_KEY", "the web service access key of BC_USER"),
    Needs("BC_ACCESS_KEY", "BC_USER", "the user whose web service access key BC_ACCESS_KEY is"),
    Needs(TABLES, QUEUES, "the address of the queues; needed with that of the tables"),
    Needs(QUEUES, TABLES, "the address of the tables; needed with that of the queues"),
    Needs("WEBHOOK_SECRET", "WEBHOOK_URL", "the address at which the services reach this app; needed with WEBHOOK_SECRET"),
    Needs("WEBHOOK_URL", "WEBHOOK_SECRET", read.SECRETS),
)

ELSEWHERE = ("BC_URL", "BC_CLIENT_URL", "BC_SCOPE")
"""What is known of Business Central online in the commercial cloud only."""


def contradictions(environ: Mapping[str, str]) -> list[SettingsError]:
    """What is given twice or not at all, what lacks its other half, and what is of another cloud."""
    given = _given(environ)
    found = [*_one_of(given), *_needs(given), *_of_the_cloud(given)]
    return list({str(each): each for each in found}.values())


def with_cloud(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The settings with where tokens come from in the cloud that is chosen, unless that is said."""
    cloud = _cloud(environ)
    return {"ENTRA_AUTHORITY": ENDPOINTS[cloud].authority, **_given(environ)} if cloud else environ


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in environ.items() if text.strip()}


def _cloud(environ: Mapping[str, str]) -> Cloud | None:
    """The cloud that is chosen; None for a text that names none."""
    text = environ.get("CLOUD", "").strip() or Cloud.COMMERCIAL
    return Cloud(text) if text in list(Cloud) else None


def _one_of(given: Mapping[str, str]) -> Iterator[SettingsError]:
    for choice in ONE_OF:
        there = [name for name in choice.names if name in given]
        if not there:
            yield MissingSetting(choice.names[0], choice.or_else)
        elif choice.only and len(there) > 1:
            yield BadSetting(there[1], f"empty when {there[0]} is set")


def _needs(given: Mapping[str, str]) -> Iterator[SettingsError]:
    return (MissingSetting(each.other, each.why) for each in NEEDS if each.name in given and each.other not in given)


def _of_the_cloud(given: Mapping[str, str]) -> Iterator[SettingsError]:
    """An organisation of another cloud, and addresses of Business Central online that nobody knows in this one."""
    cloud = _cloud(given)
    if cloud is None:
        return
    theirs = cloud_of(urlsplit(given.get("SALES_URL", "")).hostname or "")
    if theirs not in (None, cloud):
        here = f"https://...{ENDPOINTS[cloud].organizations}"
        yield BadSetting("SALES_URL", f"an address of the cloud {cloud} ({here}), or CLOUD {theirs}")
    if cloud is not Cloud.COMMERCIAL and "BC_INSTANCE" not in given:
        yield from (MissingSetting(name, f"as the cloud {cloud} has it for Business Central") for name in ELSEWHERE if name not in given)
