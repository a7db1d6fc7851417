"""Fetching what the comparison needs from two running simulators."""

from __future__ import annotations

from typing import Any

import httpx

from tests.expected.model import OPTIONS, PRIMARY_KEYS, readings

ALSO_IN_BC = ("contactBusinessRelations", "currencyExchangeRates", "countriesRegions", "shippingAgents")
PICKLISTS = "EntityDefinitions(LogicalName='{table}')/Attributes/Microsoft.Dynamics.CRM.PicklistAttributeMetadata"


async def read(bc: httpx.AsyncClient, sales: httpx.AsyncClient, sales_token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """BC's and Sales's rows for `compare`, from clients whose base URL is the simulator's address.

    `sales_token` is for the metadata, which the control endpoint does not show: the labels of choices.
    """
    mappings = readings().values()
    bc_rows = {name: await _rows(bc, name) for name in {reading.bc for reading in mappings} | set(ALSO_IN_BC)}
    sales_rows: dict[str, Any] = {name: await _rows(sales, name) for name in PRIMARY_KEYS}
    wanted = {("account", reading.options) for reading in mappings if reading.options}
    wanted |= {mirror for reading in mappings for mirror in reading.mirrors.items()}
    sales_rows[OPTIONS] = {}
    for table in sorted({table for table, _ in wanted}):
        for column, labels in (await _labels(sales, table, sales_token)).items():
            if (table, column) in wanted:
                sales_rows[OPTIONS][f"{table}.{column}"] = labels
    return bc_rows, sales_rows


async def _rows(client: httpx.AsyncClient, name: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/_control/rows/{name}")
    answer.raise_for_status()
    rows: list[dict[str, Any]] = answer.json()
    return rows


async def _labels(client: httpx.AsyncClient, table: str, token: str) -> dict[str, dict[int, str]]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    answer = await client.get(f"/api/data/v9.2/{PICKLISTS.format(table=table)}?$select=LogicalName&$expand=OptionSet", headers=headers)
    answer.raise_for_status()
    return {
        column["LogicalName"]: {
            option["Value"]: option["Label"]["UserLocalizedLabel"]["Label"] for option in column["OptionSet"]["Options"]
        }
        for column in answer.json()["value"]
    }
