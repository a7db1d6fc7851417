"""Who is coupled with whom, what exists once, and what exists although nobody asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.expected.model import Difference, Reading, World
from tests.expected.prices import by_itself


def pairing(world: World, mapping: str, reading: Reading) -> Iterator[Difference]:
    """Differences between the couplings of one mapping and what was expected."""
    outlook = world.expected["mappings"][mapping]
    yield from _unique(world, mapping)
    yield from _pairs(world, mapping, outlook)
    yield from _created(world, mapping, reading, outlook)
    yield from _apart(world, mapping, outlook)
    yield from _unasked(world, mapping, reading, outlook)


def _unique(world: World, mapping: str) -> Iterator[Difference]:
    for bc_id, partners in world.to_sales[mapping].items():
        if len(partners) > 1:
            yield Difference(mapping=mapping, kind="coupled_twice", text=f"coupled to {', '.join(partners)}", bc_id=bc_id)
    for sales_id, partners in world.to_bc[mapping].items():
        if len(partners) > 1:
            yield Difference(mapping=mapping, kind="coupled_twice", text=f"coupled to {', '.join(partners)}", sales_id=sales_id)


def _pairs(world: World, mapping: str, outlook: Any) -> Iterator[Difference]:
    for pair in outlook["pairs"]:
        found = world.partner(mapping, pair["bcId"])
        if found != pair["salesId"]:
            other = f"coupled to {found}" if found else "not coupled"
            yield Difference(mapping=mapping, kind="pair_missing", text=other, bc_id=pair["bcId"], sales_id=pair["salesId"])


def _created(world: World, mapping: str, reading: Reading, outlook: Any) -> Iterator[Difference]:
    known = known_ids(outlook)
    for bc_id in outlook["createdInSales"]:
        partner = world.partner(mapping, bc_id)
        if partner is None:
            yield Difference(mapping=mapping, kind="not_created", text="no coupling", bc_id=bc_id)
        elif partner in known:
            yield Difference(mapping=mapping, kind="coupled_instead", text="coupled to a row that was there", bc_id=bc_id, sales_id=partner)
        elif reading.sales and partner not in world.sales.get(reading.sales, {}):
            yield Difference(
                mapping=mapping, kind="row_missing", text="coupled to a row that does not exist", bc_id=bc_id, sales_id=partner
            )
    for sales_id in outlook["createdInBc"]:
        partner = world.bc_partner(mapping, sales_id)
        if partner is None:
            yield Difference(mapping=mapping, kind="not_created", text="no coupling", sales_id=sales_id)
        elif partner in known:
            yield Difference(
                mapping=mapping, kind="coupled_instead", text="coupled to a row that was there", bc_id=partner, sales_id=sales_id
            )
        elif partner not in world.bc.get(reading.bc, {}):
            yield Difference(
                mapping=mapping, kind="row_missing", text="coupled to a row that does not exist", bc_id=partner, sales_id=sales_id
            )


def _apart(world: World, mapping: str, outlook: Any) -> Iterator[Difference]:
    for entry in outlook["apart"]:
        if entry["side"] == "bc" and (partner := world.partner(mapping, entry["id"])):
            yield Difference(mapping=mapping, kind="not_apart", text=entry["reason"], bc_id=entry["id"], sales_id=partner)
        if entry["side"] == "sales" and (partner := world.bc_partner(mapping, entry["id"])):
            yield Difference(mapping=mapping, kind="not_apart", text=entry["reason"], bc_id=partner, sales_id=entry["id"])


def _of_others(world: World, mapping: str, reading: Reading) -> set[str | None]:
    """Rows that another mapping of the same table knows or made: a product is an item's or a resource's (rule A4)."""
    outlooks = world.expected["mappings"]
    others = [name for name, each in world.readings.items() if name != mapping and each.sales and each.sales == reading.sales]
    made: set[str | None] = {world.partner(name, id) for name in others for id in outlooks[name]["createdInSales"]}
    return made.union(*(known_ids(outlooks[name]) for name in others))


def _unasked(world: World, mapping: str, reading: Reading, outlook: Any) -> Iterator[Difference]:
    """Rows that are neither known nor made for a known one, and couplings of such rows."""
    known = known_ids(outlook)
    made_in_sales = {world.partner(mapping, id) for id in outlook["createdInSales"]}
    made_in_bc = {world.bc_partner(mapping, id) for id in outlook["createdInBc"]}
    for bc_id in {*world.bc.get(reading.bc, {}), *world.to_sales[mapping]} - known - made_in_bc:
        if bc_id in world.to_sales[mapping] or not _by_itself(world, mapping, reading, "bc", bc_id):
            yield Difference(mapping=mapping, kind="unasked", text="nobody asked for this row", bc_id=bc_id)
    rows = world.sales.get(reading.sales, {}).keys() - _of_others(world, mapping, reading)
    for sales_id in {*rows, *world.to_bc[mapping]} - known - made_in_sales:
        if sales_id in world.to_bc[mapping] or not _by_itself(world, mapping, reading, "sales", sales_id):
            yield Difference(mapping=mapping, kind="unasked", text="nobody asked for this row", sales_id=sales_id)


def _by_itself(world: World, mapping: str, reading: Reading, side: str, id: str) -> bool:
    """Rows that the systems make by themselves: users of the platform, the local currency, the company contacts of new customers."""
    if side == "bc":
        return mapping == "CONTACT" and world.bc["contacts"][id]["type"] == "Company"
    if by_itself(world, mapping, id):
        return True
    return mapping == "SALESPEOPLE" or (mapping == "CURRENCY" and world.currency(id)["isocurrencycode"] == world.local_currency)


def known_ids(outlook: Any) -> set[str]:
    """The ids of all records of one mapping that were there before."""
    pairs = {pair[key] for pair in outlook["pairs"] for key in ("bcId", "salesId")}
    return pairs | {*outlook["createdInSales"], *outlook["createdInBc"]} | {entry["id"] for entry in outlook["apart"]}
