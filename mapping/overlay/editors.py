"""The JSON Schema of mappings.toml, for editors: `python -m mapping schema`."""

from __future__ import annotations

import json
from typing import Any

from mapping.overlay.form import ALIASES, COMPANIES, MAPPING, MAPPING_NAME, TEMPLATES


def json_schema() -> dict[str, Any]:
    """The form of the whole file, by JSON Schema 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mappings.toml of Couplet",
        "description": "What a company adds to and changes in the mappings that Couplet comes with.",
        "type": "object",
        "properties": {
            "aliases": {**ALIASES.schema(), "description": "Names that people type for things that have a code."},
            "companies": {
                **COMPANIES.schema(),
                "description": "By name or id of a company: what its mappings have otherwise than those of the others.",
            },
            "templates": {**TEMPLATES.schema(), "description": "Templates by name, for `use` in the templates of mappings."},
        },
        "patternProperties": {f"^({MAPPING_NAME})$": {"$ref": "#/$defs/mapping"}},
        "additionalProperties": False,
        "$defs": {"mapping": MAPPING.schema()},
    }


def json_schema_text() -> str:
    """The schema as it stands in docs/mappings.schema.json."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
