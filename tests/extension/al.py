"""So much of AL as the extension's files use: objects with properties, page fields, parts, bound actions and permissions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2] / "infra" / "business-central"
APPS = (ROOT, ROOT / "sales-prices")

_HEAD = re.compile(r'(page|permissionset|codeunit) (\d+) ("[^"]+"|\w+)\n\{')
_PROPERTY = re.compile(r"^    (\w+) = (.+);$", re.MULTILINE)
_FIELD = re.compile(r"^ {16}field\((\w+); ([^\n]+?)\)(?:\n {16}\{(.*?)\n {16}\}| \{(.*?)\})$", re.MULTILINE | re.DOTALL)
_PART = re.compile(r"^ {16}part\((\w+); (\"[^\"]+\")\)\n {16}\{(.*?)\n {16}\}$", re.MULTILINE | re.DOTALL)
_ACTION = re.compile(r"\[ServiceEnabled\]\n    procedure (\w+)\(([^)]*)\)")
_RIGHT = re.compile(r'^ {8}(page|codeunit|tabledata) ("[^"]+"|\w+) = ([RIMDX]+)[,;]$', re.MULTILINE)
_VARIABLE = re.compile(r"^        (\w+): (.+);$", re.MULTILINE)


@dataclass(frozen=True)
class Field:
    """A field of a page: its name, what it shows, whether it can be written."""

    name: str
    source: str
    editable: bool


@dataclass
class Object:
    """A page, permission set or codeunit, as its file says."""

    kind: str
    id: int
    name: str
    text: str
    range: tuple[int, int]
    properties: dict[str, str] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=list)
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    actions: dict[str, dict[str, str]] = field(default_factory=dict)
    rights: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def ops(self) -> str:
        """The operations that a page allows, as letters I, M, D."""
        refused = {name[0] for name in ("InsertAllowed", "ModifyAllowed", "DeleteAllowed") if self.properties.get(name) == "false"}
        return "".join(letter for letter in "IMD" if letter not in refused)

    @property
    def variables(self) -> dict[str, str]:
        """The page's own variables and their types."""
        _, _, own = self.text.rpartition("\n    var\n")
        return dict(_VARIABLE.findall(own))


def plain(name: str) -> str:
    return name.strip().strip('"')


def read(path: Path, ids: tuple[int, int]) -> Object:
    """The one object of a file. Raises ValueError for a file with none or several."""
    text = path.read_text(encoding="utf-8")
    heads = _HEAD.findall(text)
    if len(heads) != 1:
        raise ValueError(f"{path.name} holds {len(heads)} objects")
    kind, number, name = heads[0]
    top = text.partition("\n    layout\n")[0]
    found = Object(kind, int(number), plain(name), text, ids, {key: value.strip("'") for key, value in _PROPERTY.findall(top)})
    for each, source, long, short in _FIELD.findall(text):
        found.fields.append(Field(each, source, "Editable = false;" not in (long or short)))
    for part, page, body in _PART.findall(text):
        found.parts[part] = (plain(page), body)
    for action, parameters in _ACTION.findall(text):
        pairs = (each.partition(":") for each in parameters.split(";") if each)
        found.actions[action] = {key.strip(): kind.strip() for key, _, kind in pairs}
    found.rights = {(what, plain(each)): letters for what, each, letters in _RIGHT.findall(text)}
    return found


def app(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads((folder / "app.json").read_bytes())
    return loaded


def objects() -> list[Object]:
    """All objects of both apps."""
    found = []
    for folder in APPS:
        (ids,) = app(folder)["idRanges"]
        found += [read(path, (ids["from"], ids["to"])) for path in sorted((folder / "src").glob("*.al"))]
    return found
