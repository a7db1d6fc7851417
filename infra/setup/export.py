"""Settings, couplings and life numbers of a company, written into a file of JSON lines.

What the records held stands in it, too, and is as confidential as the records are; `--without-values` leaves it out.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TextIO

from infra.command_line import FINE, say
from infra.setup import app
from infra.setup.app import App

CURSOR = "couplet-cursor"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and what of it."""
    parser.add_argument("file", type=Path, help="the file to be written; one that is there is replaced when all is known")
    parser.add_argument("--without-values", action="store_true", help="leave out what the records held: pairs are merged anew then")
    app.arguments(parser)


async def run(given: argparse.Namespace) -> int:
    """Read part after part; the file is there whole or not at all."""
    fresh = given.file.with_name(f"{given.file.name}.new")
    counted: Counter[str] = Counter()
    try:
        async with App.of(given) as running:
            with _private(fresh) as file:
                async for text in _texts(running, values=not given.without_values):
                    file.write(text)
                    counted.update(json.loads(line)["kind"] for line in text.splitlines())
        fresh.replace(given.file)
    finally:
        fresh.unlink(missing_ok=True)
    say(f"{given.file}: {counted['coupling']} couplings, settings of {counted['entry']} mappings, {counted['life']} life numbers.")
    return FINE


async def _texts(running: App, *, values: bool) -> AsyncIterator[str]:
    """The parts, as they come."""
    cursor: str | None = ""
    while cursor is not None:
        asked = {"values": str(values).lower(), **({"cursor": cursor} if cursor else {})}
        answer = await running.raw("GET", "state/export", asked=asked)
        yield answer.text
        cursor = answer.headers.get(CURSOR)


def _private(path: Path) -> TextIO:
    """A file that only its owner reads, whoever could read what a killed command left there."""
    path.unlink(missing_ok=True)
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
