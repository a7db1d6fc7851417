"""Run-time switches of a mapping: what people change, where each value comes from, and what is refused (rule A2)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.in_force import IN_FORCE
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("A2")


async def switched(engine: Engine, mapping: str, **switches: Any) -> dict[str, Any]:
    """A mapping after its switches were changed."""
    answer = await engine.api.patch(f"mappings/{mapping}", switches)
    assert answer.status == 200, answer.json
    shown: dict[str, Any] = answer.json
    return shown


@pytest.mark.case("T647", "T649", "T661")
@pytest.mark.feature("F036")
async def test_a_mapping_shows_its_values_and_that_they_are_declared(engine: Engine) -> None:
    for shown in (await engine.api.get("mappings")).json["value"]:
        mapping = IN_FORCE[shown["name"]]
        assert (shown["direction"], shown["onlyCoupled"]) == (mapping.direction, mapping.only_coupled)
        assert set(shown["origins"].values()) == {"declaration"}
    currency = (await engine.api.get("mappings/CURRENCY")).json
    assert (currency["direction"], currency["onlyCoupled"]) == ("toSales", True)


async def test_a_value_of_mappings_toml_is_told_from_a_declared_one_and_from_a_switch(engine: Engine) -> None:
    engine.change("CUSTOMER", minutes=30)
    await switched(engine, "CUSTOMER", conflict="bcWins")
    origins = (await engine.api.get("mappings/CUSTOMER")).json["origins"]
    assert (origins["minutes"], origins["conflict"], origins["direction"]) == ("mappings.toml", "switch", "declaration")


@pytest.mark.case("T082")
@pytest.mark.feature("F040")
async def test_with_only_coupled_off_new_records_of_both_sides_exist_on_both_after_one_run(engine: Engine) -> None:
    await engine.look("CUSTOMER")
    await switched(engine, "CUSTOMER", onlyCoupled=False)
    await asyncio.sleep(1.1)
    await engine.seed(customer("C1"), account("A1"))
    await engine.look("CUSTOMER")
    assert len(await engine.couplings("CUSTOMER")) == 2
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (2, 2)


@pytest.mark.case("T077")
@pytest.mark.feature("F040")
async def test_with_only_coupled_on_a_coupled_record_is_updated_and_nothing_is_made(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await switched(engine, "CUSTOMER", onlyCoupled=False)
    await switched(engine, "CUSTOMER", onlyCoupled=True)
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.seed(customer("C2"))
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"
    assert len(await engine.sales.rows("accounts")) == 1


@pytest.mark.rule("B3")
@pytest.mark.feature("F042")
async def test_the_conflict_policy_is_switched_and_decides_the_next_conflict(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.look("CUSTOMER")
    await switched(engine, "CUSTOMER", conflicts={"displayName": "salesWins"})
    await engine.edit(mine, displayName="Adler", phoneNumber="+49 30 1")
    await engine.edit(theirs, name="Falke", telephone1="+49 30 2")
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["displayName"] == "Falke"
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "phoneNumber")]


@pytest.mark.rule("B2")
@pytest.mark.feature("F039")
async def test_switched_to_one_direction_the_mapping_carries_nothing_the_other_way(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.look("CUSTOMER")
    shown = await switched(engine, "CUSTOMER", direction="toSales")
    assert (shown["direction"], shown["origins"]["direction"]) == ("toSales", "switch")
    await engine.look("CUSTOMER")
    await engine.edit(theirs, telephone1="+49 30 2")
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["phoneNumber"] != "+49 30 2"
    shown = await switched(engine, "CUSTOMER", direction=None)
    assert (shown["direction"], shown["origins"]["direction"]) == ("both", "declaration")


@pytest.mark.rule("A1")
@pytest.mark.parametrize("direction", ["toSales", "fromSales"])
async def test_in_whatever_direction_partners_are_found_by_their_number_and_not_made_again(engine: Engine, direction: str) -> None:
    """The number goes to Sales only: from Sales it carries nothing, and still finds the partner."""
    await engine.look("CUSTOMER")
    await switched(engine, "CUSTOMER", direction=direction, onlyCoupled=False)
    await engine.look("CUSTOMER")
    await asyncio.sleep(1.1)
    mine, theirs = customer("C1", displayName="Adler"), account("A1", accountnumber="C1", name="Falke")
    await engine.seed(mine, theirs)
    await engine.look("CUSTOMER")
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling and coupling.sales_id == theirs.id
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (1, 1)
    names = ((await engine.row(mine))["displayName"], (await engine.row(theirs))["name"])
    assert names == (("Adler", "Adler") if direction == "toSales" else ("Falke", "Falke"))


@pytest.mark.feature("F040", "F041")
async def test_only_coupled_off_together_with_remove_coupling_is_warned_of(engine: Engine) -> None:
    assert (await switched(engine, "CUSTOMER", onlyCoupled=False))["warnings"] == []
    [warning] = (await switched(engine, "CUSTOMER", deletion="removeCoupling"))["warnings"]
    assert "onlyCoupled" in warning and "removeCoupling" in warning
    assert (await switched(engine, "CUSTOMER", onlyCoupled=None))["warnings"] == []


async def test_what_one_instance_was_told_holds_for_all(engine: Engine) -> None:
    """The switches stand in the store and are read for each message: nothing of them is kept in a process."""
    await switched(engine, "CUSTOMER", conflict="newest", leaving="deactivateCounterpart", minutes=45)
    engine.forget()
    ctx = await engine.environment.context(None)
    mapping = ctx.mappings["CUSTOMER"]
    assert (mapping.conflict, mapping.leaving, mapping.minutes) == ("newest", "deactivateCounterpart", 45)
    assert ctx.declared["CUSTOMER"] == IN_FORCE["CUSTOMER"]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("CUSTOMER", {}, "at least one"),
    ("CUSTOMER", {"colour": "red"}, "colour"),
    ("CUSTOMER", {"onlyCoupled": "no"}, "true or false"),
    ("CUSTOMER", {"direction": "sideways"}, "toSales"),
    ("CUSTOMER", {"direction": 5}, "toSales"),
    ("CURRENCY", {"direction": "both"}, "no field row"),
    ("CURRENCY", {"direction": "fromSales"}, "no field row"),
    ("SALESPEOPLE", {"direction": "toSales"}, "no field row"),
    ("PAYMENT TERMS", {"direction": "both"}, "never go both ways"),
    ("CUSTOMER", {"conflict": "mineWins"}, "newest"),
    ("CUSTOMER", {"conflicts": "newest"}, "object"),
    ("CUSTOMER", {"conflicts": {"shoeSize": "newest"}}, "shoeSize"),
    ("CUSTOMER", {"conflicts": {"creditLimit": "newest"}}, "creditLimit"),
    ("CUSTOMER", {"conflicts": {"address": "mineWins"}}, "newest"),
    ("CUSTOMER", {"deletion": "forget"}, "removeCoupling"),
    ("CUSTOMER", {"leaving": "forget"}, "keep"),
    ("CUSTOMER", {"startRule": "coin"}, "bcWins"),
    ("CUSTOMER", {"minutes": -1}, "whole number"),
    ("CUSTOMER", {"minutes": 10**9}, "whole number"),
    ("CUSTOMER", {"minutes": True}, "whole number"),
    ("CUSTOMER", {"minutes": 1.5}, "whole number"),
    ("CUSTOMER", {"inactivityTimeout": "long"}, "whole number"),
    ("CUSTOMER", {"minutes": 60, "inactivityTimeout": 30}, "shorter"),
]


async def test_switches_that_cannot_be_are_refused_with_what_can_and_nothing_is_half_done(engine: Engine) -> None:
    for mapping, patch, said in BAD:
        answer = await engine.api.patch(f"mappings/{mapping}", {"leaving": "keep", **patch} if patch else patch)
        assert answer.status == 400, patch
        assert said in answer.json["detail"] and answer.json["allowed"], (patch, answer.json)
    entries = (await engine.ctx.store.entries.state(engine.ctx.company)).entries
    assert [entry.switches for entry in entries.values() if entry.switches] == []


async def test_bodies_that_are_none_and_unknown_mappings_are_refused(engine: Engine) -> None:
    assert (await engine.api.patch("mappings/VENDORS", {"minutes": 5})).status == 404
    assert (await engine.api.patch("mappings/CUSTOMER", [])).status == 400
    assert (await engine.api.call("PATCH", "mappings/CUSTOMER", b"{")).status == 400
    assert (await engine.api.call("PATCH", "mappings/CUSTOMER", b'{"minutes": ' + b" " * 70_000 + b"5}")).status == 413


async def test_a_switch_that_a_later_version_does_not_take_any_more_is_named_and_left_out(engine: Engine) -> None:
    switches = {"conflicts": {"gone": "newest"}, "minutes": 45}
    await engine.ctx.store.entries.merge(engine.ctx.company, "CUSTOMER", switches=switches)
    shown = (await engine.api.get("mappings/CUSTOMER")).json
    assert (shown["minutes"], shown["conflicts"]) == (45, {})
    assert "gone" in shown["leftOut"]["conflicts"]
    await switched(engine, "CUSTOMER", conflicts=None)


@pytest.mark.feature("F021")
@pytest.mark.case("T472", "T709")
@pytest.mark.feature("F073")
async def test_a_reset_goes_back_to_the_defaults_keeps_couplings_and_compares_them_all(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.look("CUSTOMER")
    await switched(engine, "CUSTOMER", minutes=45, conflict="newest")
    count = len((await engine.api.get("mappings")).json["value"])
    shown = (await engine.api.post("mappings/CUSTOMER/reset")).json
    assert set(shown["origins"].values()) == {"declaration"} and shown["minutes"] == 0
    assert len((await engine.api.get("mappings")).json["value"]) == count
    assert await engine.coupling("CUSTOMER", mine)
    await engine.edit(theirs, telephone1="+49 30 2")
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["phoneNumber"] == "+49 30 2"
    [job] = (await engine.api.get("jobs?mapping=CUSTOMER&limit=1")).json["value"]
    assert job["kind"] == "comparison" and "was reset" in job["message"]
    assert await engine.totals("CUSTOMER")


async def test_a_reset_takes_no_body_and_no_unknown_mapping(engine: Engine) -> None:
    assert (await engine.api.post("mappings/VENDORS/reset")).status == 404
    assert (await engine.api.post("mappings/CUSTOMER/reset", {"couplings": True})).status == 400
