"""A mapping that is switched off: left alone in one company, and in nobody's way (rule G1)."""

from __future__ import annotations

from typing import Any

import pytest

from sync.entry.upkeep import tick
from tests.scenario.engine import Engine
from tests.scenario.test_switches import switched
from tests.scenario.world import customer, person

pytestmark = [pytest.mark.rule("G1"), pytest.mark.feature("F045")]


async def shown(engine: Engine, mapping: str) -> dict[str, Any]:
    """A mapping as people see it."""
    answer: dict[str, Any] = (await engine.api.get(f"mappings/{mapping}")).json
    return answer


async def test_a_mapping_switched_off_is_not_looked_at_and_finds_afterwards_what_changed(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    off = await switched(engine, "CUSTOMER", enabled=False)
    assert (off["status"], off["nextRun"], off["offReason"]) == ("Switched Off", None, "CUSTOMER is switched off")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await tick(engine.environment, "CUSTOMER")
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] != "+49 30 1"
    on = await switched(engine, "CUSTOMER", enabled=None)
    assert (on["status"], on["origins"]["enabled"], on["offReason"]) == ("Ready", "declaration", None)
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


async def test_what_people_ask_of_it_is_refused_with_the_way_to_switch_it_on(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await switched(engine, "CUSTOMER", enabled=False)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("mappings/CUSTOMER/run", {}),
        ("full-sync", {"mappings": ["CUSTOMER"]}),
        ("couplings/CUSTOMER", {"bcId": mine.id, "salesId": theirs.id}),
        ("couplings/CUSTOMER/match", {"criteria": [{"field": "displayName"}]}),
    ]
    for path, body in calls:
        answer = await engine.api.post(path, body)
        assert (answer.status, answer.json["type"]) == (409, "urn:couplet:switched_off"), path
        assert "PATCH" in answer.json["remedy"]
    told = await engine.api.get(f"explain/CUSTOMER/bc/{mine.id}")
    assert any("switched off" in sentence for sentence in told.json["sentences"])


async def test_a_full_synch_of_everything_and_its_review_leave_it_out_and_who_needs_it_comes_through(engine: Engine) -> None:
    await engine.seed(customer("C1", salespersonCode="AB"))
    await switched(engine, "SALESPEOPLE", enabled=False)
    started = await engine.api.post("full-sync", {"createNew": "toSales"})
    await engine.drain()
    done = (await engine.api.get(f"full-sync/{started.json['id']}")).json
    assert "SALESPEOPLE" not in {line["mapping"] for line in done["lines"]}
    [account] = await engine.sales.rows("accounts")
    assert account["accountnumber"] == "C1"
    assert await engine.problems() == []
    lines = (await engine.api.get("full-sync/review")).json["lines"]
    assert "SALESPEOPLE" not in {line["mapping"] for line in lines}


async def test_what_cannot_do_without_it_rests_too_and_says_why(engine: Engine) -> None:
    await engine.seed(customer("C1"), person("P1", of="C1"))
    await switched(engine, "CUSTOMER", enabled=False)
    contact = await shown(engine, "CONTACT")
    assert (contact["status"], contact["enabled"]) == ("Switched Off", False)
    assert contact["offReason"] == "CONTACT cannot do without CUSTOMER, which is switched off"
    assert contact["origins"]["enabled"] == "declaration"
    await engine.look("CONTACT")
    assert not await engine.sales.rows("contacts")


async def test_a_reset_switches_it_on_again_and_a_value_that_is_none_is_refused(engine: Engine) -> None:
    await switched(engine, "CUSTOMER", enabled=False)
    assert (await engine.api.patch("mappings/CUSTOMER", {"enabled": "no"})).status == 400
    assert (await shown(engine, "CUSTOMER"))["enabled"] is False
    await engine.api.post("mappings/CUSTOMER/reset", {})
    assert (await shown(engine, "CUSTOMER"))["enabled"] is True
