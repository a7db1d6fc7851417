"""Whatever a mappings.toml holds: it is read or refused by name, and never stops the app."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping.catalogue import CATALOGUE
from mapping.overlay import read
from mapping.overlay.mistakes import MOST

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = [path.read_text("utf-8") for path in (DOCS / "examples").glob("*.toml")]
PAGES = [(DOCS / name).read_text("utf-8") for name in ("mapping.md", "extending.md")]
TEXTS += [block for page in PAGES for block in re.findall(r"```toml\n(.*?)```", page, re.S)]

KEYS = [
    "CUSTOMER",
    "fields",
    "email",
    "filters",
    "bc",
    "sales",
    "transform",
    "templates",
    "aliases",
    "countries",
    "constants",
    "needs",
    "kind",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(KEYS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["CUSTOMER", "CONTACT", "OWN", "aliases", "templates"]), VALUES, max_size=4))
def test_no_file_whatever_it_holds_stops_the_app(raw: dict[str, object]) -> None:
    overlay = read(as_toml(raw))
    assert overlay.mappings


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a file."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from places(each, (*path, key))


ODD: list[Any] = [1, -1, True, "x", "", [], {}, [1], {"a": 1}, "CUSTOMER", "both", "bc", "trim", [[]], {"lookup": "CUSTOMER"}, ["city = "]]
FILES = [tomllib.loads(text) for text in TEXTS]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_right_file_with_something_odd_in_it_never_stops_the_app(file: dict[str, Any], data: st.DataObject) -> None:
    file = copy.deepcopy(file)
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(list(places(file)) or [("x",)]))
        at: Any = file
        for key in way[:-1]:
            at = at[key]
        at[way[-1]] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    overlay = read(as_toml(file), DOCS / "examples" / "mappings.toml")
    assert overlay.mappings


def test_a_file_full_of_mistakes_names_as_many_as_people_read() -> None:
    rows = "\n".join(f"x{place} = {{ direction = 'up', colour = 1 }}" for place in range(400))
    overlay = read(f"[CUSTOMER.fields]\n{rows}")
    assert len(overlay.mistakes) == MOST and overlay.mappings is CATALOGUE


def as_toml(raw: dict[str, object]) -> str:
    """A dict as TOML; None is left out."""
    return "\n".join(f"{_quoted(key)} = {_inline(value)}" for key, value in raw.items() if value is not None)


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)} = {_inline(each)}" for key, each in value.items() if each is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(each) for each in value if each is not None) + "]"
    return str(value).lower() if isinstance(value, bool | float | int) else _quoted(str(value))


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(mark):08x}" for mark in text) + '"'
