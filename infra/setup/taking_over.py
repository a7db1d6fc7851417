"""What `adopt` and `rebuild` share: ask the running app, wait for the job, and tell what it found."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from infra.command_line import FINE, NOT_ALL, say
from infra.setup import app as running
from infra.setup.app import App
from sync.takeover.sorting import Fate

SUCCESS = "success"

FINE_LISTS = (Fate.TAKEN, Fate.ALREADY)
"""Pairs that are as they should be; those of other lists are told one by one."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which app, and whether anything is to be done."""
    running.arguments(parser)
    parser.add_argument("--apply", action="store_true", help="do it; without it, only say what would be done")


async def ended(app: App, kind: str, asked: Mapping[str, Any], *, apply: bool) -> Any:
    """The report of a job that is begun here, once it is over."""
    begun = await app.post(f"setup/{kind}", {**asked, "dryRun": not apply})
    await app.ended(f"jobs/{begun['job']}")
    return await app.get(begun["report"])


def counts(report: Any) -> list[str]:
    """How many pairs of each mapping are on which list."""
    return [f"  {mapping}: {', '.join(f'{count} {name}' for name, count in found.items())}" for mapping, found in report["counts"].items()]


async def taken_over(given: argparse.Namespace, kind: str, asked: Mapping[str, Any]) -> tuple[int, Any]:
    """The exit code and the report of a job, which is told as soon as it is over."""
    async with App.of(given) as app:
        report = await ended(app, kind, asked, apply=given.apply)
        say("Done." if given.apply else "A dry run: nothing was changed. --apply does it.")
        for line in counts(report):
            say(line)
        for name, meaning in report["lists"].items():
            if name not in FINE_LISTS:
                say(f"{name}: {meaning}")
                async for each in app.pages(f"setup/{kind}/{report['id']}", list=name, limit="100"):
                    _pair(each)
    refused = any(name not in (*FINE_LISTS, Fate.DIFFERING) for found in report["counts"].values() for name in found)
    return NOT_ALL if refused or report["status"] != SUCCESS else FINE, report


def _pair(each: Mapping[str, Any]) -> None:
    say(f"  {each['mapping']}: {_named(each['bc'])} = {_named(each['sales'])}{'; ' * bool(each.get('why'))}{each.get('why', '')}")
    for field in each.get("fields", ()):
        say(f"    {field['field']}: BC {field.get('bc')!r}, Sales {field.get('sales')!r}")


def _named(record: Mapping[str, Any] | None) -> str:
    return str(record["name"] or record["id"]) if record else "?"
