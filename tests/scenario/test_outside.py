"""What is not synchronised is never silent: every row that a filter refuses is listed with its reason (rules C1, E3)."""

from __future__ import annotations

import base64

import pytest

from tests.scenario.engine import Engine
from tests.scenario.pricing import LISTS, line, price_list, two_items
from tests.scenario.world import account, customer


@pytest.mark.rule("E3", "C1")
async def test_refused_lines_are_listed_with_their_reasons_page_by_page(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.desk.outside.PAGE", 2)
    one, two = two_items()
    await engine.seed(one, two, price_list("S1"), price_list("S2", amountType="Any"))
    good = [line("S1", 10 * place, each) for place, each in enumerate((one, two), 1)]
    odd = line("S1", 30, one, minimumQuantity=10), line("S1", 40, one, endingDate="2024-12-31"), line("S2", 50, one)
    await engine.seed(*good, *odd)
    await engine.sync(*LISTS, create="toSales")
    reasons: dict[str, str] = {}
    read, cursor = 0, ""
    while True:
        answer = (
            await engine.api.get(f"mappings/PLLINE-PRODPRICE/outside?cursor={cursor}" if cursor else "mappings/PLLINE-PRODPRICE/outside")
        ).json
        reasons |= {each["id"]: each["reason"] for each in answer["value"]}
        assert not any(each["coupled"] for each in answer["value"])
        read, cursor = read + answer["read"], answer["cursor"]
        if not cursor:
            break
    assert read == 5
    assert reasons == {
        odd[0].id: "minimumQuantity is 10, not 0",
        odd[1].id: "it was valid until 2024-12-31",
        odd[2].id: "of its list S2, amountType is Any, not Price",
    }


async def test_a_coupled_record_that_left_is_listed_too_on_either_side(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(mine, blocked="All")
    await engine.seed(customer("C2"), account("A2", statecode=1, statuscode=2))
    [left] = (await engine.api.get("mappings/CUSTOMER/outside")).json["value"]
    assert (left["id"], left["coupled"], left["reason"]) == (mine.id, True, "blocked is All")
    [inactive] = (await engine.api.get("mappings/CUSTOMER/outside?side=sales")).json["value"]
    assert (inactive["reason"], inactive["coupled"]) == ("statecode is 1, not 0", False)
    assert theirs.id != inactive["id"]


async def test_a_cursor_that_leads_elsewhere_is_refused(engine: Engine) -> None:
    await engine.seed(account("A1"))
    other_columns = f"{engine.ctx.sales.root}/accounts?$select=name"
    links = b"https://evil.example/customers", b"http://[/customers", b"\xff\xfe", b"http://x/accounts?\n", other_columns.encode()
    bad = [base64.urlsafe_b64encode(link).decode() for link in links]
    for query in ("side=both", "cursor=*", *(f"side={side}&cursor={each}" for each in bad for side in ("bc", "sales"))):
        answer = await engine.api.get(f"mappings/CUSTOMER/outside?{query}")
        assert answer.status == 400, query
