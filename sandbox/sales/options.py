"""The query part of a URL, and the Prefer header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from sandbox.sales.errors import Refused

KNOWN = {"$select", "$filter", "$orderby", "$top", "$count", "$expand", "$apply", "$skiptoken", "$deltatoken", "$id"}
UNSUPPORTED = {"$skip", "$search", "$format", "$compute"}
MAX_PAGE = 5000
ALIAS = re.compile(r"(?:'(?:[^']|'')*')|(@\w+)")


@dataclass(frozen=True)
class Options:
    """Query options by lower-case name, decoded; parameter aliases and others (`tag`, `fetchXml`) in `others`."""

    system: Mapping[str, str]
    others: Mapping[str, str]

    def get(self, name: str) -> str | None:
        return self.system.get(name)

    def filter(self) -> str | None:
        """`$filter` with its parameter aliases put in, outside of quoted text."""
        text = self.system.get("$filter")
        return self.fill(text) if text is not None else None

    def fill(self, text: str) -> str:
        """Text with parameter aliases replaced by their values."""
        if "@" not in text:
            return text
        return ALIAS.sub(lambda found: self.others.get(found[1], found[1]) if found[1] else found[0], text)


def parse(query: str) -> Options:
    """Read the raw query text; `+` and `%20` are blanks, `%24select` is `$select`."""
    system: dict[str, str] = {}
    others: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        name = unquote_plus(name).strip()
        if name.startswith("$"):
            _check(name.lower())
            system[name.lower()] = unquote_plus(value).strip()
        elif name:
            others[name] = unquote_plus(value)
    return Options(system, others)


def _check(name: str) -> None:
    if name in UNSUPPORTED:
        raise Refused("0x80060888", f"The query option '{name}' is not supported.")
    if name not in KNOWN:
        raise Refused("0x80060888", f"The query parameter '{name}' is not supported.")


@dataclass(frozen=True)
class Prefer:
    """What the Prefer header wishes for."""

    representation: bool = False
    page_size: int | None = None
    track_changes: bool = False
    continue_on_error: bool = False
    annotations: tuple[str, ...] = ()
    names: tuple[str, ...] = field(default=())

    def applied(self, *which: str) -> dict[str, str]:
        """The Preference-Applied header for the wishes that were granted."""
        granted = [name for name in self.names if name.partition("=")[0] in which]
        return {"Preference-Applied": ", ".join(granted)} if granted else {}


PREFERENCE = re.compile(r'\s*([\w.\-]+)(?:\s*=\s*("(?:[^"]*)"|[^,;]*))?\s*')
NOTHING = Prefer()


def prefer(header: str | None) -> Prefer:
    """Read a comma (or semicolon) list of preferences."""
    if not header:
        return NOTHING
    found: dict[str, str] = {}
    for name, value in PREFERENCE.findall(header):
        found[name.lower()] = value.strip()
    size = found.get("odata.maxpagesize", "").strip('"')
    annotations = found.get("odata.include-annotations", "").strip('"')
    return Prefer(
        representation=found.get("return") == "representation",
        page_size=min(int(size), MAX_PAGE) if size.isdigit() and int(size) else None,
        track_changes="odata.track-changes" in found,
        continue_on_error="odata.continue-on-error" in found,
        annotations=tuple(item.strip() for item in annotations.split(",") if item.strip()),
        names=tuple(f"{name}={value}" if value else name for name, value in found.items()),
    )
