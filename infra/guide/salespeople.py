"""Coupling salespeople with users over the running app: matches by e-mail, the rest by choice (F031, F033)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    pairs = report["matched"]["value"]
    for pair in pairs:
        say(f"  {pair['bc']['name']} is {pair['sales']['name']} (same e-mail)")
    if pairs and asker.yes(COUPLE):
        started = await app.post(f"couplings/{MAPPING}/match")
        done = await app.ended(f"jobs/{started['id']}")
        say(f"  coupled: {sum(way.get('coupled', 0) for way in done['totals'].values())}")
    await _by_choice(app, asker, say, report)


async def _by_choice(app: App, asker: Asker, say: Callable[[str], None], report: Mapping[str, Any]) -> None:
    free = {each["name"]: each["id"] for each in report["unmatchedInSales"]["value"]}
    chosen = asker.pairs("salespeople")
    for person in report["unmatchedInBc"]["value"]:
        if not free:
            return
        name = person["name"]
        question = Question(name=f"salespeople.{name}", asks=f"Which user of Sales is {name}?", usual=NOBODY)
        answer = chosen.get(name) or asker.answer(question, choices=(NOBODY, *free))
        if answer not in free:
            continue
        try:
            await app.post(f"couplings/{MAPPING}", {"bcId": person["id"], "salesId": free.pop(answer)})
            say(f"  {name} is {answer}")
        except AppRefused as refused:
            say(f"  {name} was not coupled: {refused}")
