"""docs/settings.md is the one table of all app settings, and says what the code says."""

from __future__ import annotations

import dataclasses
from enum import Enum
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from sync.settings import App, Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
NOTHING = ("none", "required")


def table() -> dict[str, tuple[str, str, str]]:
    """Setting -> values, default, meaning; as the page has them."""
    rows = [line.strip("| \n").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {name.strip("`"): (values.strip(), default.strip(" `"), meaning.strip()) for name, values, default, meaning in rows}


def declared() -> dict[str, tuple[App, Any]]:
    """Setting -> how it is read, and its default."""
    defaults = {field.name: field.default for field in dataclasses.fields(Settings)}
    hints = get_type_hints(Settings, include_extras=True)
    return {hint.__metadata__[0].name: (hint.__metadata__[0], defaults[name]) for name, hint in hints.items()}


def test_every_setting_stands_in_the_table_once() -> None:
    assert table().keys() == declared().keys()


@pytest.mark.parametrize("name", declared())
def test_the_table_says_which_values_a_setting_takes_and_what_holds_without_it(name: str) -> None:
    app, default = declared()[name]
    values, said, meaning = table()[name]
    assert values == app.allowed
    assert meaning
    if app.required:
        assert said == "required"
    elif said in NOTHING:
        assert default in (None, "", ())
    else:
        parsed = app.parse(said)
        assert (parsed.value if isinstance(parsed, Enum) else parsed) == default
