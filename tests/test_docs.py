"""The pages under docs/: every call they show is a call of the app, and every link leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenario.front_door import routes

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
CURL = re.compile(r"^\s*curl\b(?P<options>.*?)[\"']?\$\w+/api/(?P<path>[^\s\"'?]+)", re.MULTILINE)


def calls(text: str) -> Iterator[tuple[str, str]]:
    """Verb and path of each call that a page shows; a line that goes on in the next one is one call."""
    for found in CURL.finditer(text.replace("\\\n", " ")):
        verb = re.search(r"-X\s+(\w+)", found["options"])
        yield verb[1] if verb else "POST" if re.search(r"\s(-d|--data)\b", found["options"]) else "GET", found["path"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_call_that_a_page_shows_is_a_call_of_the_app(page: Path) -> None:
    strange = [
        f"{verb} {path}"
        for verb, path in calls(page.read_text(encoding="utf-8"))
        if not any(route.parameters(verb, tuple(path.strip("/").split("/"))) is not None for route in routes())
    ]
    assert strange == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_page_on_operating_lists_every_call_of_the_app() -> None:
    """With the first sentence that the call itself says about it."""
    listed = re.findall(r"^\| `([A-Z]+) (\S+)` \|", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted((verb, "/".join(route.segments)) for route in routes() for verb in route.verbs)
