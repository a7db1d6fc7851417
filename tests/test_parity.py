from __future__ import annotations

from tests import parity

WANTED = "ABCDEFGHIJKST"
"""The sections of cases of which at most a fifth may have no test."""


def test_each_case_and_feature_of_the_native_connector_has_a_test_or_a_reason() -> None:
    assert parity.complaints() == []


def test_the_page_is_what_the_marks_say() -> None:
    assert parity.PAGE.read_text(encoding="utf-8") == parity.page(), "run python -m tests.parity"


def test_at_least_four_fifths_of_what_people_do_with_a_coupling_is_shown_by_tests() -> None:
    shown, excused = parity.marks(), parity.reasons()
    wanted = [section for section in parity.sections() if section.title.partition(".")[0] in WANTED]
    counted = sum(parity.tested(section, shown, excused) for section in wanted)
    assert counted >= 0.8 * sum(len(section.numbers) for section in wanted)
