"""mappings.toml: what a company adds to and changes in the mappings that Couplet comes with, checked offline against both schemas.

Either all of it is right and in force, or every mistake is named and nothing of it is used.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError
from pathlib import Path
from typing import Any

from mapping.catalogue import CATALOGUE
from mapping.graph import in_order
from mapping.model import TableMapping
from mapping.overlay.fields import Raw
from mapping.overlay.form import ALIASES, COMPANIES, MAPPING, MAPPING_NAME, RESERVED, TEMPLATES
from mapping.overlay.functions import Functions
from mapping.overlay.mistakes import MOST, Mistake, Mistakes, joined
from mapping.overlay.tables import Reading, added, changed

LARGEST = 1_000_000
MOST_MAPPINGS = 100
FILE_NAME = "mappings.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """The mappings in force before run-time switches, in dependency order; with `mistakes`, those that Couplet comes with.

    `companies` are those of single companies that have others, by name or id in small letters.
    """

    mappings: Mapping[str, TableMapping] = field(default_factory=lambda: CATALOGUE)
    companies: Mapping[str, Mapping[str, TableMapping]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    path: Path | None = None

    def of(self, *names: str) -> Mapping[str, TableMapping]:
        """The mappings of a company, by any of its names."""
        return next((self.companies[name] for each in names if (name := each.casefold()) in self.companies), self.mappings)


def load(path: Path | None) -> Overlay:
    """The file at `path`; without one, the mappings as Couplet comes with them."""
    if path is None:
        return Overlay()
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            return _unreadable(path, f"is larger than {LARGEST} bytes.", "Split off what is not needed.")
        return read(raw.decode("utf-8-sig"), path)
    except OSError as error:
        return _unreadable(path, f"cannot be read ({type(error).__name__}).", "Put the file there, or correct MAPPINGS_FILE.")
    except UnicodeDecodeError:
        return _unreadable(path, "is not written in UTF-8.", "Save it as UTF-8.")


def read(text: str, path: Path = Path(FILE_NAME)) -> Overlay:
    """The text of a file, whose Python functions stand beside `path`."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return _unreadable(path, f"is no TOML: {error}.", "See https://toml.io for how it is written.")
    mistakes = Mistakes()
    raw = _checked(raw, mistakes)
    if len(mistakes) >= MOST:
        return Overlay(mistakes=tuple(mistakes), path=path)
    functions = Functions(path.resolve().parent)
    mappings = _mappings(raw, functions, mistakes)
    companies = {name.casefold(): _of_company(name, raw, functions, mistakes) for name in raw.get("companies", {})}
    if len(mistakes):
        return Overlay(mistakes=tuple(mistakes), path=path)
    return Overlay(mappings=_ordered(mappings), companies=companies, aliases=_aliases(raw), path=path)


def _ordered(mappings: Mapping[str, TableMapping]) -> dict[str, TableMapping]:
    return {name: mappings[name] for name in in_order(mappings)}


def _of_company(name: str, raw: Raw, functions: Functions, mistakes: Mistakes) -> dict[str, TableMapping]:
    """The mappings of one company: what the file says of it laid over what it says for all."""
    place, own, known = joined("companies", name), raw["companies"][name], {*CATALOGUE, *raw}
    for strange in (each for each in own if each not in known):
        what = "A company's part changes mappings that all companies have; switch one off where it is not wanted (enabled = false)."
        mistakes.add(joined(place, strange), f"there is no mapping {strange}.", what)
    found = Mistakes()
    mappings = _mappings(_laid_over(raw, {each: own[each] for each in own if each in known}), functions, found)
    for each in found:
        if each.path not in mistakes.paths:
            mistakes.add(f"{place}.{each.path}", each.what, each.remedy)
    return mappings if len(mistakes) else _ordered(mappings)


def _laid_over(below: Any, above: Any) -> Any:
    """Tables key by key, everything else as it stands above."""
    if not (isinstance(below, Mapping) and isinstance(above, Mapping)):
        return above
    return {**below, **{key: _laid_over(below[key], value) if key in below else value for key, value in above.items()}}


def _unreadable(path: Path, what: str, remedy: str) -> Overlay:
    return Overlay(mistakes=(Mistake(path.name, what, remedy),), path=path)


def _checked(raw: dict[str, Any], mistakes: Mistakes) -> dict[str, Any]:
    """The file without what has not the form that it should have; all of that is noted."""
    names = [name for name in raw if name not in RESERVED]
    if len(names) > MOST_MAPPINGS:
        mistakes.add(FILE_NAME, f"names {len(names)} mappings.", f"It may name {MOST_MAPPINGS}.")
    for name in names:
        if not re.fullmatch(MAPPING_NAME, name):
            mistakes.add(name[:100], "cannot be the name of a mapping.", 'Write it in capitals, such as ["PAYMENT METHOD"].')
        MAPPING.check(raw[name], name, mistakes)
    for name, shape in (("aliases", ALIASES), ("companies", COMPANIES), ("templates", TEMPLATES)):
        if name in raw:
            shape.check(raw[name], name, mistakes)
    pruned: dict[str, Any] = _pruned(raw, "", mistakes)
    return pruned


def _pruned(value: Any, path: str, mistakes: Mistakes) -> Any:
    """A table without the keys that are wrong; a list goes as a whole."""
    if not isinstance(value, dict):
        return value
    kept = {key: each for key, each in value.items() if not _wrong(each, joined(path, key), mistakes)}
    return {key: _pruned(each, joined(path, key), mistakes) for key, each in kept.items()}


def _wrong(value: Any, path: str, mistakes: Mistakes) -> bool:
    return path in mistakes.spoiled or path in mistakes.paths or (isinstance(value, list) and mistakes.under(path))


def _mappings(raw: Raw, functions: Functions, mistakes: Mistakes) -> dict[str, TableMapping]:
    """Every mapping in force; those of the file first know of each other by name."""
    given = {name: value for name, value in raw.items() if name not in RESERVED}
    world = {name: mapping.sales.name for name, mapping in CATALOGUE.items()}
    world |= {name: _sales_table(value) for name, value in given.items() if name not in world and "sales" in value}
    reading = Reading(world=world, templates=raw.get("templates", {}), functions=functions, mistakes=mistakes)
    found = {name: changed(mapping, given[name], reading) if name in given else mapping for name, mapping in CATALOGUE.items()}
    for name in (name for name in given if name not in CATALOGUE):
        own = added(name, given[name], reading)
        found |= {name: own} if own else {}
    _check_names(found, mistakes)
    _check_order(found, given, mistakes)
    return found


def _check_names(found: Mapping[str, TableMapping], mistakes: Mistakes) -> None:
    """Each mapping has a function of its own, called by its letters and digits."""
    known: dict[str, str] = {}
    for name in found:
        other = known.setdefault(re.sub(r"[^A-Z0-9]+", "_", name), name)
        if other != name:
            mistakes.add(name, f"would share the name of its function with {other}.", "Give it a name that differs in letters or digits.")


def _sales_table(value: Raw) -> str:
    table = value["sales"]
    return str(table.get("table", "")) if isinstance(table, dict) else str(table)


def _check_order(found: Mapping[str, TableMapping], given: Mapping[str, Any], mistakes: Mistakes) -> None:
    try:
        in_order(found)
    except CycleError as error:
        circle: list[str] = error.args[1]
        named = next((name for name in circle if "needs" in given.get(name, {})), circle[0])
        mistakes.add(f"{named}.needs", f"{' needs '.join(reversed(circle))}.", "Take one of these needs out.")


def _aliases(raw: Raw) -> dict[str, str]:
    return {name.strip().upper(): code.upper() for name, code in raw.get("aliases", {}).get("countries", {}).items()}
