"""Broken people, from both sides in one run: each has the problem that it should, and the rest of the list goes through."""

from __future__ import annotations

import pytest

from tests.scenario.broken import Broken, expect
from tests.scenario.engine import Engine
from tests.scenario.test_broken_customers import LONG_ADDRESS
from tests.scenario.world import account, contact, customer, person, sales_currency

HOUSE, NOT_COUPLED, FIRM, OTHER = customer("C1"), customer("C2", blocked="All"), account("A1"), account("A2", customertypecode=8)
CURRENCY, PARENT = ("waiting_for_parent", "currencyCode"), ("waiting_for_parent", "companyNumber")
OUTSIDE: tuple[tuple[str, str | None], ...] = ()
FROM_BC = (
    Broken("without any name", person("B1", of="C1", name=("", ""), displayName=""), (("required_missing", None),)),
    Broken("customer not coupled", person("B2", of="C2"), (PARENT,)),
    Broken("salesperson without user", person("B3", of="C1", salespersonCode="AB"), (("no_owner", "salespersonCode"),)),
    Broken("currency not coupled", person("B4", of="C1", currencyCode="USD"), (CURRENCY,)),
    Broken("web address too long", person("B5", of="C1", website="https://" + "w" * 240), (("too_long", "website"),), made=True),
    Broken("long texts are cut", person("B6", of="C1", addressLine1="A" * 100), made=True),
    Broken("a first name alone", person("B7", of="C1", name=("Madonna", "")), made=True),
    Broken("privacy blocked", person("B8", of="C1", privacyBlocked=True), OUTSIDE),
    Broken("without a company", person("B9", of="C1", companyNumber="", contactBusinessRelation="None"), OUTSIDE),
    Broken("of a company that is no customer", person("B10", of="NOBODY", contactBusinessRelation="None"), OUTSIDE),
    Broken("two contacts of its e-mail address", person("B11", of="C1", email="two@example.com"), (("ambiguous_match", None),)),
)
FROM_SALES = (
    Broken("without any name", contact("S1", of=FIRM, who=(None, None), fullname=None), (("required_missing", None),)),
    Broken("account not coupled", contact("S2", of=OTHER), (PARENT,)),
    Broken("currency not coupled", contact("S3", of=FIRM, _transactioncurrencyid_value=sales_currency("USD")), (CURRENCY,)),
    Broken("e-mail too long", contact("S4", of=FIRM, emailaddress1="a" * 80 + "@example.com"), (("too_long", "email"),), made=True),
    Broken("no e-mail", contact("S5", of=FIRM, emailaddress1="nobody"), (("invalid_value", "email"),), made=True),
    Broken("phone too long", contact("S6", of=FIRM, telephone1="4" * 31), (("too_long", "phoneNumber"),), made=True),
    Broken("letters in the phone number", contact("S7", of=FIRM, telephone1="call me"), (("invalid_value", "phoneNumber"),), made=True),
    Broken("letters in the mobile number", contact("S8", of=FIRM, mobilephone="me"), (("invalid_value", "mobilePhoneNumber"),), made=True),
    Broken("mobile phone too long", contact("S9", of=FIRM, mobilephone="4" * 31), (("too_long", "mobilePhoneNumber"),), made=True),
    Broken("pager too long", contact("S10", of=FIRM, pager="4" * 31), (("too_long", "pager"),), made=True),
    Broken("fax too long", contact("S11", of=FIRM, fax="4" * 31), (("too_long", "faxNumber"),), made=True),
    Broken("unknown country", contact("S12", of=FIRM, address1_country="Atlantis"), (("unknown_country", "address"),), made=True),
    Broken("long names are cut", contact("S13", of=FIRM, who=("F" * 50, "L" * 50)), made=True),
    Broken("long addresses are cut", contact("S17", of=FIRM, **LONG_ADDRESS), made=True),
    Broken("without a parent", contact("S14", of=None), OUTSIDE),
    Broken("inactive", contact("S15", of=FIRM, statecode=1, statuscode=2), OUTSIDE),
)


def _twins() -> list[Broken]:
    """Two contacts of the account to which the customer belongs, with the e-mail address of one person."""
    shared = account("A3", name="Company C1", accountnumber="C1")
    both = [contact(f"K{n}", of=shared, emailaddress1="two@example.com") for n in (1, 2)]
    return [Broken("one of two with the e-mail address of one person", each, (("ambiguous_match", None),)) for each in both]


def _assistant() -> Broken:
    found = Broken("whose parent is a contact", contact("S16", of=contact("S13", of=FIRM)), OUTSIDE)
    found.record.values["@_parentcustomerid_type"] = "contact"
    return found


@pytest.mark.rule("E1", "B9", "A1")
async def test_each_broken_person_has_his_problem_and_the_rest_goes_through(engine: Engine) -> None:
    cases = (*FROM_BC, *FROM_SALES, *_twins(), _assistant())
    healthy = [person("P1", of="C1", email="ada@example.com"), person("P2", of="C1"), contact("K8", of=FIRM), contact("K9", of=FIRM)]
    firms = (HOUSE, NOT_COUPLED, FIRM, OTHER, account("A3", name="Company C1", accountnumber="C1"))
    await engine.seed(*firms, *(case.record for case in cases), *healthy)
    await engine.sync("CUSTOMER", "CONTACT")
    await expect(engine, "CONTACT", cases, healthy)
