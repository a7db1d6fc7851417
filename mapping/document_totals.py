"""What the documents of sales are summed up in, on both sides: orders, quotes and invoices are alike."""

from __future__ import annotations

from mapping.totals import Lines, Sums, Totals
from mapping.values import Side

HEADER = {
    Side.BC: Sums(net=("totalAmountExcludingTax",), tax="totalTaxAmount", discount="discountAmount"),
    Side.SALES: Sums(gross="totalamount", tax="totaltax", discount="totaldiscountamount", freight="freightamount"),
}
IN_BC = Sums(net=("netAmount", "invoiceDiscountAllocation"), tax="netTaxAmount", percent="taxPercent")
"""A line's amount, and the part of the invoice discount that falls to it: Sales reduces the whole, not its lines."""
IN_SALES = Sums(gross="extendedamount", tax="tax")
TEXTS, FREIGHT = ("Comment",), ("Account",)


def totals_of(lines: str, details: str, *, freight: tuple[str, ...] = FREIGHT) -> Totals:
    """The totals of a document: `lines` and `details` lead to its lines; lines of sort `freight` are no goods in BC."""
    in_bc = Lines(
        nested=lines, order="sequence", names=("lineObjectNumber", "description"), sums=IN_BC, kind="lineType", texts=TEXTS, freight=freight
    )
    in_sales = Lines(nested=details, order="sequencenumber", names=("productdescription", "productname"), sums=IN_SALES)
    return Totals(sums=HEADER, lines={Side.BC: in_bc, Side.SALES: in_sales})
