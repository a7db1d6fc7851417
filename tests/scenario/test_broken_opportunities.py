"""Broken opportunities, salespeople and users, from both sides in one run: each has its problem, and the rest of the list goes through."""

from __future__ import annotations

import pytest

from tests.scenario.broken import Broken, expect
from tests.scenario.engine import Engine
from tests.scenario.world import (
    Record,
    account,
    contact,
    customer,
    opportunity,
    person,
    sales_currency,
    sales_opportunity,
    salesperson,
    user,
)

CARLA, ROBOT = user("CC", "Carla Conti"), user("RR", "Robot", isintegrationuser=True)
HOUSE = account("A1", accountnumber="C1", name="Company C1")
LATE_HOUSE = account("A9", name="Not coupled yet")
LATE_ADA = contact("K9", of=LATE_HOUSE)
LATE_EVE = contact("K10", of=HOUSE)
WAITS = ("waiting_for_parent", None)
FROM_BC = (
    Broken("salesperson without user", opportunity("B1", contact="P1", salespersonCode="LL"), (("no_owner", "salespersonCode"),)),
    Broken("contact not coupled", opportunity("B2", contact="P2"), (("waiting_for_parent", "contactNumber"),)),
    Broken("customer not coupled", opportunity("B3", contact="CT-C3", of="C3"), (("waiting_for_parent", "contactCompanyNumber"),)),
    Broken("company of no customer", opportunity("B4", contact="CT-C4", of="C4")),
    Broken("nobody at all", opportunity("B5", contact="", of="C4")),
    Broken("won", opportunity("B6", contact="P1", status="Won", closed=True)),
    Broken("lost", opportunity("B7", contact="P1", status="Lost", closed=True)),
    Broken("without a salesperson", opportunity("B8", contact="P1", salespersonCode=""), made=True),
    Broken(
        "estimate below zero, and no day", opportunity("B9", contact="P1", estimatedValue=-5, estimatedClosingDate="0001-01-01"), made=True
    ),
    Broken("without a description", opportunity("B10", contact="P1", description=""), (("required_missing", "description"),)),
    Broken("two of its name", opportunity("B11", contact="P1", description="Twice"), (("ambiguous_match", None),)),
)
FROM_SALES = (
    Broken("for nobody", sales_opportunity("S1"), (("no_contact", None),)),
    Broken("account not coupled", sales_opportunity("S2", account=LATE_HOUSE), (WAITS,)),
    Broken("contact and account not coupled", sales_opportunity("S3", account=LATE_HOUSE, contact=LATE_ADA), (WAITS,)),
    Broken("owner who is no salesperson", sales_opportunity("S4", account=HOUSE, _ownerid_value=CARLA.id), (("no_salesperson", None),)),
    Broken("owner who is a robot", sales_opportunity("S5", account=HOUSE, _ownerid_value=ROBOT.id), (("no_salesperson", None),)),
    Broken("won", sales_opportunity("S6", account=HOUSE, statecode=1, statuscode=3)),
    Broken("lost", sales_opportunity("S7", account=HOUSE, statecode=2, statuscode=4)),
    Broken("without a name", sales_opportunity("S12", account=HOUSE, name=None), (("required_missing", "description"),)),
    Broken("contact not coupled", sales_opportunity("S13", account=HOUSE, contact=LATE_EVE), made=True),
    Broken("a name that is cut", sales_opportunity("S8", account=HOUSE, name="N" * 300), made=True),
    Broken("in dollars", sales_opportunity("S9", account=HOUSE, _transactioncurrencyid_value=sales_currency("USD")), made=True),
    Broken("one of two", sales_opportunity("S10", account=HOUSE, name="Twice"), (("ambiguous_match", None),)),
    Broken("the other of two", sales_opportunity("S11", account=HOUSE, name="twice"), (("ambiguous_match", None),)),
)


@pytest.mark.rule("B9", "E4")
async def test_each_broken_opportunity_has_its_problem_and_the_rest_goes_through(engine: Engine) -> None:
    mine, ada = customer("C1"), person("P1", of="C1")
    await engine.seed(mine, ada, HOUSE, CARLA, ROBOT, salesperson("LL", "Left Long"))
    await engine.sync("SALESPEOPLE", "CURRENCY", "CUSTOMER", "CONTACT")
    healthy = [opportunity("H1", contact="P1"), sales_opportunity("H2", account=HOUSE)]
    late: list[Record] = [person("P2", of="C1"), customer("C3"), person("CT-C4", of="C4", type="Company"), LATE_HOUSE, LATE_ADA, LATE_EVE]
    await engine.seed(*(case.record for case in (*FROM_BC, *FROM_SALES)), *healthy, *late)
    await engine.sync("OPPORTUNITY")
    await expect(engine, "OPPORTUNITY", (*FROM_BC, *FROM_SALES), healthy)


LONG = "Grace Elizabeth Alexandra Thornton-Featherstonehaugh of Bath"
APPLICATION = "7a1d6f30-5a34-4c6e-9a54-0d5dc1e1a0f1"
USERS = (
    Broken("no user has its e-mail", salesperson("NN", "Nobody")),
    Broken("without e-mail", salesperson("EE", "Empty", email="")),
    Broken("a name that is cut", salesperson("LN", LONG[:10]), made=True),
    Broken("an e-mail of two users, who say so", salesperson("TT", "Twice")),
    Broken("a phone number too long", salesperson("PP", "Long Phone"), (("too_long", "phoneNo"),), made=True),
    Broken("letters in the phone number", salesperson("QQ", "Call Me"), (("invalid_value", "phoneNo"),), made=True),
    Broken("an application", user("AP", "App", applicationid=APPLICATION)),
    Broken("an integration user", user("IN", "Integration", isintegrationuser=True)),
    Broken("without a licence", user("UL", "Unlicensed", islicensed=False)),
    Broken("disabled", user("DI", "Disabled", isdisabled=True)),
    Broken("no salesperson has its e-mail", user("XX", "Nobody Else")),
)
PARTNERS = (
    user("LN", LONG),
    user("TT", "One"),
    user("TT2", "Two", internalemailaddress="tt@example.com"),
    user("PP", "Long Phone", mobilephone="4" * 31),
    user("QQ", "Call Me", mobilephone="call me"),
    *(salesperson(code, "Theirs") for code in ("AP", "IN", "UL", "DI")),
)


@pytest.mark.rule("B9", "D7", "A2")
async def test_each_broken_salesperson_or_user_has_its_problem_and_the_rest_goes_through(engine: Engine) -> None:
    await engine.seed(*(case.record for case in USERS), *PARTNERS)
    await engine.sync("SALESPEOPLE")
    twice = [
        Broken("one of two", user("TT", "One"), (("ambiguous_match", None),)),
        Broken("two", user("TT2", "Two"), (("ambiguous_match", None),)),
    ]
    await expect(engine, "SALESPEOPLE", (*USERS, *twice), [salesperson("AB", ""), salesperson("BO", "")])
    assert (await engine.row(salesperson("LN", "")))["displayName"] == LONG[:50]
