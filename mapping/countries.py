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
    """BC's countriesRegions: code -> display name; the company's own aliases: name in capitals -> code; and code -> ISO two letters.

    A code need not be the ISO letters: a company may call the United Kingdom UK, and the column beside says GB.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    iso: Mapping[str, str] = field(default_factory=dict)

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
        called = next((code for code, letters in self.iso.items() if letters == iso), None)
        if called:
            return called
        english = {name.upper() for name in _english_names(iso)}
        return next((code for code, name in self.names.items() if name.strip().upper() in english), None)


@lru_cache(maxsize=4096)
def _iso_two(typed: str) -> str | None:
    try:
        return str(pycountry.countries.lookup(typed).alpha_2)
    except LookupError:
        return None


def _english_names(iso: str) -> tuple[str, ...]:
    country = pycountry.countries.get(alpha_2=iso)
    return (country.name, getattr(country, "common_name", country.name)) if country else ()


@lru_cache(maxsize=512)
def is_iso_currency(code: str) -> bool:
    """Whether a code is an ISO 4217 currency code; no other code is coupled (rule D1)."""
    return pycountry.currencies.get(alpha_3=code.upper()) is not None
