"""So much of JSON Schema 2020-12 as the schema of the mappings file uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
USED = {
    "$schema", "$defs", "$ref", "title", "description", "type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "items",
    "minItems", "maxItems", "properties", "patternProperties", "additionalProperties", "required", "minProperties",
    "maxProperties", "anyOf",
}  # fmt: skip


def errors(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a value does not fit."""
    assert schema.keys() <= USED, f"the test knows no {schema.keys() - USED}"
    if "$ref" in schema:
        yield from errors(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    if "anyOf" in schema and all(list(errors(value, each, root, path)) for each in schema["anyOf"]):
        yield f"{path}: fits none of the alternatives"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: is not among {schema['enum']}"
    names = schema.get("type", [])
    kinds = [kind for name in ([names] if isinstance(names, str) else names) for kind in TYPES[name]]
    if kinds and (not isinstance(value, tuple(kinds)) or (isinstance(value, bool) and bool not in kinds)):
        yield f"{path}: is no {names}"
        return
    if isinstance(value, str):
        yield from _text(value, schema, path)
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: is out of range"
    if isinstance(value, list):
        yield from _bounds(len(value), schema, "Items", path)
        for place, one in enumerate(value):
            yield from errors(one, schema.get("items", {}), root, f"{path}[{place}]")
    if isinstance(value, dict):
        yield from _table(value, schema, root, path)


def _text(value: str, schema: dict[str, Any], path: str) -> Iterator[str]:
    yield from _bounds(len(value), schema, "Length", path)
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: does not fit {schema['pattern']}"


def _bounds(size: int, schema: dict[str, Any], what: str, path: str) -> Iterator[str]:
    if not schema.get(f"min{what}", size) <= size <= schema.get(f"max{what}", size):
        yield f"{path}: has {size} {what}"


def _table(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[str]:
    yield from _bounds(len(value), schema, "Properties", path)
    yield from (f"{path}.{name}: is missing" for name in schema.get("required", ()) if name not in value)
    for name, one in value.items():
        patterns = [found for pattern, found in schema.get("patternProperties", {}).items() if re.search(pattern, name)]
        known = schema.get("properties", {}).get(name) or next(iter(patterns), None) or schema.get("additionalProperties", {})
        if known is False:
            yield f"{path}.{name}: is not known"
        else:
            yield from errors(one, known, root, f"{path}.{name}")
