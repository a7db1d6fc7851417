"""Rule D6: payment terms, shipment methods and agents are choices in Sales, made and renamed by the metadata actions."""

from __future__ import annotations

import pytest

from sync.heart.coupling import Life
from tests.scenario.engine import Engine
from tests.scenario.world import account, coded, customer, in_bc

pytestmark = pytest.mark.rule("D6")

OPTIONS = ("PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT")
PLACES = {
    "PAYMENT TERMS": ("paymenttermscode", [(table, "paymenttermscode") for table in ("salesorders", "quotes", "invoices")]),
    "SHIPMENT METHOD": ("address1_freighttermscode", [("salesorders", "freighttermscode"), ("quotes", "freighttermscode")]),
    "SHIPPING AGENT": ("address1_shippingmethodcode", [(table, "shippingmethodcode") for table in ("salesorders", "quotes", "invoices")]),
}


async def value_of(engine: Engine, table: str, column: str, label: str) -> int | None:
    """The value of a label, as people see it."""
    options = await engine.ctx.sales.options(table, column)
    return next((value for value, shown in options.items() if shown == label), None)


@pytest.mark.case("T445", "T446")
@pytest.mark.feature("F121")
@pytest.mark.parametrize(("mapping", "code"), [("PAYMENT TERMS", "14 DAYS"), ("SHIPMENT METHOD", "EXW"), ("SHIPPING AGENT", "GLS")])
async def test_a_missing_option_is_made_with_the_same_value_everywhere(engine: Engine, mapping: str, code: str) -> None:
    column, mirrors = PLACES[mapping]
    await engine.sync(mapping)
    value = await value_of(engine, "accounts", column, code)
    assert value is not None
    assert {await value_of(engine, table, mirror, code) for table, mirror in mirrors} == {value}


async def test_a_label_with_the_code_couples(engine: Engine) -> None:
    before = await engine.ctx.sales.options("accounts", "address1_shippingmethodcode")
    await engine.sync("SHIPPING AGENT")
    coupling = await engine.coupling("SHIPPING AGENT", in_bc("shippingAgents", "DHL"))
    assert coupling is not None
    assert before[int(coupling.sales_id)] == "DHL"


async def test_a_code_like_the_first_ten_characters_of_a_label_couples(engine: Engine) -> None:
    await engine.seed(*coded("paymentTerms", {"2% 10, NET": "2 % in ten days"}))
    before = await engine.ctx.sales.options("accounts", "paymenttermscode")
    await engine.sync("PAYMENT TERMS")
    coupling = await engine.coupling("PAYMENT TERMS", in_bc("paymentTerms", "2% 10, NET"))
    assert coupling is not None
    assert before[int(coupling.sales_id)] == "2% 10, Net 30"


async def test_a_coupled_label_that_says_more_than_the_code_stays(engine: Engine) -> None:
    await engine.seed(*coded("paymentTerms", {"2% 10, NET": "2 % in ten days"}))
    await engine.sync("PAYMENT TERMS")
    await engine.sync("PAYMENT TERMS")
    await engine.look("PAYMENT TERMS")
    assert "2% 10, Net 30" in (await engine.ctx.sales.options("accounts", "paymenttermscode")).values()


async def test_a_renamed_code_renames_the_option_everywhere(engine: Engine) -> None:
    await engine.sync("SHIPMENT METHOD")
    value = await value_of(engine, "accounts", "address1_freighttermscode", "EXW")
    await engine.edit(in_bc("shipmentMethods", "EXW"), code="EXW 2020")
    await engine.look("SHIPMENT METHOD")
    column, mirrors = PLACES["SHIPMENT METHOD"]
    for table, mirror in [("accounts", column), *mirrors]:
        assert (await engine.ctx.sales.options(table, mirror))[value or 0] == "EXW 2020"


async def test_all_new_options_of_a_run_are_published_once(engine: Engine) -> None:
    await engine.seed(*coded("shipmentMethods", {f"M{n}": f"Method {n}" for n in range(5)}))
    await engine.reset_counters()
    await engine.sync("SHIPMENT METHOD")
    routes = (await engine.sales.counters())["byRoute"]
    assert routes["POST PublishXml"] == 1
    # EXW and five more, for accounts, orders and quotes
    assert routes["POST InsertOptionValue"] == 18


async def test_also_those_of_a_run_of_many_parts(engine: Engine) -> None:
    await engine.seed(*coded("shipmentMethods", {f"M{n}": f"Method {n}" for n in range(130)}))
    await engine.reset_counters()
    await engine.sync("SHIPMENT METHOD")
    assert (await engine.sales.counters())["byRoute"]["POST PublishXml"] == 1
    assert len(await engine.couplings("SHIPMENT METHOD")) == 132


async def test_nothing_new_publishes_nothing(engine: Engine) -> None:
    await engine.sync(*OPTIONS)
    await engine.reset_counters()
    await engine.sync(*OPTIONS)
    await engine.look(*OPTIONS)
    assert not {route for route in (await engine.sales.counters())["byRoute"] if route.startswith("POST")}


async def test_customers_and_accounts_speak_of_the_same_option(engine: Engine) -> None:
    mine = customer("C1", terms="14 DAYS", shipment="EXW", shippingAgentCode="GLS")
    await engine.seed(mine)
    await engine.sync(*OPTIONS, "CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    for column, code in (("paymenttermscode", "14 DAYS"), ("address1_freighttermscode", "EXW"), ("address1_shippingmethodcode", "GLS")):
        assert theirs[column] == await value_of(engine, "accounts", column, code)
    fob = await value_of(engine, "accounts", "address1_freighttermscode", "FOB")
    await engine.sales.edit("accounts", theirs["accountid"], address1_freighttermscode=fob)
    await engine.look("CUSTOMER")
    [method] = await engine.bc.rows("shipmentMethods", code="FOB")
    assert (await engine.row(mine))["shipmentMethodId"] == method["id"]


async def test_an_option_without_code_stays_in_sales_and_is_blank_in_bc(engine: Engine) -> None:
    theirs = account("A1", paymenttermscode=3)
    await engine.seed(theirs)
    await engine.sync(*OPTIONS, "CUSTOMER")
    mine = await engine.partner("CUSTOMER", theirs)
    assert mine["paymentTermsId"] == "00000000-0000-0000-0000-000000000000"
    await engine.sync("CUSTOMER")
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["paymenttermscode"] == 3


async def test_without_the_right_to_customise_the_mapping_says_so(engine: Engine) -> None:
    for _ in range(20):
        await engine.sales.fault(status=403, method="POST", path="OptionValue", code="0x80040220")
    line = (await engine.sync("SHIPMENT METHOD"))["SHIPMENT METHOD"]
    await engine.sales.heal()
    assert line.status == "error"
    assert ("may_not_customise", None) in await engine.problems("SHIPMENT METHOD")


@pytest.mark.parametrize("lost", ["prvWriteAttribute", "prvPublishCustomization"])
async def test_without_the_right_to_customise_the_three_mappings_say_so_and_all_else_goes_on(engine: Engine, lost: str) -> None:
    await engine.sales.switch(privilegesLost=[lost])
    mine = customer("C1", terms="14 DAYS", shipment="EXW", shippingAgentCode="GLS")
    await engine.seed(mine)
    await engine.sync("CURRENCY", *OPTIONS, "CUSTOMER")
    assert {code for code, _ in await engine.problems(*OPTIONS)} == {"may_not_customise"}
    assert (await engine.api.get("connection")).json["status"] == "Ready"
    assert (await engine.partner("CUSTOMER", mine))["paymenttermscode"] is None, "left blank while its code has no choice (rule B6)"
    await engine.sales.switch(privilegesLost=[])
    await engine.sync(*OPTIONS)
    await engine.sync("CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    assert theirs["paymenttermscode"] == await value_of(engine, "accounts", "paymenttermscode", "14 DAYS")
    assert await engine.problems() == []


async def test_a_refused_run_asks_once_for_each_mapping(engine: Engine) -> None:
    await engine.seed(*coded("shipmentMethods", {f"M{n}": f"Method {n}" for n in range(5)}))
    await engine.sales.switch(privilegesLost=["prvWriteAttribute"])
    await engine.reset_counters()
    await engine.sync("SHIPMENT METHOD")
    routes = (await engine.sales.counters())["byRoute"]
    # Refused, a value that may be there unpublished is tried to be renamed.
    assert (routes["POST InsertOptionValue"], routes.get("POST PublishXml", 0)) == (1, 0)


async def test_a_code_deleted_in_bc_uncouples_its_choice_which_goes_on_demand(engine: Engine) -> None:
    mine, code = customer("C1", terms="14 DAYS"), in_bc("paymentTerms", "14 DAYS")
    await engine.seed(mine)
    await engine.sync("CURRENCY", *OPTIONS, "CUSTOMER")
    await engine.look("PAYMENT TERMS")
    value = str(await value_of(engine, "accounts", "paymenttermscode", "14 DAYS"))
    coupled = await engine.api.delete(f"choices/PAYMENT%20TERMS/{value}")
    assert (coupled.status, coupled.json["type"]) == (409, "urn:couplet:choice_in_use")
    theirs = await engine.partner("CUSTOMER", mine)
    await engine.delete(code)
    await engine.api.post("mappings/PAYMENT%20TERMS/compare")
    await engine.drain()
    parted = await engine.coupling("PAYMENT TERMS", code)
    assert parted is None or parted.life is Life.TOMBSTONE
    assert await value_of(engine, "accounts", "paymenttermscode", "14 DAYS"), "it stays in Sales"
    used = await engine.api.delete(f"choices/PAYMENT%20TERMS/{value}")
    assert (used.status, used.json["type"]) == (409, "urn:couplet:choice_in_use")
    await engine.sales.edit("accounts", theirs["accountid"], paymenttermscode=None)
    gone = await engine.api.delete(f"choices/PAYMENT%20TERMS/{value}")
    assert (gone.status, gone.json["deleted"]["label"]) == (200, "14 DAYS")
    for table, column in [("accounts", "paymenttermscode"), *PLACES["PAYMENT TERMS"][1]]:
        assert await value_of(engine, table, column, "14 DAYS") is None
    listed = (await engine.api.get("choices/PAYMENT%20TERMS")).json["value"]
    assert value not in {each["salesId"] for each in listed}
    assert next(each for each in listed if each["label"].upper() == "NET 30")["bcId"] == in_bc("paymentTerms", "NET 30").id


async def test_what_is_no_choice_is_said_so(engine: Engine) -> None:
    unknown = await engine.api.delete("choices/SHIPPING%20AGENT/999")
    customers = await engine.api.get("choices/CUSTOMER")
    assert (unknown.status, unknown.json["type"]) == (404, "urn:couplet:no_such_record")
    assert (customers.status, customers.json["allowed"]) == (400, {"mapping": list(OPTIONS)})
    assert (await engine.api.delete("choices/SHIPPING%20AGENT/x")).status == 400


async def test_a_label_that_says_more_than_ten_characters_keeps_its_coupling_when_people_change_the_rest(engine: Engine) -> None:
    await engine.seed(*coded("shippingAgents", {}), in_bc("shippingAgents", "OWN LOGIST", code="OWN LOGIST", name="Own"))
    before = await engine.ctx.sales.options("accounts", "address1_shippingmethodcode")
    value = await engine.ctx.sales.add_option("accounts", "address1_shippingmethodcode", "Own Logistics North", 700)
    await engine.ctx.sales.publish(["accounts"])
    await engine.sync("SHIPPING AGENT")
    coupling = await engine.coupling("SHIPPING AGENT", in_bc("shippingAgents", "OWN LOGIST"))
    assert coupling and coupling.sales_id == str(value)
    assert value not in before
    assert (await engine.ctx.sales.options("accounts", "address1_shippingmethodcode"))[value] == "Own Logistics North"


async def test_a_choice_that_a_maker_added_to_accounts_alone_is_added_to_orders_quotes_and_invoices(engine: Engine) -> None:
    await engine.ctx.sales.add_option("accounts", "paymenttermscode", "14 Days", 700)
    await engine.ctx.sales.publish(["accounts"])
    await engine.sync("PAYMENT TERMS")
    for table, column in [("accounts", "paymenttermscode"), *PLACES["PAYMENT TERMS"][1]]:
        assert (await engine.ctx.sales.options(table, column))[700] == "14 Days"
    await engine.reset_counters()
    await engine.sync("PAYMENT TERMS")
    await engine.look("PAYMENT TERMS")
    assert not {route for route in (await engine.sales.counters())["byRoute"] if route.startswith("POST")}
