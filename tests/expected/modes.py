"""Whether the mappings that only a way of working has ended as `expected.json` says for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scenario.engine import Engine


async def ended_as_expected(engine: Engine, outlooks: Mapping[str, Any]) -> None:
    """Everybody who should be is coupled, nobody else is, and just the problems that were foreseen are open."""
    for name, outlook in outlooks.items():
        from_bc, from_sales = {*outlook["createdInSales"], *(pair["bcId"] for pair in outlook["pairs"])}, {*outlook["createdInBc"]}
        assert from_bc or from_sales, name
        couplings = await engine.couplings(name)
        assert {each.bc_id for each in couplings if each.sales_id not in from_sales} == from_bc, name
        assert from_sales <= {each.sales_id for each in couplings}, name
        found = {(row.key.partition(":")[2], row.code) for row in await engine.problem_rows(name)}
        assert found == {(problem["id"], problem["code"]) for problem in outlook["problems"]}, (name, found)
