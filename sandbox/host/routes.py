"""Route templates of HTTP functions, as ASP.NET reads them: case-insensitive, `{id}`, `{id:guid}`, `{id?}`, `{*rest}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.host.settings import SettingsRefused
from sandbox.host.worker import Function

PARAMETER = re.compile(r"^\{(\*?)(\w+)(?::(\w+))?(\??)\}$")
CONSTRAINTS = {
    "alpha": r"[A-Za-z]+",
    "bool": r"true|false",
    "guid": r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    "int": r"-?\d+",
    "long": r"-?\d+",
}


@dataclass(frozen=True)
class Route:
    """One function's address: verbs, the pattern of its path, and how specific it is (smaller goes first)."""

    function: Function
    methods: frozenset[str]
    level: str
    pattern: re.Pattern[str]
    rank: tuple[int, ...]

    @classmethod
    def of(cls, function: Function, prefix: str) -> Route:
        """The route that the HTTP trigger of a function declares; its default is the function's name."""
        trigger = function.trigger
        template = str(trigger.get("route") or function.name)
        parts = [segment(part, function.name) for part in f"{prefix}/{template}".strip("/").split("/")]
        methods = frozenset(str(method).upper() for method in trigger.get("methods") or ("GET", "POST"))
        pattern = re.compile("^" + "".join(text for text, _ in parts) + "/?$", re.IGNORECASE)
        return cls(function, methods, str(trigger.get("authLevel", "function")).lower(), pattern, tuple(rank for _, rank in parts))

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The route parameters when this route takes the request, else None."""
        found = self.pattern.match(path) if method in self.methods else None
        if found is None:
            return None
        return {name: unquote(value) for name, value in found.groupdict().items() if value is not None}


def segment(text: str, function: str) -> tuple[str, int]:
    """One part of a template as a pattern with its slash, and its rank: literal, constrained, free, the rest."""
    if "{" not in text:
        return "/" + re.escape(text), 0
    found = PARAMETER.match(text)
    if found is None:
        raise SettingsRefused(f"{function}: this host does not know the route part {text!r}")
    rest, name, constraint, optional = found.groups()
    if constraint is not None and constraint not in CONSTRAINTS:
        raise SettingsRefused(f"{function}: route constraint {constraint!r} is none of {', '.join(CONSTRAINTS)}")
    inner = CONSTRAINTS[constraint] if constraint else (r".+" if rest else r"[^/]+")
    pattern = f"/(?P<{name}>{inner})"
    return (f"(?:{pattern})?" if optional or rest else pattern), 3 if rest else (1 if constraint else 2)


def find(routes: list[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The first route that takes the request; the list holds the most specific ones first."""
    for route in routes:
        parameters = route.match(method, path)
        if parameters is not None:
            return route, parameters
    return None
