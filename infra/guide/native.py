"""Taking over what Business Central's own connector left, over the running app: its numbers first, then after a yes (docs/adopt.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.guide.asked import ADOPT
from infra.guide.questions import Asker
from infra.setup import adopt, taking_over
from infra.setup.app import App
from sync.errors.setup import AppRefused
from sync.takeover.sorting import Fate


async def offered(app: App, asker: Asker, say: Callable[[str], None]) -> bool:
    """Whether it can go on: there is nothing to be taken over, it was not wanted, or it was done."""
    try:
        found = await taking_over.ended(app, adopt.KIND, {}, apply=False)
    except AppRefused as refused:
        say(f"What Business Central's own connector left cannot be seen: {refused}")
        return True
    if not any(Fate.TAKEN in of_one for of_one in found["counts"].values()):
        return bool(found["status"] == taking_over.SUCCESS)
    say("Business Central's own connector coupled (python -m infra.setup adopt lists the pairs):")
    _tell(found, say, switched=False)
    return not asker.yes(ADOPT) or await _taken(app, say)


async def _taken(app: App, say: Callable[[str], None]) -> bool:
    done = await taking_over.ended(app, adopt.KIND, {}, apply=True)
    say("Taken over:")
    _tell(done, say, switched=True)
    return bool(done["status"] == taking_over.SUCCESS)


def _tell(report: Any, say: Callable[[str], None], *, switched: bool) -> None:
    for line in (*taking_over.counts(report), *(f"  {each}" for each in adopt.switches(report, switched=switched))):
        say(line)
