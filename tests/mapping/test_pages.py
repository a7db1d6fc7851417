"""The pages about the mappings file: each block of TOML that they show is one without a mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mapping.overlay import read
from mapping.overlay.transforms import MAKERS, PLAIN

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {page: (DOCS / page).read_text("utf-8") for page in ("mapping.md", "extending.md", "several-companies.md")}
BLOCKS = [(page, block) for page, text in PAGES.items() for block in re.findall(r"```toml\n(.*?)```", text, re.S)]


@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=[f"{page} {place}" for place, (page, _) in enumerate(BLOCKS)])
def test_each_block_of_a_page_is_right(page: str, block: str) -> None:
    overlay = read(block, DOCS / "examples" / "mappings.toml")
    assert [str(each) for each in overlay.mistakes] == []


def test_the_page_names_every_rule() -> None:
    text = PAGES["mapping.md"]
    assert [name for name in (*PLAIN, *(key for key, _, _ in MAKERS)) if not re.search(rf'"{name}"|\b{name} = ', text)] == []
