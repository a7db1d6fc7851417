"""Vendors in BC, accounts of type Vendor in Sales, and the people who work for them."""

from __future__ import annotations

from sandbox.company import people
from sandbox.company.contacts import MAPPING as CONTACT
from sandbox.company.contacts import person_row, sales_person_row, stranger
from sandbox.company.customers import MAPPING as CUSTOMER
from sandbox.company.customers import VENDOR, VENDOR_TYPE
from sandbox.company.model import VENDORS, ZERO_GUID, Draft, Row, guid
from sandbox.company.profiles import account_row, profile
from sandbox.company.words import FAMILIES, domain

BLOCKED, OWNERLESS = 6, 7
ONLY_IN_SALES = 2


def add_vendors(draft: Draft) -> None:
    """Vendors, some of them accounts already, one blocked, one whose purchaser left; accounts that are vendors in Sales alone."""
    for n in range(VENDORS):
        _vendor(draft, n)
    for n in range(ONLY_IN_SALES):
        account = _account(draft, f"only-vendor-{n}", f"{FAMILIES[n * 5 % len(FAMILIES)]} Logistik GmbH")
        draft.ledger.created(VENDOR, "sales", account["accountid"])
        _contact(draft, account, n)
    known = {row["accountid"] for row in draft.sales["accounts"] if row["customertypecode"] == VENDOR_TYPE and row["statecode"] == 0}
    listed = {each["id"] for each in draft.ledger.of(CUSTOMER).apart}
    for row in draft.sales["accounts"]:
        id_ = row["accountid"]
        if id_ not in known:
            draft.ledger.apart(VENDOR, "sales", id_, "out_of_filter")
        elif id_ not in listed:
            draft.ledger.apart(CUSTOMER, "sales", id_, "out_of_filter")


def _vendor(draft: Draft, n: int) -> None:
    name = f"{FAMILIES[n * 7 % len(FAMILIES)]} Lieferungen GmbH"
    vendor = draft.to_bc("vendors", {
        "id": guid("vendors", n), "number": f"V{1000 + n}", "displayName": name, "addressLine1": f"Zufahrt {n + 1}", "addressLine2": "",
        "city": "Hamburg", "country": "DE", "postalCode": "20457", "phoneNumber": "+49 40 555 0200", "email": f"order@{domain(name)}",
        "website": "", "currencyCode": "", "paymentTermsId": ZERO_GUID, "state": "",
        "faxNumber": "", "contact": "", "primaryContactNumber": "", "shippingAgentCode": "",
        "shipmentMethodCode": "", "purchaserCode": "", "blocked": "_x0020_", "vendorPostingGroup": "DOMESTIC",
        "generalBusinessPostingGroup": "DOMESTIC", "vatBusinessPostingGroup": "DOMESTIC",
    })  # fmt: skip
    _expect(draft, n, vendor)
    number = f"CT-{vendor['number']}"
    company = person_row(number, stranger("", ""), number, name) | {"type": "Company", "displayName": name, "searchName": name.upper()}
    draft.to_bc("contacts", company | {"contactBusinessRelation": "Vendor"})
    draft.ledger.apart(CONTACT, "bc", company["id"], "company_contact")
    draft.to_bc("contactBusinessRelations", {
        "id": guid("contactBusinessRelations", vendor["number"]), "contactNumber": number, "businessRelationCode": "VEND",
        "linkToTable": "Vendor", "number": vendor["number"],
    })  # fmt: skip
    who = person_row(f"{vendor['number']}-P0", stranger(f"Seller{n}", FAMILIES[n]), number, name) | {"contactBusinessRelation": "Vendor"}
    draft.to_bc("contacts", who)
    if n in (BLOCKED, OWNERLESS):
        draft.ledger.held(CONTACT, "bc", who["id"], "waiting_for_parent")
    else:
        draft.ledger.created(CONTACT, "bc", who["id"])


def _expect(draft: Draft, n: int, vendor: Row) -> None:
    if n == BLOCKED:
        vendor["blocked"] = "All"
        draft.ledger.apart(VENDOR, "bc", vendor["id"], "out_of_filter")
    elif n == OWNERLESS:
        vendor["purchaserCode"] = people.LEFT[0]
        draft.ledger.held(VENDOR, "bc", vendor["id"], "no_owner")
    elif n % 3 == 0:
        account = _account(draft, vendor["number"], vendor["displayName"], number=vendor["number"])
        draft.ledger.pair(VENDOR, vendor["id"], account["accountid"], {"city": "Hamburg"})
    else:
        draft.ledger.created(VENDOR, "bc", vendor["id"])


def _account(draft: Draft, key: str, name: str, number: str | None = None) -> Row:
    who = profile(draft.seed, 0).but(name=name, currency="", terms="", shipment="", agent="", contact="")
    row = account_row(f"vendor/{key}", who, number=number)
    row["customertypecode"] = VENDOR_TYPE
    if number:
        reach = ("telephone1", "fax", "emailaddress1", "websiteurl")
        row.update({name: None for name in row if name.startswith("address1_") or name in reach})
    return draft.to_sales("accounts", row)


def _contact(draft: Draft, account: Row, n: int) -> None:
    row = draft.to_sales("contacts", sales_person_row(f"vendor/{n}", stranger(f"Buyer{n}", FAMILIES[n]), account["accountid"]))
    draft.ledger.created(CONTACT, "sales", row["contactid"])
