"""Rule E5: what an invoice needs is synchronised first; what cannot be is named, line by line, and nothing is half made."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.invoicing import NAME, buyer, details, goods, invoiced, service, sold, switched_on
from tests.scenario.world import in_bc

pytestmark = pytest.mark.rule("E5")


async def report(engine: Engine) -> dict[str, list[tuple[str, str, str | None]]]:
    """The readiness report: by number what is waited for, and why that is not made first."""
    answer = await engine.api.get(f"mappings/{NAME}/readiness")
    assert answer.status == 200, answer.json
    waiting = {row["name"].split()[0]: row["waitsFor"] for row in answer.json["value"]}
    return {number: [(each["code"], each["detail"], each["because"]) for each in waits] for number, waits in waiting.items()}


def reasons(numbers: dict[str, str]) -> dict[str, list[tuple[str, str, str | None]]]:
    """What each of the invoices waits for, by number."""
    closed = "its product in Sales is not active, as its item or resource is blocked, or it is not published"
    return {
        numbers["customer"]: [("waiting_for_parent", "its CUSTOMER is not coupled", "blocked is All")],
        numbers["never"]: [
            ("waiting_for_parent", "line 2, NEVER Item NEVER: its ITEM-PRODUCT is not coupled", "blocked is True, not False")
        ],
        numbers["blocked"]: [
            ("product_not_active", f"line 1, OLD Item OLD: {closed}", None),
            ("product_not_active", f"line 2, RETIRED Resource RETIRED: {closed}", None),
        ],
        numbers["unit"]: [("unknown_unit", "line 1, BOLT Item BOLT: the product's unit group in Sales has no unit BOX", None)],
    }


@pytest.mark.case("T386", "T688", "T689", "T691", "T613")
async def test_each_invoice_that_waits_says_for_what_and_arrives_when_it_has_it(engine: Engine) -> None:
    box = in_bc("itemUnitsOfMeasure", "BOLT BOX", itemNumber="BOLT", code="BOX", quantityPerUnitOfMeasure=12)
    await switched_on(engine, goods("OLD"), service("RETIRED"), box)
    await engine.seed(buyer("C2"), buyer("C3"), goods("NEW"), goods("NEVER"))
    posted = {
        "first": await invoiced(engine, sold("NEW"), customer="C2"),
        "customer": await invoiced(engine, customer="C3"),
        "never": await invoiced(engine, sold(), sold("NEVER")),
        "blocked": await invoiced(engine, sold("OLD"), sold("RETIRED", 1, "Resource")),
        "unit": await invoiced(engine, sold(unitOfMeasureCode="BOX")),
    }
    await engine.edit(buyer("C3"), blocked="All")
    for record in (goods("NEVER"), goods("OLD"), service("RETIRED")):
        await engine.edit(record, blocked=True)
    await engine.look("ITEM-PRODUCT", "RESOURCE-PRODUCT")
    assert await report(engine) == reasons(numbers := {name: record.values["number"] for name, record in posted.items()})
    assert not await engine.sales.rows("invoices"), "a report writes nothing"

    await engine.look(NAME)
    assert {row.code for row in await engine.problem_rows(NAME)} == {"waiting_for_parent", "product_not_active", "unknown_unit"}
    assert len(await engine.sales.rows("invoices")) == 1, "nothing half made"
    first = await engine.partner(NAME, posted["first"])
    assert first["_customerid_value"] == (await engine.partner("CUSTOMER", buyer("C2")))["accountid"]
    assert [line["productnumber"] for line in await details(engine, posted["first"])] == ["NEW"]
    inserted = [job["totals"]["toSales"]["inserted"] for job in (await engine.api.get(f"jobs?mapping={NAME}")).json["value"]]
    assert sum(inserted) == 1

    await engine.edit(buyer("C3"), blocked="_x0020_")
    for record in (goods("NEVER"), goods("OLD"), service("RETIRED")):
        await engine.edit(record, blocked=False)
    await engine.look("CUSTOMER", "ITEM-PRODUCT", "RESOURCE-PRODUCT")
    assert (await report(engine)).keys() == {numbers["unit"]}
    by_hand = {"bcId": [posted[name].id for name in ("customer", "blocked", "unit")], "createNew": True}
    made = await engine.api.post(f"couplings/{NAME}", by_hand)
    assert [row["outcome"] for row in made.json["records"]] == ["created", "created", "failed"]
    await engine.api.post("problems/retry", {"mapping": NAME})
    await engine.drain()
    assert await engine.problems(NAME) == [("unknown_unit", None)]
    assert len(await engine.sales.rows("invoices")) == 4


@pytest.mark.parametrize(("asked", "why"), [("?side=sales", "makes no rows"), ("?side=x", "bc or sales"), ("?cursor=abc", "cursor")])
async def test_a_report_that_cannot_be_had_is_refused(engine: Engine, asked: str, why: str) -> None:
    answer = await engine.api.get(f"mappings/{NAME}/readiness{asked}")
    assert (answer.status, why in answer.json["detail"]) == (400, True)
