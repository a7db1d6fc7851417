"""One organisation as both systems would write it down: a profile, its row in BC and its row in Sales."""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.company import people
from sandbox.company.model import LOCAL_CURRENCY, Row, guid, mix
from sandbox.company.reference import (
    PAYMENT_METHODS,
    PAYMENT_TERMS,
    SHIPMENT_METHODS,
    SHIPPING_AGENTS,
    STANDARD_OPTIONS,
    coded,
    sales_currency,
)
from sandbox.company.words import PLACES, STREETS, company_name, domain

CUSTOMER_TYPE = 3
KNOWN_TO_SALES = frozenset({"USD", "BRL"})
"""Foreign currencies that stand on accounts before any synch."""
PRICE_GROUPS = ("", "RETAIL", "DEALER", "")


class Profile(NamedTuple):
    """What people know about one organisation; codes are BC's, blank where nobody filled them in."""

    name: str
    street: str = ""
    street2: str = ""
    post_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    currency: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""
    contact: str = ""
    salesperson: str = ""
    terms: str = ""
    shipment: str = ""
    agent: str = ""
    payment: str = ""
    price_group: str = ""
    credit_limit: int = 0

    def but(self, **values: Any) -> Profile:
        """The same organisation with other values."""
        return self._replace(**values)


def profile(seed: int, number: int) -> Profile:
    """The organisation of one number."""
    bits, more = mix(seed, number, 1), mix(seed, number, 2)
    place = PLACES[bits % len(PLACES)]
    name = company_name(number)
    web = domain(name)
    return Profile(
        name=name,
        street=f"{STREETS[(bits >> 5) % len(STREETS)]} {1 + (bits >> 10) % 180}",
        street2=f"{(bits >> 18) % 5}. floor" if bits >> 18 & 7 == 3 else "",
        post_code=str(int(place["first"]) + (bits >> 20) % 80).zfill(len(place["first"])),
        city=place["city"], state=place["state"], country=place["country"], currency=place["currency"],
        phone=f"+{30 + more % 60} {100 + (more >> 6) % 800} {1000 + (more >> 15) % 9000}",
        fax=f"+{30 + more % 60} {100 + (more >> 6) % 800} {1000 + (more >> 16) % 9000}" if more & 3 == 1 else "",
        email=f"office@{web}",
        website=f"https://www.{web}" if more & 12 else "",
        salesperson=people.ACTIVE[(more >> 4) % len(people.ACTIVE)] if (more >> 8) % 8 else "",
        terms=PAYMENT_TERMS[(more >> 10) % len(PAYMENT_TERMS)][0] if (more >> 12) % 9 else "",
        shipment=SHIPMENT_METHODS[(more >> 14) % len(SHIPMENT_METHODS)][0] if (more >> 17) % 4 else "",
        agent=SHIPPING_AGENTS[(more >> 18) % len(SHIPPING_AGENTS)][0] if (more >> 21) % 3 else "",
        payment=PAYMENT_METHODS[(more >> 22) % len(PAYMENT_METHODS)][0],
        price_group=PRICE_GROUPS[(more >> 24) % len(PRICE_GROUPS)],
        credit_limit=(more >> 25) % 8 * 2500,
    )  # fmt: skip


def customer_row(number: str, who: Profile) -> Row:
    """The organisation as a BC customer, in the form of the extension's full page."""
    return {
        "id": guid("customers", number), "number": number, "displayName": who.name, "type": "Company", "addressLine1": who.street,
        "addressLine2": who.street2, "city": who.city, "state": who.state, "country": who.country, "postalCode": who.post_code,
        "phoneNumber": who.phone, "email": who.email, "website": who.website, "salespersonCode": who.salesperson,
        "creditLimit": who.credit_limit, "creditLimitLCY": who.credit_limit, "taxLiable": False, "taxRegistrationNumber": "",
        "currencyId": coded("currencies", who.currency), "currencyCode": who.currency, "paymentTermsId": coded("paymentTerms", who.terms),
        "shipmentMethodId": coded("shipmentMethods", who.shipment), "paymentMethodId": coded("paymentMethods", who.payment),
        "blocked": "_x0020_", "contact": who.contact, "primaryContactNumber": "", "faxNumber": who.fax, "shippingAgentCode": who.agent,
        "customerPriceGroup": who.price_group, "customerPostingGroup": "DOMESTIC", "generalBusinessPostingGroup": "DOMESTIC",
        "vatBusinessPostingGroup": "DOMESTIC",
    }  # fmt: skip


def account_row(key: str, who: Profile, *, number: str | None = None) -> Row:
    """The organisation as a Sales account; codes that Sales cannot know before a synch stay blank."""
    return {
        "accountid": guid("accounts", key), "name": who.name, "accountnumber": number, "customertypecode": CUSTOMER_TYPE, "statecode": 0,
        "statuscode": 1, "address1_line1": who.street or None, "address1_line2": who.street2 or None,
        "address1_postalcode": who.post_code or None, "address1_city": who.city or None, "address1_stateorprovince": who.state or None,
        "address1_country": who.country or None, "address1_primarycontactname": who.contact or None, "telephone1": who.phone or None,
        "fax": who.fax or None, "emailaddress1": who.email or None, "websiteurl": who.website or None, "creditlimit": None,
        "paymenttermscode": STANDARD_OPTIONS["PAYMENT TERMS"].get(who.terms),
        "address1_freighttermscode": STANDARD_OPTIONS["SHIPMENT METHOD"].get(who.shipment),
        "address1_shippingmethodcode": STANDARD_OPTIONS["SHIPPING AGENT"].get(who.agent),
        "_transactioncurrencyid_value": sales_currency(who.currency if who.currency in KNOWN_TO_SALES else LOCAL_CURRENCY),
        "_ownerid_value": people.OTHER_OWNER, "_primarycontactid_value": None,
    }  # fmt: skip
