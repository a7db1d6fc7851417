"""The words that companies, people, places and goods are made of: words.toml."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))

FAMILIES, TRADES, FORMS, AREAS = (tuple[str, ...](_WORDS[name]) for name in ("families", "trades", "forms", "areas"))
FIRST_NAMES, STREETS = tuple[str, ...](_WORDS["first_names"]), tuple[str, ...](_WORDS["streets"])
GOODS, STYLES, COLOURS = (tuple[str, ...](_WORDS[name]) for name in ("goods", "styles", "colours"))
COUNTRIES: dict[str, str] = _WORDS["countries"]
PLACES: tuple[dict[str, str], ...] = tuple(_WORDS["places"])


def company_name(number: int) -> str:
    """A company's name; no two numbers below 97,051 share one, later ones carry their number."""
    whole = len(FAMILIES) * len(TRADES) * len(AREAS)
    spot = number * 40009 % whole
    family, rest = FAMILIES[spot % len(FAMILIES)], spot // len(FAMILIES)
    trade, area = TRADES[rest % len(TRADES)], AREAS[rest // len(TRADES)]
    tail = FORMS[number % len(FORMS)] if number < whole else f"{number} {FORMS[number % len(FORMS)]}"
    return f"{family} {trade} {area} {tail}"


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """A word in the letters that stand in e-mail and web addresses."""
    letters: dict[str, str | int | None] = {"ß": "ss", "ø": "o", "ı": "i", "ł": "l", "å": "a"}
    spelled = word.lower().translate(str.maketrans(letters))
    return "".join(c for c in unicodedata.normalize("NFKD", spelled) if c.isascii() and c.isalnum())


def domain(name: str) -> str:
    """A web domain for a company's name."""
    return "-".join(filter(None, map(plain, name.split()[:3]))) + ".example"
