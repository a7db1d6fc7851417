"""H1: each write keeps the values it replaced; a job's changes can be read field by field, and undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer

pytestmark = pytest.mark.rule("H1")


async def renamed(engine: Engine) -> tuple[Record, Record, str]:
    """A pair whose customer was renamed in BC, and the scheduled job that carried the name to Sales."""
    pair = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(pair[0], displayName="Falke GmbH", phoneNumber="+49 30 7")
    await engine.look("CUSTOMER")
    return *pair, await last_job(engine)


async def last_job(engine: Engine, mapping: str = "CUSTOMER") -> str:
    """The newest job of a mapping."""
    return str((await engine.api.get(f"jobs?mapping={mapping}&limit=1")).json["value"][0]["id"])


def fields_of(answer: Any) -> dict[str, tuple[Any, Any]]:
    """Before and after, by field, of all changes in an answer."""
    return {one["field"]: (one["before"], one["after"]) for change in answer.json["value"] for one in change["fields"]}


async def test_a_jobs_changes_are_read_field_by_field_with_what_they_replaced(engine: Engine) -> None:
    bc, sales, job = await renamed(engine)
    changes = await engine.api.get(f"jobs/{job}/changes")
    assert fields_of(changes) == {"displayName": ("Company C1", "Falke GmbH"), "phoneNumber": (None, "+49 30 7")}
    (change,) = changes.json["value"]
    assert (change["bcId"], change["salesId"], change["side"], change["kind"]) == (bc.id, sales.id, "sales", "modified")


async def test_a_first_merge_keeps_what_the_start_rule_overwrote(engine: Engine) -> None:
    await engine.coupled(mine={"phoneNumber": "1"}, theirs={"telephone1": "2"})
    changes = await engine.api.get(f"jobs/{await last_job(engine)}/changes")
    assert fields_of(changes)["phoneNumber"] == ("2", "1")


async def test_a_dry_run_tells_what_an_undo_would_put_back_and_changes_nothing(engine: Engine) -> None:
    _, sales, job = await renamed(engine)
    told = (await engine.api.post(f"jobs/{job}/undo")).json
    assert (told["dryRun"], told["putBack"], told["leftAlone"]) == (True, 2, 0)
    assert {one["field"]: one["before"] for one in told["fields"]} == {"displayName": "Company C1", "phoneNumber": None}
    assert (await engine.row(sales))["name"] == "Falke GmbH"


async def test_undoing_a_job_puts_back_what_it_replaced(engine: Engine) -> None:
    _, sales, job = await renamed(engine)
    done = (await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})).json
    assert (done["putBack"], done["leftAlone"]) == (2, 0)
    row = await engine.row(sales)
    assert (row["name"], row["telephone1"]) == ("Company C1", None)


async def test_nothing_is_put_back_while_the_mapping_is_on_hold(engine: Engine) -> None:
    _, sales, job = await renamed(engine)
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})
    refused = await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})
    assert (refused.status, "audit" in refused.json["detail"]) == (409, True)
    assert (await engine.row(sales))["name"] == "Falke GmbH"
    assert (await engine.api.post(f"jobs/{job}/undo", {})).json["putBack"] == 2, "looking is allowed"


async def test_what_was_put_back_stays_and_travels_nowhere(engine: Engine) -> None:
    bc, sales, job = await renamed(engine)
    await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert ((await engine.row(bc))["displayName"], (await engine.row(sales))["name"]) == ("Falke GmbH", "Company C1")


async def test_an_edit_after_an_undo_travels_again(engine: Engine) -> None:
    bc, sales, job = await renamed(engine)
    await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})
    await engine.edit(bc, displayName="Adler GmbH")
    await engine.look("CUSTOMER")
    assert (await engine.row(sales))["name"] == "Adler GmbH"


async def test_what_somebody_edited_since_is_left_alone_and_listed(engine: Engine) -> None:
    _, sales, job = await renamed(engine)
    await engine.edit(sales, name="Bussard GmbH")
    done = (await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})).json
    assert (done["putBack"], done["leftAlone"]) == (1, 1)
    (left,) = [one for one in done["fields"] if one["leftAlone"]]
    assert left["field"] == "displayName" and "edited since" in left["leftAlone"]
    assert (await engine.row(sales))["name"] == "Bussard GmbH"


async def test_what_a_later_job_carried_is_left_alone(engine: Engine) -> None:
    bc, sales, job = await renamed(engine)
    await engine.edit(bc, displayName="Habicht GmbH")
    await engine.look("CUSTOMER")
    done = (await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})).json
    assert [one["field"] for one in done["fields"] if one["leftAlone"]] == ["displayName"]
    assert (await engine.row(sales))["name"] == "Habicht GmbH"


async def test_an_undo_is_a_job_of_its_own_and_can_be_undone(engine: Engine) -> None:
    _, sales, job = await renamed(engine)
    undo = (await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})).json["job"]
    assert (await engine.api.get(f"jobs/{undo}")).json["kind"] == "undo"
    await engine.api.post(f"jobs/{undo}/undo", {"dryRun": False})
    assert (await engine.row(sales))["name"] == "Falke GmbH"


async def test_a_lookup_and_a_group_are_put_back_whole(engine: Engine) -> None:
    bc, sales = await engine.coupled(mine={"addressLine1": "Street 1", "city": "Bern", "country": "CH"})
    before = await engine.row(sales)
    await engine.look("CUSTOMER")
    await engine.edit(bc, city="Basel", currencyCode="USD")
    await engine.look("CURRENCY", "CUSTOMER")
    assert (await engine.row(sales))["address1_city"] == "Basel"
    await engine.api.post(f"jobs/{await last_job(engine)}/undo", {"dryRun": False})
    after = await engine.row(sales)
    columns = ("address1_line1", "address1_city", "_transactioncurrencyid_value")
    assert {name: after[name] for name in columns} == {name: before[name] for name in columns}


async def test_an_option_that_was_taken_back_is_not_made_up_for_by_the_next_run(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS", create="toSales")
    mine, theirs = await engine.coupled()
    await engine.look("CUSTOMER")
    [terms] = await engine.bc.rows("paymentTerms", code="NET 30")
    await engine.edit(mine, paymentTermsId=terms["id"])
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["paymenttermscode"]
    await engine.api.post(f"jobs/{await last_job(engine)}/undo", {"dryRun": False})
    await engine.edit(mine, displayName="Falke GmbH")
    await engine.look("CUSTOMER")
    row = await engine.row(theirs)
    assert (row["name"], row["paymenttermscode"]) == ("Falke GmbH", None)


async def test_a_write_that_was_refused_leaves_no_trace(engine: Engine) -> None:
    bc, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.sales.fault(kind="status", status=400, code="0x80040203", path="accounts", method="PATCH", times=1)
    await engine.edit(bc, displayName="Falke GmbH")
    await engine.look("CUSTOMER")
    assert fields_of(await engine.api.get(f"jobs/{await last_job(engine)}/changes")) == {}


async def test_rows_that_a_job_made_are_listed_and_not_deleted_by_an_undo(engine: Engine) -> None:
    bc = customer("C7")
    await engine.seed(bc)
    await engine.sync("CUSTOMER", create="toSales")
    job = await last_job(engine)
    (change,) = (await engine.api.get(f"jobs/{job}/changes")).json["value"]
    assert (change["kind"], change["side"], change["bcId"]) == ("inserted", "sales", bc.id)
    done = (await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})).json
    assert (done["putBack"], done["leftAlone"]) == (0, 1)
    assert await engine.partner("CUSTOMER", bc)


async def test_a_large_job_is_undone_over_the_queue(engine: Engine) -> None:
    pairs = [(customer(f"C{n}"), account(f"A{n}", accountnumber=f"C{n}", name=f"Company C{n}", telephone1="1")) for n in range(10, 120)]
    await engine.seed(*(record for pair in pairs for record in pair))
    for bc, _ in pairs:
        bc.values["phoneNumber"] = "2"
    await engine.seed(*(bc for bc, _ in pairs))
    await engine.sync("CUSTOMER")
    answer = await engine.api.post(f"jobs/{await last_job(engine)}/undo", {"dryRun": False})
    assert (answer.status, answer.headers["Location"]) == (202, f"/api/jobs/{answer.json['job']}")
    await engine.drain()
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    assert (job["status"], job["totals"]["toSales"]["modified"]) == ("success", 110)
    assert (await engine.row(pairs[-1][1]))["telephone1"] == "1"


async def test_a_records_history_names_the_jobs_that_changed_it(engine: Engine) -> None:
    bc, sales, job = await renamed(engine)
    for side, record in (("bc", bc), ("sales", sales)):
        log = (await engine.api.get(f"records/CUSTOMER/{side}/{record.id}/log")).json
        assert next(change["job"] for change in log["value"]) == job
        assert (log["coupling"]["salesId"], log["coupling"]["job"]) == (sales.id, job)


async def test_replaced_values_go_with_the_record_that_people_took_away(engine: Engine) -> None:
    bc, _, job = await renamed(engine)
    await engine.ctx.store.changes.erase(engine.ctx.company, "CUSTOMER", [bc.id])
    assert (await engine.api.get(f"jobs/{job}/changes")).json["value"] == []


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("jobs/CUSTOMER-000000000000000000000000/undo", {}, 404),
        ("jobs/nonsense/undo", {}, 404),
        ("jobs/{job}/undo", {"dryRun": "no"}, 400),
        ("jobs/{job}/undo", {"force": True}, 400),
        ("jobs/{job}/undo", b"x" * 70_000, 413),
        ("jobs/{job}/undo", b"{", 400),
    ],
)
async def test_a_wrong_undo_is_answered_clearly(engine: Engine, call: str, body: Any, status: int) -> None:
    _, sales, job = await renamed(engine)
    answer = await engine.api.post(call.format(job=job), body)
    assert (answer.status, bool(answer.json["detail"])) == (status, True)
    assert (await engine.row(sales))["name"] == "Falke GmbH"


@pytest.mark.parametrize("path", ["CUSTOMER/bc/00000000-0000-0000-0000-00000000dead", "CUSTOMER/both/x", "NOPE/bc/x", "CUSTOMER/bc/x"])
async def test_the_history_of_what_does_not_exist_is_answered_clearly(engine: Engine, path: str) -> None:
    assert (await engine.api.get(f"records/{path}/log")).status in (400, 404)
