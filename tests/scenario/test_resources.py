"""Rule E2 for resources: products of type Services, made, kept in step, blocked and retired as items are."""

from __future__ import annotations

import pytest

from mapping.policies import LeavingPolicy
from tests.scenario.by_hand import couple, now, uncouple
from tests.scenario.engine import Engine
from tests.scenario.troubles import of
from tests.scenario.world import Record, Row, item, product, resource, unit_group, vendor

pytestmark = pytest.mark.rule("E2")

MAPPING = "RESOURCE-PRODUCT"
MAPPINGS = ("UNIT OF MEASURE", MAPPING)
SERVICES, ACTIVE, RETIRED, REVISION = 3, 0, 1, 3


async def made(engine: Engine, *mine: Record) -> list[Row]:
    """The products of resources after a full synch."""
    await engine.seed(*mine)
    await engine.sync(*MAPPINGS, create="toSales")
    return [await engine.partner(MAPPING, each) for each in mine]


@pytest.mark.case("T136")
@pytest.mark.feature("F125")
async def test_a_resource_becomes_a_published_service_with_price_capacity_and_vendor(engine: Engine) -> None:
    await engine.seed(vendor("V1", displayName="Adler Werkzeug"))
    [found] = await made(
        engine, resource("R1", unit="BOX", name="Ada Lovelace", unitPrice=95.5, unitCost=60, capacity=40, vendorNumber="V1")
    )
    told = {name: found[name] for name in ("productnumber", "name", "price", "standardcost", "currentcost", "quantityonhand")}
    assert told == {
        "productnumber": "R1", "name": "Ada Lovelace", "price": 95.5, "standardcost": 60, "currentcost": 60, "quantityonhand": 40,
    }  # fmt: skip
    assert (found["producttypecode"], found["statecode"]) == (SERVICES, ACTIVE)
    assert (found["vendorid"], found["vendorname"]) == ("V1", "Adler Werkzeug")
    [unit] = await engine.sales.rows("uoms", uomid=found["_defaultuomid_value"])
    assert (unit["name"], unit["_uomscheduleid_value"]) == ("BOX", found["_defaultuomscheduleid_value"])
    [line] = await engine.sales.rows("productpricelevels", _productid_value=found["productid"])
    assert (line["amount"], line["_pricelevelid_value"], line["_uomid_value"]) == (95.5, found["_pricelevelid_value"], unit["uomid"])


async def test_items_and_resources_stand_in_one_price_list_and_each_product_has_one_coupling(engine: Engine) -> None:
    await engine.seed(item("I1"), resource("R1"))
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", MAPPING, create="both")
    products = await engine.sales.rows("products")
    assert len(products) == 2 and len({row["_pricelevelid_value"] for row in products}) == 1
    assert (len(await engine.couplings("ITEM-PRODUCT")), len(await engine.couplings(MAPPING))) == (1, 1)
    assert (len(await engine.bc.rows("items")), len(await engine.bc.rows("resources"))) == (1, 1)


@pytest.mark.rule("A4")
async def test_a_service_that_becomes_an_item_is_a_changed_type_and_the_item_gets_no_coupling_to_it(engine: Engine) -> None:
    mine, other = resource("R1"), item("I1")
    [theirs] = await made(engine, mine)
    await engine.seed(other)
    await engine.sales.edit("products", theirs["productid"], producttypecode=1)
    await engine.look(MAPPING)
    assert await engine.problems(MAPPING) == [("type_changed", None)]
    refused = await couple(engine, "ITEM-PRODUCT", bc=other.id, sales=theirs["productid"], status=409)
    assert refused["type"] == "urn:couplet:coupled_elsewhere"


@pytest.mark.case("T679")
@pytest.mark.rule("C1")
async def test_bc_owns_the_state_of_a_service(engine: Engine) -> None:
    mine = resource("R1")
    [theirs] = await made(engine, mine)
    await engine.edit(mine, blocked=True)
    await engine.look(MAPPING)
    assert (await engine.partner(MAPPING, mine))["statecode"] == RETIRED
    await engine.edit(mine, blocked=False)
    await engine.look(MAPPING)
    assert (await engine.partner(MAPPING, mine))["statecode"] == ACTIVE
    await engine.sales.hand("retire", id=theirs["productid"])
    await engine.look(MAPPING)
    assert ((await engine.row(mine))["blocked"], (await engine.partner(MAPPING, mine))["statecode"]) == (False, ACTIVE)


@pytest.mark.case("T683", "T685")
@pytest.mark.rule("C1")
async def test_a_retired_service_blocks_its_resource_only_where_that_is_switched_on(engine: Engine) -> None:
    mine = resource("R1")
    [theirs] = await made(engine, mine)
    assert (await engine.api.patch(f"mappings/{MAPPING}", {"leaving": "deactivateCounterpart"})).status == 200
    for hand, blocked in (("retire", True), ("publish", False)):
        await engine.sales.hand(hand, id=theirs["productid"])
        await engine.look(MAPPING)
        assert (await engine.row(mine))["blocked"] is blocked


@pytest.mark.rule("C1")
async def test_a_revision_never_blocks_anything(engine: Engine) -> None:
    mine = resource("R1")
    [theirs] = await made(engine, mine)
    for policy in (LeavingPolicy.DEACTIVATE_COUNTERPART, LeavingPolicy.REMOVE_COUPLING):
        engine.change(MAPPING, leaving=policy)
        await engine.sales.edit("products", theirs["productid"], statecode=REVISION, statuscode=REVISION)
        await engine.look(MAPPING)
        assert (await engine.row(mine))["blocked"] is False
        assert (await engine.partner(MAPPING, mine))["statecode"] == REVISION


@pytest.mark.case("T172", "T181")
async def test_the_service_of_a_resource_is_found_by_its_name_among_services_only(engine: Engine) -> None:
    mine, theirs = resource("R1"), product("S1", name="Assembly", producttypecode=SERVICES)
    await engine.seed(*unit_group(), mine, theirs, product("I1", name="Assembly desk"))
    await engine.sync("UNIT OF MEASURE")
    answer = await couple(engine, MAPPING, bc=mine.id, name="Assem")
    assert answer["salesId"] == theirs.id


@pytest.mark.case("T319", "T229", "T230", "T611", "T610")
async def test_resources_are_synchronised_looked_back_at_and_uncoupled_as_customers_are(engine: Engine) -> None:
    one, two, three = (resource(f"R{place}") for place in range(3))
    await made(engine, one, two, three)
    await engine.edit(one, unitPrice=99)
    answer = await now(engine, one, MAPPING)
    job = (await engine.api.get(f"jobs/{answer['job']}")).json
    assert (job["mapping"], job["totals"]["toSales"]["modified"]) == (MAPPING, 1)
    log = (await engine.api.get(f"records/{MAPPING}/bc/{one.id}/log")).json["value"]
    assert job["id"] in {each.get("job") for each in log}
    await engine.edit(two, baseUnitOfMeasure="BOX")
    await engine.look(MAPPING)
    told = await of(engine, two, MAPPING)
    assert told and (told["code"], bool(told["remedy"])) == ("create_only", True)
    several = await uncouple(engine, MAPPING, bc=[one.id, two.id])
    single = await uncouple(engine, MAPPING, bc=three.id)
    assert [each["outcome"] for answer in (several, single) for each in answer["records"]] == ["uncoupled"] * 3


@pytest.mark.case("T652")
async def test_the_mapping_shows_its_direction_filters_and_switches(engine: Engine) -> None:
    shown = (await engine.api.get(f"mappings/{MAPPING}")).json
    assert (shown["direction"], shown["onlyCoupled"]) == ("both", True)
    assert shown["filters"]["value"] == {"bc": ["blocked = False"], "sales": ["producttypecode = 3", "statecode = 0"]}


async def test_a_resource_born_in_sales_gets_name_and_base_unit_and_gives_its_number(engine: Engine) -> None:
    theirs = product("OWN-1", name="Consulting", producttypecode=SERVICES)
    await engine.seed(*unit_group(), theirs)
    await engine.sync(*MAPPINGS, create="both")
    mine = await engine.partner(MAPPING, theirs)
    assert (mine["name"], mine["baseUnitOfMeasure"]) == ("Consulting", "PCS")
    assert (await engine.row(theirs))["productnumber"] == mine["number"]
    assert not await engine.problems()
