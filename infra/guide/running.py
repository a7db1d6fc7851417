"""The second half of the guide, over the running app: is it ready, which mappings are off, who is who, and the first full synch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from infra.command_line import FINE, NOT_ALL
from infra.guide import asked, salespeople
from infra.guide.questions import Asker
from infra.setup import check
from infra.setup.app import App

SUCCESS = "success"


async def first_steps(app: App, asker: Asker, say: Callable[[str], None]) -> int:
    """What is left once the app is deployed; nothing of it where the app is not ready."""
    found = await app.get("setup/check")
    if check.told(found["company"], found["requirements"]) != FINE:
        return NOT_ALL
    names = await _switched(app, asker, say)
    if salespeople.MAPPING in names:
        say("Salespeople and users:")
        await salespeople.coupled(app, asker, say)
    return await _full(app, asker, say)


async def _switched(app: App, asker: Asker, say: Callable[[str], None]) -> list[str]:
    """The mappings that are on, after those were switched off that are not wanted."""
    known = {each["name"]: each for each in (await app.get("mappings"))["value"]}
    say(f"Mappings: {', '.join(known)}")
    unwanted = [name for name in asker.answer(asked.OFF, choices=tuple(known)).split(";") if name]
    for name in unwanted:
        await app.call("PATCH", f"mappings/{quote(name)}", body=json.dumps({"enabled": False}).encode())
    return [name for name in known if name not in unwanted]


async def _full(app: App, asker: Asker, say: Callable[[str], None]) -> int:
    """The first full synch, if it is wanted, and what became of each line."""
    wanted = asker.answer(asked.FULL)
    if wanted == asked.FULL.usual:
        return FINE
    started = await app.post("full-sync", {"dryRun": wanted == "dryRun"})
    say(f"The full synch {started['id']} is at work.")
    ended = await app.ended(f"full-sync/{started['id']}")
    for line in ended["lines"]:
        say(f"  {line['mapping']}: {line['status']}{_told(line)}")
    return FINE if ended["status"] == SUCCESS else NOT_ALL


def _told(line: dict[str, Any]) -> str:
    """What a line counted, one direction after the other."""
    names = ("inserted", "modified", "skipped", "failed")
    ways = [way for way in ("toSales", "fromSales") if line.get(way)]
    counts = [f"{way} {', '.join(f'{line[way][name]} {name}' for name in names if line[way].get(name))}" for way in ways]
    return f" ({'; '.join(counts)})" if counts else ""
