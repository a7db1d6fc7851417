"""Rule C1, its policies: what follows, if somebody wants it, when one row of a pair leaves the mapping's filters."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.policies import LeavingPolicy
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, item, product, salesperson, unit_group, user

Pair = tuple[Record, Record]
BLOCKED, UNBLOCKED = {"blocked": "All"}, {"blocked": "_x0020_"}
INACTIVE, ACTIVE = {"statecode": 1, "statuscode": 2}, {"statecode": 0, "statuscode": 1}
WHO = pytest.mark.parametrize("who", [0, 1], ids=["blocked in BC", "deactivated in Sales"])
LEAVE, RETURN = (BLOCKED, INACTIVE), (UNBLOCKED, ACTIVE)


async def _pair(engine: Engine, policy: LeavingPolicy = LeavingPolicy.DEACTIVATE_COUNTERPART, **values: Any) -> Pair:
    pair = await engine.coupled(values)
    engine.change("CUSTOMER", leaving=policy)
    return pair


async def _edit(engine: Engine, record: Record, values: dict[str, Any]) -> None:
    await engine.edit(record, **values)
    await engine.look("CUSTOMER")


async def _states(engine: Engine, pair: Pair) -> tuple[str, int]:
    return (await engine.row(pair[0]))["blocked"], (await engine.row(pair[1]))["statecode"]


@pytest.mark.rule("C1")
@pytest.mark.case("T064")
@pytest.mark.feature("F116")
@WHO
async def test_who_leaves_takes_the_counterpart_along_where_that_is_switched_on(engine: Engine, who: int) -> None:
    pair = await _pair(engine)
    await _edit(engine, pair[who], LEAVE[who])
    assert await _states(engine, pair) == ("All", 1)
    assert (await engine.totals("CUSTOMER"))["toSales" if who == 0 else "fromSales"]["modified"] == 1
    assert await engine.coupling("CUSTOMER", pair[0])
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await engine.problems() == []


@pytest.mark.rule("C1")
@WHO
async def test_by_default_only_the_one_who_left_is_outside(engine: Engine, who: int) -> None:
    pair = await engine.coupled()
    await _edit(engine, pair[who], LEAVE[who])
    assert await _states(engine, pair) == (("All", 0) if who == 0 else ("_x0020_", 1))


@pytest.mark.rule("C1")
@WHO
async def test_each_way_is_a_setting_of_its_own(engine: Engine, who: int) -> None:
    pair = await engine.coupled()
    await engine.switch("CUSTOMER", leavings={"sales": "deactivateCounterpart"})
    await _edit(engine, pair[who], LEAVE[who])
    assert await _states(engine, pair) == (("All", 0) if who == 0 else ("All", 1))
    await _edit(engine, pair[who], RETURN[who])
    assert await _states(engine, pair) == ("_x0020_", 0)


@pytest.mark.rule("C1")
async def test_a_way_that_a_mapping_does_not_know_is_refused(engine: Engine) -> None:
    for body in ({"sales": "deactivateCounterpart"}, {"erp": "keep"}, {"bc": "block"}, "keep"):
        assert (await engine.api.patch("mappings/VENDOR", {"leavings": body})).status == 400
    await engine.switch("VENDOR", leavings={"bc": "deactivateCounterpart"})


@pytest.mark.rule("C1")
@WHO
async def test_who_returns_brings_the_counterpart_back_and_what_happened_meanwhile_is_merged(engine: Engine, who: int) -> None:
    pair = await _pair(engine, phoneNumber="111")
    await _edit(engine, pair[who], LEAVE[who])
    await _edit(engine, pair[0], {"phoneNumber": "222"})
    await _edit(engine, pair[who], RETURN[who])
    assert await _states(engine, pair) == ("_x0020_", 0)
    assert (await engine.row(pair[1]))["telephone1"] == "222"
    assert await engine.problems() == []


@pytest.mark.rule("C1")
@WHO
async def test_a_later_reactivation_by_a_person_is_not_fought_over(engine: Engine, who: int) -> None:
    pair = await _pair(engine)
    await _edit(engine, pair[who], LEAVE[who])
    await _edit(engine, pair[1 - who], RETURN[1 - who])
    expected = ("All", 0) if who == 0 else ("_x0020_", 1)
    assert await _states(engine, pair) == expected
    await engine.sync("CUSTOMER")
    assert await _states(engine, pair) == expected


@pytest.mark.rule("C1")
async def test_leaving_once_more_counts_once_more(engine: Engine) -> None:
    pair = await _pair(engine)
    for values, expected in ((BLOCKED, ("All", 1)), (UNBLOCKED, ("_x0020_", 0)), (BLOCKED, ("All", 1))):
        await _edit(engine, pair[0], values)
        assert await _states(engine, pair) == expected


@pytest.mark.rule("C1")
@WHO
async def test_the_coupling_ends_where_that_is_switched_on_and_both_rows_stay(engine: Engine, who: int) -> None:
    pair = await _pair(engine, LeavingPolicy.REMOVE_COUPLING)
    await _edit(engine, pair[who], LEAVE[who])
    assert await engine.coupling("CUSTOMER", pair[0]) is None
    assert (await engine.totals("CUSTOMER"))["toSales" if who == 0 else "fromSales"]["uncoupled"] == 1
    await engine.edit(pair[0], phoneNumber="222")
    await engine.look("CUSTOMER")
    assert not (await engine.row(pair[1])).get("telephone1")


@pytest.mark.rule("C1", "E2")
@pytest.mark.case("T682", "T680")
async def test_a_product_retired_in_sales_blocks_the_item_only_where_that_is_switched_on(engine: Engine) -> None:
    mine, theirs = item("I-1"), product("I-1")
    await engine.seed(mine, theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    engine.change("ITEM-PRODUCT", leaving=LeavingPolicy.DEACTIVATE_COUNTERPART)
    await engine.sales.hand("retire", id=theirs.id)
    await engine.look("ITEM-PRODUCT")
    assert ((await engine.row(mine))["blocked"], (await engine.row(theirs))["statecode"]) == (True, 1)
    await engine.sales.hand("publish", id=theirs.id)
    await engine.look("ITEM-PRODUCT")
    assert ((await engine.row(mine))["blocked"], (await engine.row(theirs))["statecode"]) == (False, 0)


@pytest.mark.rule("C1")
async def test_a_disabled_user_blocks_the_salesperson_where_that_is_switched_on(engine: Engine) -> None:
    mine, theirs = salesperson("CD", "Cleo Dorn"), user("CD", "Cleo Dorn")
    await engine.seed(mine, theirs)
    await engine.sync("SALESPEOPLE", create="none")
    engine.change("SALESPEOPLE", leaving=LeavingPolicy.DEACTIVATE_COUNTERPART)
    await engine.edit(theirs, isdisabled=True)
    await engine.look("SALESPEOPLE")
    assert (await engine.row(mine))["blocked"] is True
    await engine.edit(theirs, isdisabled=False)
    await engine.look("SALESPEOPLE")
    assert (await engine.row(mine))["blocked"] is False


@pytest.mark.rule("C1")
async def test_an_account_that_is_no_customer_any_more_is_a_changed_type_and_no_leaving(engine: Engine) -> None:
    pair = await _pair(engine)
    await _edit(engine, pair[1], {"customertypecode": 8})
    assert await _states(engine, pair) == ("_x0020_", 0)
    assert await engine.problems() == [("type_changed", None)]


@pytest.mark.rule("C1")
@pytest.mark.parametrize("side", list(Side))
async def test_a_row_that_nobody_coupled_is_never_deactivated(engine: Engine, side: Side) -> None:
    pair = await engine.coupled()
    engine.change("CUSTOMER", leaving=LeavingPolicy.DEACTIVATE_COUNTERPART, only_coupled=False)
    for coupling in await engine.couplings("CUSTOMER"):
        await engine.ctx.store.couplings.remove(coupling)
    place = 0 if side is Side.BC else 1
    await _edit(engine, pair[place], LEAVE[place])
    assert await _states(engine, pair) == (("All", 0) if side is Side.BC else ("_x0020_", 1))
