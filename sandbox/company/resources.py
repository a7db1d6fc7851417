"""Resources in BC and services in Sales."""

from __future__ import annotations

from sandbox.company.items import MAPPING as ITEM_PRODUCT
from sandbox.company.items import add_product, unit_group
from sandbox.company.model import Draft, Row, guid, mix
from sandbox.company.oddity import Oddity, Values, oddities, settle
from sandbox.company.words import FAMILIES, FIRST_NAMES

MAPPING = "RESOURCE-PRODUCT"
UNITS = ("HOUR", "DAY")
SERVICES = 3


def add_resources(draft: Draft) -> None:
    """Resources, few of them services already, with what is expected of them; a product is an item's or a resource's."""
    for n in range(draft.size(60, least=3)):
        _regular(draft, n)
    for oddity in oddities("resources"):
        _odd(draft, oddity)
    for row in draft.sales["products"]:
        draft.ledger.apart(ITEM_PRODUCT if row["producttypecode"] == SERVICES else MAPPING, "sales", row["productid"], "out_of_filter")
    for row in draft.bc["resources"]:
        unit_group(draft, "Resource", row)
        if unit := row["baseUnitOfMeasure"]:
            draft.to_bc("resourceUnitsOfMeasure", {
                "id": guid("resourceUnitsOfMeasure", row["number"]), "resourceNumber": row["number"], "code": unit,
                "quantityPerUnitOfMeasure": 1, "relatedToBaseUnitOfMeasure": True,
            })  # fmt: skip


def _regular(draft: Draft, n: int) -> None:
    bits = mix(draft.seed, n, 32)
    name = f"{FIRST_NAMES[bits % len(FIRST_NAMES)]} {FAMILIES[(bits >> 6) % len(FAMILIES)]}"
    row = _resource(draft, f"R{1000 + n}", name, UNITS[bits % len(UNITS)], bits)
    row.update(type="Machine" if n % 6 == 5 else "Person", blocked=n % 25 == 7, jobTitle="Monteur" if n % 2 else "Beraterin")
    if row["blocked"]:
        draft.ledger.apart(MAPPING, "bc", row["id"], "out_of_filter")
    else:
        draft.ledger.created(MAPPING, "bc", row["id"])


def _resource(draft: Draft, number: str, name: str, unit: str, bits: int) -> Row:
    price = 3000 + bits % 9000
    row = {
        "id": guid("resources", number), "number": number, "name": name, "type": "Person", "baseUnitOfMeasure": unit,
        "unitPrice": price / 100, "unitCost": price // 2 / 100, "directUnitCost": price // 2 / 100, "vendorNumber": "", "blocked": False,
        "capacity": (bits >> 20) % 160, "generalProductPostingGroup": "SERVICES", "vATProductPostingGroup": "VAT19",
        "resourceGroupNumber": "", "jobTitle": "",
    }  # fmt: skip
    return draft.to_bc("resources", row)


def _odd(draft: Draft, oddity: Oddity) -> None:
    number, name = oddity.name.upper().replace("_", "-")[:20], oddity.name.replace("_", " ").capitalize()
    bc = [_odd_resource(_resource(draft, number, name, "PCS", 0), values)["id"] for values in oddity.bc]
    sales = []
    for values in oddity.sales:
        row = add_product(draft, number, name, 75, sort=SERVICES)
        row.update(values)
        sales.append(row["productid"])
    settle(draft, MAPPING, oddity, bc, sales)


def _odd_resource(row: Row, values: Values) -> Row:
    row.update({name: value for name, value in values.items() if name != "unit"})
    row["baseUnitOfMeasure"] = values.get("unit", row["baseUnitOfMeasure"])
    return row
