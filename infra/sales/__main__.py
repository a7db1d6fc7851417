"""`python -m infra.sales`: what Couplet needs in Sales, compared with what is there; with `--apply`, added.

Signs in with the app's own settings: those of the environment, or of a file like local.settings.json (`--settings`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.command_line import FINE, NOT_ALL, SLOW, UNUSABLE, carried_out, complain, environment, say, with_settings
from infra.sales.orders import switch_orders
from infra.sales.schema import FILE, SchemaWrong, read
from infra.sales.settling import settle
from sync.services.connections import Connections
from sync.settings import Settings

ABOUT = "Couplet's own columns and tables in Sales; a dry run unless --apply is given."


def main(arguments: Sequence[str]) -> int:
    """0: all is there, or would be added; 1: something stands in the way or was refused; 2: nothing could be looked at."""
    given = _parser().parse_args(arguments)
    return carried_out(_run(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.sales", description=ABOUT)
    parser.add_argument("--apply", action="store_true", help="add what is missing; without it, only say what would be done")
    parser.add_argument("--orders", choices=("on", "off"), help="switch the taking over of orders on or off, once the columns are there")
    with_settings(parser)
    parser.add_argument("--schema", type=Path, default=FILE, help="another schema file")
    parser.add_argument("--wait", type=float, default=600.0, metavar="SECONDS", help="how long to wait for the indexes of keys")
    return parser


async def _run(given: argparse.Namespace) -> int:
    try:
        schema = read(given.schema)
    except SchemaWrong as wrong:
        complain(f"{given.schema}: {len(wrong.mistakes)} mistake(s)", *wrong.mistakes)
        return UNUSABLE
    connections = Connections(Settings.load(environment(given.settings)), patience=SLOW)
    try:
        code = await settle(connections.sales, schema, apply=given.apply, wait=given.wait)
        if given.orders is None or code != FINE:
            return code
        switched = await switch_orders(connections.sales, given.orders == "on", apply=given.apply, say=say, complain=complain)
        return FINE if switched else NOT_ALL
    finally:
        await connections.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
