"""Shapes of values in mappings.toml: each checks a value, and says the same to editors as JSON Schema."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mapping.overlay.mistakes import Mistakes, close_to, joined

Schema = dict[str, Any]


class Shape(ABC):
    """What a value may look like."""

    @abstractmethod
    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        """Note what is wrong with a value."""

    @abstractmethod
    def schema(self) -> Schema:
        """The same for editors."""


@dataclass(frozen=True)
class Words(Shape):
    """A text, bounded, of a pattern."""

    most: int = 250
    pattern: str = ""
    like: str = ""

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, str) or not value:
            mistakes.add(path, f"must be a text, not {said(value)}.", f"Write it in quotes{', such as ' + self.like if self.like else ''}.")
        elif len(value) > self.most:
            mistakes.add(path, f"is {len(value)} characters long.", f"It may have {self.most}.")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            mistakes.add(path, f"cannot be {value!r}.", f"Write it like {self.like}." if self.like else f"It must fit {self.pattern}.")

    def schema(self) -> Schema:
        found: Schema = {"type": "string", "minLength": 1, "maxLength": self.most}
        return {**found, "pattern": f"^({self.pattern})$"} if self.pattern else found


@dataclass(frozen=True)
class AnyText(Words):
    """A text that may be empty."""

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if value != "":
            Words.check(self, value, path, mistakes)

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": self.most}


@dataclass(frozen=True)
class Among(Shape):
    """One of some words."""

    words: Sequence[str]

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, str) or value not in self.words:
            mistakes.add(path, f"cannot be {said(value)}.", f"Write one of {', '.join(self.words)}.")

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class YesNo(Shape):
    """true or false."""

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, bool):
            mistakes.add(path, f"cannot be {said(value)}.", "Write true or false, without quotes.")

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class WholeNumber(Shape):
    """A whole number in a range."""

    least: int
    most: int

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            mistakes.add(path, f"cannot be {said(value)}.", f"Write a whole number from {self.least} to {self.most}.")

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Plain(Shape):
    """A text, number, date, or true or false: what a column can hold."""

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if isinstance(value, dict | list):
            mistakes.add(path, f"cannot be {said(value)}.", "Write a text, a number, a date, true or false.")
        elif isinstance(value, str) and len(value) > 4000:
            mistakes.add(path, f"is {len(value)} characters long.", "It may have 4000.")

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of like things."""

    each: Shape
    most: int = 100
    least: int = 0

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, list):
            mistakes.add(path, f"must be a list, not {said(value)}.", "Write it in brackets: [...].")
            return
        if not self.least <= len(value) <= self.most:
            mistakes.add(path, f"has {len(value)} entries.", f"It may have {self.least} to {self.most}.")
        for place, one in enumerate(value[: self.most]):
            self.each.check(one, f"{path}[{place}]", mistakes)

    def schema(self) -> Schema:
        return {"type": "array", "items": self.each.schema(), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True)
class TableOf(Shape):
    """A table whose keys people choose."""

    each: Shape
    keys: str = r"[^\x00-\x1f]{1,100}"
    most: int = 500

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, dict):
            mistakes.add(path, f"must be a table, not {said(value)}.", "Write it as { key = value }.")
            return
        if len(value) > self.most:
            mistakes.add(path, f"has {len(value)} entries.", f"It may have {self.most}.")
        for key, one in list(value.items())[: self.most]:
            if not re.fullmatch(self.keys, key):
                mistakes.add(joined(path, key[:100]), "cannot be called so.", f"A name here must fit {self.keys}.")
            self.each.check(one, joined(path, key), mistakes)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.each.schema(), "maxProperties": self.most}


@dataclass(frozen=True)
class Key:
    """One key of a table: what it takes, and what it means in a sentence."""

    shape: Shape
    means: str


@dataclass(frozen=True)
class Form(Shape):
    """A table with given keys; with `whole`, one that is no use without those that are wrong or missing."""

    keys: Mapping[str, Key]
    required: Sequence[str] = ()
    whole: bool = False

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        before = len(mistakes)
        self._check(value, path, mistakes)
        if self.whole and len(mistakes) > before:
            mistakes.spoiled.add(path)

    def _check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, dict):
            mistakes.add(path, f"must be a table, not {said(value)}.", f"It takes {', '.join(self.keys)}.")
            return
        for key, one in value.items():
            if key in self.keys:
                self.keys[key].shape.check(one, joined(path, key), mistakes)
            else:
                mistakes.add(joined(path, key[:100]), "is not known.", close_to(key, self.keys))
        for key in self.required:
            if key not in value:
                mistakes.add(joined(path, key), "is missing.", f"{self.keys[key].means}")

    def schema(self) -> Schema:
        properties = {name: {**key.shape.schema(), "description": key.means} for name, key in self.keys.items()}
        found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**found, "required": list(self.required)} if self.required else found


@dataclass(frozen=True)
class Either(Shape):
    """A value of one of several shapes, told apart by whether it is a table."""

    plain: Shape
    table: Shape

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        (self.table if isinstance(value, dict) else self.plain).check(value, path, mistakes)

    def schema(self) -> Schema:
        return {"anyOf": [self.plain.schema(), self.table.schema()]}


@dataclass(frozen=True)
class OneKey(Shape):
    """A table with exactly one of some keys, each with its own shape."""

    keys: Mapping[str, Key] = field(default_factory=dict)

    def check(self, value: Any, path: str, mistakes: Mistakes) -> None:
        if not isinstance(value, dict) or len(value) != 1:
            mistakes.add(path, f"cannot be {said(value)}.", f"Write exactly one of {', '.join(self.keys)}.")
            return
        Form(self.keys, whole=True).check(value, path, mistakes)

    def schema(self) -> Schema:
        return {**Form(self.keys).schema(), "minProperties": 1, "maxProperties": 1}


def said(value: Any) -> str:
    """A value as a mistake shows it, short."""
    kinds: dict[type, str] = {dict: "a table", list: "a list"}
    if type(value) in kinds:
        return kinds[type(value)]
    if isinstance(value, bool):
        return str(value).lower()
    text = value.isoformat() if isinstance(value, date | datetime) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
