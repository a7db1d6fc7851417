"""`python -m infra.sales`: what Couplet needs in Sales, compared with what is there; with `--apply`, added.

Signs in with the app's own settings: those of the environment, or of a file like local.settings.json (`--settings`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.sales.orders import switch_orders
from infra.sales.organisation import carry_out, look, wait_for_keys
from infra.sales.plan import Plan, plan
from infra.sales.schema import FILE, Schema, SchemaWrong, read
from sync.errors import CoupletError
from sync.services.connections import Connections
from sync.services.http import Patience
from sync.services.sales import Sales
from sync.settings import Settings

SLOW = Patience(total=300.0, answer=300.0)
"""A customisation may take minutes where others are at work."""

ABOUT = "Couplet's own columns and tables in Sales; a dry run unless --apply is given."
FINE, NOT_ALL, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """0: all is there, or would be added; 1: something stands in the way or was refused; 2: nothing could be looked at."""
    given = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(given))
    except SchemaWrong as wrong:
        _complain(f"{given.schema}: {len(wrong.mistakes)} mistake(s)", *wrong.mistakes)
    except CoupletError as error:
        _complain(str(error), error.remedy)
    except (OSError, ValueError) as problem:
        _complain(f"{given.settings}: {problem}")
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.sales", description=ABOUT)
    parser.add_argument("--apply", action="store_true", help="add what is missing; without it, only say what would be done")
    parser.add_argument("--orders", choices=("on", "off"), help="switch the taking over of orders on or off, once the columns are there")
    parser.add_argument("--settings", type=Path, help="a file like local.settings.json; its values go before the environment's")
    parser.add_argument("--schema", type=Path, default=FILE, help="another schema file")
    parser.add_argument("--wait", type=float, default=600.0, metavar="SECONDS", help="how long to wait for the indexes of keys")
    return parser


async def _run(given: argparse.Namespace) -> int:
    schema = read(given.schema)
    connections = Connections(Settings.load(_environment(given.settings)), patience=SLOW)
    try:
        code = await settle(connections.sales, schema, apply=given.apply, wait=given.wait)
        if given.orders is None or code != FINE:
            return code
        switched = await switch_orders(connections.sales, given.orders == "on", apply=given.apply, say=_say, complain=_complain)
        return FINE if switched else NOT_ALL
    finally:
        await connections.close()


def _environment(file: Path | None) -> Mapping[str, str]:
    if file is None:
        return os.environ
    known = json.loads(file.read_text(encoding="utf-8"))
    values = known.get("Values", {}) if isinstance(known, dict) else None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError("Values must be an object whose values are texts")
    return {**os.environ, **values}


async def settle(sales: Sales, schema: Schema, *, apply: bool, wait: float) -> int:
    """Look, say what is to be done, and with `apply` do it and wait for the keys."""
    wanted = plan(schema, await look(sales, schema))
    for step in wanted.steps:
        _say(f"to do: {step}")
    if wanted.obstacles:
        _complain("Nothing was changed. By hand first:", *wanted.obstacles)
        return NOT_ALL
    if not apply:
        _say(_summary(wanted))
        return FINE
    done = await carry_out(sales, wanted.steps, _say)
    for step, why in done.refused:
        _complain(f"refused: {step}: {why}")
    for step in done.left_out:
        _complain(f"left out: {step}")
    failed, building = await wait_for_keys(sales, schema, wait)
    for key in failed:
        same = " and ".join(key.columns)
        _complain(f"failed: the index of {key.table}.{key.name}: rows hold the same {same}. Clear it in all but one, and run this again")
    for key in building:
        _complain(f"not ready: the index of {key.table}.{key.name} is still being built; run this again later")
    _say(f"{done.carried_out} of {len(wanted.steps)} steps done." if wanted.steps else "Nothing to do: all is there.")
    return NOT_ALL if done.refused or done.left_out or failed or building else FINE


def _summary(wanted: Plan) -> str:
    if wanted.steps:
        return f"A dry run: nothing was changed. With --apply these {len(wanted.steps)} steps are done."
    waiting = f" {len(wanted.building)} indexes of keys are still being built." if wanted.building else ""
    return f"Nothing to do: all is there.{waiting}"


def _say(text: str) -> None:
    print(text, flush=True)


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
