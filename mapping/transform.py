"""Transformation rules: what is done to a value on its way to one side, as data (the native list, and a table of values)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from mapping.values import Refusal, Scalar

LONGEST = 1000
"""Characters that a pattern is tried on; a longer text is a problem of its field, never of the process."""


class Transformation(ABC):
    """One step that a text takes on its way; a blank takes none. Pure."""

    __slots__ = ()

    @abstractmethod
    def apply(self, text: str) -> str | Refusal:
        """The text as it goes on."""

    def inverse(self) -> Transformation | None:
        """The rule that leads back; None when there is none, so that the way back must be told."""
        return None


def transformed(value: Scalar, steps: Sequence[Transformation]) -> Scalar | Refusal:
    """A value after all its steps; a blank stays blank, and a text that became empty is one."""
    for step in steps:
        if value is None:
            return None
        made = step.apply(str(value))
        if isinstance(made, Refusal):
            return made
        value = made or None
    return value


def refused(what: str) -> Refusal:
    """A value that a rule can do nothing with."""
    return Refusal(code="invalid_value", detail=what)


@dataclass(frozen=True, slots=True)
class Trim(Transformation):
    """Without blanks around it."""

    def apply(self, text: str) -> str | Refusal:
        return text.strip()


@dataclass(frozen=True, slots=True)
class UpperCase(Transformation):
    """In capitals."""

    def apply(self, text: str) -> str | Refusal:
        return text.upper()


@dataclass(frozen=True, slots=True)
class LowerCase(Transformation):
    """In small letters."""

    def apply(self, text: str) -> str | Refusal:
        return text.lower()


@dataclass(frozen=True, slots=True)
class TitleCase(Transformation):
    """Every Word With a Capital; an apostrophe begins no word."""

    def apply(self, text: str) -> str | Refusal:
        return re.sub(r"[^\W_]+(['’][^\W_]+)*", lambda word: word[0][:1].upper() + word[0][1:].lower(), text)


@dataclass(frozen=True, slots=True)
class Alphanumeric(Transformation):
    """Letters and digits only."""

    def apply(self, text: str) -> str | Refusal:
        return "".join(mark for mark in text if mark.isalnum())


@dataclass(frozen=True, kw_only=True, slots=True)
class Replace(Transformation):
    """Every `find` becomes `by`."""

    find: str
    by: str = ""

    def apply(self, text: str) -> str | Refusal:
        return text.replace(self.find, self.by)


@dataclass(frozen=True, kw_only=True, slots=True)
class Substring(Transformation):
    """A part: `length` characters (0: all) from `start`, which counts from 1; or what stands between `after` and `before`."""

    start: int = 1
    length: int = 0
    after: str = ""
    before: str = ""

    def apply(self, text: str) -> str | Refusal:
        if self.after:
            text = text.partition(self.after)[2]
        if self.before:
            text = text.partition(self.before)[0]
        part = text[self.start - 1 :]
        return part[: self.length] if self.length else part


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@dataclass(frozen=True, kw_only=True, slots=True)
class RegexReplace(Transformation):
    """Everything that fits a pattern becomes `by`, in which `\\1` is the first group."""

    pattern: str
    by: str = ""

    def apply(self, text: str) -> str | Refusal:
        return _compiled(self.pattern).sub(self.by, text) if len(text) <= LONGEST else refused(f"a pattern takes {LONGEST} characters")


@dataclass(frozen=True, kw_only=True, slots=True)
class RegexMatch(Transformation):
    """The first part that fits a pattern, or its first group; nothing where none does."""

    pattern: str

    def apply(self, text: str) -> str | Refusal:
        if len(text) > LONGEST:
            return refused(f"a pattern takes {LONGEST} characters")
        found = _compiled(self.pattern).search(text)
        return (found[1] if found.re.groups else found[0]) or "" if found else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefix(Transformation):
    """With a text before it, such as the sign of a company before its numbers."""

    text: str

    def apply(self, text: str) -> str | Refusal:
        return self.text + text

    def inverse(self) -> Transformation | None:
        return WithoutPrefix(text=self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class WithoutPrefix(Transformation):
    """Without a text before it, where it has one."""

    text: str

    def apply(self, text: str) -> str | Refusal:
        return text.removeprefix(self.text)

    def inverse(self) -> Transformation | None:
        return Prefix(text=self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Values(Transformation):
    """A table of values; what it does not know stays as it is, or is a problem of its field when the table is `strict`."""

    values: Mapping[str, str] = field(hash=False)
    strict: bool = False

    def apply(self, text: str) -> str | Refusal:
        if self.strict and text not in self.values:
            return refused("the value stands in no line of the field's table of values")
        return self.values.get(text, text)

    def inverse(self) -> Transformation | None:
        back = {value: key for key, value in self.values.items()}
        return Values(values=back, strict=self.strict) if len(back) == len(self.values) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Round(Transformation):
    """A number with so many decimals."""

    decimals: int = 0

    def apply(self, text: str) -> str | Refusal:
        try:
            return format(Decimal(text).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP), "f")
        except InvalidOperation:
            return refused("the value is no number")


@dataclass(frozen=True, kw_only=True, slots=True)
class DecimalFormat(Transformation):
    """A number in the way people write it: `decimals` places, its marks for decimals and thousands."""

    decimals: int = 2
    mark: str = "."
    thousands: str = ""

    def apply(self, text: str) -> str | Refusal:
        try:
            shown = format(Decimal(text).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP), ",f")
        except InvalidOperation:
            return refused("the value is no number")
        marks = {",": self.thousands, ".": self.mark}
        return "".join(marks.get(sign, sign) for sign in shown)

    def inverse(self) -> Transformation | None:
        return DecimalRead(mark=self.mark, thousands=self.thousands)


@dataclass(frozen=True, kw_only=True, slots=True)
class DecimalRead(Transformation):
    """A number that people wrote, as plain text again."""

    mark: str = "."
    thousands: str = ""

    def apply(self, text: str) -> str | Refusal:
        plain = (text.replace(self.thousands, "") if self.thousands else text).replace(self.mark, ".").strip()
        return plain if re.fullmatch(r"-?\d+(\.\d+)?", plain, re.ASCII) else refused("the value is no number")


PLACES = {"yyyy": "%Y", "yy": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
"""The letters of a date's format, as BC's users write them."""


def _strftime(form: str) -> str:
    return re.sub("|".join(PLACES), lambda place: PLACES[place[0]], form.replace("%", "%%"))


@dataclass(frozen=True, kw_only=True, slots=True)
class DateFormat(Transformation):
    """A date in the way people write it, such as `dd.MM.yyyy`."""

    form: str

    def apply(self, text: str) -> str | Refusal:
        try:
            return datetime.fromisoformat(text.replace("Z", "+00:00")).strftime(_strftime(self.form))
        except ValueError:
            return refused("the value is no date")

    def inverse(self) -> Transformation | None:
        complete = all(place in self.form for place in ("yyyy", "MM", "dd")) and "HH" not in self.form
        return DateRead(form=self.form) if complete else None


@dataclass(frozen=True, kw_only=True, slots=True)
class DateRead(Transformation):
    """A date that people wrote, as `2026-01-31` again."""

    form: str

    def apply(self, text: str) -> str | Refusal:
        try:
            found: date = datetime.strptime(text, _strftime(self.form)).date()
        except ValueError:
            return refused(f"the value is no date in the form {self.form}")
        return found.isoformat()
