"""Create New: a person has the row made on the other side, for one record or some (rules A1, A2, A5, A6)."""

from __future__ import annotations

from typing import Any

import pytest

from sync.heart.coupling import Life
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, currency, customer, item, person, product, unit_group

NOBODY = "00000000-0000-4000-8000-000000000000"


async def _create(engine: Engine, record: Record, mapping: str = "CUSTOMER", status: int = 200, **body: Any) -> Any:
    answer = await engine.api.post(f"couplings/{mapping}", {f"{record.side}Id": record.id, "createNew": True, **body})
    assert answer.status == status, answer.json
    return answer.json


@pytest.mark.rule("A2")
@pytest.mark.case("T029", "T119", "T163", "T191", "T637")
@pytest.mark.feature("F055", "F068")
async def test_a_customer_is_made_for_an_account_though_no_run_ever_makes_one(engine: Engine) -> None:
    theirs = account("A1", name="Adler", telephone1="111")
    await engine.seed(theirs)
    answer = await _create(engine, theirs)
    assert (answer["outcome"], answer["fromSales"]) == ("created", "inserted")
    made = await engine.bc.row("customers", answer["bcId"])
    assert (made["displayName"], made["phoneNumber"]) == ("Adler", "111")
    assert (await engine.row(theirs))["accountnumber"] == made["number"], "the number that BC gave is in Sales at once"
    job = (await engine.api.get(f"jobs/{answer['job']}")).json
    assert (job["kind"], job["totals"]["fromSales"]["inserted"]) == ("coupling", 1)


@pytest.mark.case("T139", "T152")
async def test_also_for_a_record_that_was_there_before_the_last_look(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    answer = await _create(engine, mine)
    assert (await engine.row(Record(Side.SALES, "accounts", answer["salesId"], {})))["name"] == "Company C1"


@pytest.mark.rule("A4")
@pytest.mark.case("T164", "T202", "T635")
@pytest.mark.feature("F067")
async def test_of_some_the_coupled_one_is_left_alone_by_name_and_the_others_are_made(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    two, three, blocked = customer("C2"), customer("C3"), customer("C4", blocked="All")
    await engine.seed(two, three, blocked)
    ids = [mine.id, two.id, three.id, blocked.id, NOBODY]
    answer = await engine.api.post("couplings/CUSTOMER", {"bcId": ids, "createNew": True})
    records = answer.json["records"]
    assert [each["outcome"] for each in records] == ["refused", "created", "created", "refused", "refused"]
    assert [each["code"] for each in records if each["outcome"] == "refused"] == ["coupled_elsewhere", "outside_filter", "no_such_record"]
    assert records[0]["why"] == "C1 Company C1 (bc) is coupled with C1 Company C1 (sales) in mapping CUSTOMER."
    single = await _create(engine, mine, status=409)
    assert single["type"] == "urn:couplet:coupled_elsewhere"
    assert len(await engine.sales.rows("accounts")) == 3


@pytest.mark.case("T203")
async def test_where_the_mapping_never_makes_rows_nobody_is_made(engine: Engine) -> None:
    [mine] = await engine.bc.rows("salespeoplePurchasers", code="AB")
    [unit] = await engine.bc.rows("unitsOfMeasure", code="BOX")
    await engine.sync("UNIT OF MEASURE", create="toSales")
    for mapping, side, id_ in (("SALESPEOPLE", "bc", mine["id"]), ("UNIT OF MEASURE", "sales", unit["id"])):
        answer = await engine.api.post(f"couplings/{mapping}", {f"{side}Id": id_, "createNew": True})
        assert (answer.status, answer.json["type"]) == (409, "urn:couplet:never_made")


@pytest.mark.case("T121")
async def test_a_currency_holds_the_same_on_both_sides(engine: Engine) -> None:
    [mine] = await engine.bc.rows("currencies", code="CHF")
    answer = await _create(engine, Record(Side.BC, "currencies", mine["id"], mine), "CURRENCY")
    made = await engine.sales.row("transactioncurrencies", answer["salesId"])
    assert (made["isocurrencycode"], made["currencyname"], made["exchangerate"]) == ("CHF", "Swiss Franc", 0.95)


@pytest.mark.case("T122")
async def test_a_currency_without_exchange_rate_is_not_made(engine: Engine) -> None:
    records = list(currency("JPY", "Yen"))
    await engine.seed(*records)
    answer = await _create(engine, records[0], "CURRENCY")
    assert (answer["outcome"], answer["salesId"], [each["code"] for each in answer["problems"]]) == ("failed", None, ["no_exchange_rate"])
    assert await engine.coupling("CURRENCY", records[0]) is None


@pytest.mark.case("T124")
async def test_a_product_is_published_with_its_line_in_the_price_list(engine: Engine) -> None:
    mine = item("I-1")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", create="toSales")
    made = await engine.sales.row("products", (await _create(engine, mine, "ITEM-PRODUCT"))["salesId"])
    assert (made["statecode"], made["price"]) == (0, 10)
    [line] = await engine.sales.rows("productpricelevels")
    assert (line["_productid_value"], line["_pricelevelid_value"]) == (made["productid"], made["_pricelevelid_value"])


@pytest.mark.case("T125")
async def test_an_item_without_base_unit_is_not_coupled_and_says_why(engine: Engine) -> None:
    mine = item("I-1", unit="")
    await engine.seed(mine)
    answer = await _create(engine, mine, "ITEM-PRODUCT")
    assert (answer["outcome"], answer["salesId"]) == ("failed", None)
    assert [each["code"] for each in answer["problems"]] == ["no_base_unit"]
    assert await engine.coupling("ITEM-PRODUCT", mine) is None
    assert await engine.sales.rows("products") == []


async def test_a_unit_is_made_as_an_active_unit_group_with_one_unit(engine: Engine) -> None:
    [unit] = await engine.bc.rows("unitsOfMeasure", code="BOX")
    answer = await _create(engine, Record(Side.BC, "unitsOfMeasure", unit["id"], unit), "UNIT OF MEASURE")
    group = await engine.sales.row("uomschedules", answer["salesId"])
    assert (group["name"], group["statecode"]) == ("NAV BOX", 0)
    assert [each["name"] for each in await engine.sales.rows("uoms", _uomscheduleid_value=answer["salesId"])] == ["BOX"]


@pytest.mark.case("T154")
async def test_a_customer_whose_account_was_deleted_gets_a_new_account(engine: Engine) -> None:
    mine = customer("C1", phoneNumber="111")
    await engine.seed(mine)
    await engine.sync("CUSTOMER", create="toSales")
    first = await engine.partner("CUSTOMER", mine)
    await engine.sales.delete("accounts", first["accountid"])
    answer = await _create(engine, mine)
    assert answer["salesId"] != first["accountid"], "another life, another id (rule A6)"
    assert (await engine.sales.row("accounts", answer["salesId"]))["telephone1"] == "111"
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling and (coupling.life, coupling.life_number) == (Life.COUPLED, 2)
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == []
    assert [each.sales_id for each in await engine.couplings("CUSTOMER")] == [answer["salesId"]]


@pytest.mark.rule("A5")
async def test_what_people_parted_gets_a_row_of_its_own_and_the_former_partner_stays_alone(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    answer = await _create(engine, mine)
    assert answer["outcome"] == "created"
    await engine.edit(theirs, telephone1="999")
    await engine.sync("CUSTOMER", create="both")
    assert len(await engine.bc.rows("customers")) == 1
    assert len(await engine.sales.rows("accounts")) == 2
    assert (await engine.row(mine))["phoneNumber"] == ""
    back = await _create(engine, theirs, force=True)
    assert back["outcome"] == "created"
    assert {each.life for each in await engine.couplings("CUSTOMER")} == {Life.COUPLED}


@pytest.mark.rule("A1")
async def test_a_record_with_a_free_partner_is_named_and_made_twice_only_on_demand(engine: Engine) -> None:
    mine, theirs = customer("C1"), account("A1", accountnumber="C1", name="Company C1")
    await engine.seed(mine, theirs)
    refused = await _create(engine, mine, status=409)
    assert (refused["type"], refused["candidates"]) == (
        "urn:couplet:partner_exists",
        [{"id": theirs.id, "name": "C1 Company C1"}],
    )
    assert len(await engine.sales.rows("accounts")) == 1
    assert (await _create(engine, mine, force=True))["outcome"] == "created"
    assert len(await engine.sales.rows("accounts")) == 2


@pytest.mark.case("T157")
async def test_a_lookup_that_may_stay_blank_is_left_out_and_the_row_is_made(engine: Engine) -> None:
    mine = customer("C1", terms="NET 30")
    await engine.seed(mine)
    answer = await _create(engine, mine)
    assert (answer["outcome"], answer["problems"]) == ("created", [])
    assert (await engine.sales.row("accounts", answer["salesId"]))["paymenttermscode"] is None
    await engine.sync("PAYMENT TERMS", create="toSales")
    assert (await engine.sales.row("accounts", answer["salesId"]))["paymenttermscode"]


@pytest.mark.case("T158")
async def test_a_lookup_that_must_not_be_blank_is_waited_for_and_made_when_it_comes(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine, person("P1", of="C1"))
    [ada] = await engine.bc.rows("contacts", type="Person")
    answer = await _create(engine, Record(Side.BC, "contacts", ada["id"], ada), "CONTACT")
    assert (answer["outcome"], [each["code"] for each in answer["problems"]]) == ("waiting", ["waiting_for_parent"])
    await _create(engine, mine)
    await engine.drain()
    assert [each["fullname"] for each in await engine.sales.rows("contacts")] == ["Ada P1"]


@pytest.mark.case("T155", "T160")
async def test_customer_and_primary_contact_are_linked_whichever_is_made_first(engine: Engine) -> None:
    mine = customer("C1", primaryContactNumber="P1")
    await engine.seed(mine, person("P1", of="C1"))
    [ada] = await engine.bc.rows("contacts", type="Person")
    await _create(engine, Record(Side.BC, "contacts", ada["id"], ada), "CONTACT")
    made = await _create(engine, mine)
    await engine.drain()
    await engine.look("CUSTOMER", "CONTACT")
    [theirs] = await engine.sales.rows("contacts")
    assert (await engine.sales.row("accounts", made["salesId"]))["_primarycontactid_value"] == theirs["contactid"]


@pytest.mark.case("T025", "T151")
async def test_records_of_another_mapping_or_another_sort_are_refused(engine: Engine) -> None:
    mine, theirs, service = item("I-1"), contact("K1", of=None), product("S-1", producttypecode=3)
    await engine.seed(mine, theirs, service, *unit_group())
    assert (await _create(engine, mine, "CUSTOMER", 404))["type"] == "urn:couplet:no_such_record"
    assert (await _create(engine, theirs, "CONTACT", 409))["type"] == "urn:couplet:outside_filter"
    assert (await _create(engine, service, "ITEM-PRODUCT", 409))["type"] == "urn:couplet:outside_filter"
    assert len(await engine.bc.rows("items")) == 1


@pytest.mark.rule("A6")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_makes_no_second_row(engine: Engine, when: str) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sales.fault("drop", method="POST", path="(accounts|batch|CreateMultiple)", when=when)
    await _create(engine, mine)
    await engine.look("CUSTOMER")
    assert len(await engine.sales.rows("accounts")) == 1
    assert [each.life for each in await engine.couplings("CUSTOMER")] == [Life.COUPLED]


@pytest.mark.rule("A6")
async def test_what_a_service_out_of_order_leaves_undone_is_made_later_and_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.desk.create_new.LATER", 0.0)
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sales.fault("status", status=503, method="POST", path="(accounts|batch|CreateMultiple)", when="before", times=50)
    answer = await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "createNew": True})
    assert answer.status == 502
    await engine.sales.heal()
    again = await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "createNew": True})
    assert again.status in (200, 409), again.json
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert len(await engine.sales.rows("accounts")) == 1
    assert [each.life for each in await engine.couplings("CUSTOMER")] == [Life.COUPLED]
