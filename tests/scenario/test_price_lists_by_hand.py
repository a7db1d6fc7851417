"""Price lists in people's hands: found by name, looked up from either side, their log, their reset, and where they are refused."""

from __future__ import annotations

import pytest

from tests.scenario.by_hand import couple, uncouple
from tests.scenario.engine import Engine
from tests.scenario.pricing import LISTS, line, price_list, prices_of, sales_list, two_items


@pytest.mark.rule("E3")
@pytest.mark.case("T170", "T179", "T604", "T670")
async def test_a_list_is_found_by_its_name_inside_the_filter_and_shows_its_partner_and_its_log(engine: Engine) -> None:
    one, _ = two_items()
    mine, outside = price_list("S1"), price_list("S100", amountType="Any")
    theirs = sales_list("Wholesale")
    await engine.seed(one, mine, outside, theirs, line("S1", 10, one))
    await engine.sync(*LISTS[:3], create="toSales")
    again = await couple(engine, "PLHEADER-PRICE", bc=mine.id, name="Wholesale")
    assert (again["salesId"], again["outcome"]) == (theirs.id, "coupled")
    await uncouple(engine, "PLHEADER-PRICE", bc=mine.id)
    found = await couple(engine, "PLHEADER-PRICE", sales=theirs.id, name="S1")
    assert found["bcId"] == mine.id, "S100 is outside the filter"
    [coupled] = (await engine.api.get(f"couplings/PLHEADER-PRICE?salesId={theirs.id}&names=true")).json["value"]
    assert (coupled["bcId"], coupled["bcName"]) == (mine.id, "S1 List S1")
    log = (await engine.api.get(f"records/PLHEADER-PRICE/bc/{mine.id}/log")).json
    assert log["value"], "its jobs"


@pytest.mark.rule("E3")
@pytest.mark.case("T130")
async def test_an_inactive_list_can_be_coupled_and_is_inactive_in_sales(engine: Engine) -> None:
    mine, theirs = price_list("S1", status="Inactive"), sales_list("My list")
    await engine.seed(mine, theirs)
    await couple(engine, "PLHEADER-PRICE", bc=mine.id, sales=theirs.id)
    assert (await engine.row(theirs))["statecode"] == 1


@pytest.mark.rule("E3")
async def test_uncoupling_a_list_uncouples_its_lines_and_leaves_the_prices(engine: Engine) -> None:
    one, _ = two_items()
    mine, first = price_list("S1"), line("S1", 10, one)
    await engine.seed(one, mine, first)
    await engine.sync(*LISTS, create="toSales")
    await uncouple(engine, "PLHEADER-PRICE", bc=mine.id)
    coupling = await engine.coupling("PLLINE-PRODPRICE", first)
    assert coupling is None or coupling.life == "tombstone"
    assert await prices_of(engine, "S1") == {"I1": 9.5}
