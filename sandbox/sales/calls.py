"""One request and its answer, whether it came by HTTP or as a part of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from sandbox.sales.database import Caller
from sandbox.sales.errors import bad_payload
from sandbox.sales.options import NOTHING, Options, Prefer, parse, prefer
from sandbox.sales.references import Resolver

JSON = "application/json; odata.metadata=minimal"


@dataclass
class Call:
    """`path` follows `/api/data/v9.2/`, still percent-encoded; `base` is that address with scheme and host; headers in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base: str
    caller: Caller
    resolver: Resolver
    changeset: bool = False

    @cached_property
    def prefer(self) -> Prefer:
        header = self.headers.get("prefer")
        return prefer(header) if header else NOTHING

    @cached_property
    def options(self) -> Options:
        return parse(self.query)

    def json(self) -> dict[str, Any]:
        """The body as an object."""
        try:
            value = orjson.loads(self.body) if self.body else {}
        except orjson.JSONDecodeError as wrong:
            raise bad_payload(self.path.partition("(")[0], f"The body is no JSON: {wrong}") from wrong
        if not isinstance(value, dict):
            raise bad_payload(self.path.partition("(")[0], "The body must be an object.")
        return value


@dataclass
class Answer:
    """Status, headers and body; `row` is the (entity set, id) that a write touched, for Content-ID references."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    row: str | None = None


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, {"Content-Type": JSON, **named}, orjson.dumps(value))
