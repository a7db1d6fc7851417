"""What prices cost: a hundred new lines of a list are a handful of requests, and an unchanged list writes nothing anywhere."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.pricing import LISTS, line, price_list, prices_of
from tests.scenario.world import item

ITEMS = [item(f"I{number}") for number in range(60)]
LINES = [line("S1", 10 * place, each, 1 + place) for place, each in enumerate(ITEMS, 1)]


@pytest.mark.rule("F2")
async def test_new_lines_go_together_and_unchanged_ones_cost_no_write(engine: Engine) -> None:
    await engine.seed(*ITEMS)
    await engine.sync(*LISTS[:3], create="toSales")
    await engine.seed(price_list("S1"), *LINES)
    await engine.reset_counters()
    await engine.sync("PLHEADER-PRICE", "PLLINE-PRODPRICE", create="toSales")
    assert len(await prices_of(engine, "S1")) == 60
    requests = await engine.requests()
    assert requests["sales"] <= 40, requests
    assert requests["bc"] <= 40, requests
    before = {(each.bc_id, each.etag) for each in await engine.couplings("PLLINE-PRODPRICE")}
    await engine.reset_counters()
    await engine.sync("PLHEADER-PRICE", "PLLINE-PRODPRICE")
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert {(each.bc_id, each.etag) for each in await engine.couplings("PLLINE-PRODPRICE")} == before


async def test_a_dry_run_foresees_lists_and_lines_of_items_that_would_be_made_too(engine: Engine) -> None:
    await engine.seed(*ITEMS[:2], price_list("S1"), *LINES[:2])
    answer = await engine.api.post("full-sync", {"mappings": list(LISTS), "createNew": "toSales", "dryRun": True})
    assert answer.status == 202
    await engine.drain()
    shown = (await engine.api.get(f"full-sync/{answer.json['id']}")).json
    told = {each["mapping"]: each["toSales"] for each in shown["lines"]}
    assert told["PLHEADER-PRICE"]["inserted"] == 1
    assert told["PLLINE-PRODPRICE"].get("failed", 0) == 0, told["PLLINE-PRODPRICE"]
    assert told["PLLINE-PRODPRICE"]["inserted"] == 2
    assert await engine.sales.rows("productpricelevels") == []
