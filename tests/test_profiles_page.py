from __future__ import annotations

from tests.profiles import PAGE, page


def test_the_page_about_the_profiles_says_what_is_in_force() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.profiles"
