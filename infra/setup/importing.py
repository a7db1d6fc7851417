"""What `export` wrote, taken into the state of the same company and organisation; a dry run unless --apply is given.

What is there already stays; settings of people become those of the file. Doing it twice is doing it once.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.command_line import FINE, NOT_ALL, complain, say
from infra.setup import app
from infra.setup.app import App
from sync.transfer.into import READ

LINES, BYTES = 500, 2 * 1024 * 1024
"""What is sent in one call at most."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where from, and whether it is meant."""
    parser.add_argument("file", type=Path, help="a file that python -m infra.setup export wrote")
    parser.add_argument("--apply", action="store_true", help="take the lines; without it, only say what would become of them")
    app.arguments(parser)


async def run(given: argparse.Namespace) -> int:
    """Send part after part, each behind the line that says whose state it is; what is refused is told with its line."""
    counted: Counter[tuple[str, str]] = Counter()
    async with App.of(given) as running:
        for first, part in parts(given.file.read_bytes().splitlines()):
            came = await running.call("POST", "state/import", body=b"\n".join(part), asked={"dryRun": str(not given.apply).lower()})
            counted.update(_counts(came))
            for each in came["refused"]:
                complain(f"line {first + each['line'] - 2}: refused: {each['why']}")
    for kind in dict.fromkeys(kind for kind, _ in counted):
        told = ", ".join(f"{number} {fate}" for (one, fate), number in counted.items() if one == kind)
        say(f"{kind}: {told}")
    say("Taken." if given.apply else "A dry run: nothing was changed. With --apply what is new is taken.")
    return NOT_ALL if any(number for (_, fate), number in counted.items() if fate == "refused") else FINE


def parts(lines: Sequence[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """The lines in parts that one call takes, each behind the first line, with the number of the line that follows it there."""
    if not lines:
        raise ValueError("the file is empty")
    head, begun, size = lines[0], 2, 0
    part: list[bytes] = []
    for number, line in enumerate(lines[1:], 2):
        if part and (len(part) == LINES or size + len(line) > BYTES):
            yield begun, [head, *part]
            part, begun, size = [], number, 0
        part.append(line)
        size += len(line)
    yield begun, [head, *part]


def _counts(came: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """How many lines of which kind met which fate."""
    return {(kind, fate): number for kind in READ for fate, number in came[kind].items()}
