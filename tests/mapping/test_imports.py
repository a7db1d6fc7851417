"""Imports go one way, so that a misunderstanding in one part is not hidden by the same one in another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def imported(package: str) -> Iterator[tuple[str, str]]:
    """Every module that a package's files import: file, module."""
    for path in sorted((PROJECT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            yield from ((path.relative_to(PROJECT).as_posix(), name) for name in names)


def crossing(package: str, *forbidden: str) -> list[str]:
    found = imported(package)
    return [f"{file} imports {name}" for file, name in found if any(name == one or name.startswith(f"{one}.") for one in forbidden)]


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("mapping", ("sync", "sandbox", "tests", "httpx", "azure", "asyncio")),
        ("sync", ("sandbox", "tests", "bench")),
        ("sandbox", ("sync", "mapping", "tests")),
    ],
)
def test_imports_go_one_way(package: str, forbidden: tuple[str, ...]) -> None:
    assert not crossing(package, *forbidden)


def test_what_decides_reads_and_writes_nothing() -> None:
    """The heart gets rows as values and returns plans as values (rule B10)."""
    allowed = ("sync.heart", "sync.errors")
    inside = [(file, name) for file, name in imported("sync/heart") if name.startswith("sync.")]
    assert not [f"{file} imports {name}" for file, name in inside if not name.startswith(allowed)]


def test_the_engine_names_no_mapping() -> None:
    """Nothing outside mapping/ names a mapping (design.md section 2)."""
    names = ("SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT", "UNIT OF MEASURE", "CUSTOMER", "CONTACT")
    named = [
        f"{path.relative_to(PROJECT)} names {node.value}"
        for path in sorted((PROJECT / "sync").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in (*names, "ITEM-PRODUCT")
    ]
    assert not named


def test_the_engine_never_imports_its_triggers() -> None:
    inside = [(file, name) for file, name in imported("sync") if not file.startswith("sync/triggers/")]
    assert not [f"{file} imports {name}" for file, name in inside if name.startswith("sync.triggers")]
