"""Normal forms: what two values that people typed have in common when they mean the same thing.

Only for finding partners (rule A1): what is merged and stored stays as it was typed. A value can have several normal forms; two values
agree when they share one. None means blank, which agrees with nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum

Forms = frozenset[str]

NONE: Forms = frozenset()


class Form(StrEnum):
    """How the values of a field are compared: its kind says which."""

    TEXT = "text"
    CODE = "code"
    EMAIL = "email"
    PHONE = "phone"
    VAT = "vat"
    WEB = "web"
    NUMBER = "number"


DIALLING: Mapping[str, tuple[str, str]] = {
    "AT": ("43", "0"), "AU": ("61", "0"), "BE": ("32", "0"), "CA": ("1", "1"), "CH": ("41", "0"), "CZ": ("420", ""), "DE": ("49", "0"),
    "DK": ("45", ""), "ES": ("34", ""), "FI": ("358", "0"), "FR": ("33", "0"), "GB": ("44", "0"), "IE": ("353", "0"), "IN": ("91", "0"),
    "IT": ("39", ""), "JP": ("81", "0"), "LU": ("352", ""), "NL": ("31", "0"), "NO": ("47", ""), "NZ": ("64", "0"), "PL": ("48", ""),
    "PT": ("351", ""), "SE": ("46", "0"), "US": ("1", "1"),
}  # fmt: skip
"""ISO country -> its calling code, and the digit that stands before a number dialled inside the country."""

SHORTEST_PHONE = 5
"""Fewer digits are an extension, which tells nobody apart."""

VAT_LETTERS = {"GR": "EL"}
"""Countries whose VAT numbers begin with other letters than their ISO code."""


def text(value: str, country: str | None = None) -> Forms:
    """Names: blanks and punctuation do not matter, `Adler & Söhne` is `Adler+Söhne`."""
    words = "".join(mark if mark.isalnum() or unicodedata.category(mark).startswith("M") else " " for mark in value).split()
    # What is punctuation only, such as "-", still is a text
    return _one("".join(words) or "".join(value.split()))


def code(value: str, country: str | None = None) -> Forms:
    """Codes and numbers: a dash or a dot is part of them, only blanks around and doubled ones inside are not."""
    return _one(" ".join(value.split()))


def email(value: str, country: str | None = None) -> Forms:
    """E-mail addresses, each of several by itself."""
    parts = (part.strip().removeprefix("mailto:").strip() for part in re.split("[;,]", value))
    return frozenset(part for part in parts if part)


def phone(value: str, country: str | None = None) -> Forms:
    """Digits; `+49 (0)40 123456`, `0049 40 123456` and, where the row says Germany, `040 123456` are the same."""
    kept = re.sub(r"(?<=\d)\s*\(0\)", "", value)
    digits = "".join(mark for mark in kept if mark in "0123456789")
    if len(digits) < SHORTEST_PHONE:
        return NONE
    if kept.lstrip().startswith(("+", "(+")):
        return frozenset({f"+{digits}"})
    if digits.startswith("00"):
        return frozenset({f"+{digits[2:]}"})
    calling, trunk = DIALLING.get(country or "", ("", ""))
    if not calling:
        return frozenset({digits})
    return frozenset({digits, f"+{calling}{digits.removeprefix(trunk) if trunk else digits}"})


def vat(value: str, country: str | None = None) -> Forms:
    """VAT numbers: letters and digits, with the country's letters in front where the row says the country."""
    plain = "".join(mark for mark in value.upper() if mark.isalnum())
    letters = VAT_LETTERS.get(country or "", country or "")
    if not plain or not letters or plain.startswith(letters):
        return _one(plain)
    return frozenset({plain, letters + plain})


def web(value: str, country: str | None = None) -> Forms:
    """Addresses in the web: host and path, without scheme, `www.`, standard port and the slash at the end."""
    plain = re.sub(r"^[a-z][a-z0-9+.-]*://", "", value.strip(), flags=re.IGNORECASE)
    host, slash, path = plain.partition("/")
    host = re.sub(r":(80|443)$", "", host.lower().removeprefix("www."))
    return _one((host + slash + path).rstrip("/"))


def number(value: str, country: str | None = None) -> Forms:
    """Numbers and amounts as they are; 0 is what nobody has filled."""
    return NONE if value == "0" else _one(value)


def _one(form: str) -> Forms:
    return frozenset({form}) if form else NONE


FORMS: Mapping[Form, Callable[[str, str | None], Forms]] = {
    Form.TEXT: text,
    Form.CODE: code,
    Form.EMAIL: email,
    Form.PHONE: phone,
    Form.VAT: vat,
    Form.WEB: web,
    Form.NUMBER: number,
}

BY_COUNTRY = frozenset({Form.PHONE, Form.VAT})
"""Forms that the row's country helps with."""


def normal(form: Form, value: str | int | bool | None, *, case_sensitive: bool = False, country: str | None = None) -> Forms:
    """The normal forms of a value, none for a blank; `country` is the ISO code of the row's country where it is known."""
    if value is None:
        return NONE
    found = FORMS[form](unicodedata.normalize("NFKC", str(value)), country)
    return frozenset(_composed(each if case_sensitive else each.casefold()) for each in found)


def _composed(text: str) -> str:
    """Letters and their accents as one, also where a blank between them is gone now."""
    return unicodedata.normalize("NFKC", text)
