"""A mappings file beside the app: Couplet with it, and the tables of one's own that it speaks of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on

PREFIX = "Microsoft.Dynamics.CRM."


@asynccontextmanager
async def engine_with(sandbox: Sandbox, folder: Path, text: str, python: str = "", **settings: str) -> AsyncIterator[Engine]:
    """Couplet before its first synch, with a mappings file and the functions that it names."""
    (folder / "mappings.toml").write_text(text, encoding="utf-8")
    (folder / "extensions.py").write_text(python, encoding="utf-8")
    async with engine_on(sandbox, fresh=True, MAPPINGS_FILE=str(folder / "mappings.toml"), **settings) as engine:
        yield engine


async def make_table(engine: Engine, name: str, **columns: int | str) -> None:
    """A maker adds a table to Sales: its name column, texts of these lengths, and dates of these behaviours."""
    primary = {"@odata.type": f"{PREFIX}StringAttributeMetadata", "SchemaName": "contoso_Name", "IsPrimaryName": True, "MaxLength": 100}
    table = {"SchemaName": name, "OwnershipType": "UserOwned", "Attributes": [primary], "ChangeTrackingEnabled": True}
    await engine.ctx.sales.post("EntityDefinitions", table, repeatable=False)
    await make_columns(engine, name.lower(), **columns)


async def make_columns(engine: Engine, table: str, **columns: int | str) -> None:
    """A maker adds columns to a table of Sales: texts of these lengths, and dates of these behaviours."""
    for column, what in columns.items():
        text = {"@odata.type": f"{PREFIX}StringAttributeMetadata", "MaxLength": what}
        moment = {"@odata.type": f"{PREFIX}DateTimeAttributeMetadata", "DateTimeBehavior": {"Value": what}}
        body = {**(text if isinstance(what, int) else moment), "SchemaName": column}
        await engine.ctx.sales.post(f"EntityDefinitions(LogicalName='{table}')/Attributes", body, repeatable=False)
