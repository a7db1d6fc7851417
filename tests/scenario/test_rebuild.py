"""Couplings that were lost with the state are made again: from the id that Couplet wrote into Sales, then by match (A3, A5, A6, D8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sync.store import Finding
from sync.store.findings import Findings
from tests.scenario.engine import Engine
from tests.scenario.native import adopted, listed, pairs
from tests.scenario.world import account, customer, id_of, vendor


async def lost(engine: Engine) -> dict[str, str]:
    """The state is gone; whom was coupled with whom before."""
    before = {each.bc_id: each.sales_id for each in await engine.couplings("CUSTOMER")}
    await engine.forget_everything()
    engine.ctx = await engine.environment.context(None)
    return before


@pytest.mark.feature("F022")
@pytest.mark.rule("D8")
async def test_lost_couplings_are_made_again_from_the_id_in_sales_even_where_nothing_matches(engine: Engine) -> None:
    await engine.coupled()
    made = customer("C2"), vendor("V1")
    await engine.seed(*made)
    await engine.switch("VENDOR", enabled=True)
    await engine.sync("CUSTOMER", "VENDOR")
    [row] = [each for each in await engine.sales.rows("accounts") if each.get("accountnumber") == "C2"]
    await engine.sales.edit("accounts", row["accountid"], accountnumber="other", name="Another name")
    before = await lost(engine)
    await engine.reset_counters()
    dry = await adopted(engine, "rebuild", dryRun=True, match=False)
    assert dry["counts"]["CUSTOMER"] == {"taken": 1, "differing": 1}, "the other account was never written to, and has no id"
    assert await engine.couplings("CUSTOMER") == []
    [differing] = [each for each in await listed(engine, dry, "differing") if each["mapping"] == "CUSTOMER"]
    assert {each["field"] for each in differing["fields"]} >= {"displayName"}
    report = await adopted(engine, "rebuild")
    assert {each.bc_id: each.sales_id for each in await engine.couplings("CUSTOMER")} == before
    assert report["counts"]["VENDOR"]["taken"] == 1 and await engine.written() == {"bc": 0, "sales": 0}
    again = await adopted(engine, "rebuild", match=False)
    assert again["totals"]["toSales"]["coupled"] == 0 and again["counts"]["CUSTOMER"] == {"already": 1}


@pytest.mark.rule("A6")
async def test_a_record_that_was_parted_and_made_anew_goes_on_in_the_life_in_which_its_row_was_made(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await engine.sync("CUSTOMER", create="toSales")
    [first] = await engine.couplings("CUSTOMER")
    await engine.api.delete("couplings/CUSTOMER", {"bcId": first.bc_id})
    made = await engine.api.post("couplings/CUSTOMER", {"bcId": first.bc_id, "createNew": True})
    assert made.status in (200, 201), made.json
    [second] = [each for each in await engine.couplings("CUSTOMER") if each.joined]
    assert second.sales_id != first.sales_id
    await lost(engine)
    await adopted(engine, "rebuild", match=False)
    [found] = await engine.couplings("CUSTOMER")
    assert (found.sales_id, found.life_number) == (second.sales_id, second.life_number)


@pytest.mark.rule("A5")
async def test_no_id_joins_what_people_parted_and_a_dry_run_tells_what_a_match_would_join_and_what_could_be_several(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    twin = {"name": "Twin", "accountnumber": "T1"}
    await engine.seed(customer("T1", displayName="Twin"), account("T1", **twin), account("T2", **twin))
    await lost(engine)
    report = await adopted(engine, "rebuild", match=False)
    assert "CUSTOMER" not in report["counts"] and await engine.couplings("CUSTOMER") == []
    dry = await adopted(engine, "rebuild", dryRun=True)
    assert pairs(await listed(engine, dry, "taken")) >= {(mine.id, theirs.id)}
    [one] = [each for each in await listed(engine, dry, "ambiguous") if each["mapping"] == "CUSTOMER"]
    assert one["bc"]["name"] == "T1 Twin" and one["why"].startswith("could be ")


async def test_a_mapping_that_people_left_switched_off_is_not_matched(engine: Engine) -> None:
    await engine.seed(vendor("V1"), account("V1", accountnumber="V1", customertypecode=11))
    report = await adopted(engine, "rebuild")
    assert "VENDOR" not in report["counts"] and await engine.couplings("VENDOR") == []


async def test_an_id_in_sales_that_contradicts_a_coupling_or_leads_nowhere_is_named_and_changes_nothing(engine: Engine) -> None:
    mine, other = customer("C1"), account("B1", accountnumber="B1")
    marks = {"couplet_companyid": engine.ctx.company}
    marked = account("A1", **marks, couplet_bcid=mine.id)
    nowhere = account("A2", **marks, couplet_bcid=id_of("customers", "gone"))
    await engine.seed(mine, other, marked, nowhere)
    coupled = await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "salesId": other.id, "sync": "none"})
    assert coupled.status == 200, coupled.json
    before = await engine.couplings("CUSTOMER")
    report = await adopted(engine, "rebuild", match=False)
    assert report["counts"]["CUSTOMER"] == {"elsewhere": 1, "gone": 1}
    [elsewhere] = await listed(engine, report, "elsewhere")
    assert elsewhere["sales"]["id"] == marked.id and other.id in elsewhere["why"]
    assert await engine.couplings("CUSTOMER") == before


async def test_an_id_in_sales_that_is_none_is_left_alone_and_the_rest_is_made_again(engine: Engine) -> None:
    await engine.seed(customer("C2"))
    await engine.sync("CUSTOMER", create="toSales")
    await engine.seed(account("A1", couplet_companyid=engine.ctx.company, couplet_bcid="see Mr Miller"))
    before = await lost(engine)
    report = await adopted(engine, "rebuild", match=False)
    assert {each.bc_id: each.sales_id for each in await engine.couplings("CUSTOMER")} == before
    assert report["counts"]["CUSTOMER"] == {"taken": 1, "gone": 1}
    [gone] = await listed(engine, report, "gone")
    assert (gone["bc"], gone["why"]) == (None, "its mark is no id")


async def test_records_with_several_candidates_are_told_in_parts_however_many_they_are(engine: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr("sync.store.matches.PART", 5)
    for number in range(7):
        both = [account(f"T{number}{each}", name="Twin", accountnumber=f"T{number}") for each in "ab"]
        await engine.seed(customer(f"T{number}", displayName="Twin"), *both)
    longest: list[int] = []
    put = type(engine.ctx.store.findings).put

    async def measured(self: Findings, company: str, job: str, page: int, lists: Mapping[str, Sequence[Finding]]) -> None:
        longest.append(max(map(len, lists.values()), default=0))
        await put(self, company, job, page, lists)

    monkeypatch.setattr(Findings, "put", measured)
    report = await adopted(engine, "rebuild", dryRun=True)
    assert report["counts"]["CUSTOMER"]["ambiguous"] == 7 and max(longest) <= 5
    assert len(await listed(engine, report, "ambiguous", limit=100)) == 7
