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
from infra.sales.organisation import carry_out, look, wait_for_keys
from infra.sales.plan import Plan, plan
from infra.sales.schema import FILE, Schema, SchemaWrong, read
from sync.services.connections import Connections
from sync.services.sales import Sales
from sync.settings import Settings

ABOUT = "Couplet's own columns and tables in Sales; a dry run unless --apply is given."


def main(arguments: Sequence[str]) -> int:
    """0: all is there, or would be added; 1: something stands in the way or was refused; 2: nothing could be looked at."""
    given = _parser().parse_args(arguments)
    return carried_out(_run(given), given)


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


async def settle(sales: Sales, schema: Schema, *, apply: bool, wait: float) -> int:
    """Look, say what is to be done, and with `apply` do it and wait for the keys."""
    wanted = plan(schema, await look(sales, schema))
    for step in wanted.steps:
        say(f"to do: {step}")
    if wanted.obstacles:
        complain("Nothing was changed. By hand first:", *wanted.obstacles)
        return NOT_ALL
    if not apply:
        say(_summary(wanted))
        return FINE
    done = await carry_out(sales, wanted.steps, say)
    for step, why in done.refused:
        complain(f"refused: {step}: {why}")
    for step in done.left_out:
        complain(f"left out: {step}")
    failed, building = await wait_for_keys(sales, schema, wait)
    for key in failed:
        same = " and ".join(key.columns)
        complain(f"failed: the index of {key.table}.{key.name}: rows hold the same {same}. Clear it in all but one, and run this again")
    for key in building:
        complain(f"not ready: the index of {key.table}.{key.name} is still being built; run this again later")
    say(f"{done.carried_out} of {len(wanted.steps)} steps done." if wanted.steps else "Nothing to do: all is there.")
    return NOT_ALL if done.refused or done.left_out or failed or building else FINE


def _summary(wanted: Plan) -> str:
    if wanted.steps:
        return f"A dry run: nothing was changed. With --apply these {len(wanted.steps)} steps are done."
    waiting = f" {len(wanted.building)} indexes of keys are still being built." if wanted.building else ""
    return f"Nothing to do: all is there.{waiting}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
