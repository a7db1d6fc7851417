"""Company contacts and people in BC, contacts in Sales."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.company import people
from sandbox.company.customers import VENDOR_TYPE, Fate, House
from sandbox.company.model import LOCAL_CURRENCY, Draft, Row, guid, mix
from sandbox.company.oddity import Oddity, oddities, settle
from sandbox.company.reference import sales_currency
from sandbox.company.words import FAMILIES, FIRST_NAMES, domain, plain

MAPPING = "CONTACT"
BY_BOTH = "works_for_both@kontor.example"


class Person(NamedTuple):
    """What people know about one person."""

    first: str
    last: str
    email: str
    middle: str = ""
    phone: str = ""
    mobile: str = ""
    pager: str = ""
    salesperson: str = ""

    @property
    def full_name(self) -> str:
        """First, middle and last name."""
        return " ".join(filter(None, (self.first, self.middle, self.last)))


PERSON_FIELDS = frozenset(Person._fields)


def add_contacts(draft: Draft, houses: list[House]) -> None:
    """Who lives in each house, and the odd people."""
    _company_contact(draft, "NO-CUSTOMER", "Verein ohne Kundennummer")
    for house in houses:
        if house.customer:
            _add_company_contact(draft, house.customer)
        _fill(draft, house)
    named = {house.oddity: house for house in houses if house.oddity}
    home, other = named["house_of_contacts"], named["second_house"]
    for place, oddity in enumerate(oddities("contacts")):
        _odd(draft, oddity, place, home)
    _works_for_two(draft, home, other)


def person(draft: Draft, house: House, k: int, salesperson: str = "") -> Person:
    """The k-th person of a house; no two of a house share an e-mail address."""
    bits = mix(draft.seed, house.place, 10 + k)
    first, last = FIRST_NAMES[(bits + k) % len(FIRST_NAMES)], FAMILIES[(bits >> 8) % len(FAMILIES)]
    digits = f"{100 + (bits >> 12) % 900} {1000 + (bits >> 16) % 9000}"
    return Person(
        first=first, last=last, email=f"{plain(first)}.{plain(last)}{k}@{domain(house.who.name)}",
        middle="J." if bits % 9 == 4 else "", phone=f"+49 {digits}" if bits & 2 else "", mobile=f"+49 170 {digits}" if bits & 4 else "",
        pager=digits[:3] if bits % 23 == 0 else "", salesperson=salesperson,
    )  # fmt: skip


def stranger(first: str, last: str) -> Person:
    """Somebody of whom only the name is known."""
    return Person(first=first, last=last, email="")


def _add_company_contact(draft: Draft, customer: Row) -> None:
    number = customer["number"]
    _company_contact(draft, number, customer["displayName"])
    draft.to_bc("contactBusinessRelations", {
        "id": guid("contactBusinessRelations", number), "contactNumber": f"CT-{number}", "businessRelationCode": "CUST",
        "linkToTable": "Customer", "number": number,
    })  # fmt: skip


def _company_contact(draft: Draft, number: str, name: str) -> None:
    contact_number = f"CT-{number}"
    row = person_row(contact_number, Person(first="", last="", email=""), contact_number, name)
    relation = "None" if number == "NO-CUSTOMER" else "Customer"
    row.update(type="Company", displayName=name, searchName=name.upper(), contactBusinessRelation=relation)
    draft.to_bc("contacts", row)
    draft.ledger.apart(MAPPING, "bc", row["id"], "company_contact")


def person_row(number: str, who: Person, company_number: str, company_name: str) -> Row:
    """A person of a customer, as a BC contact."""
    return {
        "id": guid("contacts", number), "number": number, "type": "Person", "displayName": who.full_name, "companyNumber": company_number,
        "companyName": company_name, "contactBusinessRelation": "Customer", "firstName": who.first, "middleName": who.middle,
        "surname": who.last, "jobTitle": "", "addressLine1": "", "addressLine2": "", "city": "", "state": "", "country": "",
        "postalCode": "", "phoneNumber": who.phone, "mobilePhoneNumber": who.mobile, "email": who.email, "website": "",
        "searchName": who.full_name.upper(), "privacyBlocked": False, "taxRegistrationNumber": "", "salespersonCode": who.salesperson,
        "currencyCode": "", "faxNumber": "", "pager": who.pager, "territoryCode": "",
    }  # fmt: skip


def sales_person_row(key: str, who: Person, parent: str | None) -> Row:
    """A person as a contact of Sales."""
    return {
        "contactid": guid("contacts in Sales", key), "firstname": who.first or None, "middlename": who.middle or None,
        "lastname": who.last, "fullname": who.full_name, "emailaddress1": who.email or None, "telephone1": who.phone or None,
        "mobilephone": who.mobile or None, "pager": who.pager or None, "fax": None, "websiteurl": None, "address1_line1": None,
        "address1_line2": None, "address1_postalcode": None, "address1_city": None, "address1_country": None,
        "address1_stateorprovince": None, "statecode": 0, "statuscode": 1, "_parentcustomerid_value": parent,
        "_transactioncurrencyid_value": sales_currency(LOCAL_CURRENCY), "_ownerid_value": people.OTHER_OWNER,
    }  # fmt: skip


def _fill(draft: Draft, house: House) -> None:
    if house.oddity and house.fate in {Fate.PAIR, Fate.TO_SALES, Fate.TO_BC}:
        return
    if house.customer:
        count = 1 if house.oddity else 1 + mix(draft.seed, house.place, 9) % 3
        for k in range(count):
            _live_in(draft, house, house.customer, k)
    if house.account and not house.oddity and (house.fate is not Fate.PAIR or house.place % 15 == 0):
        _only_in_sales(draft, house, house.account)


def _live_in(draft: Draft, house: House, customer: Row, k: int) -> None:
    code = customer["salespersonCode"]
    who = person(draft, house, k, code if code in people.ACTIVE and k == 0 else "")
    number = f"{customer['number']}-P{k}"
    row = draft.to_bc("contacts", person_row(number, who, f"CT-{customer['number']}", customer["displayName"]))
    if k == 0 and house.place % 2 == 0:
        customer.update(contact=who.full_name, primaryContactNumber=number)
    if house.place % 5 == 0:
        row.update({name: customer[name] for name in ("addressLine1", "addressLine2", "city", "state", "country", "postalCode")})
    _expect(draft, house, row, who, k)


def _expect(draft: Draft, house: House, row: Row, who: Person, k: int) -> None:
    ledger, id = draft.ledger, row["id"]
    if house.fate is Fate.WAITS:
        ledger.held(MAPPING, "bc", id, "waiting_for_parent")
    elif house.fate is Fate.OUTSIDE:
        ledger.held(MAPPING, "bc", id, "waiting_for_parent", optional=True)
    elif house.fate is Fate.PAIR and house.account and k == 0 and house.place % 2 == 0:
        same = draft.to_sales("contacts", sales_person_row(row["number"], who._replace(phone=""), house.account["accountid"]))
        house.account.update(address1_primarycontactname=who.full_name)
        ledger.pair(MAPPING, id, same["contactid"], {"phoneNumber": who.phone} if who.phone else None)
    else:
        ledger.created(MAPPING, "bc", id)


def _only_in_sales(draft: Draft, house: House, account: Row) -> None:
    who = person(draft, house, 7)
    row = draft.to_sales("contacts", sales_person_row(f"only-{house.place}", who, account["accountid"]))
    if house.fate is Fate.OUTSIDE and account["customertypecode"] != VENDOR_TYPE:
        draft.ledger.held(MAPPING, "sales", row["contactid"], "waiting_for_parent", optional=True)
        return
    draft.ledger.created(MAPPING, "sales", row["contactid"])
    if house.fate is Fate.TO_BC and house.place % 2 == 0:
        account.update(_primarycontactid_value=row["contactid"], address1_primarycontactname=who.full_name)


def _odd(draft: Draft, oddity: Oddity, place: int, home: House) -> None:
    assert home.customer and home.account
    base = Person(first=f"Odd{place}", last=oddity.name.replace("_", " ").title(), email=f"{oddity.name.replace('_', '.')}@kontor.example")
    bc = []
    for i, values in enumerate(oddity.bc):
        who, rest = _apply(base, values)
        row = person_row(
            f"{oddity.name[:18].upper().replace('_', '-')}-{i}", who, f"CT-{home.customer['number']}", home.customer["displayName"]
        )
        bc.append(draft.to_bc("contacts", row | rest)["id"])
    sales = []
    for i, values in enumerate(oddity.sales):
        who, rest = _apply(base, values)
        parents = {None: home.account["accountid"], "contact": guid("contacts in Sales", "same_email/0"), "": None}
        row = sales_person_row(f"{oddity.name}/{i}", who, parents[rest.pop("parent", None)])
        sales.append(draft.to_sales("contacts", row | rest)["contactid"])
    settle(draft, MAPPING, oddity, bc, sales)


def _apply(who: Person, values: Mapping[str, Any]) -> tuple[Person, Row]:
    changes = {name: value for name, value in values.items() if name in PERSON_FIELDS}
    return who._replace(**changes), {name: value for name, value in values.items() if name not in PERSON_FIELDS}


def _works_for_two(draft: Draft, home: House, other: House) -> None:
    """One e-mail address under two companies is two contacts: natural keys hold within the coupled account."""
    assert home.customer and other.account
    who = Person(first="Bea", last="Beide", email=BY_BOTH)
    row = draft.to_bc("contacts", person_row("WORKS-FOR-BOTH", who, f"CT-{home.customer['number']}", home.customer["displayName"]))
    draft.ledger.created(MAPPING, "bc", row["id"])
    contact = draft.to_sales("contacts", sales_person_row("works-for-both", who, other.account["accountid"]))
    draft.ledger.created(MAPPING, "sales", contact["contactid"])
