"""Every requirement of both systems, the storage and the settings, met or not, with what to do about it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from infra.command_line import FINE, NOT_ALL, complain, environment, say
from infra.setup import app
from sync.environment import Environment
from sync.settings import Settings
from sync.setup.checking import checked


def arguments(parser: argparse.ArgumentParser) -> None:
    """The running app, where there is one; else the app's own settings are used on this machine."""
    app.arguments(parser)


async def run(given: argparse.Namespace) -> int:
    """What the running app finds; without its address, what the app's own sign-in finds from here."""
    if not given.app:
        return await _from_here(given)
    async with app.App.of(given) as running:
        found = await running.get("setup/check")
    return told(found["company"], found["requirements"])


async def _from_here(given: argparse.Namespace) -> int:
    settings = Settings.load(environment(given.settings))
    chosen = [given.company] if given.company else settings.bc_companies
    opened = Environment.visit(settings)
    try:
        return max([told(company, [asdict(one) for one in await checked(opened, company)]) for company in chosen])
    finally:
        await opened.close()


def told(company: str, requirements: Sequence[Mapping[str, Any]]) -> int:
    """Say of each requirement whether it is met; NOT_ALL when one that is needed is not."""
    say(f"{company}:")
    for one in requirements:
        if one["met"]:
            say(f"  met: {one['says']}")
            continue
        how = "NOT MET" if one["needed"] else "not met"
        complain(f"  {how}: {one['says']}", f"    {one['detail']} ({one['code']})", f"    {one['remedy']}")
    missing = [one["name"] for one in requirements if one["needed"] and not one["met"]]
    say(f"  Not ready: {', '.join(missing)}." if missing else "  Ready.")
    return NOT_ALL if missing else FINE
