"""Takes over from Business Central's own connector: couplings, choices and switches; a dry run unless --apply is given."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from infra.command_line import say
from infra.setup import taking_over

KIND = "adopt"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Besides which app: what is left as it is, and where field rows go."""
    taking_over.arguments(parser)
    parser.add_argument("--no-switches", action="store_true", help="leave the switches of the mappings as they are in the app")
    parser.add_argument(
        "--fields", type=Path, help="where the field rows go that people added natively, to be looked at and put into mappings.toml"
    )


async def run(given: argparse.Namespace) -> int:
    """Tell everything that is found; the app couples and switches."""
    code, report = await taking_over.taken_over(given, KIND, {"switches": not given.no_switches})
    for line in switches(report, switched=given.apply and not given.no_switches):
        say(line)
    for each in report["modes"]:
        say(f"The app setting {each['setting']} is {each['here']}, natively it was {each['native']}.")
    for each in report["leftOut"]:
        say(f"Left out: {each['native']} ({each['table']}): {each['why']}")
    if report["fields"]:
        _fields(report["fields"], given.fields)
    return code


def switches(report: Any, *, switched: bool) -> list[str]:
    """Each switch that natively was another than here, and what becomes of it."""
    done = "switched" if switched else "to be switched"
    return [
        f"{each['mapping']} {each['switch']}: natively {each['native']}, here {each['here']}; "
        + (f"stays: {each['refused']}" if each["refused"] else done)
        for each in report["switches"]
    ]


def _fields(text: str, file: Path | None) -> None:
    if file is None:
        say(f"Field rows that differ, for mappings.toml:\n\n{text}")
        return
    file.write_text(text, encoding="utf-8")
    say(f"Field rows that differ are in {file}: look at them, then put them into mappings.toml.")
