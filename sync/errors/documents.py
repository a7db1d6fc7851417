"""What is wrong with an order, a quote or an invoice, and no other record."""

from __future__ import annotations

from sync.errors.problems import RecordProblem


class CustomerChanged(RecordProblem):
    """The invoice is for another customer than the order in Sales that it came from."""

    remedy = "Give the order in Sales the customer of the invoice, or take the order's number out of Your Reference; then retry."


class WonWithoutOrder(RecordProblem):
    """The quote was won, and there is no order that came from it."""

    remedy = "Create the order of the quote in Sales; Couplet goes on by itself once there is one. Or uncouple the quote."


class QuoteOrdered(RecordProblem):
    """Somebody made the quote of this order into an order in Business Central already."""

    remedy = "Couple the order of Sales with that order, or delete that order in Business Central and retry."


class LinesIncomplete(RecordProblem):
    """The lines that Business Central shows of the invoice do not come to its total, so that nothing was created."""

    remedy = "Let the app's user read the posted invoice's lines, and compare them with its total in Business Central; then retry."


class NoCustomer(RecordProblem):
    """A document of Sales names nobody for whom Business Central could make one."""

    remedy = "Choose an account for it in Sales, or give its contact an account."
    settled_by_edit = True


class CustomerBlocked(RecordProblem):
    """The customer of a document is blocked in Business Central."""

    remedy = "Unblock the customer in Business Central, then synchronise the document again."


class CanceledInSales(RecordProblem):
    """An order was canceled in Sales after Business Central had taken it over."""

    remedy = "Delete the order in Business Central, or uncouple it if it is to be delivered all the same."


class HandedOverBefore(RecordProblem):
    """The order was handed to a back office before, by another connector or under a coupling that was removed."""

    remedy = "Couple it with the order of Business Central, or clear the day of its submission in Sales (lastbackofficesubmit)."
    settled_by_edit = True


class BadQuantity(RecordProblem):
    """A line of a document sells nothing, or less than nothing."""

    remedy = "Correct the quantity in Sales, or delete the line."


class OtherUnit(RecordProblem):
    """A line of a document counts its product in a unit that is not the product's own."""

    remedy = "Choose the product's own unit in Sales."


class ProductNotActive(RecordProblem):
    """A line of a document sells a product that is a draft, under revision or retired in Sales."""

    remedy = "Publish the product in Sales, or unblock its item or resource in Business Central; or choose another product. Then retry."


class ProductType(RecordProblem):
    """A line of a document sells a product that is neither an item nor a resource of Business Central."""

    remedy = "Choose a product of type Sales Inventory or Services in Sales, or write the line in."


class NoWriteInProduct(RecordProblem):
    """A line of a document has no product, and nothing says what Business Central is to sell instead."""

    remedy = "Name a write-in product (type and number) in Sales & Receivables Setup of Business Central."


class NoFreightAccount(RecordProblem):
    """A document has freight, and nothing says on which account Business Central is to put it."""

    remedy = "Name a freight G/L account in Sales & Receivables Setup of Business Central."


class NoVatRate(RecordProblem):
    """The price of a line includes VAT, and it cannot be told how much."""

    remedy = "Set up the VAT posting groups of customer and item in Business Central."


class TotalsDiffer(RecordProblem):
    """The total of the document is not the same on both sides."""

    remedy = (
        "Compare the places that the message names. Correct the document on one side; or, where both are right (rounding, a tax that one "
        "side alone works out), let them be so far apart: TOTALS_TOLERANCE."
    )
    settled_by_edit = True
