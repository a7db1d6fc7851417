"""Coupling salespeople with users over the running app: matches by e-mail, the rest by choice (F031, F033)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.guide.asked import COUPLE
from infra.guide.questions import Asker, Question
from infra.setup.app import App
from mapping.catalogue import CATALOGUE
from sync.errors.setup import AppRefused

NOBODY = "nobody"

MAPPING = next(name for name, mapping in CATALOGUE.items() if mapping.sales.name == "systemusers")
"""The mapping of users; which name it has, the catalogue says."""


async def coupled(app: App, asker: Asker, say: Callable[[str], None]) -> None:
    """Say who belongs together by e-mail and couple them after a yes; ask for the others one by one."""
    report = await app.post(f"couplings/{MAPPING}/match", {"dryRun": True})
    if "job" in report:  # so many users that the app compares them in a job
        await app.ended(f"jobs/{report['job']}")
    pairs = await _list(app, report, "matched")
    for pair in pairs:
        say(f"  {pair['bc']['name']} is {pair['sales']['name']} (same e-mail)")
    if pairs and asker.yes(COUPLE):
        started = await app.post(f"couplings/{MAPPING}/match")
        done = await app.ended(f"jobs/{started['id']}")
        say(f"  coupled: {sum(way.get('coupled', 0) for way in done['totals'].values())}")
    await _by_choice(app, asker, say, report)


async def _by_choice(app: App, asker: Asker, say: Callable[[str], None], report: Mapping[str, Any]) -> None:
    free = by_name(await _list(app, report, "unmatchedInSales"))
    chosen = asker.pairs("salespeople")
    for person in await _list(app, report, "unmatchedInBc"):
        if not free:
            return
        name = person["name"]
        question = Question(name=f"salespeople.{name}", asks=f"Which user of Sales is {name}?", usual=NOBODY)
        answer = chosen.get(name) or asker.answer(question, choices=(NOBODY, *free))
        if answer == NOBODY:
            continue
        if answer not in free:
            say(f"  {name} was not coupled: of the users of Sales who are free, not exactly one is called {answer}")
            continue
        try:
            await app.post(f"couplings/{MAPPING}", {"bcId": person["id"], "salesId": free.pop(answer)})
            say(f"  {name} is {answer}")
        except AppRefused as refused:
            say(f"  {name} was not coupled: {refused}")


async def _list(app: App, report: Mapping[str, Any], name: str) -> list[Any]:
    """A list of the report from its beginning to its end: who says yes says it to all of it."""
    return [each async for each in app.pages(f"couplings/{MAPPING}/match/{report['id']}", list=name, limit="100")]


def by_name(found: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The ids by name; who has the same name as somebody else is told from him by the id."""
    times = Counter(each["name"] for each in found)
    return {each["name"] if each["name"] and times[each["name"]] == 1 else f"{each['name']} ({each['id']})": each["id"] for each in found}
