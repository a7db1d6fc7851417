"""Rules C2 and A6: a worker dies while a deletion is dealt with; what comes of it is the same."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.policies import DeletionPolicy, LeavingPolicy
from sync.heart.coupling import Life
from sync.heart.plan import Side
from sync.run import messages
from tests.scenario.engine import Engine
from tests.scenario.world import Record, customer

WHEN = pytest.mark.parametrize("when", ["before", "after"])
BOTH = pytest.mark.parametrize("side", list(Side), ids=["deleted in BC", "deleted in Sales"])


async def _deleted(engine: Engine, side: Side, **policy: Any) -> tuple[Record, Record]:
    """A pair one row of which was deleted, and the message that says so on the queue: the row that is gone, the one that is left."""
    pair = await engine.coupled({"phoneNumber": "111"})
    engine.change("CUSTOMER", **policy)
    gone, left = pair if side is Side.BC else (pair[1], pair[0])
    await engine.delete(gone)
    await _said(engine, gone)
    return gone, left


async def _said(engine: Engine, gone: Record) -> None:
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", gone.side, [gone.id]))


async def _settled(engine: Engine, *sides: Side) -> None:
    """As after some minutes: the message comes back, and each side is looked at."""
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    for coupling in await engine.couplings("CUSTOMER"):
        for side in sides or Side:
            await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", side, [coupling.of(side)]))
    await engine.drain()
    assert await engine.problems() == []


@pytest.mark.rule("C2", "A6")
@WHEN
@BOTH
async def test_a_row_is_made_again_once_though_the_worker_dies(engine: Engine, side: Side, when: str) -> None:
    gone, left = await _deleted(engine, side, deletion=DeletionPolicy.RESTORE)
    await engine.die(side, when)
    await _settled(engine)
    [coupling] = await engine.couplings("CUSTOMER")
    assert (coupling.life, coupling.life_number, coupling.of(left.side)) == (Life.COUPLED, 2, left.id)
    rows = await engine.people(side).rows(gone.table)
    key = "id" if side is Side.BC else "accountid"
    assert [row[key] for row in rows] == [coupling.of(side)]


@pytest.mark.rule("C2")
@WHEN
@BOTH
async def test_a_counterpart_is_deleted_though_the_worker_dies(engine: Engine, side: Side, when: str) -> None:
    _, left = await _deleted(engine, side, deletion=DeletionPolicy.DELETE_COUNTERPART)
    await engine.die(left.side, when)
    await _settled(engine)
    assert await engine.couplings("CUSTOMER") == []
    assert await engine.people(left.side).rows(left.table) == []


@pytest.mark.rule("C1")
@WHEN
async def test_a_counterpart_is_deactivated_once_though_the_worker_dies(engine: Engine, when: str) -> None:
    pair = await engine.coupled()
    engine.change("CUSTOMER", leaving=LeavingPolicy.DEACTIVATE_COUNTERPART)
    await engine.edit(pair[0], blocked="All")
    await engine.ask_for_a_look("CUSTOMER")
    await engine.die(Side.SALES, when)
    await _settled(engine)
    assert (await engine.row(pair[1]))["statecode"] == 1
    await engine.edit(pair[0], blocked="_x0020_")
    await _settled(engine)
    assert (await engine.row(pair[1]))["statecode"] == 0, "what Couplet did is put right, though its worker died over it"


@pytest.mark.rule("C2", "C6")
async def test_a_deletion_and_an_edit_of_the_same_pair_come_in_either_order(engine: Engine) -> None:
    gone, left = await _deleted(engine, Side.SALES, deletion=DeletionPolicy.RESTORE)
    await engine.edit(left, phoneNumber="222")
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", Side.BC, [left.id]))
    await _said(engine, gone)
    await engine.drain()
    [row] = await engine.sales.rows("accounts")
    assert row["telephone1"] == "222"
    assert await engine.problems() == []


@pytest.mark.rule("C2")
async def test_a_record_deleted_while_its_counterpart_was_being_made_is_treated_by_the_policy(engine: Engine) -> None:
    """The account is made, the worker dies before he can say so, and somebody deletes the customer."""
    await engine.sync("CUSTOMER")
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART)
    mine = customer("C9")
    await engine.seed(mine)
    await engine.begin_sync("CUSTOMER")
    await engine.die(Side.SALES, "after")
    await engine.delete(mine)
    await engine.ctx.store.queue._client.clear_messages()
    await engine.leases_run_out("CUSTOMER")
    await _said(engine, mine)
    await engine.drain()
    assert await engine.bc.rows("customers") == [], "nobody makes again what a person deleted"
    assert await engine.sales.rows("accounts") == []
    assert await engine.couplings("CUSTOMER") == []
