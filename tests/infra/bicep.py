"""Bicep files as far as they can be checked without a compiler: names, and what modules are given and give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import tree_sitter
import tree_sitter_bicep

INFRA = Path(__file__).parents[2] / "infra"
FUNCTIONS = {
    *("cidrSubnet", "contains", "empty", "environment", "first", "guid", "items", "join", "loadTextContent", "replace"),
    *("resourceGroup", "split", "subscriptionResourceId", "substring", "take", "tenant", "trim", "uniqueString", "union"),
}
"""The functions of Bicep that our files use; one that is not here is misspelt, or new."""

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
_KINDS = {
    "parameter_declaration": "param",
    "variable_declaration": "var",
    "resource_declaration": "resource",
    "module_declaration": "module",
    "output_declaration": "output",
}
_WORDS = {"true", "false", "null"}


def text(node: tree_sitter.Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode()


def walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """A node and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


@dataclass(frozen=True)
class Declaration:
    """What a file declares: its kind, its name, and where."""

    kind: str
    name: str
    node: tree_sitter.Node = field(repr=False)

    @property
    def type(self) -> str:
        """The resource type with its API version, or the file of a module."""
        return text(self.node.named_children[1]).strip("'")

    @property
    def optional(self) -> bool:
        """Whether a parameter has a default."""
        return any(child.type == "=" for child in self.node.children)


class Bicep:
    """One file, parsed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = _PARSER.parse(path.read_bytes()).root_node

    @property
    def broken(self) -> list[str]:
        """Where the syntax is wrong."""
        wrong = (node for node in walk(self.root) if node.type == "ERROR" or node.is_missing)
        return [f"{self.path.name}:{node.start_point[0] + 1}: {text(node)[:40]}" for node in wrong]

    @cached_property
    def declarations(self) -> list[Declaration]:
        """Everything that the file declares, in order."""
        nodes = [node for node in self.root.children if node.type in _KINDS]
        return [Declaration(_KINDS[node.type], text(node.named_children[0]), node) for node in nodes]

    def named(self, *kinds: str) -> dict[str, Declaration]:
        """The declarations of these kinds by name."""
        return {each.name: each for each in self.declarations if each.kind in kinds}

    @cached_property
    def used(self) -> set[str]:
        """Every name that an expression uses, but for those of loops."""
        found: set[str] = set()
        for declaration in self.declarations:
            for child in declaration.node.named_children[1:]:
                found |= _used(child)
        return found - _WORDS

    def given(self, module: str) -> set[str]:
        """The parameters that a module is given."""
        for node in walk(self.named("module")[module].node):
            if node.type == "object_property" and text(node.named_children[0]) == "params":
                return {text(each.named_children[0]) for each in node.named_children[-1].named_children if each.type == "object_property"}
        return set()

    def taken(self, module: str) -> set[str]:
        """The outputs of a module that the file uses."""
        return set(re.findall(rf"\b{module}\.outputs\.(\w+)", text(self.root)))

    def keys(self, variable: str) -> set[str]:
        """The names in upper case, and of settings of the host, that an object holds at any depth."""
        properties = (node for node in walk(self.named("var")[variable].node) if node.type == "object_property")
        return {name for node in properties if (name := text(node.named_children[0])) and ("_" in name or name.isupper())}

    def texts(self, variable: str) -> set[str]:
        """The texts in a list."""
        return {text(node) for node in walk(self.named("var")[variable].node) if node.type == "string_content"}


def _used(node: tree_sitter.Node) -> set[str]:
    if node.type in ("type", "decorators"):
        return set()
    if node.type == "identifier":
        return {text(node)}
    children = node.named_children
    found: set[str] = set()
    if node.type == "object_property":
        children = children[1:]
    if node.type == "for_statement":
        first = children[0]
        loop = {text(each) for each in first.named_children} if first.type == "for_loop_parameters" else {text(first)}
        return {name for child in children[1:] for name in _used(child)} - loop
    for child in children:
        found |= _used(child)
    return found
