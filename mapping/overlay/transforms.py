"""Transformation rules as people write them: `"trim"`, `{ replace = "&", with = "and" }`, `{ prefix = "DE-" }`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from mapping import transform
from mapping.field import Direction
from mapping.overlay.mistakes import Mistakes
from mapping.transform import Transformation
from mapping.values import Side

Steps = tuple[Transformation, ...]

PLAIN: Mapping[str, Transformation] = {
    "trim": transform.Trim(),
    "upperCase": transform.UpperCase(),
    "lowerCase": transform.LowerCase(),
    "titleCase": transform.TitleCase(),
    "alphanumeric": transform.Alphanumeric(),
}

MAKERS: Sequence[tuple[str, frozenset[str], Callable[[Mapping[str, Any]], Transformation]]] = (
    ("replace", frozenset({"with"}), lambda raw: transform.Replace(find=raw["replace"], by=raw.get("with", ""))),
    ("regex", frozenset({"with"}), lambda raw: transform.RegexReplace(pattern=raw["regex"], by=raw.get("with", ""))),
    ("match", frozenset(), lambda raw: transform.RegexMatch(pattern=raw["match"])),
    ("prefix", frozenset(), lambda raw: transform.Prefix(text=raw["prefix"])),
    ("withoutPrefix", frozenset(), lambda raw: transform.WithoutPrefix(text=raw["withoutPrefix"])),
    ("round", frozenset(), lambda raw: transform.Round(decimals=raw["round"])),
    (
        "decimals",
        frozenset({"mark", "thousands"}),
        lambda raw: transform.DecimalFormat(decimals=raw["decimals"], mark=raw.get("mark", "."), thousands=raw.get("thousands", "")),
    ),
    ("date", frozenset(), lambda raw: transform.DateFormat(form=raw["date"])),
    ("values", frozenset({"strict"}), lambda raw: transform.Values(values=raw["values"], strict=raw.get("strict", False))),
    ("start", frozenset({"length", "after", "before"}), lambda raw: transform.Substring(**raw)),
    ("length", frozenset({"after", "before"}), lambda raw: transform.Substring(**raw)),
    ("after", frozenset({"before"}), lambda raw: transform.Substring(**raw)),
    ("before", frozenset(), lambda raw: transform.Substring(**raw)),
)
"""The key that says which rule it is, what may stand beside it, and how it is made; the first that is there counts."""

NESTED = re.compile(r"[*+}]\)?[*+{]|\([^)]*[*+}][^)]*\)\s*[*+{]|\([^)]*\|[^)]*\)\s*[*+{]")
"""A repetition of a repetition, or of alternatives: on some texts it takes for ever."""

UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")
MOST_UNBOUNDED = 3
"""Repetitions without end in one pattern: with more of them, a text of some hundred characters takes too long."""

WAYS = {"toSales": Side.SALES, "fromSales": Side.BC}


def transformations(raw: Any, direction: Direction, path: str, mistakes: Mistakes) -> dict[Side, Steps]:
    """The rules of a field per side that values travel to; what is wrong is noted."""
    if isinstance(raw, list):
        return _both_ways(steps(raw, path, mistakes), direction, path, mistakes)
    found = {WAYS[way]: steps(given, f"{path}.{way}", mistakes) for way, given in raw.items() if way in WAYS and isinstance(given, list)}
    for way, side in WAYS.items():
        if side in found and not direction.reaches(side):
            mistakes.add(f"{path}.{way}", "the field does not travel that way.", "Take the rules out, or change the direction.")
    if direction is Direction.BOTH and len(found) == 1:
        given, missing = (side for side in sorted(WAYS.values(), key=lambda side: side not in found))
        return {given: found[given], missing: _undone(found[given], path, mistakes)}
    return found


def _both_ways(found: Steps, direction: Direction, path: str, mistakes: Mistakes) -> dict[Side, Steps]:
    if direction is not Direction.BOTH:
        return {Side.SALES if direction is Direction.TO_SALES else Side.BC: found}
    return {Side.SALES: found, Side.BC: _undone(found, path, mistakes)}


def _undone(found: Steps, path: str, mistakes: Mistakes) -> Steps:
    """The rules that lead back; those of a two-way field that cannot be undone are refused, as values would go round in circles."""
    back = [step.inverse() for step in reversed(found)]
    if any(step is None for step in back):
        mistakes.add(
            path,
            "the field travels both ways, and not every rule can be undone.",
            "Give rules for both directions: transform = { toSales = [...], fromSales = [...] }; one may be empty.",
        )
    return tuple(step for step in back if step)


def steps(raw: Sequence[Any], path: str, mistakes: Mistakes) -> Steps:
    """A list of rules; what is wrong is noted."""
    made = (_step(each, f"{path}[{place}]", mistakes) for place, each in enumerate(raw))
    return tuple(each for each in made if each)


def _step(raw: Any, path: str, mistakes: Mistakes) -> Transformation | None:
    if mistakes.under(path):
        return None
    if isinstance(raw, str):
        return PLAIN.get(raw)
    for key, beside, make in MAKERS:
        if key in raw:
            strange = sorted(raw.keys() - beside - {key})
            if strange:
                mistakes.add(
                    f"{path}.{strange[0]}", f"does not go with {key}.", f"Beside {key} stands {' or '.join(sorted(beside)) or 'nothing'}."
                )
                return None
            return make(raw) if _sound(raw, path, mistakes) else None
    mistakes.add(path, "says no rule.", f"Write one of {', '.join((*PLAIN, *(key for key, _, _ in MAKERS)))}.")
    return None


def _sound(raw: Mapping[str, Any], path: str, mistakes: Mistakes) -> bool:
    """Whether the patterns of a rule can be used."""
    if "decimals" in raw and raw.get("mark", ".") == raw.get("thousands"):
        mistakes.add(f"{path}.thousands", "is the same as the decimal mark.", "Take another mark.")
        return False
    pattern = raw.get("regex", raw.get("match"))
    if pattern is None:
        return True
    try:
        re.compile(pattern)
        if "with" in raw:
            re.compile(f"{pattern}|").sub(raw["with"], "")
    except (re.error, IndexError, RecursionError, OverflowError) as error:
        mistakes.add(path, f"the pattern cannot be read: {error}.", "See https://docs.python.org/3/howto/regex.html.")
        return False
    if NESTED.search(pattern) or len(UNBOUNDED.findall(pattern)) > MOST_UNBOUNDED:
        simpler = f"Write it with up to {MOST_UNBOUNDED} repetitions and none within another one; others take for ever on some texts."
        mistakes.add(path, "the pattern is too complicated.", simpler)
        return False
    return True


NAMES: Mapping[type[Transformation], Mapping[str, str]] = {
    transform.Replace: {"find": "replace", "by": "with"},
    transform.RegexReplace: {"pattern": "regex", "by": "with"},
    transform.RegexMatch: {"pattern": "match"},
    transform.Prefix: {"text": "prefix"},
    transform.WithoutPrefix: {"text": "withoutPrefix"},
    transform.Round: {"decimals": "round"},
    transform.DateFormat: {"form": "date"},
    transform.DateRead: {"form": "readDate"},
    transform.DecimalRead: {"mark": "readDecimals"},
}
"""What the properties of a rule are called in the file; the two that read are written by nobody, only undone by the others."""


def as_written(step: Transformation) -> Any:
    """A rule as it stands in the file."""
    plain = next((name for name, known in PLAIN.items() if known == step), None)
    named = {NAMES.get(type(step), {}).get(each.name, each.name): getattr(step, each.name) for each in fields(step)}  # type: ignore[arg-type]
    return plain or {name: value for name, value in named.items() if value not in ("", False) or name in ("round", "decimals")}
