from __future__ import annotations

from tests import fidelity


def test_each_claim_is_shown_by_a_test_and_each_mark_names_a_claim() -> None:
    assert fidelity.complaints() == []


def test_the_page_is_what_the_marks_say() -> None:
    assert fidelity.PAGE.read_text(encoding="utf-8") == fidelity.page(), "run python -m tests.fidelity"
