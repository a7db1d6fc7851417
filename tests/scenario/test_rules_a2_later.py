"""Rules A2, A3 and B2 over time: what a run was not asked to make is not made later, fields that join a mapping, values that go to zero."""

from __future__ import annotations

import pytest

from mapping.catalogue import CATALOGUE
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer, id_of, person


@pytest.mark.rule("A2")
async def test_a_solved_ambiguity_of_a_run_that_may_not_create_creates_nothing_later(engine: Engine) -> None:
    mine, rivals = customer("C1"), [account("A1", accountnumber="C1"), account("A2", accountnumber="C1")]
    await engine.seed(mine, *rivals)
    await engine.sync("CUSTOMER", create="none")
    for rival in rivals:
        await engine.edit(rival, accountnumber=None)
    await engine.edit(mine, phoneNumber="222")
    await engine.look("CUSTOMER")
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (1, 2)


@pytest.mark.rule("A2")
async def test_a_solved_ambiguity_couples_at_the_next_look(engine: Engine) -> None:
    mine, rivals = customer("C1"), [account("A1", accountnumber="C1"), account("A2", accountnumber="C1")]
    await engine.seed(mine, *rivals)
    await engine.sync("CUSTOMER", create="none")
    await engine.edit(rivals[1], accountnumber=None)
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="222")
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == rivals[0].id
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("A2")
async def test_who_waited_in_a_run_that_may_not_create_there_is_not_made_later(engine: Engine) -> None:
    house, mine = customer("C1"), person("P1", of="C1")
    await engine.seed(house, mine)
    await engine.sync("CONTACT", create="fromSales")
    await engine.sync("CUSTOMER", create="toSales")
    assert await engine.coupling("CUSTOMER", house)
    assert await engine.sales.rows("contacts") == []


@pytest.mark.rule("A3")
async def test_a_field_that_joins_the_mapping_later_starts_like_a_new_pair(engine: Engine) -> None:
    phone = CATALOGUE["CUSTOMER"].unit("phoneNumber")
    engine.change("CUSTOMER", fields=tuple(unit for unit in CATALOGUE["CUSTOMER"].fields if unit is not phone))
    mine, theirs = await engine.coupled({"phoneNumber": "111", "email": "adler@example.com"}, {"telephone1": "222"})
    other, their_other = customer("C2"), account("A2", accountnumber="C2", telephone1="333")
    await engine.seed(other, their_other)
    await engine.sync("CUSTOMER")
    assert (await engine.row(theirs))["telephone1"] == "222"
    engine.change("CUSTOMER", fields=CATALOGUE["CUSTOMER"].fields)
    await engine.sync("CUSTOMER")
    assert (await engine.row(theirs))["telephone1"] == "111"
    assert (await engine.row(other))["phoneNumber"] == "333"
    assert (await engine.row(mine))["email"] == "adler@example.com"


@pytest.mark.rule("B2")
async def test_a_credit_limit_taken_back_to_nothing_is_taken_back_in_sales(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"creditLimit": 5000})
    await engine.edit(mine, creditLimit=0)
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["creditlimit"] == 0


@pytest.mark.rule("B6")
async def test_an_option_that_nobody_coupled_does_not_travel_to_business_central(engine: Engine) -> None:
    """A person picks payment terms in Sales that Business Central does not know."""
    mine, theirs = await engine.coupled({"terms": "NET 30"})
    await engine.sync("PAYMENT TERMS")
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["paymenttermscode"] == 1
    await engine.edit(theirs, paymenttermscode=3, telephone1="222")
    await engine.look("CUSTOMER")
    row = await engine.row(mine)
    assert (row["paymentTermsId"], row["phoneNumber"]) == (id_of("paymentTerms", "NET 30"), "222")
    assert (await engine.row(theirs))["paymenttermscode"] == 3


@pytest.mark.rule("B6")
async def test_clearing_payment_terms_in_sales_clears_them_in_business_central(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS")
    mine, theirs = await engine.coupled({"terms": "NET 30"})
    await engine.edit(theirs, paymenttermscode=None)
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["paymentTermsId"] == id_of("paymentTerms", "")
