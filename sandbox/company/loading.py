"""Putting a company into the two simulators."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import orjson

from sandbox.company.model import Company, Row

CHUNK = 5000
"""Rows a request."""
TIMEOUT = 120.0
"""Seconds that a simulator may take over one chunk."""


def load(company: Company, bc_url: str, sales_url: str) -> None:
    """Load both simulators, given by their addresses (scheme, host and port). httpx.HTTPStatusError when one refuses."""
    with httpx.Client(trust_env=False, timeout=TIMEOUT) as client:
        _load(client, bc_url, company.bc, company.setup)
        _load(client, sales_url, company.sales, company.setup)


def _load(client: httpx.Client, url: str, tables: dict[str, list[Row]], setup: Row) -> None:
    for chunk in _chunks(tables):
        body = orjson.dumps({"tables": chunk, "company": setup})
        answer = client.post(f"{url.rstrip('/')}/_control/seed", content=body, headers={"Content-Type": "application/json"})
        if answer.is_error:
            raise httpx.HTTPStatusError(
                f"{answer.status_code} for {', '.join(chunk)}: {answer.text[:500]}", request=answer.request, response=answer
            )


def _chunks(tables: dict[str, list[Row]]) -> Iterator[dict[str, list[Row]]]:
    """Small tables together, large ones in pieces, in the order given: what is referred to comes first."""
    together: dict[str, list[Row]] = {}
    room = CHUNK
    for name, rows in tables.items():
        for start in range(0, len(rows), CHUNK):
            piece = rows[start : start + CHUNK]
            if len(piece) > room or name in together:
                yield together
                together, room = {}, CHUNK
            together[name] = piece
            room -= len(piece)
    if together:
        yield together
