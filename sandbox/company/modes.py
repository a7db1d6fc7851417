"""What a full synch must make of the company in the ways of working that are not the default: unit groups, customer price groups."""

from __future__ import annotations

from sandbox.company.model import Draft, Ledger
from sandbox.company.prices import OF_A_GROUP, VALID

UNIT_GROUPS, PRICE_GROUPS = "UNIT_GROUPS=true", "PRICING=priceGroups"
"""The app setting of each way of working, as `expected.json` names it."""

UNIT_MAPPINGS = {"UNIT GROUP": "unitGroups", "ITEM UOM": "itemUnitsOfMeasure", "RESOURCE UOM": "resourceUnitsOfMeasure"}


def add_modes(draft: Draft) -> None:
    """Write down what is expected of the mappings that only these ways of working have; all rows of the company are there."""
    _unit_groups(draft, draft.mode(UNIT_GROUPS))
    _price_groups(draft, draft.mode(PRICE_GROUPS))


def _unit_groups(draft: Draft, ledger: Ledger) -> None:
    """Sales knows none of the groups of BC's items and resources, and no unit in them."""
    for mapping, table in UNIT_MAPPINGS.items():
        for row in draft.bc[table]:
            ledger.created(mapping, "bc", row["id"])


def _price_groups(draft: Draft, ledger: Ledger) -> None:
    """Each group becomes a price list; of the prices in table 7002 those of a group that are plain and in force (rule E3)."""
    for row in draft.bc["customerPriceGroups"]:
        ledger.created("CUSTPRCGRP-PRICE", "bc", row["id"])
    outlook = draft.ledger.of("ITEM-PRODUCT")
    coupled = {pair["bcId"] for pair in outlook.pairs} | {*outlook.created_in_sales}
    numbers = {row["number"] for row in draft.bc["items"] if row["id"] in coupled}
    for row in draft.bc["salesPrices"]:
        plain = row["salesType"] == OF_A_GROUP and not row["minimumQuantity"] and not row["variantCode"]
        if not plain or row["endingDate"] != VALID["endingDate"]:
            ledger.apart("SALESPRC-PRODPRICE", "bc", row["id"], "out_of_filter")
        elif row["itemNumber"] in numbers:
            ledger.created("SALESPRC-PRODPRICE", "bc", row["id"])
        else:
            ledger.held("SALESPRC-PRODPRICE", "bc", row["id"], "waiting_for_parent")
