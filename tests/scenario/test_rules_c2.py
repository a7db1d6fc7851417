"""Rule C2: a row of a pair is deleted. It is noticed without anybody looking, and the mapping's policy says what follows."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.policies import DeletionPolicy
from sync.heart.plan import Side
from sync.run import messages
from tests.scenario.engine import Engine
from tests.scenario.world import Record, item

Pair = tuple[Record, Record]
BOTH = pytest.mark.parametrize("side", list(Side), ids=["deleted in BC", "deleted in Sales"])


async def _deleted(engine: Engine, side: Side, policy: DeletionPolicy, **more: Any) -> tuple[Record, Record]:
    """A coupled customer one row of which somebody deleted, and Couplet noticed: the row that is gone, the one that is left."""
    pair = await engine.coupled({"phoneNumber": "111"})
    engine.change("CUSTOMER", deletion=policy, **more)
    gone, left = pair if side is Side.BC else (pair[1], pair[0])
    await engine.delete(gone)
    await _noticed(engine, gone)
    return gone, left


async def _noticed(engine: Engine, gone: Record) -> None:
    """Sales tells by its change tracking; of Business Central's rows a message says it."""
    if gone.side is Side.BC:
        await _deleted_hint(engine, "CUSTOMER", gone.side, gone.id)
    await engine.look("CUSTOMER")


async def _deleted_hint(engine: Engine, mapping: str, side: Side, id_: str) -> None:
    """A work message names a record that is no more."""
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, mapping, side, [id_]))
    await engine.drain()


@pytest.mark.rule("C2")
@pytest.mark.case("T008", "T010", "T011", "T017", "T019", "T020", "T194", "T310", "T311")
@pytest.mark.parametrize("only_coupled", [True, False])
@BOTH
async def test_a_deletion_is_a_problem_that_a_person_decides_and_the_coupling_stays(engine: Engine, side: Side, only_coupled: bool) -> None:
    _, left = await _deleted(engine, side, DeletionPolicy.MANUAL, only_coupled=only_coupled)
    assert await engine.problems("CUSTOMER") == [("counterpart_deleted", None)]
    assert (await engine.totals("CUSTOMER"))["fromSales" if side is Side.BC else "toSales"]["failed"] == 1
    assert await engine.coupling("CUSTOMER", left)
    assert await engine.row(left)
    [problem] = (await engine.api.get("problems?mapping=CUSTOMER&expand=true")).json["value"]
    assert problem["remedy"].startswith("Restore the deleted row")


@pytest.mark.rule("C2", "A6")
@pytest.mark.case("T013", "T014", "T016", "T154", "T307", "T308")
@pytest.mark.feature("F041")
@pytest.mark.parametrize("only_coupled", [True, False])
@BOTH
async def test_a_deleted_row_is_made_again_under_another_id_and_coupled(engine: Engine, side: Side, only_coupled: bool) -> None:
    gone, left = await _deleted(engine, side, DeletionPolicy.RESTORE, only_coupled=only_coupled)
    coupling = await engine.coupling("CUSTOMER", left)
    assert coupling
    assert (coupling.life, coupling.life_number) == ("coupled", 2)
    made = await engine.partner("CUSTOMER", left)
    assert coupling.of(side) != gone.id
    assert (made["displayName"] if side is Side.BC else made["name"]) == "Company C1"
    counted = (await engine.totals("CUSTOMER"))["fromSales" if side is Side.BC else "toSales"]
    assert (counted["inserted"], counted["restored"]) == (1, 1)
    assert await engine.problems() == []


@pytest.mark.rule("A6")
@BOTH
async def test_a_late_word_of_the_earlier_lifes_deletion_changes_nothing(engine: Engine, side: Side) -> None:
    gone, left = await _deleted(engine, side, DeletionPolicy.RESTORE)
    before = await engine.coupling("CUSTOMER", left)
    await _deleted_hint(engine, "CUSTOMER", side, gone.id)
    assert await engine.coupling("CUSTOMER", left) == before
    assert await engine.problems() == []


@pytest.mark.rule("C2")
@BOTH
async def test_the_coupling_alone_goes_away(engine: Engine, side: Side) -> None:
    _, left = await _deleted(engine, side, DeletionPolicy.REMOVE_COUPLING, only_coupled=False)
    assert await engine.row(left)
    await engine.edit(left, **({"telephone1": "2"} if left.side is Side.SALES else {"phoneNumber": "2"}))
    await engine.look("CUSTOMER")
    assert len(await engine.people(side).rows("customers" if side is Side.BC else "accounts")) == 0, "it was deleted to be gone"
    assert await engine.problems() == []


@pytest.mark.rule("C2")
@pytest.mark.case("T304", "T305")
@BOTH
async def test_the_counterpart_is_deleted_only_when_that_is_switched_on(engine: Engine, side: Side) -> None:
    _, left = await _deleted(engine, side, DeletionPolicy.DELETE_COUNTERPART)
    assert await engine.people(left.side).rows(left.table) == []
    assert await engine.couplings("CUSTOMER") == []
    assert (await engine.totals("CUSTOMER"))["toSales" if left.side is Side.SALES else "fromSales"]["deleted"] == 1
    assert await engine.problems() == []


@pytest.mark.rule("C2")
@BOTH
async def test_the_counterpart_is_blocked_or_deactivated_and_the_pair_parted(engine: Engine, side: Side) -> None:
    _, left = await _deleted(engine, side, DeletionPolicy.DEACTIVATE_COUNTERPART)
    row = await engine.row(left)
    assert (row["blocked"] == "All") if left.side is Side.BC else (row["statecode"] == 1)
    assert (await engine.totals("CUSTOMER"))["toSales" if left.side is Side.SALES else "fromSales"]["uncoupled"] == 1
    assert await engine.problems() == []


@pytest.mark.rule("C2")
async def test_a_counterpart_that_others_refer_to_stays_and_is_a_problem_with_a_remedy(engine: Engine) -> None:
    """A unit of Business Central is deleted; its unit group in Sales is used by a product."""
    mine = item("I-1")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    engine.change("UNIT OF MEASURE", deletion=DeletionPolicy.DELETE_COUNTERPART)
    [unit] = await engine.bc.rows("unitsOfMeasure", code="PCS")
    await engine.bc.delete("unitsOfMeasure", unit["id"])
    await _deleted_hint(engine, "UNIT OF MEASURE", Side.BC, unit["id"])
    assert await engine.problems("UNIT OF MEASURE") == [("still_used", None)]
    assert len(await engine.couplings("UNIT OF MEASURE")) == 2


@pytest.mark.rule("C2")
async def test_when_both_rows_are_gone_the_coupling_goes_away_quietly(engine: Engine) -> None:
    pair = await engine.coupled()
    for record in pair:
        await engine.delete(record)
    await engine.look("CUSTOMER")
    assert await engine.couplings("CUSTOMER") == []
    assert await engine.problems() == []
    assert sum(counts.get("uncoupled", 0) for counts in (await engine.totals("CUSTOMER")).values()) == 1


@pytest.mark.rule("D6")
async def test_a_code_deleted_in_business_central_uncouples_its_option_and_the_value_stays(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS")
    [terms] = await engine.bc.rows("paymentTerms", code="14 DAYS")
    await engine.bc.delete("paymentTerms", terms["id"])
    await _deleted_hint(engine, "PAYMENT TERMS", Side.BC, terms["id"])
    assert len(await engine.couplings("PAYMENT TERMS")) == 1
    options = await engine.ctx.sales.options("accounts", "paymenttermscode")
    assert "14 DAYS" in options.values()
    again = await engine.bc.insert("paymentTerms", code="14 DAYS", displayName="Net 14 days", dueDateCalculation="14D")
    await engine.sync("PAYMENT TERMS")
    assert {each.bc_id for each in await engine.couplings("PAYMENT TERMS")} >= {again["id"]}
    assert list((await engine.ctx.sales.options("accounts", "paymenttermscode")).values()).count("14 DAYS") == 1


@pytest.mark.rule("D6")
async def test_an_option_deleted_in_sales_is_noticed_and_made_again_only_on_demand(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS")
    await engine.look("PAYMENT TERMS")
    [value] = [value for value, label in (await engine.ctx.sales.options("accounts", "paymenttermscode")).items() if label == "14 DAYS"]
    await engine.ctx.sales.remove_option("accounts", "paymenttermscode", value)
    await engine.ctx.sales.publish(["accounts"])
    await engine.look("PAYMENT TERMS")
    assert len(await engine.couplings("PAYMENT TERMS")) == 2, "a tombstone is left: the value was deleted to be gone"
    assert "14 DAYS" not in (await engine.ctx.sales.options("accounts", "paymenttermscode")).values()
