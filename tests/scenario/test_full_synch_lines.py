"""The lines of a full synch at work: in which order, what holds the regular job meanwhile, and what a run trusts."""

from __future__ import annotations

import pytest

from sync.heart.choice import Choice
from sync.heart.plan import Run, Side
from sync.record.records import Seen, synchronize
from sync.run import messages
from tests.scenario.engine import Engine
from tests.scenario.reviewing import FIRST, post, review, run
from tests.scenario.world import Record, account, customer, person


@pytest.mark.case("T253", "T254", "T265", "T266", "T257")
@pytest.mark.feature("F078", "F085")
async def test_lines_run_after_those_that_they_depend_on_and_say_what_became_of_them(engine: Engine) -> None:
    await engine.seed(customer("C1"), person("P1", of="C1"), account("A1", accountnumber="C1"))
    await review(engine)
    await post(engine, "start")
    begun: list[str] = []
    while message := await engine.message():
        await engine.work(message)
        begun += [name for name, line in (await review(engine)).items() if line["status"] != "waiting" and name not in begun]
    assert begun.index("CONTACT") > begun.index("CUSTOMER") > max(map(begun.index, FIRST))
    lines = await review(engine)
    assert {line["status"] for line in lines.values()} == {"success"}
    customers = lines["CUSTOMER"]
    for way in ("toSales", "fromSales"):
        assert customers[way]["status"] == "success" and customers[way]["jobId"]
    assert customers["toSales"]["coupled"] == 1
    assert (customers["done"], customers["total"]) == (2, 2)


@pytest.mark.case("T269", "T271")
async def test_the_job_of_a_line_leads_to_its_log(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    line = (await run(engine))["CUSTOMER"]
    job = (await engine.api.get(f"jobs/{line['fromSales']['jobId']}")).json
    assert (job["mapping"], job["kind"], job["parent"]) == ("CUSTOMER", "full", line["fullSync"])


@pytest.mark.case("T256")
async def test_a_failed_record_makes_the_line_an_error_and_the_good_one_is_coupled(engine: Engine) -> None:
    good, bad = customer("C1"), customer("C2", email="no address")
    await engine.seed(good, bad, account("A1", accountnumber="C1"), account("A2", accountnumber="C2", name="Company C2"))
    await engine.seed(account("A3", accountnumber="C2"))
    line = (await run(engine))["CUSTOMER"]
    assert line["status"] == line["toSales"]["status"] == "error"
    assert await engine.coupling("CUSTOMER", good) and not await engine.coupling("CUSTOMER", bad)


@pytest.mark.case("T272")
async def test_while_a_line_runs_nothing_else_is_started(engine: Engine) -> None:
    await review(engine)
    started = await post(engine, "start")
    refused = await post(engine, "start", 409, mappings=["CURRENCY"])
    assert refused["inTheWay"] == started["id"] and "cancel" in refused["detail"]


@pytest.mark.case("T274")
async def test_without_a_line_to_start_nothing_starts(engine: Engine) -> None:
    await run(engine)
    refused = await post(engine, "start", 409)
    assert (refused["title"], "reset" in refused["remedy"]) == ("Nothing to start", True)


@pytest.mark.case("T265")
async def test_a_line_whose_parents_are_neither_finished_nor_chosen_does_not_start(engine: Engine) -> None:
    await engine.seed(customer("C1"), person("P1", of="C1"))
    refused = await post(engine, "start", 409, mappings=["CONTACT"])
    assert "CONTACT needs CUSTOMER" in refused["detail"]
    lines = await run(engine, mappings=["SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT", "CUSTOMER"])
    assert (lines["CUSTOMER"]["status"], lines["CONTACT"]["status"]) == ("success", "waiting")
    assert (await run(engine, mappings=["contact"]))["CONTACT"]["status"] == "success"


@pytest.mark.feature("F079")
async def test_a_cancelled_review_is_restarted_where_it_stopped(engine: Engine) -> None:
    await engine.seed(customer("C1"), person("P1", of="C1"))
    await review(engine)
    await post(engine, "start", createNew="both")
    await engine.work((await engine.message()) or {})
    await post(engine, "cancel")
    await engine.drain()
    lines = await review(engine)
    assert lines["CONTACT"]["status"] == "cancelled"
    refused = await engine.api.post("full-sync/review/cancel")
    assert (refused.status, "No line" in refused.json["detail"]) == (409, True)
    lines = await run(engine, "restart", createNew="both")
    assert {line["status"] for line in lines.values()} == {"success"}
    assert len(await engine.sales.rows("contacts")) == 1


@pytest.mark.case("T259")
async def test_the_regular_job_is_held_during_its_line_and_misses_nothing_of_what_changes_meanwhile(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    full = await engine.begin_sync("CUSTOMER")
    await engine.work((await engine.message()) or {})
    await engine.edit(theirs, telephone1="222")
    await engine.work(messages.scan(engine.ctx.company, "CUSTOMER"))
    assert (await engine.row(mine))["phoneNumber"] == "111"
    assert (await review(engine))["CUSTOMER"]["entryStatus"] == "In Process"
    async with engine.after_the_next_page(Side.BC, lambda: engine.edit(mine, email="late@example.com")):
        await engine.drain()
    assert await engine.ended(full)
    await engine.look("CUSTOMER")
    assert ((await engine.row(mine))["phoneNumber"], (await engine.row(theirs))["emailaddress1"]) == ("222", "late@example.com")
    assert (await review(engine))["CUSTOMER"]["entryStatus"] == "Ready"


@pytest.mark.case("T259")
async def test_a_job_that_a_person_held_stays_held_after_the_line(engine: Engine) -> None:
    await engine.coupled()
    await engine.begin_sync("CUSTOMER")
    assert (await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})).status == 200
    await engine.drain()
    line = (await review(engine))["CUSTOMER"]
    assert (line["entryStatus"], line["holdReason"]) == ("On Hold", "audit")


@pytest.mark.case("T275", "T035")
@pytest.mark.feature("F073")
async def test_the_mapping_gets_the_marks_of_the_time_when_its_walk_began(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    await engine.sync("CUSTOMER")
    entry = await engine.ctx.store.entries.get(engine.ctx.company, "CUSTOMER")
    assert entry.bc_watermark and entry.sales_link
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    assert (await engine.totals("CUSTOMER"))["toSales"]["coupled"] == 1, "an idle look leaves no job row"


async def test_a_line_on_hold_is_named_and_nothing_starts(engine: Engine) -> None:
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})
    refused = await engine.api.post("full-sync", {"mappings": ["CURRENCY", "CUSTOMER"]})
    assert (refused.status, "CUSTOMER (audit)" in refused.json["detail"]) == (409, True)
    assert (await post(engine, "start", 409))["title"] == "On hold"
    assert (await engine.api.get("full-sync")).json["value"] == []


async def test_a_line_put_on_hold_before_its_turn_ends_in_error_and_the_others_go_on(engine: Engine) -> None:
    await engine.seed(customer("C1"), person("P1", of="C1"))
    full = await engine.begin_sync("CURRENCY", "CUSTOMER", "CONTACT")
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})
    await engine.drain()
    lines = {line["mapping"]: line for line in (await engine.api.get(f"full-sync/{full.id}")).json["lines"]}
    assert (lines["CUSTOMER"]["status"], "audit" in lines["CUSTOMER"]["message"]) == ("error", True)
    assert lines["CONTACT"]["status"] == "success"


async def leave_as_they_are(engine: Engine, record: Record, unit: str) -> None:
    """A person says that both sides may differ in a unit."""
    mapping = engine.ctx.mappings["CUSTOMER"]
    seen = await Seen.read(engine.ctx, mapping, record.side, [record.id])
    await synchronize(engine.ctx, mapping, seen, Run(choices={unit: Choice()}), "by hand")


@pytest.mark.rule("B1")
@pytest.mark.feature("F074")
async def test_an_unconditional_run_compares_every_pair_as_if_nothing_were_remembered(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"}, {"telephone1": "222"}, rule="ask")
    await leave_as_they_are(engine, mine, "phoneNumber")
    await engine.sync("CUSTOMER")
    assert ((await engine.row(mine))["phoneNumber"], (await engine.row(theirs))["telephone1"]) == ("111", "222")
    await engine.api.post("full-sync", {"mappings": ["CUSTOMER"], "unconditional": True})
    await engine.drain()
    assert (await engine.row(theirs))["telephone1"] == "111"


@pytest.mark.feature("F074")
async def test_an_unconditional_run_over_equal_pairs_writes_nothing_at_all(engine: Engine) -> None:
    await engine.coupled({"phoneNumber": "111"})
    before = await engine.couplings("CUSTOMER")
    await engine.reset_counters()
    await engine.api.post("full-sync", {"mappings": ["CUSTOMER"], "unconditional": True})
    await engine.drain()
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await engine.couplings("CUSTOMER") == before
