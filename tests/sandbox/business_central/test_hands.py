from __future__ import annotations

import asyncio

import pytest

from tests.sandbox.business_central.client import Client, customers, guid


async def test_people_edit_insert_and_delete_under_the_rules(bc: Client) -> None:
    row = await bc.hand("insert", set="customers", values={"displayName": "Adatum"})
    changed = await bc.hand("edit", set="customers", id=row["id"], values={"city": "Bern"})
    assert changed["city"] == "Bern"
    assert await bc.hand_refused("edit", set="customers", id=row["id"], values={"country": "XX"}) == "Internal_InvalidTableRelation"
    await bc.hand("delete", set="customers", id=row["id"])
    assert await bc.rows("customers") == []
    agent = await bc.hand("insert", set="shippingAgents", values={"code": "dhl", "name": "DHL"})
    assert agent["code"] == "DHL"


async def test_people_enter_and_correct_rates(bc: Client) -> None:
    await bc.seed(currencies=[{"code": "EUR"}])
    await bc.hand("enterRate", currencyCode="EUR", startingDate="2026-01-01", exchangeRateAmount=100, relationalExchangeRateAmount=108)
    await bc.hand("enterRate", currencyCode="EUR", startingDate="2026-01-01", exchangeRateAmount=100, relationalExchangeRateAmount=109)
    (row,) = await bc.rows("currencyExchangeRates")
    assert (row["startingDate"], row["relationalExchangeRateAmount"]) == ("2026-01-01", 109)
    assert await bc.hand_refused("enterRate", currencyCode="XXX", relationalExchangeRateAmount=1) == "Internal_InvalidTableRelation"


async def test_seeded_rows_come_back_as_given(bc: Client) -> None:
    given = {
        **customers(1)[0],
        "currencyCode": "EUR",
        "paymentTermsId": guid(5),
        "balanceLCY": 12.5,
        "faxNumber": "1",
        "lastModifiedDateTime": "2024-01-31T10:00:00.25Z",
    }
    await bc.seed(customers=[given], currencies=[{"id": guid(4), "code": "EUR"}], paymentTerms=[{"id": guid(5), "code": "14D"}])
    (row,) = (await bc.get("/_control/rows/customers")).json()
    assert given.items() <= row.items()
    assert row["currencyId"] == guid(4)
    await bc.seed(customers=[{**given, "displayName": "New"}])
    assert [each["displayName"] for each in (await bc.get("/_control/rows/customers")).json()] == ["New"]


async def test_seeded_customers_get_company_contacts_unless_relations_are_given(bc: Client) -> None:
    await bc.seed(customers=customers(2))
    assert len(await bc.rows("contacts")) == 2
    await bc.ask("POST", "/_control/reset", {})
    assert await bc.rows("customers") == []
    await bc.seed(customers=customers(2), contactBusinessRelations=[])
    assert await bc.rows("contacts") == []


@pytest.mark.parametrize("tables", [{"nosuch": []}, {"customers": [{"nosuch": 1}]}])
async def test_wrong_seeds_are_refused(bc: Client, tables: dict[str, list[dict[str, int]]]) -> None:
    assert (await bc.ask("POST", "/_control/seed", {"tables": tables})).status_code == 400


async def test_a_company_seeded_beside_the_first_is_apart_from_it(bc: Client) -> None:
    await bc.seed({"name": "Second"}, customers=customers(3))
    assert await bc.rows("customers") == []
    assert len((await bc.get("/_control/rows/customers?company=Second")).json()) == 3
    await asyncio.gather(*(bc.hand("delete", company="Second", set="customers", id=guid(at)) for at in range(2)))
    assert len((await bc.get("/_control/rows/customers?company=Second")).json()) == 1


async def test_a_clock_that_was_turned_leaves_no_stamps_behind_a_reset(bc: Client) -> None:
    await bc.switch(clockOffsetMs=24 * 3600 * 1000)
    ahead = (await bc.create("customers", displayName="x"))["lastModifiedDateTime"]
    await bc.switch(clockOffsetMs=0)
    assert (await bc.create("customers", displayName="y"))["lastModifiedDateTime"] >= ahead, "no later write has an older stamp"
    await bc.ask("POST", "/_control/reset", {})
    assert (await bc.create("customers", displayName="z"))["lastModifiedDateTime"] < ahead
