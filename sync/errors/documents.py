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
