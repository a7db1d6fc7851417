"""The parameter file: what `az deployment group create --parameters <file>` is given."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MAIN = Path(__file__).parents[1] / "main.bicep"
SECRETS = {"webhookSecret": "WEBHOOK_SECRET", "clientSecret": "ENTRA_CLIENT_SECRET", "bcAccessKey": "BC_ACCESS_KEY"}
"""What no file holds: the environment of one command does, and without it the vault keeps what it has."""

NEW_SECRET = "WEBHOOK_SECRET=$(openssl rand -hex 32)"
"""What makes the secret of the webhooks; a later deployment without it leaves the one in the vault."""

WRITTEN = "// Written by python -m infra.setup guide. docs/deploy.md says how it is used; edit it as you like."


def written(parameters: Mapping[str, Any], folder: Path) -> str:
    """The text of a file that stands in a folder."""
    using = Path(os.path.relpath(MAIN, folder)).as_posix()
    lines = [f"param {name} = {_literal(value)}" for name, value in parameters.items()]
    secrets = [f"param {name} = readEnvironmentVariable('{variable}', '')" for name, variable in SECRETS.items()]
    return "\n".join([f"using '{using}'", "", WRITTEN, *lines, *secrets]) + "\n"


def _literal(value: Any) -> str:
    """A value as Bicep writes it; an empty object and an empty list on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Mapping):
        inner = "".join(f"  {name}: {_literal(each)}\n" for name, each in value.items())
        return f"{{\n{inner}}}" if inner else "{}"
    text = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return f"'{text}'"
