"""App settings that depend on each other: what is given in exactly one of several ways, and what only together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync import setting_values as read
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


ONE_OF = (
    OneOf(("ENTRA_CLIENT_SECRET", "ENTRA_CERTIFICATE", "ENTRA_FEDERATION"), "or ENTRA_CERTIFICATE, or ENTRA_FEDERATION=managed-identity"),
    OneOf(("AzureWebJobsStorage", "AzureWebJobsStorage__accountName"), "a connection string, or AzureWebJobsStorage__accountName", False),
)

NEEDS = (
    Needs("WEBHOOK_SECRET", "WEBHOOK_URL", "the address at which the services reach this app; needed with WEBHOOK_SECRET"),
    Needs("WEBHOOK_URL", "WEBHOOK_SECRET", read.SECRETS),
)


def contradictions(environ: Mapping[str, str]) -> list[SettingsError]:
    """What is given twice or not at all, and what lacks its other half."""
    given = {name for name, text in environ.items() if text.strip()}
    return [*_one_of(given), *_needs(given)]


def _one_of(given: set[str]) -> Iterator[SettingsError]:
    for choice in ONE_OF:
        there = [name for name in choice.names if name in given]
        if not there:
            yield MissingSetting(choice.names[0], choice.or_else)
        elif choice.only and len(there) > 1:
            yield BadSetting(there[1], f"empty when {there[0]} is set")


def _needs(given: set[str]) -> Iterator[SettingsError]:
    return (MissingSetting(each.other, each.why) for each in NEEDS if each.name in given and each.other not in given)
