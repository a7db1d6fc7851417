"""What the commands of infra/ share: settings, exit codes, and how they speak."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from sync.errors import CoupletError
from sync.services.http import Patience

FINE, NOT_ALL, UNUSABLE = 0, 1, 2
"""Exit codes: all is as it should be; something is missing, stands in the way or was refused; nothing could be looked at."""

SLOW = Patience(total=300.0, answer=300.0)
"""A customisation may take minutes where others are at work."""


def with_settings(parser: argparse.ArgumentParser) -> None:
    """The option that every command has."""
    parser.add_argument("--settings", type=Path, help="a file like local.settings.json; its values go before the environment's")


def environment(file: Path | None) -> Mapping[str, str]:
    """The settings of the environment, and before them those of a file; raises ValueError for a file of another form."""
    if file is None:
        return os.environ
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise ValueError(f"{file}: {problem}") from problem
    values = known.get("Values", {}) if isinstance(known, dict) else None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError(f"{file}: Values must be an object whose values are texts")
    return {**os.environ, **values}


def carried_out(running: Coroutine[Any, Any, int]) -> int:
    """The exit code of a command; what keeps it from looking at anything is told with its remedy."""
    try:
        return asyncio.run(running)
    except CoupletError as error:
        complain(str(error), error.remedy)
    except (OSError, ValueError) as problem:
        complain(str(problem))
    return UNUSABLE


def say(text: str) -> None:
    """A line on standard output, at once."""
    print(text, flush=True)


def complain(*lines: str) -> None:
    """Lines on standard error."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)
