"""Columns, tables and keys brought into step with the schema, and said what was done: for the commands that do it."""

from __future__ import annotations

from infra.command_line import FINE, NOT_ALL, complain, say
from infra.sales.organisation import carry_out, look, wait_for_keys
from infra.sales.plan import Plan, plan
from infra.sales.schema import Schema
from sync.services.sales import Sales


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
