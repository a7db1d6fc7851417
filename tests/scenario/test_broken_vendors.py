"""Broken vendors and their accounts, from both sides in one run: each has the problem that it should, and the rest goes through."""

from __future__ import annotations

import pytest

from tests.scenario.broken import Broken, expect
from tests.scenario.engine import Engine
from tests.scenario.test_broken_customers import LONG_ADDRESS
from tests.scenario.world import Record, account, contact, person, sales_currency, supplier, vendor

CURRENCY = ("waiting_for_parent", "currencyId")
OUTSIDE: tuple[tuple[str, str | None], ...] = ()
FROM_BC = (
    Broken("without a name", vendor("B1", displayName=""), (("required_missing", "displayName"),)),
    Broken("purchaser without user", vendor("B2", purchaserCode="AB"), (("no_owner", "purchaserCode"),)),
    Broken("currency not coupled", vendor("B3", currency="USD"), (CURRENCY,)),
    Broken("options not coupled", vendor("B4", terms="NET 30", shipmentMethodCode="FOB", shippingAgentCode="DHL"), made=True),
    Broken("web address too long", vendor("B5", website="https://" + "w" * 240), (("too_long", "website"),), made=True),
    Broken("long texts are cut", vendor("B6", displayName="N" * 100, addressLine1="A" * 100), made=True),
    Broken("primary contact not coupled", vendor("B11", primaryContactNumber="P11"), made=True),
    Broken("blocked", vendor("B7", blocked="All"), OUTSIDE),
    Broken("blocked for payments", vendor("B8", blocked="Payment"), OUTSIDE),
    Broken("two accounts of its number", vendor("B9"), (("ambiguous_match", None),)),
)
FROM_SALES = (
    Broken("without a name", supplier("S1", name=None), (("required_missing", "displayName"),)),
    Broken("currency not coupled", supplier("S2", _transactioncurrencyid_value=sales_currency("USD")), (CURRENCY,)),
    Broken("unknown payment terms", supplier("S3", paymenttermscode=4711), made=True),
    Broken("unknown shipment method", supplier("S15", address1_freighttermscode=4711), made=True),
    Broken("unknown agent", supplier("S16", address1_shippingmethodcode=4711), made=True),
    Broken("long texts are cut", supplier("S17", name="N" * 160, **LONG_ADDRESS), made=True),
    Broken("primary contact not coupled", supplier("S18"), made=True),
    Broken("e-mail too long", supplier("S4", emailaddress1="a" * 80 + "@example.com"), (("too_long", "email"),), made=True),
    Broken("no e-mail", supplier("S5", emailaddress1="nobody"), (("invalid_value", "email"),), made=True),
    Broken("phone too long", supplier("S6", telephone1="4" * 31), (("too_long", "phoneNumber"),), made=True),
    Broken("letters in the phone number", supplier("S7", telephone1="call me"), (("invalid_value", "phoneNumber"),), made=True),
    Broken("fax too long", supplier("S8", fax="4" * 31), (("too_long", "faxNumber"),), made=True),
    Broken("unknown country", supplier("S9", address1_country="Atlantis"), (("unknown_country", "address"),), made=True),
    Broken("a customer", account("S10"), OUTSIDE),
    Broken("another type", account("S11", customertypecode=10), OUTSIDE),
    Broken("inactive", supplier("S12", statecode=1, statuscode=2), OUTSIDE),
    Broken("one of two for a vendor", supplier("S13", accountnumber="B9"), (("ambiguous_match", None),)),
    Broken("the other of two for a vendor", supplier("S14", accountnumber="B9"), (("ambiguous_match", None),)),
)


@pytest.mark.rule("B9", "B6", "A1")
@pytest.mark.feature("F117")
async def test_each_broken_vendor_has_its_problem_and_the_rest_goes_through(engine: Engine) -> None:
    healthy = [vendor("V1", city="Bonn"), vendor("V2"), supplier("A1"), supplier("A2", address1_country="DE")]
    await engine.switch("VENDOR", enabled=True)
    await engine.seed(*(case.record for case in (*FROM_BC, *FROM_SALES)), *healthy, *_linked())
    await engine.sync("VENDOR")
    await expect(engine, "VENDOR", (*FROM_BC, *FROM_SALES), healthy)


def _linked() -> list[Record]:
    """The people whom two of the broken ones name, whom nobody has coupled."""
    house = {case.what: case.record for case in FROM_SALES}["primary contact not coupled"]
    someone = contact("K18", of=house)
    house.values["_primarycontactid_value"] = someone.id
    return [someone, person("P11", of="B11", contactBusinessRelation="Vendor")]
