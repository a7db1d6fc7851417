"""What a scheduled run carries and counts, and a mapping that is not the one its state was made with (rule H2)."""

from __future__ import annotations

import pytest

from sync.heart.plan import Side, Update
from tests.scenario.engine import Engine
from tests.scenario.test_switches import switched
from tests.scenario.world import account, customer


@pytest.mark.rule("H2")
async def test_a_mapping_that_changed_since_its_state_was_made_says_so_and_compares_all_coupled_records_once(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"website": "https://adler.example"}, {"websiteurl": "https://adler.example"})
    fields = engine.ctx.mappings["CUSTOMER"].fields
    engine.change("CUSTOMER", fields=tuple(unit for unit in fields if unit.name != "website"))
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    await engine.edit(mine, website="https://new.example")
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["websiteurl"] == "https://adler.example", "the field is not mapped"
    engine.change("CUSTOMER", fields=fields)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["websiteurl"] == "https://new.example"
    [job] = (await engine.api.get("jobs?mapping=CUSTOMER&limit=1")).json["value"]
    assert job["kind"] == "comparison" and "The mapping changed" in job["message"]
    await engine.look("CUSTOMER")
    assert (await engine.api.get("jobs?mapping=CUSTOMER&limit=1")).json["value"][0]["id"] == job["id"], "once"


@pytest.mark.rule("H2")
async def test_a_policy_or_a_schedule_is_no_change_of_the_mapping(engine: Engine) -> None:
    await engine.coupled()
    await engine.look("CUSTOMER")
    await switched(engine, "CUSTOMER", minutes=30, conflict="newest", onlyCoupled=False)
    await engine.look("CUSTOMER")
    assert [job["kind"] for job in (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]] == ["full"]


@pytest.mark.case("T074")
async def test_a_record_that_a_filter_left_out_is_updated_when_the_filter_is_gone(engine: Engine) -> None:
    """The mapping's filter is emptied: it is another mapping than before, and says so (rule H2)."""
    blocked = customer("C3", blocked="All")
    await engine.seed(customer("C1"), customer("C2"), blocked)
    await engine.sync("CUSTOMER", create="toSales")
    assert len(await engine.sales.rows("accounts")) == 2
    await engine.edit(blocked, blocked="_x0020_")
    await engine.sync("CUSTOMER", create="toSales")
    await engine.edit(blocked, blocked="All")
    await engine.look("CUSTOMER")
    await engine.edit(blocked, phoneNumber="+49 30 3")
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", blocked))["telephone1"] != "+49 30 3"
    engine.change("CUSTOMER", keep={Side.SALES: engine.ctx.mappings["CUSTOMER"].keep[Side.SALES]})
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", blocked))["telephone1"] == "+49 30 3"


@pytest.mark.case("T085")
async def test_a_changed_account_changes_its_customer_and_the_coupling_stays(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    before = await engine.coupling("CUSTOMER", mine)
    await engine.look("CUSTOMER")
    await engine.edit(theirs, telephone1="+49 30 2")
    await engine.look("CUSTOMER")
    after = await engine.coupling("CUSTOMER", mine)
    assert before and after and (after.bc_id, after.sales_id) == (before.bc_id, before.sales_id)
    assert (await engine.totals("CUSTOMER"))["fromSales"]["modified"] == 1
    assert (await engine.row(mine))["phoneNumber"] == "+49 30 2"


@pytest.mark.case("T073", "T083")
async def test_one_job_of_a_run_counts_both_directions(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    other = customer("C2"), account("A2", accountnumber="C2")
    await engine.seed(*other)
    await engine.sync("CUSTOMER")
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.edit(other[1], telephone1="+49 30 2")
    await engine.look("CUSTOMER")
    jobs = (await engine.api.get("jobs?mapping=CUSTOMER&limit=5")).json["value"]
    totals = [job["totals"] for job in jobs if job["kind"] == "scheduled"]
    assert sum(each["toSales"].get("modified", 0) for each in totals) == 1
    assert sum(each["fromSales"].get("modified", 0) for each in totals) == 1


@pytest.mark.case("T076", "T152")
async def test_edits_of_the_integration_user_are_synchronised_like_anybodys(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.ctx.sales.write([Update(side=Side.SALES, table="accounts", id=theirs.id, values={"telephone1": "+49 30 2"})])
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["phoneNumber"] == "+49 30 2"


@pytest.mark.case("T080")
async def test_rows_touched_in_unmapped_columns_only_change_nothing(engine: Engine) -> None:
    _, theirs = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(theirs, description="seen by nobody")
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}
