"""Putting a company into the two simulators."""

from __future__ import annotations

import asyncio
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
    asyncio.run(load_both(company, bc_url, sales_url))


async def load_both(company: Company, bc_url: str, sales_url: str) -> None:
    """`load` for callers that have an event loop."""
    async with (
        httpx.AsyncClient(base_url=bc_url, trust_env=False, timeout=TIMEOUT) as bc,
        httpx.AsyncClient(base_url=sales_url, trust_env=False, timeout=TIMEOUT) as sales,
    ):
        await asyncio.gather(load_side(bc, company.bc, company.about["bc"]), load_side(sales, company.sales, company.about["sales"]))


async def load_side(client: httpx.AsyncClient, tables: dict[str, list[Row]], about: Row) -> None:
    """Load one simulator's tables in chunks; `about` goes with the first, its name with the others."""
    for chunk in _chunks(tables):
        body = orjson.dumps({"tables": chunk, "company": about})
        about = {"name": about["name"]}
        answer = await client.post("/_control/seed", content=body, headers={"Content-Type": "application/json"})
        if answer.is_error:
            told = f"{answer.status_code} for {', '.join(chunk)}: {answer.text[:500]}"
            raise httpx.HTTPStatusError(told, request=answer.request, response=answer)


def _chunks(tables: dict[str, list[Row]]) -> Iterator[dict[str, list[Row]]]:
    """Small tables together, large ones in pieces."""
    together: dict[str, list[Row]] = {}
    room = CHUNK
    # a customer whose relation to its company contact is not there yet would be given a second one, an item a second unit group
    for name in sorted(tables, key=lambda name: name not in {"contactBusinessRelations", "unitGroups"}):
        rows = tables[name]
        for start in range(0, len(rows), CHUNK):
            piece = rows[start : start + CHUNK]
            if len(piece) > room or name in together:
                yield together
                together, room = {}, CHUNK
            together[name] = piece
            room -= len(piece)
    if together:
        yield together
