"""Broken customers and accounts, from both sides in one run: each has the problem that it should, and the rest of the list goes through."""

from __future__ import annotations

import pytest

from tests.scenario.broken import Broken, expect
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, person, sales_currency, supplier

OUTSIDE: tuple[tuple[str, str | None], ...] = ()
CURRENCY = ("waiting_for_parent", "currencyId")
LEFT_OUT: tuple[tuple[str, str | None], ...] = ()
"""What is not coupled yet is left blank, and made up for when it is (rule B6)."""
LONG_ADDRESS = {"address1_line1": "A" * 250, "address1_line2": "B" * 250, "address1_city": "C" * 80, "address1_stateorprovince": "D" * 50}
"""Each part is longer than BC takes."""
FROM_BC = (
    Broken("without a name", customer("B1", displayName=""), (("required_missing", "displayName"),)),
    Broken("salesperson without user", customer("B2", salespersonCode="AB"), (("no_owner", "salespersonCode"),)),
    Broken("currency not coupled", customer("B3", currency="USD"), (CURRENCY,)),
    Broken("payment terms not coupled", customer("B4", terms="NET 30"), LEFT_OUT, made=True),
    Broken("shipment method not coupled", customer("B5", shipment="FOB"), LEFT_OUT, made=True),
    Broken("agent not coupled", customer("B6", shippingAgentCode="DHL"), LEFT_OUT, made=True),
    Broken("primary contact not coupled", customer("B7", primaryContactNumber="P7"), LEFT_OUT, made=True),
    Broken("web address too long", customer("B8", website="https://" + "w" * 240), (("too_long", "website"),), made=True),
    Broken("long texts are cut", customer("B9", displayName="N" * 100, addressLine1="A" * 100), made=True),
    Broken("credit limit below zero", customer("B10", creditLimit=-5), made=True),
    Broken("blocked", customer("B11", blocked="All"), OUTSIDE),
    Broken("blocked for shipping", customer("B12", blocked="Ship"), OUTSIDE),
    Broken("two accounts of its number", customer("B13"), (("ambiguous_match", None),)),
)
FROM_SALES = (
    Broken("without a name", account("S1", name=None), (("required_missing", "displayName"),)),
    Broken("currency not coupled", account("S3", _transactioncurrencyid_value=sales_currency("USD")), (CURRENCY,)),
    Broken("unknown payment terms", account("S4", paymenttermscode=4711), LEFT_OUT, made=True),
    Broken("unknown shipment method", account("S5", address1_freighttermscode=4711), LEFT_OUT, made=True),
    Broken("unknown agent", account("S6", address1_shippingmethodcode=4711), LEFT_OUT, made=True),
    Broken("e-mail too long", account("S7", emailaddress1="a" * 80 + "@example.com"), (("too_long", "email"),), made=True),
    Broken("no e-mail", account("S8", emailaddress1="nobody"), (("invalid_value", "email"),), made=True),
    Broken("phone too long", account("S9", telephone1="4" * 31), (("too_long", "phoneNumber"),), made=True),
    Broken("letters in the phone number", account("S10", telephone1="call me"), (("invalid_value", "phoneNumber"),), made=True),
    Broken("fax too long", account("S11", fax="4" * 31), (("too_long", "faxNumber"),), made=True),
    Broken("unknown country", account("S12", address1_country="Atlantis"), (("unknown_country", "address"),), made=True),
    Broken("long texts are cut", account("S13", name="N" * 160, **LONG_ADDRESS), made=True),
    Broken("another type", account("S14", customertypecode=8), OUTSIDE),
    Broken("no type", account("S15", customertypecode=None), OUTSIDE),
    Broken("a vendor", supplier("S16"), OUTSIDE),
    Broken("inactive", account("S17", statecode=1, statuscode=2), OUTSIDE),
    Broken("one of two for a customer", account("S18", accountnumber="B13"), (("ambiguous_match", None),)),
    Broken("the other of two for a customer", account("S19", accountnumber="B13"), (("ambiguous_match", None),)),
    Broken("primary contact not coupled", account("S20"), LEFT_OUT, made=True),
)


@pytest.mark.rule("B9", "B6", "A1")
async def test_each_broken_customer_has_its_problem_and_the_rest_goes_through(engine: Engine) -> None:
    healthy = [customer("C1", city="Bonn"), customer("C2"), account("A1"), account("A2", address1_country="DE")]
    await engine.seed(*(case.record for case in (*FROM_BC, *FROM_SALES)), *healthy, *_linked())
    await engine.sync("CUSTOMER")
    await expect(engine, "CUSTOMER", (*FROM_BC, *FROM_SALES), healthy)


def _linked() -> list[Record]:
    """Records that the broken ones name."""
    named = {case.what: case.record for case in FROM_SALES}
    house = named["primary contact not coupled"]
    someone = contact("K20", of=house)
    house.values["_primarycontactid_value"] = someone.id
    return [someone, person("P7", of="B7")]
