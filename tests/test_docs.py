"""The pages under docs/: every call they show is a call of the app, and every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.setup.__main__ import understood
from sync.setup.requirements import REQUIREMENTS
from tests.scenario.front_door import routes

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
LINKED = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "infra").rglob("*.md"))]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
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


def headings(page: Path) -> set[str]:
    """The headings of a page as links name them: small letters, hyphens for blanks, no other signs."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", LINKED, ids=lambda page: f"{page.parent.name}-{page.name}")
def test_each_link_of_a_page_leads_to_a_file_and_a_heading_in_it(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]*)(?:#([^)\s]*))?\)", page.read_text(encoding="utf-8"))
    targets = [(page.parent / file if file else page, heading) for file, heading in links]
    assert [str(file) for file, _ in targets if not file.exists()] == []
    assert [f"{file.name}#{heading}" for file, heading in targets if heading and heading not in headings(file)] == []


def test_the_page_on_operating_tells_what_each_requirement_looks_at() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|[^|]+\| (yes|no) \|$", page, re.MULTILINE)
    told = {name: needed == "yes" for names, needed in rows for name in re.findall(r"`(\w+)`", names)}
    assert told == {each.name: each.needed for each in REQUIREMENTS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_of_ours_runs_in_the_project_s_own_environment_and_is_understood(page: Path) -> None:
    for line in "".join(BLOCK.findall(page.read_text(encoding="utf-8"))).splitlines():
        python, found, command = line.strip().partition(" -m ")
        assert not found or python == ".venv/bin/python", line
        module, *given = shlex.split(command, comments=True) or [""]
        if module == "infra.setup":
            assert understood(given)


def test_the_page_on_operating_lists_every_call_of_the_app() -> None:
    """With the first sentence that the call itself says about it."""
    listed = re.findall(r"^\| `([A-Z]+) (\S+)` \|", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted((verb, "/".join(route.segments)) for route in routes() for verb in route.verbs)
