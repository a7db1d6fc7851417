"""The second half of the guide, over the running app: is it ready, what is taken over, which mappings are on, who is who, a full synch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from infra.command_line import FINE, NOT_ALL
from infra.guide import asked, native, salespeople
from infra.guide.questions import Asker
from infra.setup import check
from infra.setup.app import App
from infra.setup.taking_over import SUCCESS
from sync.errors.setup import AppRefused

WAYS = ("toSales", "fromSales")


async def first_steps(app: App, asker: Asker, say: Callable[[str], None]) -> int:
    """What is left once the app is deployed; nothing of it where the app is not ready."""
    found = await app.get("setup/check")
    if check.told(found["company"], found["requirements"]) != FINE:
        return NOT_ALL
    if not await native.offered(app, asker, say):
        return NOT_ALL
    names = await _switched(app, asker, say)
    if salespeople.MAPPING in names:
        say("Salespeople and users:")
        await salespeople.coupled(app, asker, say)
    return await _full(app, asker, say)


async def _switched(app: App, asker: Asker, say: Callable[[str], None]) -> list[str]:
    """The mappings that are on, after those that are wanted were switched on and those that are not wanted off."""
    before = (await app.get("mappings"))["value"]
    say(f"Mappings that are on: {', '.join(each['name'] for each in before if each['enabled'])}")
    for each in before:
        if not each["enabled"]:
            say(f"  {each['offReason']}")
    await _switch(app, asker, say, before)
    return [each["name"] for each in (await app.get("mappings"))["value"] if each["enabled"]]


async def _switch(app: App, asker: Asker, say: Callable[[str], None], before: Sequence[Mapping[str, Any]]) -> None:
    """Ask for both, and switch what is not so already; what the app refuses is said."""
    enabled = {each["name"]: each["enabled"] for each in before}
    for question, wanted in ((asked.ON, True), (asked.OFF, False)):
        names = asker.answer(question, choices=tuple(enabled)).split(";")
        for name in (name for name in names if name and enabled[name] is not wanted):
            try:
                await app.call("PATCH", f"mappings/{quote(name)}", body=json.dumps({"enabled": wanted}).encode())
                say(f"  {name} is switched {question.name}")
            except AppRefused as refused:
                say(f"  {name} stays as it is: {refused}")


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
    counts = {way: ", ".join(f"{line[way][name]} {name}" for name in names if line[way].get(name)) for way in WAYS if line.get(way)}
    told = "; ".join(f"{way} {each}" for way, each in counts.items() if each)
    return f" ({told})" if told else ""
