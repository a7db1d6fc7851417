"""A request and its answer, as the simulator's parts hand them on; a part of a batch is the same thing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from sandbox.business_central import errors

Row = dict[str, Any]
JSON = "application/json; odata.metadata=minimal; odata.streaming=true"
"""The content type of every JSON answer."""


@dataclass
class Call:
    """A request to one API route: `path` is what follows the route (`companies(..)/customers(..)`), `base` the URL of the route."""

    method: str
    route: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    base: str
    user: str = ""

    def json(self) -> Row:
        """The body as a JSON object. Raises Refused."""
        if isinstance(self.body, dict):
            return self.body
        try:
            value = orjson.loads(self.body or b"{}")
        except orjson.JSONDecodeError as wrong:
            raise errors.bad_request(f"Invalid JSON. {wrong}") from wrong
        if not isinstance(value, dict):
            raise errors.bad_request("A JSON object was expected.")
        return value


@dataclass
class Answer:
    """Status, headers, and a JSON value or text as body (None: no content)."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def refusal(cls, refused: errors.Refused) -> Answer:
        return cls(refused.status, errors.body(refused.code, str(refused)), dict(refused.headers))


_SEGMENT = re.compile(r"([^(/]+)(?:\((.*)\))?")


def segments(path: str) -> list[tuple[str, str | None]]:
    """`companies(a)/customers(b)` as [("companies", "a"), ("customers", "b")]; quotes around string keys are taken off. Raises Refused."""
    parts = []
    for text in path.strip("/").split("/"):
        found = _SEGMENT.fullmatch(text)
        if found is None:
            raise errors.Refused("BadRequest_InvalidRequestUrl", f"The request URL segment '{text}' is not valid.")
        key = found[2]
        if key is not None and key.startswith("'") and key.endswith("'"):
            key = key[1:-1].replace("''", "'")
        parts.append((found[1], key))
    return parts


def parse_query(text: str) -> dict[str, str]:
    """A query string decoded; the last of equal names wins, names keep their `$`."""
    found = {}
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            found[unquote(name)] = unquote(value.replace("+", " "))
    return found
