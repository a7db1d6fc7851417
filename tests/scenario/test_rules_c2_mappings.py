"""Rule C2 for the other mappings: a deleted row is made again complete, whatever it takes to make one."""

from __future__ import annotations

import pytest

from mapping.policies import DeletionPolicy
from sync.heart.plan import Side
from sync.run import messages
from tests.scenario.engine import Engine
from tests.scenario.world import Record, contact, item, person, product, unit_group


async def _again(engine: Engine, mapping: str, side: Side, id_: str) -> None:
    """Somebody deleted a row; a message names it."""
    engine.change(mapping, deletion=DeletionPolicy.RESTORE)
    await engine.people(side).delete(engine.ctx.mappings[mapping].table(side).name, id_)
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, mapping, side, [id_]))
    await engine.drain()
    assert await engine.problems() == []
    assert [each.life_number for each in await engine.couplings(mapping) if each.of(side) == id_] == []


async def _people(engine: Engine) -> tuple[Record, Record]:
    _, home = await engine.coupled()
    pair = person("P1", of="C1", email="ada@example.com"), contact("K1", of=home, emailaddress1="ada@example.com")
    await engine.seed(*pair)
    await engine.sync("CONTACT")
    return pair


@pytest.mark.rule("C2")
@pytest.mark.parametrize("side", list(Side))
async def test_a_deleted_contact_works_for_the_same_company_again(engine: Engine, side: Side) -> None:
    mine, theirs = await _people(engine)
    await _again(engine, "CONTACT", side, mine.id if side is Side.BC else theirs.id)
    if side is Side.BC:
        assert (await engine.partner("CONTACT", theirs))["companyNumber"] == "CT-C1"
    else:
        assert (await engine.partner("CONTACT", mine))["_parentcustomerid_value"] == theirs.values["_parentcustomerid_value"]


@pytest.mark.rule("C2", "E2")
async def test_a_deleted_product_is_drafted_priced_and_published_again(engine: Engine) -> None:
    mine = item("I-1", unitPrice=12)
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    before = await engine.partner("ITEM-PRODUCT", mine)
    for line in await engine.sales.rows("productpricelevels", _productid_value=before["productid"]):
        await engine.sales.delete("productpricelevels", line["productpricelevelid"])
    await _again(engine, "ITEM-PRODUCT", Side.SALES, before["productid"])
    made = await engine.partner("ITEM-PRODUCT", mine)
    assert (made["statecode"], made["productnumber"]) == (0, "I-1")
    [line] = await engine.sales.rows("productpricelevels", _productid_value=made["productid"])
    assert line["amount"] == 12


@pytest.mark.rule("C2", "E2")
async def test_a_deleted_item_is_made_again_from_its_product(engine: Engine) -> None:
    mine, theirs = item("I-1"), product("I-1")
    await engine.seed(mine, theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    await _again(engine, "ITEM-PRODUCT", Side.BC, mine.id)
    made = await engine.partner("ITEM-PRODUCT", theirs)
    assert (made["displayName"], made["baseUnitOfMeasureCode"]) == ("Item I-1", "PCS")


@pytest.mark.rule("C2")
@pytest.mark.parametrize(("mapping", "table", "key"), [("CURRENCY", "currencies", "CHF"), ("UNIT OF MEASURE", "unitsOfMeasure", "BOX")])
async def test_a_deleted_code_of_sales_is_made_again(engine: Engine, mapping: str, table: str, key: str) -> None:
    await engine.sync(mapping)
    [mine] = await engine.bc.rows(table, code=key)
    [coupling] = [each for each in await engine.couplings(mapping) if each.bc_id == mine["id"]]
    await _again(engine, mapping, Side.SALES, coupling.sales_id)
    [again] = [each for each in await engine.couplings(mapping) if each.bc_id == mine["id"]]
    assert again.life_number == 2
    assert await engine.ctx.sales.rows(engine.ctx.mappings[mapping].sales.name, [again.sales_id])


@pytest.mark.rule("C2", "A2")
async def test_a_salesperson_is_never_made_again_and_the_deletion_is_a_problem(engine: Engine) -> None:
    await engine.sync("SALESPEOPLE")
    engine.change("SALESPEOPLE", deletion=DeletionPolicy.RESTORE)
    [mine] = await engine.bc.rows("salespeoplePurchasers", code="AB")
    await engine.bc.delete("salespeoplePurchasers", mine["id"])
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "SALESPEOPLE", Side.BC, [mine["id"]]))
    await engine.drain()
    [problem] = await engine.problem_rows("SALESPEOPLE")
    assert (problem.code, problem.message) == (
        "counterpart_deleted",
        "the coupled row in bc is gone, and SALESPEOPLE never makes rows there",
    )
