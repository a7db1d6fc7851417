"""The parameter files, as far as they can be checked without a compiler: syntax, and values of the kind that a parameter takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA, Bicep, Declaration, text

MAIN = Bicep(INFRA / "main.bicep")
TAKES = {
    "string": ("string", "readEnvironmentVariable"),
    "bool": ("boolean", "bool"),
    "int": ("number", "int"),
    "array": ("array", "split"),
    "object": ("object", "json"),
}
"""What a parameter takes by its type: a value of that sort, or what a function makes."""

each_file = pytest.mark.parametrize("path", sorted(INFRA.glob("*.bicepparam")), ids=lambda path: path.name)


def given(path: Path, folder: Path) -> Bicep:
    """The file with its parameters as variables, which the grammar of Bicep knows."""
    head, _, rest = path.read_text(encoding="utf-8").partition("\n")
    assert head == "using 'main.bicep'"
    file = folder / path.name
    file.write_text(re.sub(r"^param ", "var ", rest, flags=re.MULTILINE), encoding="utf-8")
    return Bicep(file)


def sorts(value: str, kind: str) -> list[str]:
    """What a value is; of a choice, what both of its sides are."""
    if kind == "ternary_expression":
        return [re.split(r"[\[(]", each.strip())[0] or "array" for each in re.split(r" [?:] ", value)[1:]]
    return [value.partition("(")[0] if kind == "call_expression" else kind]


def bound(name: str, decorator: str) -> int | None:
    """A number that a decorator of a parameter says."""
    above = re.search(rf"((?:^@.*\n(?:^  .*\n|^\]\)\n)*)+)param {name} ", text(MAIN.root), re.MULTILINE)
    found = re.search(rf"@{decorator}\((\d+)\)", above[1]) if above else None
    return int(found[1]) if found else None


def type_of(name: str) -> str:
    """The type that a parameter is declared with."""
    return text(MAIN.named("param")[name].node.named_children[1])


def value_of(each: Declaration) -> tuple[str, str]:
    """The value that a file gives, and its sort."""
    node = each.node.named_children[-1]
    return text(node), node.type


@each_file
def test_the_syntax_is_right(path: Path, tmp_path: Path) -> None:
    assert given(path, tmp_path).broken == []


@each_file
def test_every_value_is_of_the_kind_that_its_parameter_takes(path: Path, tmp_path: Path) -> None:
    for name, each in given(path, tmp_path).named("var").items():
        assert set(sorts(*value_of(each))) <= set(TAKES[type_of(name)]), name


@each_file
def test_numbers_and_texts_stay_within_the_bounds_of_their_parameters(path: Path, tmp_path: Path) -> None:
    for name, each in given(path, tmp_path).named("var").items():
        value, sort = value_of(each)
        size = int(value) if sort == "number" else len(value.strip("'")) if sort == "string" else None
        least, most = (("minValue", "maxValue") if sort == "number" else ("minLength", "maxLength")) if size is not None else ("", "")
        assert size is None or (bound(name, least) or 0) <= size <= (bound(name, most) or size), name


def test_the_bounds_are_found() -> None:
    assert (bound("installation", "minLength"), bound("installation", "maxLength"), bound("logDays", "maxValue")) == (2, 8, 730)
