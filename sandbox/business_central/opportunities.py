"""Rules of opportunities: the company of the contact, and the entries that hold estimates."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.company import Company
from sandbox.business_central.drafts import SETTERS, Draft, convert, rule
from sandbox.business_central.masters import before_insert
from sandbox.business_central.schema import NO_DATE
from sandbox.business_central.tables import Row

ENTRY_FIELDS = {
    "Estimated Value (LCY)": "Decimal",
    "Calcd. Current Value (LCY)": "Decimal",
    "Probability %": "Decimal",
    "Chances of Success %": "Decimal",
    "Completed %": "Decimal",
    "Estimated Closing Date": "Date",
}
"""What an opportunity shows of its active entry, and the kinds of values."""
CALLED = {"Estimated Closing Date": "Estimated Close Date"}


@rule("Opportunity", "Contact No.")
def _contact(draft: Draft, value: str) -> None:
    contact = draft.company.table("Contact").find(value) if value else None
    draft.row["Contact Company No."] = contact.get("Company No.", "") if contact else ""


@before_insert("Opportunity")
def _new_opportunity(draft: Draft) -> None:
    if draft.get("Creation Date") == NO_DATE:
        draft.row["Creation Date"] = draft.company.environment.clock.today()


def close(company: Company, opportunity: Row, status: str) -> None:
    """A person closes an opportunity as `Won` or `Lost`. Raises Refused."""
    if status not in ("Won", "Lost") or opportunity.get("Closed"):
        raise errors.dialog("An open opportunity is closed as Won or Lost.")
    changed = {"Status": status, "Closed": True, "Date Closed": company.environment.clock.today()}
    company.table("Opportunity").modify({**opportunity, **changed})


def _set_estimate(field: str) -> Any:
    """A person updates an opportunity: a new active entry; the opportunity's own row and stamp stay as they are."""

    def update(draft: Draft, value: Any) -> None:
        number, entries = draft.get("No."), draft.company.table("Opportunity Entry")
        if draft.inserting:
            raise errors.dialog("An opportunity is made first and then given its estimates.")
        new = convert(ENTRY_FIELDS[field], field, value, draft)
        last = next((row for row in entries.lookup("Opportunity No.", number) if row.get("Active")), None)
        if last is not None:
            entries.modify({**last, "Active": False})
        kept = {name: held for name, held in (last or {}).items() if name in entries.definition.fields and not name.startswith("System")}
        for name in ENTRY_FIELDS:
            if (shown := draft.company.totals[name].get(number)) is not None:
                kept[CALLED.get(name, name)] = shown
        kept |= {"Entry No.": entries.order[-1] + 1 if entries.order else 1, "Opportunity No.": number, "Active": True}
        entries.insert({**kept, CALLED.get(field, field): new, "Date of Change": draft.company.environment.clock.today()})
        draft.company.totals[field][number] = new

    return update


for _field in ENTRY_FIELDS:
    SETTERS[f"flow:{_field}"] = _set_estimate(_field)
