"""Rules of new documents of BC that orders and quotes share: who gets one, and what is taken off the whole (behaviour.md, section 15)."""

from __future__ import annotations

from decimal import Decimal

from mapping.amounts import decimals
from mapping.document_lines import CUSTOMER
from mapping.documents import CURRENCY_OF_DOCUMENT, RATES_OF_DOCUMENT
from mapping.kinds import decimal_text, number
from mapping.model import Addition, Draft, Rule
from mapping.steps import Call
from mapping.values import Refusal, Row, Side
from mapping.world import World

SET_DISCOUNT = "setInvoiceDiscount"
"""The action of the extension's pages that spreads a discount over the lines of a document."""

AMOUNTS = ("discountamount", "discountpercentage", "freightamount", "totallineitemamount", "totalamountlessfreight")
"""What is read of a document of Sales for its discount and its freight."""


def for_open_customer(draft: Draft, world: World) -> Addition:
    """A customer who is blocked for everything gets no new document."""
    if draft.creates is not Side.BC:
        return Addition()
    row = world.row(CUSTOMER, draft.values[Side.BC].get("customerId"))
    if str(row.get("blocked") or "").casefold() != "all":
        return Addition()
    return Addition(refusal=Refusal(code="customer_blocked", detail=f"customer {row['number']} is blocked in Business Central"))


def in_rated_currency(draft: Draft, world: World) -> Addition:
    """A document in a currency without a rate of today would have no value in local currency: BC makes none (rule D1)."""
    if draft.creates is not Side.BC:
        return Addition()
    code = world.row(CURRENCY_OF_DOCUMENT.name, draft.values[Side.BC].get("currencyId")).get("code")
    rates = world.rows(RATES_OF_DOCUMENT.name, code)
    if not code or any(row["exchangeRateAmount"] and row["startingDate"] <= world.today.isoformat() for row in rates):
        return Addition()
    return Addition(refusal=Refusal(code="no_exchange_rate", detail=f"Business Central has no exchange rate for {code} today"))


def discounted(table: str) -> Rule:
    """What Sales takes off the whole document is BC's invoice discount, right after it was made (rule E6: kept or worked out anew)."""

    def kept(draft: Draft, world: World) -> Addition:
        made = draft.creates is Side.BC or draft.claimed
        wanted = discount_of(draft.rows.get(Side.SALES, {}), world)
        has = Decimal(str(draft.rows.get(Side.BC, {}).get("discountAmount") or 0)) if draft.claimed else Decimal(0)
        if not made or not world.discounts_kept or wanted == has:
            return Addition()
        amount = number(decimal_text(wanted, decimals(draft.rows, world)))
        if not world.extended:
            # API v2.0 has no such action, and takes the discount with a new document
            return Addition(values={Side.BC: {"discountAmount": amount}} if draft.creates else {})
        step = Call(side=Side.BC, name=SET_DISCOUNT, table=table, id=draft.ids[Side.BC], body={"amount": amount})
        return Addition(after=(step,))

    return kept


def discount_of(document: Row, world: World) -> Decimal:
    """The discount of a whole document: an amount, a percentage, or both (T499, T500)."""
    if not document.get("discountamount") and not document.get("discountpercentage"):
        return Decimal(0)
    before, after = (Decimal(str(document.get(name) or 0)) for name in ("totallineitemamount", "totalamountlessfreight"))
    return Decimal(decimal_text(before - after, decimals({Side.SALES: document}, world)))
