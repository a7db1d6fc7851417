"""Synchronise now: one record or many, to Sales, from Sales or merged, with the native warnings in the answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.by_hand import edited, now, phones
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer, person, salesperson, user


def _codes(answer: Any) -> list[str]:
    return [each["code"] for each in answer["warnings"]]


@pytest.mark.case("T031", "T032", "T323")
@pytest.mark.feature("F066", "F069")
async def test_one_record_is_merged_now_and_the_job_says_so(engine: Engine) -> None:
    pair = await edited(engine, "222", None)
    await engine.edit(pair[1], emailaddress1="c@example.com")
    answer = await now(engine, pair[0])
    assert (answer["outcome"], answer["toSales"], answer["fromSales"], answer["warnings"]) == ("modified", "modified", "modified", [])
    assert await phones(engine, pair) == ["222", "222"]
    assert (await engine.row(pair[0]))["email"] == "c@example.com"
    job = (await engine.api.get(f"jobs/{answer['job']}")).json
    assert (job["kind"], job["totals"]["toSales"]["modified"], job["totals"]["fromSales"]["modified"]) == ("manual", 1, 1)


@pytest.mark.case("T331")
async def test_a_record_in_step_is_unchanged_and_leaves_no_job(engine: Engine) -> None:
    pair = await edited(engine, None, None)
    await engine.edit(pair[1], description="nobody maps this")
    await engine.reset_counters()
    answer = await now(engine, pair[1])
    assert (answer["outcome"], answer["job"]) == ("unchanged", None)
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("B3")
@pytest.mark.case("T326")
@pytest.mark.feature("F070")
async def test_a_direction_overwrites_the_edit_of_the_other_side_and_says_which(engine: Engine) -> None:
    pair = await edited(engine, "222", "333")
    answer = await now(engine, pair[0], direction="toSales")
    assert _codes(answer) == ["bothChanged", "wouldOverwrite"]
    lost = answer["warnings"][1]
    assert (lost["field"], lost["lost"], lost["by"]) == ("phoneNumber", "333", "222")
    assert await phones(engine, pair) == ["222", "222"]
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B3")
@pytest.mark.case("T325", "T329")
@pytest.mark.feature("F070")
async def test_sent_to_a_newer_destination_the_sender_wins_after_a_warning(engine: Engine) -> None:
    pair = await edited(engine, None, "333")
    planned = await now(engine, pair[0], direction="toSales", dryRun=True)
    assert _codes(planned) == ["destinationNewer", "wouldOverwrite"]
    assert planned["warnings"][0]["text"] == "Sales was changed, Business Central was not, since they were last in step."
    assert await phones(engine, pair) == ["111", "333"]
    await now(engine, pair[0], direction="toSales")
    assert await phones(engine, pair) == ["111", "111"]


@pytest.mark.rule("B3")
async def test_a_direction_settles_a_conflict_and_its_problem_closes(engine: Engine) -> None:
    pair = await edited(engine, "222", "333")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "phoneNumber")]
    merged = await now(engine, pair[1])
    assert [each["code"] for each in merged["problems"]] == ["conflicting_edits"]
    answer = await now(engine, pair[1], direction="fromSales")
    assert (answer["problems"], await phones(engine, pair)) == ([], ["333", "333"])
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.case("T034")
async def test_a_direction_also_carries_a_difference_that_was_accepted_and_a_blank(engine: Engine) -> None:
    mine, theirs = customer("C1", phoneNumber="111"), account("A1", name="Adler", fax="333")
    await engine.seed(mine, theirs)
    await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "salesId": theirs.id, "sync": "none"})
    await now(engine, mine)
    assert (await engine.row(theirs))["telephone1"] is None
    await now(engine, mine, direction="toSales")
    row = await engine.row(theirs)
    assert (row["telephone1"], row["name"], row["fax"]) == ("111", "Company C1", None)


@pytest.mark.rule("B2")
async def test_sent_from_sales_the_fields_that_only_go_to_sales_still_go_there(engine: Engine) -> None:
    pair = await edited(engine, "222", "333")
    await engine.edit(pair[0], creditLimit=500)
    await now(engine, pair[0], direction="fromSales")
    assert (await engine.row(pair[1]))["creditlimit"] == 500
    assert await phones(engine, pair) == ["333", "333"]


@pytest.mark.case("T328")
async def test_a_one_way_mapping_sets_its_target_back(engine: Engine) -> None:
    mine, theirs = salesperson("CC", "Carla Conti"), user("CC", "Carla Conti")
    await engine.seed(mine, theirs)
    await engine.sync("SALESPEOPLE", create="none")
    await engine.edit(mine, displayName="Somebody Else")
    answer = await now(engine, mine, "SALESPEOPLE", direction="fromSales")
    assert _codes(answer) == ["destinationNewer", "wouldOverwrite"]
    assert (await engine.row(mine))["displayName"] == "Carla Conti"
    refused = await now(engine, mine, "SALESPEOPLE", status=400, direction="toSales")
    assert refused["detail"] == "SALESPEOPLE goes fromSales only."


@pytest.mark.feature("F066")
async def test_a_dry_run_shows_what_both_sides_hold_and_would_hold(engine: Engine) -> None:
    pair = await edited(engine, "222", None)
    answer = await now(engine, pair[0], dryRun=True)
    phone = next(each for each in answer["fields"] if each["field"] == "phoneNumber")
    assert (phone["bc"], phone["sales"], phone["held"]) == ("222", "111", {"bc": "111", "sales": "111"})
    assert (phone["after"], phone["writes"], phone["changedIn"]) == ({"bc": "222", "sales": "222"}, ["sales"], ["bc"])
    assert (answer["outcome"], answer["job"]) == ("planned", None)
    assert await phones(engine, pair) == ["222", "111"]


@pytest.mark.case("T320")
@pytest.mark.feature("F071", "F075")
async def test_of_many_records_each_has_its_own_outcome_or_reason(engine: Engine) -> None:
    customers = [customer(f"C{n}", phoneNumber="111") for n in range(5)]
    await engine.seed(*customers[:4])
    await engine.sync("CUSTOMER", create="toSales")
    await engine.seed(customers[4])
    changed, parted, blocked, gone, _ = customers
    await engine.edit(changed, phoneNumber="222")
    await engine.api.delete("couplings/CUSTOMER", {"bcId": parted.id})
    await engine.edit(blocked, blocked="All", phoneNumber="222")
    await engine.delete(gone)
    answer = await engine.api.post("records/CUSTOMER/sync", {"side": "bc", "ids": [each.id for each in customers]})
    assert answer.status == 200, answer.json
    records = answer.json["records"]
    assert [each["id"] for each in records] == [each.id for each in customers]
    assert [each["outcome"] for each in records] == ["modified", "tombstone", "outOfFilter", "gone", "notCoupled"]
    assert all(each["why"] for each in records[1:])


@pytest.mark.case("T640", "T641")
async def test_more_than_a_hundred_go_over_the_queue_as_one_job(engine: Engine) -> None:
    customers = [customer(f"C{n}") for n in range(104)]
    await engine.seed(*customers)
    await engine.sync("CUSTOMER", create="toSales")
    await engine.api.delete("couplings/CUSTOMER", {"bcId": customers[0].id})
    [theirs] = await engine.sales.rows("accounts", accountnumber="C1")
    await engine.sales.edit("accounts", theirs["accountid"], telephone1="999")
    ids = [each.id for each in customers]
    answer = await engine.api.post("records/CUSTOMER/sync", {"side": "bc", "ids": ids, "direction": "toSales"})
    assert (answer.status, answer.json["scheduled"]) == (202, 103)
    assert [each["outcome"] for each in answer.json["leftOut"]] == ["tombstone"]
    await engine.drain()
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    assert (job["kind"], job["status"]) == ("manual", "success")
    assert (job["totals"]["toSales"]["modified"], job["totals"]["toSales"]["unchanged"]) == (1, 102)
    assert (await engine.sales.row("accounts", theirs["accountid"]))["telephone1"] is None, "BC's blank wins in this direction"


@pytest.mark.case("T322")
async def test_a_coupled_option_is_written_to_the_account(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS", create="toSales")
    mine, theirs = await engine.coupled()
    [terms] = await engine.bc.rows("paymentTerms", code="NET 30")
    await engine.edit(mine, paymentTermsId=terms["id"])
    await now(engine, mine, direction="toSales")
    options = (await engine.api.get("couplings/PAYMENT TERMS")).json["value"]
    value = next(each["salesId"] for each in options if each["bcId"] == terms["id"])
    assert (await engine.row(theirs))["paymenttermscode"] == int(value)


@pytest.mark.case("T356")
async def test_a_removed_primary_contact_is_taken_over(engine: Engine) -> None:
    mine = customer("C1", primaryContactNumber="P1", contact="Ada P1")
    await engine.seed(mine, person("P1", of="C1"))
    await engine.sync("CUSTOMER", "CONTACT", create="toSales")
    await engine.drain()
    theirs = await engine.partner("CUSTOMER", mine)
    assert theirs["_primarycontactid_value"]
    await engine.sales.edit("accounts", theirs["accountid"], **{"primarycontactid@odata.bind": None})
    await now(engine, mine)
    assert (await engine.row(mine))["primaryContactNumber"] == ""


@pytest.mark.case("T367")
async def test_the_country_of_a_customer_travels_both_ways(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"country": "DE"})
    await engine.edit(theirs, address1_country="FR")
    await now(engine, theirs)
    assert (await engine.row(mine))["country"] == "FR"
