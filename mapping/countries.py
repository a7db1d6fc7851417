"""Countries are resolved, not copied: BC code, ISO letters, name, or alias lead to BC's code (rule D2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pycountry

ALIASES: Mapping[str, str] = {
    "DEUTSCHLAND": "DE",
    "ÖSTERREICH": "AT",
    "SCHWEIZ": "CH",
    "SUISSE": "CH",
    "SVIZZERA": "CH",
    "ESPAÑA": "ES",
    "ITALIA": "IT",
    "NEDERLAND": "NL",
    "THE NETHERLANDS": "NL",
    "HOLLAND": "NL",
    "BELGIË": "BE",
    "BELGIQUE": "BE",
    "SVERIGE": "SE",
    "DANMARK": "DK",
    "NORGE": "NO",
    "SUOMI": "FI",
    "POLSKA": "PL",
    "ČESKO": "CZ",
    "CZECH REPUBLIC": "CZ",
    "BRASIL": "BR",
    "UK": "GB",
    "GREAT BRITAIN": "GB",
    "ENGLAND": "GB",
    "U.S.A.": "US",
    "UNITED STATES OF AMERICA": "US",
    "TURKEY": "TR",
}
"""Names that people type and no list holds -> ISO two letters."""


@dataclass(frozen=True, slots=True)
class Countries:
    """BC's countriesRegions: code -> display name; and the company's own aliases: name in capitals -> code."""

    names: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def code(self, text: str) -> str | None:
        """BC's code for what somebody typed, or None when nothing in BC answers to it."""
        typed = text.strip().upper()
        if typed in self.names:
            return typed
        by_name = next((code for code, name in self.names.items() if name.strip().upper() == typed), None)
        return by_name or self._by_iso(typed)

    def name(self, code: str) -> str:
        """The display name behind a BC code; the code itself when it has none."""
        return self.names.get(code.upper()) or code

    def _by_iso(self, typed: str) -> str | None:
        iso = self.aliases.get(typed) or ALIASES.get(typed) or _iso_two(typed)
        if iso is None or iso in self.names:
            return iso
        english = {name.upper() for name in _english_names(iso)}
        return next((code for code, name in self.names.items() if name.strip().upper() in english), None)


@lru_cache(maxsize=4096)
def _iso_two(typed: str) -> str | None:
    country = (
        pycountry.countries.get(alpha_2=typed) or pycountry.countries.get(alpha_3=typed) or pycountry.countries.get(name=typed.title())
    )
    return str(country.alpha_2) if country else None


def _english_names(iso: str) -> tuple[str, ...]:
    country = pycountry.countries.get(alpha_2=iso)
    return (country.name, getattr(country, "common_name", country.name)) if country else ()


@lru_cache(maxsize=512)
def is_iso_currency(code: str) -> bool:
    """Whether a code is an ISO 4217 currency code; no other code is coupled (rule D1)."""
    return pycountry.currencies.get(alpha_3=code.upper()) is not None
