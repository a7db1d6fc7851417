"""The independent comparison: what the two systems hold after a full synch, against what the generator knew before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Literal

from tests.expected.equality import WORDS
from tests.expected.figures import figures
from tests.expected.model import OPTIONS, Difference, Field, Reading, Row, Tables, World, blank
from tests.expected.pairing import pairing
from tests.expected.problems import problem_differences

Born = Literal["both", "bc", "sales"]


def compare(expected: Row, bc_rows: Tables, sales_rows: Tables, couplings: Iterable[Row], problems: Iterable[Row]) -> list[Difference]:
    """All differences, none when everything is as expected.

    Rows by entity set as `/_control/rows/{set}` shows them; `sales_rows["@options"]` holds the choice labels by table and column.
    Couplings: `{mapping, bcId, salesId}`; the Sales id of a choice may be anything that ends in its number. Problems: `{mapping, side,
    id, code, field}`.
    """
    world = World(expected, bc_rows, sales_rows, map(_plain, couplings))
    found: list[Difference] = []
    for mapping, reading in world.readings.items():
        found += pairing(world, mapping, reading)
        found += choices(world, mapping, reading) if reading.options else records(world, mapping, reading)
    found += problem_differences(world, problems)
    named = [replace(each, called=world.called(each.mapping, each.bc_id, each.sales_id)) for each in found]
    return [*named, *figures(world)]


def _plain(coupling: Row) -> Row:
    if coupling["mapping"] not in {"PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"}:
        return coupling
    digits = re.search(r"\d+$", coupling["salesId"])
    return {**coupling, "salesId": str(int(digits[0])) if digits else coupling["salesId"]}


def choices(world: World, mapping: str, reading: Reading) -> Iterator[Difference]:
    """The label of a choice is the code, on the account and wherever it is mirrored (rule D6)."""
    columns = [("account", reading.options), *reading.mirrors.items()]
    for bc_id, partners in world.to_sales[mapping].items():
        code = world.bc[reading.bc].get(bc_id, {}).get("code", "")
        for table, column in columns:
            labels = {str(value): label for value, label in world.options.get(f"{table}.{column}", {}).items()}
            label = labels.get(partners[0], "")
            if labels and label.upper()[:10].strip() != code.upper():
                text = f"{code!r} is {label!r} in {table}"
                yield Difference(mapping=mapping, kind="choice_differs", text=text, bc_id=bc_id, sales_id=partners[0], field=column)


def records(world: World, mapping: str, reading: Reading) -> Iterator[Difference]:
    """Field differences of all coupled records of one mapping."""
    outlook = world.expected["mappings"][mapping]
    born: dict[str, Born] = {pair["bcId"]: "both" for pair in outlook["pairs"]} | dict.fromkeys(outlook["createdInSales"], "bc")
    final = {pair["bcId"]: pair.get("final", {}) for pair in outlook["pairs"]}
    held = _held_fields(world, mapping, outlook)
    for bc_id, partners in world.to_sales[mapping].items():
        bc, sales = world.bc.get(reading.bc, {}).get(bc_id), world.sales.get(reading.sales, {}).get(partners[0])
        if bc is None or sales is None:
            yield Difference(mapping=mapping, kind="row_missing", text="a coupled row does not exist", bc_id=bc_id, sales_id=partners[0])
            continue
        origin = born.get(bc_id, "sales")
        yield from _fields(world, mapping, reading, bc, sales, origin=origin, held=held.get(bc_id, set()))
        yield from _final(mapping, bc, final.get(bc_id, {}))
        if origin == "bc":
            yield from _as_created(world, mapping, reading, bc, sales)


def _held_fields(world: World, mapping: str, outlook: Any) -> dict[str, set[str]]:
    """The BC properties that a listed field problem holds back, group and all (rule B9), by BC id."""
    fields = world.readings[mapping].fields
    held: dict[str, set[str]] = {}
    for problem in outlook["problems"]:
        if not problem.get("fieldProblem"):
            continue
        bc_id = problem["id"] if problem["side"] == "bc" else world.bc_partner(mapping, problem["id"])
        group = next(field.group for field in fields if field.bc == problem["field"])
        held.setdefault(bc_id or "", set()).update(f.bc for f in fields if f.bc == problem["field"] or (group and f.group == group))
    return held


def _fields(world: World, mapping: str, reading: Reading, bc: Row, sales: Row, *, origin: Born, held: set[str]) -> Iterator[Difference]:
    for field in reading.fields:
        if field.bc in held or _free(field, bc, sales, origin) or WORDS[field.equal](world, field, bc, sales):
            continue
        text = f"{bc.get(field.bc)!r} in BC, {sales.get(field.sales)!r} in Sales ({field.equal})"
        yield Difference(mapping=mapping, kind="field_differs", text=text, bc_id=bc["id"], sales_id=sales[reading.key], field=field.bc)


def _free(field: Field, bc: Row, sales: Row, origin: Born) -> bool:
    """One-way fields whose source is blank overwrite nothing that the receiver had of its own (rule B2)."""
    if field.direction == "toSales":
        return origin != "bc" and blank(bc.get(field.bc))
    return field.direction == "fromSales" and blank(sales.get(field.sales))


def _final(mapping: str, bc: Row, final: Row) -> Iterator[Difference]:
    for name, value in final.items():
        if bc.get(name) != value:
            yield Difference(
                mapping=mapping, kind="wrong_winner", text=f"{bc.get(name)!r} in BC instead of {value!r}", bc_id=bc["id"], field=name
            )


def _as_created(world: World, mapping: str, reading: Reading, bc: Row, sales: Row) -> Iterator[Difference]:
    """Values that a row created in Sales gets without a field row, and a new product's price."""
    for name, value in reading.created.items():
        if sales.get(name) != value:
            text = f"{sales.get(name)!r} instead of {value!r}"
            yield Difference(mapping=mapping, kind="created_wrong", text=text, bc_id=bc["id"], sales_id=sales[reading.key], field=name)
    if reading.sales == "products" and not _priced(world, sales):
        text = "no price of its own in its default price list"
        yield Difference(
            mapping=mapping, kind="not_priced", text=text, bc_id=bc["id"], sales_id=sales["productid"], field="_pricelevelid_value"
        )


def _priced(world: World, product: Row) -> bool:
    """Exactly one line in the product's default price list, with the product's unit and price (rule E2)."""
    lines = [
        (line["_uomid_value"], float(line["amount"] or 0))
        for line in world.sales.get("productpricelevels", {}).values()
        if line["_productid_value"] == product["productid"] and line["_pricelevelid_value"] == product.get("_pricelevelid_value")
    ]
    return lines == [(product["_defaultuomid_value"], float(product.get("price") or 0))]


__all__ = ["OPTIONS", "Difference", "compare"]
