"""Makes lost couplings again: from the id that Couplet wrote into Sales, then by match; a dry run unless --apply is given."""

from __future__ import annotations

import argparse

from infra.command_line import say
from infra.setup import taking_over


def arguments(parser: argparse.ArgumentParser) -> None:
    """Besides which app: whether a match may couple what no id couples."""
    taking_over.arguments(parser)
    parser.add_argument("--no-match", action="store_true", help="only by the id that Couplet wrote into Sales")


async def run(given: argparse.Namespace) -> int:
    """Tell everything that is found; the app couples."""
    code, report = await taking_over.taken_over(given, "rebuild", {"match": not given.no_match})
    if given.no_match and report["withoutId"]:
        say(f"Sales has no id of {', '.join(report['withoutId'])}: only a match can couple these.")
    return code
