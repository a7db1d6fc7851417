"""The rows of orders that go both ways, against the facts (mappings.json, the bidirectional variant of SALESORDER-ORDER and its lines)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mapping import schema
from mapping.catalogue import CATALOGUE
from mapping.field import Direction, FieldMapping
from mapping.model import TableMapping
from mapping.modes import Modes, Orders, in_mode
from mapping.overlay import read
from mapping.policies import DeletionPolicy
from mapping.profiles import available
from mapping.values import Side

BOTH = in_mode(CATALOGUE, Modes(orders=Orders.BOTH))
ARROWS = {Direction.BOTH: "<->", Direction.TO_SALES: "->", Direction.FROM_SALES: "<-"}

ORDER = """
Salesperson Code             salesperson            ownerid               ->
Your Reference               yourReference          ordernumber           <-
Sell-to Customer No.         customerId             customerid            <->
Currency Code                currencyId             transactioncurrencyid <->
Ship-to Name                 shipToName             shipto_name           <->
Ship-to Address              shipToAddressLine1     shipto_line1          <->
Ship-to Address 2            shipToAddressLine2     shipto_line2          <->
Ship-to Post Code            shipToPostCode         shipto_postalcode     <->
Ship-to City                 shipToCity             shipto_city           <->
Ship-to Country/Region Code  shipToCountry          shipto_country        <->
Ship-to County               shipToState            shipto_stateorprovince <->
Last Shipment Date           lastShipmentDate       datefulfilled         ->
Bill-to Address              billToAddressLine1     billto_line1          <->
Bill-to Address 2            billToAddressLine2     billto_line2          <->
Bill-to Post Code            billToPostCode         billto_postalcode     <->
Bill-to City                 billToCity             billto_city           <->
Bill-to Country/Region Code  billToCountry          billto_country        <->
Bill-to County               billToState            billto_stateorprovince <->
Invoice Discount Amount      discountAmount         discountamount        ->
Shipping Agent Code          shippingAgentCode      shippingmethodcode    <->
Payment Terms Code           paymentTermsId         paymenttermscode      <->
Shipment Method Code         shipmentMethodId       freighttermscode      <->
Requested Delivery Date      requestedDeliveryDate  requestdeliveryby     <->
Work Description             workDescription        description           <->
"""
"""Not here: Document Type and customeridtype (constants), No. (marked on the row), Payment Discount % (Sales takes it off the order)."""

LINE = """
No.                          lineObjectId           productid             <->
Quantity                     quantity               quantity              <->
Quantity Shipped             shippedQuantity        quantityshipped       ->
Unit Price                   unitPrice              priceperunit          <->
Requested Delivery Date      requestedDeliveryDate  requestdeliveryby     <->
"""
"""Not here: amounts, which both sides work out; the currency, which is the order's; Line No., which each side counts itself."""


def members(mapping: TableMapping) -> Iterator[FieldMapping]:
    return (member for unit in (*mapping.fields, *mapping.given) for member in unit.members)


@pytest.mark.feature("F139")
@pytest.mark.parametrize(("name", "facts"), [("SALESORDER-ORDER", ORDER), ("SOLINE-ORDERDETAIL", LINE)])
def test_each_native_row_is_there_with_its_direction(name: str, facts: str) -> None:
    known = {(member.bc, member.sales): ARROWS[member.direction] for member in members(BOTH[name])}
    rows = [line.split()[-3:] for line in facts.strip().splitlines()]
    wanted = {(bc, sales): arrow for bc, sales, arrow in rows}
    assert {pair: known.get(pair) for pair in wanted} == wanted


@pytest.mark.parametrize("name", ["SALESORDER-ORDER", "SOLINE-ORDERDETAIL"])
def test_each_column_is_one_of_its_side(name: str) -> None:
    mapping = BOTH[name]
    strange = {
        (side, member.column(side))
        for member in members(mapping)
        for side in Side
        if member.column(side) and schema.column(side, mapping.table(side).name, member.column(side)) is None
    }
    assert not strange


def test_lines_are_kept_in_step_in_this_mode_only() -> None:
    [both], [other] = (each["SALESORDER-ORDER"].parts for each in (BOTH, CATALOGUE))
    assert (both.merged, other.merged) == (True, False)
    assert BOTH["SOLINE-ORDERDETAIL"].deletion is DeletionPolicy.DELETE_UNCHANGED


def test_without_the_extension_orders_do_not_go_both_ways() -> None:
    _, missing = available(BOTH, extended=False)
    [why] = [one.why for one in missing if one.mapping == "SALESORDER-ORDER" and one.field is None]
    assert "documentStatus" in why


def test_what_a_file_says_of_orders_holds_in_both_modes() -> None:
    text = """[SALESORDER-ORDER]
    moreFilters.sales = ["willcall = true"]
    conflicts.shipToName = "bcWins"
    fields.requestedDeliveryDate.enabled = false
    """
    found = read(text)
    assert found.mistakes == ()
    for modes in (Modes(), Modes(orders=Orders.BOTH)):
        orders = in_mode(found.mappings, modes)["SALESORDER-ORDER"]
        assert [getattr(keep, "column", "") for keep in orders.keep[Side.SALES]] == ["statecode", "willcall"], modes
        assert "willcall" in orders.columns(Side.SALES), modes
        assert "requestedDeliveryDate" not in {unit.name for unit in orders.fields}, modes
    assert orders.never == BOTH["SALESORDER-ORDER"].never and orders.given == BOTH["SALESORDER-ORDER"].given
