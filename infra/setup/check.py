"""Every requirement of both systems, the storage and the settings, met or not, with what to do about it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from infra.command_line import FINE, NOT_ALL, complain, environment, say
from sync.environment import Environment
from sync.services.connections import Connections
from sync.settings import Settings
from sync.setup.checking import checked
from sync.setup.model import Checked
from sync.store import Store


def arguments(parser: argparse.ArgumentParser) -> None:
    """One company, where several are configured."""
    parser.add_argument("--company", help="as BC_COMPANY names it; without it, all of them")


async def run(given: argparse.Namespace) -> int:
    """Look with the app's own sign-in: what it may, and what it finds."""
    settings = Settings.load(environment(given.settings))
    chosen = [given.company] if given.company else settings.bc_companies
    opened = Environment(settings, Store.open(settings), Connections(settings))
    try:
        codes = [_told(company, await checked(opened, company)) for company in chosen]
    finally:
        await opened.close()
    return max(codes)


def _told(company: str, found: Sequence[Checked]) -> int:
    say(f"{company}:")
    for one in found:
        if one.met:
            say(f"  met: {one.says}")
            continue
        complain(f"  {'NOT MET' if one.needed else 'not met'}: {one.says}", f"    {one.detail} ({one.code})", f"    {one.remedy}")
    missing = [one.name for one in found if one.needed and not one.met]
    say(f"  Not ready: {', '.join(missing)}." if missing else "  Ready.")
    return NOT_ALL if missing else FINE
