"""The full synch review: lines with what is recommended, decisions about them, and what runs when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from mapping.graph import in_order
from mapping.off import switched_on
from sync.entry.upkeep import forget_old_jobs
from tests.in_force import ENABLED
from tests.scenario.engine import Engine
from tests.scenario.reviewing import FIRST, post, review, run
from tests.scenario.world import account, customer, item, person, product

NEEDS = {
    "SALESPEOPLE": [],
    "CURRENCY": [],
    "UNIT OF MEASURE": [],
    "CUSTOMER": ["SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"],
    "CONTACT": ["CUSTOMER"],
    "ITEM-PRODUCT": ["UNIT OF MEASURE"],
}


@pytest.mark.case("T247", "T248")
@pytest.mark.feature("F076", "F085")
async def test_each_line_says_what_it_depends_on(engine: Engine) -> None:
    lines = await review(engine)
    assert list(lines) == in_order(switched_on(engine.ctx.mappings))
    assert {name: sorted(lines[name]["dependsOn"]) for name in NEEDS} == {name: sorted(needs) for name, needs in NEEDS.items()}


@pytest.mark.case("T262", "T722")
async def test_opening_the_review_again_doubles_no_line_and_forgets_no_decision(engine: Engine) -> None:
    await review(engine)
    assert (await engine.api.patch("full-sync/review/lines/customer", {"createNew": "toSales"})).status == 200
    again = await review(engine)
    assert len(again) == len(switched_on(engine.ctx.mappings))
    assert again["CUSTOMER"]["decided"] == {"createNew": "toSales"}


@pytest.mark.rule("A2")
@pytest.mark.case("T263")
@pytest.mark.feature("F076", "F086")
async def test_the_recommendation_follows_what_both_sides_hold(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("A1", name="Falke"), item("I1"))
    lines = await review(engine)
    told = {name: lines[name]["recommendation"] for name in ("SALESPEOPLE", "CUSTOMER", "CONTACT", "ITEM-PRODUCT")}
    assert told == {
        "SALESPEOPLE": "Full Synchronization",
        "CUSTOMER": "Couple Records",
        "CONTACT": "Full Synchronization",
        "ITEM-PRODUCT": "Full Synchronization",
    }
    assert (lines["CUSTOMER"]["total"], lines["ITEM-PRODUCT"]["total"]) == (2, 1)
    assert {line["status"] for line in lines.values()} == {"waiting"}
    assert {line["entryStatus"] for line in lines.values()} == {"Ready"}


@pytest.mark.rule("A2")
async def test_accounts_that_are_no_customers_leave_sales_empty(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("P1", name="Prospect", customertypecode=8))
    assert (await review(engine))["CUSTOMER"]["recommendation"] == "Full Synchronization"


@pytest.mark.rule("A2")
async def test_where_nobody_holds_anything_there_is_nothing_to_do(engine: Engine) -> None:
    assert (await review(engine))["ITEM-PRODUCT"]["recommendation"] == "No Records Found"


@pytest.mark.case("T251")
@pytest.mark.feature("F080")
async def test_a_reset_makes_the_lines_anew_and_leaves_a_running_one_untouched(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await review(engine)
    for name in ("ITEM-PRODUCT", "CURRENCY"):
        assert (await engine.api.patch(f"full-sync/review/lines/{name}", {"recommendation": "Couple Records"})).status == 200
    await post(engine, "start", mappings=["CURRENCY"])
    await engine.work((await engine.message()) or {})
    running = (await review(engine))["CURRENCY"]
    assert running["status"] == "in process"
    lines = {line["mapping"]: line for line in (await post(engine, "reset", 200))["lines"]}
    assert (lines["CURRENCY"]["decided"], lines["CURRENCY"]["fullSync"]) == (running["decided"], running["fullSync"])
    assert (lines["ITEM-PRODUCT"]["decided"], lines["ITEM-PRODUCT"]["status"]) == ({}, "waiting")
    assert (await engine.api.patch("full-sync/review/lines/CURRENCY", {"createNew": "none"})).status == 409
    assert (await engine.api.delete("full-sync/review/lines/CURRENCY")).status == 409


@pytest.mark.rule("A2")
@pytest.mark.feature("F081")
async def test_a_line_recommended_for_coupling_can_be_made_a_full_synchronization(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("A1", name="Falke"))
    lines = await run(engine, mappings=[*FIRST, "CUSTOMER"])
    assert (lines["CUSTOMER"]["recommendation"], lines["CUSTOMER"]["creates"]) == ("Couple Records", [])
    assert len(await engine.sales.rows("accounts")) == 1
    await engine.api.patch("full-sync/review/lines/CUSTOMER", {"recommendation": "Full Synchronization"})
    lines = await run(engine, mappings=["CUSTOMER"])
    assert lines["CUSTOMER"]["creates"] == ["toSales"]
    assert (len(await engine.sales.rows("accounts")), len(await engine.bc.rows("customers"))) == (2, 1)


@pytest.mark.feature("F082")
async def test_refreshing_counts_again_and_keeps_decisions(engine: Engine) -> None:
    await review(engine)
    await engine.api.patch("full-sync/review/lines/CUSTOMER", {"createNew": "both"})
    await engine.seed(customer("C1"), item("I1"), product("I2"))
    lines = {line["mapping"]: line for line in (await post(engine, "refresh", 200))["lines"]}
    assert (lines["CUSTOMER"]["recommendation"], lines["CUSTOMER"]["decided"]) == ("Full Synchronization", {"createNew": "both"})
    assert (lines["ITEM-PRODUCT"]["recommendation"], lines["ITEM-PRODUCT"]["total"]) == ("Couple Records", 2)


async def test_a_dropped_line_is_waited_for_by_nobody_and_comes_back_with_a_reset(engine: Engine) -> None:
    await review(engine)
    assert (await engine.api.delete("full-sync/review/lines/CUSTOMER")).status == 200
    lines = await run(engine, mappings=["CONTACT"])
    assert "CUSTOMER" not in lines
    assert (lines["CONTACT"]["status"], lines["CONTACT"]["dependsOn"]) == ("success", [])
    assert "CUSTOMER" in {line["mapping"] for line in (await post(engine, "reset", 200))["lines"]}


REFUSED: list[tuple[Any, str]] = [
    ({"recommendation": "Everything"}, "Everything"),
    ({"recommendation": "No Records Found"}, "nothing to do"),
    ({"recommendation": 5}, "5"),
    ({"createNew": "all"}, "all"),
    ({"createNew": ["both"]}, "both"),
    ({"create": "both"}, "create"),
    ([1], "object"),
    (b"{", "no JSON"),
]


async def test_a_decision_that_cannot_be_is_refused_and_nothing_is_changed(engine: Engine) -> None:
    before = await review(engine)
    for body, says in REFUSED:
        refused = await engine.api.patch("full-sync/review/lines/CUSTOMER", body)
        assert refused.status == 400 and refused.json["allowed"], body
        assert says in refused.json["detail"], body
    assert await review(engine) == before


@pytest.mark.rule("A2")
async def test_a_mapping_that_never_makes_rows_on_a_side_is_not_told_to(engine: Engine) -> None:
    refused = await engine.api.patch("full-sync/review/lines/SALESPEOPLE", {"createNew": "toSales"})
    assert (refused.status, "never makes rows in sales" in refused.json["detail"]) == (400, True)


async def test_an_unknown_line_is_404_and_an_unusable_order_400(engine: Engine) -> None:
    assert (await engine.api.patch("full-sync/review/lines/SUPPLIER", {})).status == 404
    assert (await engine.api.delete("full-sync/review/lines/SUPPLIER")).status == 404
    await engine.api.delete("full-sync/review/lines/CONTACT")
    assert (await engine.api.delete("full-sync/review/lines/CONTACT")).status == 404
    unusable: tuple[dict[str, Any], ...] = (
        {"mappings": "CUSTOMER"},
        {"mappings": []},
        {"mappings": ""},
        {"dryRun": "yes"},
        {"unconditional": 1},
        {"samples": 3},
    )
    for body in unusable:
        assert (await engine.api.post("full-sync/review/start", body)).status == 400
    assert (await engine.api.post("full-sync/review/start", {"mappings": ["SUPPLIER"]})).status == 404


@pytest.mark.parametrize("call", ["reset", "refresh", "cancel"])
async def test_an_option_that_a_call_of_the_review_does_not_have_is_refused(engine: Engine, call: str) -> None:
    await engine.api.delete("full-sync/review/lines/CONTACT")
    assert (await engine.api.post(f"full-sync/review/{call}", {"dryRun": True})).status == 400
    assert "CONTACT" not in await review(engine)
    assert (await engine.api.post("full-sync/review/start", {"mappings": ["X" * 70_000]})).status == 413
    assert set(await review(engine)) == set(ENABLED) - {"CONTACT"}


async def test_a_dry_run_of_the_review_leaves_its_lines_as_they_are(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    before = await review(engine)
    dry = await post(engine, "start", dryRun=True)
    await engine.drain()
    assert await review(engine) == before
    lines = (await engine.api.get(f"full-sync/{dry['id']}")).json["lines"]
    assert {line["mapping"]: line["toSales"]["inserted"] for line in lines if line["toSales"].get("inserted")}["CUSTOMER"] == 1


CRITERIA = [{"field": "email"}, {"field": "displayName", "priority": 2}]


@pytest.mark.rule("A1")
@pytest.mark.feature("F083")
async def test_a_line_couples_by_the_criteria_that_were_chosen_for_it(engine: Engine) -> None:
    mine, theirs = customer("C1", displayName="Adler", email="a@x.example"), account("A1", name="Eagle", emailaddress1="A@x.example")
    other, its = customer("C2", displayName="Bussard"), account("A2", name="bussard")
    await engine.seed(mine, theirs, other, its, customer("C3", displayName="Falke"))
    await review(engine)
    changed = await engine.api.patch("full-sync/review/lines/CUSTOMER", {"criteria": CRITERIA})
    assert changed.status == 200
    lines = await run(engine, mappings=[*FIRST, "CUSTOMER"])
    assert lines["CUSTOMER"]["decided"]["recommendation"] == "Couple Records"
    assert (lines["CUSTOMER"]["status"], lines["CUSTOMER"]["toSales"]["coupled"]) == ("success", 2)
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id
    assert (await engine.partner("CUSTOMER", other))["accountid"] == its.id
    assert len(await engine.sales.rows("accounts")) == 2
    assert (await engine.api.get(lines["CUSTOMER"]["report"])).json["counts"]["matched"] == 2
    assert (await engine.ctx.store.entries.get(engine.ctx.company, "CUSTOMER")).full_job is None


@pytest.mark.rule("A1")
async def test_a_dry_run_of_a_line_with_criteria_counts_its_pairs_and_who_needs_them_does_not_wait(engine: Engine) -> None:
    mine = customer("C1", displayName="Adler", email="a@x.example")
    await engine.seed(mine, account("A1", name="Eagle", emailaddress1="a@x.example"), person("P1", of="C1"))
    await review(engine)
    await engine.api.patch("full-sync/review/lines/CUSTOMER", {"criteria": CRITERIA})
    dry = await post(engine, "start", dryRun=True, createNew="toSales")
    await engine.drain()
    lines = {line["mapping"]: line for line in (await engine.api.get(f"full-sync/{dry['id']}")).json["lines"]}
    assert lines["CUSTOMER"]["toSales"]["coupled"] == 1
    assert lines["CONTACT"]["toSales"]["inserted"] == 1 and not lines["CONTACT"]["toSales"].get("waiting")
    assert await engine.couplings("CUSTOMER") == []


async def test_full_synchronization_takes_the_criteria_of_a_line_away(engine: Engine) -> None:
    await engine.api.patch("full-sync/review/lines/CUSTOMER", {"criteria": CRITERIA})
    both = await engine.api.patch("full-sync/review/lines/CUSTOMER", {"criteria": CRITERIA, "recommendation": "Full Synchronization"})
    assert both.status == 400
    assert "criteria" in (await review(engine))["CUSTOMER"]["decided"]
    await engine.api.patch("full-sync/review/lines/CUSTOMER", {"recommendation": "Full Synchronization"})
    assert (await review(engine))["CUSTOMER"]["decided"] == {"recommendation": "Full Synchronization"}
    for criteria in ([{"field": "nothing"}], [{"name": "email"}], "email", [{"field": "email", "priority": 0}]):
        assert (await engine.api.patch("full-sync/review/lines/CUSTOMER", {"criteria": criteria})).status == 400


async def test_an_old_full_synch_is_forgotten_and_its_line_keeps_what_became_of_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    before = (await run(engine))["CUSTOMER"]
    monkeypatch.setattr("sync.entry.upkeep.datetime", Tomorrow)
    settings = replace(engine.environment.settings, job_retention_days=0)
    monkeypatch.setattr(engine.environment, "settings", settings)
    await forget_old_jobs(engine.environment)
    assert (await engine.api.get("full-sync")).json["value"] == []
    assert (await engine.api.get(f"full-sync/{before['fullSync']}")).status == 404
    after = (await review(engine))["CUSTOMER"]
    assert {name: after[name] for name in ("status", "toSales", "done", "total")} == {
        name: before[name] for name in ("status", "toSales", "done", "total")
    }


class Tomorrow(datetime):
    """The clock, a day later."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + timedelta(days=1)
