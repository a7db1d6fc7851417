"""`python -m mapping`: the check, the graph and the schema for editors."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mapping.__main__ import main
from mapping.catalogue import CATALOGUE
from mapping.overlay.editors import json_schema, json_schema_text
from tests.mapping.json_schema import errors

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = sorted((DOCS / "examples").glob("*.toml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_the_examples_have_no_mistakes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(file)]) == 0
    assert "no mistakes" in capsys.readouterr().out


def test_every_mistake_is_named_at_once_with_its_path_and_the_exit_code_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mappings.toml"
    file.write_text('[CUSTOMER]\nconflict = "me"\nminutes = -1\n[CUSTOMER.fields.creditLimit]\ndirection = "up"\n', encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in told[:3]] == [
        "CUSTOMER.conflict",
        "CUSTOMER.fields.creditLimit.direction",
        "CUSTOMER.minutes",
    ]
    assert "Write one of both, toSales, fromSales." in told[1]
    assert told[3].startswith("3 mistake(s)")


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    assert main(["check", str(tmp_path / "nothing.toml")]) == 1


def test_the_graph_stands_in_the_order_of_the_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(". ")[1].split(":")[0] for line in lines] == list(CATALOGUE)
    assert next(line for line in lines if "QUOTELINE" in line).endswith("with each QUOTE  after ITEM-PRODUCT, RESOURCE-PRODUCT")
    assert main(["graph", "--mermaid"]) == 0
    chart = capsys.readouterr().out
    assert chart.startswith("flowchart LR\n") and chart.count("-->") == sum(len(mapping.needs) for mapping in CATALOGUE.values())


def test_the_schema_for_editors_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == json_schema_text() == (DOCS / "mappings.schema.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_the_schema_for_editors_takes_the_examples(file: Path) -> None:
    schema = json_schema()
    assert list(errors(tomllib.loads(file.read_text(encoding="utf-8")), schema, schema)) == []


@pytest.mark.parametrize(
    "text",
    [
        "[customer]",
        "[CUSTOMER]\ncolour = 1",
        '[CUSTOMER]\nconflict = "me"',
        "[CUSTOMER]\nminutes = -1",
        '[CUSTOMER.fields.x]\ntransform = [{ date = "abc" }]',
        '[CUSTOMER.fields.x]\nkind = { choice = {}, option = "X" }',
        "[CUSTOMER]\nneeds = 1",
        "[templates.X]",
    ],
)
def test_the_schema_for_editors_refuses_what_the_check_refuses(text: str, tmp_path: Path) -> None:
    schema = json_schema()
    (tmp_path / "mappings.toml").write_text(text, encoding="utf-8")
    assert list(errors(tomllib.loads(text), schema, schema))
    assert main(["check", str(tmp_path)]) == 1
