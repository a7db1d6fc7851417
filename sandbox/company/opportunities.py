"""Opportunities: one for every tenth customer, a few of Sales, and the odd ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox.company import people
from sandbox.company.customers import Fate, House
from sandbox.company.model import LOCAL_CURRENCY, Draft, Row, guid, mix
from sandbox.company.reference import sales_currency

MAPPING = "OPPORTUNITY"
FIRST_DAY = dt.date(2026, 1, 5)
OPEN_FOR_BUSINESS = frozenset({Fate.PAIR, Fate.TO_SALES})
SELLER = people.ACTIVE[0]


def add_opportunities(draft: Draft, houses: list[House]) -> None:
    """Regular ones become opportunities of the other side; of the odd ones each is what its line says."""
    for house in houses:
        bits = mix(draft.seed, house.place, 50)
        if house.customer and not house.oddity and house.fate in OPEN_FOR_BUSINESS and bits % 10 == 0:
            _regular(draft, house.customer, bits)
            if house.account:
                row = _sales(draft, f"more-{house.place}", f"Erweiterung {house.account['name']}", account=house.account["accountid"])
                draft.ledger.created(MAPPING, "sales", row["opportunityid"])
    home = next(house for house in houses if house.oddity == "house_of_contacts")
    waiting = next(house for house in houses if house.fate is Fate.WAITS and house.customer and not house.oddity)
    assert home.customer and home.account and waiting.customer
    _odd_of_bc(draft, home.customer["number"], waiting.customer["number"])
    _odd_of_sales(draft, home.account["accountid"])
    _same_on_both_sides(draft, home.customer["number"], home.account["accountid"])


def _regular(draft: Draft, customer: Row, bits: int) -> None:
    number = customer["number"]
    name = f"Neue Einrichtung für {customer['displayName']}"[:100]
    day = (FIRST_DAY + dt.timedelta(days=(bits >> 7) % 300)).isoformat()
    told = {"salespersonCode": customer["salespersonCode"], "estimatedClosingDate": day, "estimatedValue": 500 + bits % 40000}
    row = _bc(draft, f"OP-{number}", name, contact=f"{number}-P0", company=f"CT-{number}", **told)
    draft.ledger.created(MAPPING, "bc", row["id"])


def _odd_of_bc(draft: Draft, home: str, waiting: str) -> None:
    """What stands in BC's list of opportunities beside the regular ones."""
    at_home: dict[str, Any] = {"contact": "WORKS-FOR-BOTH", "company": f"CT-{home}"}
    ledger = draft.ledger
    house = _bc(draft, "OP-HOUSE", "Die Firma selbst ist der Kontakt", contact=f"CT-{home}", company=f"CT-{home}")
    nobody = _bc(draft, "OP-NOBODY", "Ohne Verkäufer", salespersonCode="", **at_home)
    for row in (house, nobody):
        ledger.created(MAPPING, "bc", row["id"])
    lost = _bc(draft, "OP-LOST", "Verloren", status="Lost", closed=True, dateClosed="2026-02-02", **at_home)
    prospect = _bc(draft, "OP-PROSPECT", "Für einen Interessenten", contact="CT-NO-CUSTOMER", company="CT-NO-CUSTOMER")
    for row in (lost, prospect):
        ledger.apart(MAPPING, "bc", row["id"], "out_of_filter")
    left = _bc(draft, "OP-LEFT", "Der Verkäufer ging", salespersonCode=people.LEFT[0], **at_home)
    ledger.held(MAPPING, "bc", left["id"], "no_owner")
    waits = _bc(draft, "OP-WAITS", "Der Kunde wartet", contact=f"{waiting}-P0", company=f"CT-{waiting}")
    ledger.held(MAPPING, "bc", waits["id"], "waiting_for_parent")


def _odd_of_sales(draft: Draft, home: str) -> None:
    """What stands in the list of Sales beside the regular ones."""
    long = _sales(draft, "long", "Eine sehr lange Geschichte " * 8, account=home)
    draft.ledger.created(MAPPING, "sales", long["opportunityid"])
    won = _sales(draft, "won", "Gewonnen", account=home, statecode=1, statuscode=3)
    draft.ledger.apart(MAPPING, "sales", won["opportunityid"], "out_of_filter")
    admin = _sales(draft, "admin", "Vom Administrator", account=home, _ownerid_value=people.OTHER_OWNER)
    draft.ledger.held(MAPPING, "sales", admin["opportunityid"], "no_salesperson")
    nobody = _sales(draft, "nobody", "Für niemanden")
    draft.ledger.held(MAPPING, "sales", nobody["opportunityid"], "no_contact")


def _same_on_both_sides(draft: Draft, customer: str, account: str) -> None:
    mine = _bc(draft, "OP-BOTH", "Neubau Lager Süd", contact="WORKS-FOR-BOTH", company=f"CT-{customer}", estimatedValue=12000)
    theirs = _sales(draft, "both", "NEUBAU LAGER SÜD", account=account, estimatedvalue=9000)
    draft.ledger.pair(MAPPING, mine["id"], theirs["opportunityid"], {"description": "Neubau Lager Süd"})


def _bc(draft: Draft, number: str, name: str, *, contact: str, company: str, **values: Any) -> Row:
    row = {
        "id": guid("opportunities", number), "number": number, "contactNumber": contact, "contactCompanyNumber": company,
        "salespersonCode": SELLER, "description": name, "status": "In_x0020_Progress", "closed": False,
        "creationDate": FIRST_DAY.isoformat(), "estimatedClosingDate": "2026-06-30", "estimatedValue": 5000,
    }  # fmt: skip
    return draft.to_bc("opportunities", row | values)


def _sales(draft: Draft, key: str, name: str, *, account: str | None = None, **values: Any) -> Row:
    row = {
        "opportunityid": guid("opportunities in Sales", key), "name": name, "statecode": 0, "statuscode": 1, "_customerid_value": account,
        "_parentaccountid_value": account, "estimatedvalue": 1000, "estimatedclosedate": "2026-03-31", "isrevenuesystemcalculated": False,
        "_transactioncurrencyid_value": sales_currency(LOCAL_CURRENCY), "_ownerid_value": people.USER_OF[SELLER],
    }  # fmt: skip
    return draft.to_sales("opportunities", row | values)
