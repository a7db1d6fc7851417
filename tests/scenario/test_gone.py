"""Rule C5, the part that any mapping can have: what became of a record whose row is gone is looked for before it counts as deleted.

The orders' own stories are in `test_order_status.py`; here customers that became vendors stand for them.
"""

from __future__ import annotations

from typing import Any

import pytest

from mapping.beside import Related
from mapping.gone import Became, Ending, Gone
from mapping.policies import DeletionPolicy
from mapping.values import Row, Side
from mapping.world import World
from sync.run import messages
from tests.scenario.engine import Engine
from tests.scenario.world import Record, customer, vendor

pytestmark = pytest.mark.rule("C5")


def became_vendor(account: Row, world: World) -> Became | None:
    """Done where a vendor has the number, free where the account is a lead's; else nobody knows."""
    found = world.row("vendors", str(account.get("accountnumber")))
    if found:
        return Became(ending=Ending.DONE, why="it became a vendor", values={"description": f"Now {found['displayName']}"})
    if str(account["name"]).startswith("Lead"):
        return Became(ending=Ending.FREE, why="it was a lead", values={"description": "Free"})
    return None


WHERE = Related(name="vendors", side=Side.BC, table="vendors", key="number", of="accountnumber", columns=("id", "number", "displayName"))


async def gone(engine: Engine, name: str = "Company C1", **more: Any) -> tuple[Record, Record]:
    """A coupled customer whose row in BC was deleted."""
    pair = await engine.coupled({"displayName": name})
    engine.change("CUSTOMER", gone=Gone(side=Side.BC, related=(WHERE,), rule=became_vendor), **more)
    await engine.delete(pair[0])
    return pair


async def noticed(engine: Engine, record: Record) -> None:
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", record.side, [record.id]))
    await engine.drain()


async def state(engine: Engine, record: Record) -> str | None:
    coupling = await engine.coupling("CUSTOMER", record)
    return coupling.life if coupling else None


async def test_what_is_found_elsewhere_is_done_and_nothing_more_happens_to_it(engine: Engine) -> None:
    mine, theirs = await gone(engine)
    await engine.seed(vendor("C1", displayName="Supplies C1"))
    await noticed(engine, mine)
    assert (await engine.row(theirs))["description"] == "Now Supplies C1"
    assert (await state(engine, theirs), await engine.problems("CUSTOMER")) == ("done", [])
    listed = (await engine.api.get("couplings/CUSTOMER?state=done&count=true")).json
    assert [(each["bcId"], each["salesId"]) for each in listed["value"]] == [(mine.id, theirs.id)] and listed["count"]["done"] == 1
    told = (await engine.api.get(f"explain/CUSTOMER/sales/{theirs.id}")).json["sentences"]
    assert any("It is done" in sentence for sentence in told)
    now = await engine.api.post(f"records/CUSTOMER/sales/{theirs.id}/sync", {})
    assert now.json["outcome"] == "done"
    await engine.reset_counters()
    await engine.edit(theirs, description="Edited", telephone1="1")
    await engine.look("CUSTOMER")
    await noticed(engine, mine)
    assert (await engine.row(theirs))["description"] == "Edited" and await engine.written() == {"bc": 0, "sales": 0}
    assert (await state(engine, theirs), await engine.problems("CUSTOMER")) == ("done", [])


async def test_what_was_deleted_for_good_is_free_and_couples_anew_in_a_later_life(engine: Engine) -> None:
    mine, theirs = await gone(engine, "Lead C1")
    await noticed(engine, mine)
    assert (await engine.row(theirs))["description"] == "Free"
    assert (await state(engine, theirs), await engine.problems("CUSTOMER")) == (None, [])
    await engine.sync("CUSTOMER")
    coupling = await engine.coupling("CUSTOMER", theirs)
    assert coupling and coupling.life == "coupled" and coupling.bc_id != mine.id and coupling.life_number == 2


async def test_of_what_nobody_knows_the_policy_decides(engine: Engine) -> None:
    mine, theirs = await gone(engine, deletion=DeletionPolicy.MANUAL)
    await noticed(engine, mine)
    assert (await state(engine, theirs), await engine.problems("CUSTOMER")) == ("coupled", [("counterpart_deleted", None)])


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["Company C1", "Lead C1"])
async def test_a_worker_who_dies_over_it_is_carried_on(engine: Engine, when: str, name: str) -> None:
    mine, theirs = await gone(engine, name)
    await engine.seed(vendor("C1")) if name == "Company C1" else None
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", Side.BC, [mine.id]))
    await engine.die(Side.SALES, when)
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert str((await engine.row(theirs))["description"]).startswith(("Now", "Free"))
    assert await state(engine, theirs) == ("done" if name == "Company C1" else None)


async def test_the_daily_comparison_finds_it_and_passes_over_what_is_done(engine: Engine) -> None:
    _, theirs = await gone(engine)
    await engine.seed(vendor("C1"), customer("C2"))
    for _ in range(2):
        await engine.api.post("mappings/CUSTOMER/compare", {})
        await engine.drain()
        assert (await state(engine, theirs), await engine.problems("CUSTOMER")) == ("done", [])
