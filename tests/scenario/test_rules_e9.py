"""Rule E9: the number of BC stands on the row of Sales, and one that people typed before is kept and listed."""

from __future__ import annotations

import pytest

from tests.scenario.by_hand import couple
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("E9")


async def test_a_number_that_people_typed_is_kept_and_listed_beside_that_of_bc(engine: Engine) -> None:
    typed = {"1": "OLD-7", "2": "c2", "3": None}
    firms = {name: (customer(f"C{name}"), account(f"A{name}", accountnumber=number)) for name, number in typed.items()}
    await engine.seed(*(record for pair in firms.values() for record in pair))
    for mine, theirs in firms.values():
        await couple(engine, bcId=mine.id, salesId=theirs.id)
    await engine.drain()
    numbers = {row["accountid"]: row["accountnumber"] for row in await engine.sales.rows("accounts")}
    assert [numbers[theirs.id] for _, theirs in firms.values()] == ["OLD-7", "c2", "C3"]
    listed = (await engine.api.get("couplings/CUSTOMER?state=kept&names=true")).json
    assert [(each["salesId"], each["kept"]) for each in listed["value"]] == [
        (firms["1"][1].id, [{"field": "number", "bc": "C1", "sales": "OLD-7"}])
    ], "what differs in letters only, or was filled, is no number of their own"
    assert listed["cursor"] is None


async def test_where_nothing_is_kept_the_list_is_empty(engine: Engine) -> None:
    await engine.coupled()
    for mapping in ("CUSTOMER", "CURRENCY"):
        assert (await engine.api.get(f"couplings/{mapping}?state=kept")).json == {"value": [], "cursor": None}
    assert (await engine.api.get("couplings/CUSTOMER?state=kept&cursor=x")).status == 400
