"""The functions of the app are registered for the mappings of the file; a wrong file stops no start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mapping.catalogue import CATALOGUE
from sync.triggers import timers

ROOT = Path(__file__).parent.parent
NAMES = "import function_app; print(*(each._function.get_function_name() for each in function_app.app._function_builders))"
OWN = ROOT / "docs/examples/mappings.toml"


def functions(file: str) -> set[str]:
    """The functions of an app that is started with a mappings file."""
    environment = {**os.environ, "MAPPINGS_FILE": file}
    started = subprocess.run([sys.executable, "-c", NAMES], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return set(started.stdout.split())


@pytest.mark.feature("F050", "F053")
def test_a_pair_of_tables_of_ones_own_has_a_timer_function() -> None:
    assert {"sync_payment_method", "sync_customer"} <= functions(str(OWN))


@pytest.mark.parametrize("text", ["[CUSTOMER]\nminutes = -1\n[OWN]", "[[[", None])
def test_a_file_that_is_wrong_or_missing_leaves_the_functions_of_couplet(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "mappings.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    found = functions(str(file))
    assert "sync_customer" in found and "health" in found and "sync_own" not in found


@pytest.mark.case("T727")
def test_every_timer_says_what_it_does() -> None:
    """The portal shows the name; whoever reads on finds the sentence."""
    found = [builder._function for builder in timers.blueprint._function_builders]
    assert {each.get_function_name() for each in found} >= {timers.function_name(name) for name in CATALOGUE}
    assert all(each.get_user_function().__doc__ for each in found)
