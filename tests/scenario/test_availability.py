"""GET availability: what is in stock now, as data and as a page that stands in a form of Sales."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from sandbox.running import Sandbox
from sync.triggers.stock_page import stock_page
from tests.scenario.companies import two_companies
from tests.scenario.engine import Engine, engine_on
from tests.scenario.front_door import Answer
from tests.scenario.world import Record, item, product, resource, unit_group

MAPPINGS = ("UNIT OF MEASURE", "ITEM-PRODUCT", "RESOURCE-PRODUCT")
NOBODY = "11111111-2222-4333-8444-555555555555"
DESK = item("I1", unit="BOX", displayName="Desk <b>&", inventory=7)


async def stocked(engine: Engine, *more: Record) -> str:
    """An item with its product; the id of the product."""
    await engine.seed(DESK, *more)
    await engine.sync(*MAPPINGS, create="toSales")
    return str((await engine.partner("ITEM-PRODUCT", DESK))["productid"])


async def asked(engine: Engine, product: str, status: int = 200) -> Answer:
    """What the call answers."""
    answer = await engine.api.get(f"availability/{product}")
    assert answer.status == status, answer.body
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


@pytest.mark.rule("F1")
@pytest.mark.feature("F126")
async def test_stock_is_told_with_unit_and_time_as_business_central_has_it_now(engine: Engine) -> None:
    id_ = await stocked(engine)
    await engine.bc.hand("postStock", itemNumber="I1", quantity=-10)
    told = (await asked(engine, id_)).json
    assert (told["salesId"], told["number"], told["name"], told["quantity"], told["unit"]) == (id_, "I1", "Desk <b>&", -3, "BOX")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["asOf"])
    assert (await engine.sales.row("products", id_))["quantityonhand"] == 7, "the product has it at the next look"
    for same in ("i1", quote("{" + id_.upper() + "}")):
        assert (await asked(engine, same)).json["quantity"] == -3
    assert (await asked(engine, f"form?id={quote('{' + id_.upper() + '}')}&typename=product")).json["number"] == "I1"


async def test_the_page_stands_in_the_organisations_forms_only_and_runs_nothing(engine: Engine) -> None:
    id_ = await stocked(engine)
    answer = await asked(engine, f"{id_}?format=html")
    page, policy = answer.body.decode(), answer.headers["Content-Security-Policy"]
    assert "7 BOX" in page and "Desk &lt;b&gt;&amp;" in page and "<script" not in page
    assert re.search(r'<time datetime="[^"]+">\d{4}-\d\d-\d\d \d\d:\d\d UTC</time>', page)
    organisation = engine.ctx.settings.sales_url
    assert policy.endswith(f"frame-ancestors {organisation}") and policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "X-Frame-Options" not in answer.headers and len(page) < 1500
    taken = await engine.api.call("GET", f"availability/{id_}", Accept="text/html,application/xhtml+xml")
    assert taken.body.decode().startswith("<!DOCTYPE html>")
    data = await engine.api.call("GET", f"availability/{id_}?format=json", Accept="text/html")
    assert data.json["unit"] == "BOX"


def test_an_organisation_named_by_the_address_of_its_web_api_shows_the_page_in_its_forms() -> None:
    for address in ("https://contoso.crm4.dynamics.com", "https://contoso.api.crm4.dynamics.com"):
        policy = stock_page({"detail": ""}, 404, address).headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors https://contoso.crm4.dynamics.com")


async def test_what_cannot_be_told_is_answered_by_name_as_data_and_as_page(engine: Engine) -> None:
    service, stranger = resource("R1"), product("P9")
    await stocked(engine, service, *unit_group(), stranger)
    service_id = (await engine.partner("RESOURCE-PRODUCT", service))["productid"]
    for wanted, status, code in (
        (NOBODY, 404, "no_such_record"),
        ("NO-SUCH", 404, "no_such_record"),
        ("A-NUMBER-LONGER-THAN-ANY", 404, "no_such_record"),
        ("o'hara'--", 404, "no_such_record"),
        (service_id, 409, "no_stock"),
        (stranger.id, 409, "not_coupled"),
        ("x" * 101, 400, "bad_request"),
        ("I1?format=pdf", 400, "bad_request"),
    ):
        told = (await asked(engine, wanted, status)).json
        assert told["type"] == f"urn:couplet:{code}", wanted
        if "?" not in wanted:
            page = (await asked(engine, f"{wanted}?format=html", status)).body.decode()
            assert "<p>" in page and "urn:couplet" not in page
    await engine.delete(DESK)
    assert (await asked(engine, "I1", 404)).json["type"] == "urn:couplet:no_such_record"


async def test_while_business_central_cannot_be_reached_the_answer_says_so(engine: Engine) -> None:
    id_ = await stocked(engine)
    for _ in range(3):
        await engine.bc.fault("status", status=403, path="items", code="Internal_AccessDenied")
    told = (await asked(engine, id_, 502)).json
    assert (told["type"], bool(told["remedy"])) == ("urn:couplet:access_denied", True)
    page = await asked(engine, f"{id_}?format=html", 502)
    assert "permission" in page.body.decode() and "frame-ancestors http" in page.headers["Content-Security-Policy"]


@pytest.mark.case("T739")
async def test_it_can_be_switched_off(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, AVAILABILITY="false") as engine:
        await engine.seed(DESK)
        assert "AVAILABILITY" in (await asked(engine, "I1", 404)).json["detail"]


@pytest.mark.rule("G1")
async def test_of_several_companies_the_one_that_has_the_product_answers(sandbox_processes: Sandbox) -> None:
    async with two_companies(sandbox_processes) as (first, second):
        mine, theirs = item("I1", inventory=7), item("I2", inventory=3)
        for engine, goods in ((first, mine), (second, theirs)):
            await engine.seed(goods)
            await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
        id_ = (await second.partner("ITEM-PRODUCT", theirs))["productid"]
        for wanted in (id_, "I2", f"I2?company={second.ctx.company}"):
            told = (await asked(first, wanted)).json
            assert (told["number"], told["quantity"], told["company"]) == ("I2", 3, second.ctx.company)
        for wanted in (f"I2?company={first.ctx.company}", f"{NOBODY}?company={second.ctx.company}"):
            assert (await asked(first, wanted, 404)).json["type"] == "urn:couplet:no_such_record"
