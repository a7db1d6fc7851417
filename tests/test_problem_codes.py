"""docs/problems.md: a table of every code that a problem can have."""

from __future__ import annotations

import re
from pathlib import Path

from sync.desk.retries import PAUSES
from sync.errors import by_code
from tests.problem_codes import PAGE, codes, table

MAPPING = Path(__file__).parent.parent / "mapping"


def test_the_page_lists_every_code_with_its_cause_and_remedy() -> None:
    assert PAGE.read_text(encoding="utf-8").endswith(table()), "run python -m tests.problem_codes"


def test_every_code_that_a_mapping_or_the_engine_gives_is_on_the_page() -> None:
    listed = {cls.code for cls in codes()}
    given = {
        code
        for folder in (MAPPING, MAPPING.parent / "sync")
        for path in folder.rglob("*.py")
        for code in re.findall(r"(?:Problem|Refusal)\(code=\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert given <= listed
    assert {by_code(code).code for code in given} == given


def test_the_page_names_the_pauses_in_force() -> None:
    words = "2 minutes, 10 minutes, an hour, six hours and a day"
    assert words in PAGE.read_text(encoding="utf-8")
    assert [pause.total_seconds() for pause in PAUSES] == [120, 600, 3600, 6 * 3600, 86400]
