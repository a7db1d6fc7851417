"""A full synch as it should have gone, done on plain rows and by the book: it shows that what the company expects can be met.

It shares nothing with the product. It knows who must be coupled (that is what `expected` says) and only moves values, field by field.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

from sandbox.company.model import Company
from tests.expected import prices
from tests.expected.compare import OPTIONS, Born
from tests.expected.equality import WORDS, business_account, country_code, cut, flat, local_rate
from tests.expected.model import PRIMARY_KEYS, ZERO_GUID, Field, Reading, World, blank

MutableRow = dict[str, Any]
LABELS = {
    "PAYMENT TERMS": {1: "Net 30", 2: "2% 10, Net 30", 3: "Net 45", 4: "Net 60"},
    "SHIPMENT METHOD": {1: "FOB", 2: "No Charge"},
    "SHIPPING AGENT": {1: "Airborne", 2: "DHL", 3: "FedEx", 4: "UPS", 5: "Postal Mail", 6: "Full Load", 7: "Will Call"},
}
DEFAULT_PRICE_LIST = "default-list"


class Ideal:
    """Both sides after the synch: `bc`, `sales` and `couplings` in the form that the comparison takes."""

    def __init__(self, company: Company) -> None:
        self.expected = company.expected
        self.bc: dict[str, Any] = copy.deepcopy(company.bc)
        self.sales: dict[str, Any] = dict(copy.deepcopy(company.sales))
        self.sales.update({"productpricelevels": [], OPTIONS: {}})
        self.couplings: list[dict[str, str]] = []
        self.ids = (f"new-{number}" for number in itertools.count())
        self.held = {
            (problem["mapping"], problem["id"], problem["field"])
            for outlook in self.expected["mappings"].values() for problem in outlook["problems"] if problem.get("fieldProblem")
        }  # fmt: skip
        self._couple()
        for _ in range(2):  # links between records of two mappings need both
            world = self.world()
            for mapping, reading in world.readings.items():
                self._carry(world, mapping, reading)
            self.sales["uoms"] = list(world.sales["uoms"].values())
        self._price()

    def world(self) -> World:
        """The rows as the comparison sees them."""
        return World(self.expected, self.bc, self.sales, self.couplings)

    def _couple(self) -> None:
        for mapping, reading in World(self.expected, {}, {}, ()).readings.items():
            outlook = self.expected["mappings"][mapping]
            known = {row["id"]: row for row in self.bc[reading.bc]}
            pairs = [(pair["bcId"], pair["salesId"]) for pair in outlook["pairs"]]
            if reading.options:
                pairs += [(id, str(100 + place)) for place, id in enumerate(outlook["createdInSales"])]
                labels = LABELS[mapping] | {int(value): known[id]["code"] for id, value in pairs if int(value) >= 100}
                self.sales[OPTIONS][f"account.{reading.options}"] = labels
            else:
                pairs += [(id, self._new_sales_row(reading)) for id in outlook["createdInSales"]]
                pairs += [(self._new_bc_row(reading), id) for id in outlook["createdInBc"]]
            self.couplings += [{"mapping": mapping, "bcId": bc, "salesId": sales} for bc, sales in pairs]

    def _new_sales_row(self, reading: Reading) -> str:
        row = {PRIMARY_KEYS[reading.sales]: next(self.ids), **reading.created}
        if reading.sales == "products":
            row.update(_transactioncurrencyid_value=None, _pricelevelid_value=DEFAULT_PRICE_LIST)
        if reading.sales == "opportunities":
            row["_transactioncurrencyid_value"] = self._local_currency()
        self.sales[reading.sales].append(row)
        return str(row[PRIMARY_KEYS[reading.sales]])

    def _local_currency(self) -> str | None:
        currencies = self.sales["transactioncurrencies"]
        local = [row for row in currencies if row.get("isocurrencycode") == self.expected["localCurrency"]]
        return str(local[0]["transactioncurrencyid"]) if local else None

    def _new_bc_row(self, reading: Reading) -> str:
        number = next(self.ids)
        self.bc[reading.bc].append({"id": number, "number": number.upper(), "type": "Person"})
        if reading.bc in ("customers", "vendors"):
            self.bc["contacts"].append({"id": f"{number}-house", "number": f"CT-{number}".upper(), "type": "Company"})
            relation = {"id": f"{number}-relation", "contactNumber": f"CT-{number}".upper(), "number": number.upper()}
            self.bc["contactBusinessRelations"].append(relation)
        return number

    def _carry(self, world: World, mapping: str, reading: Reading) -> None:
        outlook = self.expected["mappings"][mapping]
        born: dict[str, Born] = {pair["bcId"]: "both" for pair in outlook["pairs"]} | dict.fromkeys(outlook["createdInSales"], "bc")
        for bc_id, (sales_id, *_) in world.to_sales[mapping].items() if reading.fields else ():
            bc, sales = world.bc[reading.bc][bc_id], world.sales[reading.sales][sales_id]
            for field in reading.fields:
                if not self._is_held(mapping, reading, field, bc_id, sales_id):
                    move(world, field, bc, sales, born.get(bc_id, "sales"))  # type: ignore[arg-type]

    def _is_held(self, mapping: str, reading: Reading, field: Field, bc_id: str, sales_id: str) -> bool:
        together = [other.bc for other in reading.fields if other is field or (field.group and other.group == field.group)]
        return any((mapping, id, name) in self.held for id in (bc_id, sales_id) for name in together)

    def _price(self) -> None:
        for row in self.sales["products"]:
            if row.get("_pricelevelid_value") == DEFAULT_PRICE_LIST:
                self.sales["productpricelevels"].append({
                    "productpricelevelid": next(self.ids), "_productid_value": row["productid"], "_uomid_value": row["_defaultuomid_value"],
                    "_pricelevelid_value": DEFAULT_PRICE_LIST, "amount": row["price"],
                })  # fmt: skip


def move(world: World, field: Field, bc: MutableRow, sales: MutableRow, born: Born) -> None:
    """Carry one field from where it was filled in; where both sides were, BC wins unless the field comes from Sales alone."""
    if born != "bc" and WORDS[field.equal](world, field, bc, sales):
        return
    from_sales = field.direction == "fromSales" or (
        field.direction == "both" and (born == "sales" or (born == "both" and blank(bc.get(field.bc))))
    )
    if from_sales:
        if not blank(sales.get(field.sales)):
            bc[field.bc] = TO_BC[field.equal](world, field, bc, sales)
    elif born == "bc" or not blank(bc.get(field.bc)):
        sales[field.sales] = TO_SALES[field.equal](world, field, bc, sales)


def _shortened(side: int) -> Callable[[World, Field, MutableRow, MutableRow], Any]:
    def write(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> str:
        return cut(flat((bc.get(field.bc), sales.get(field.sales))[1 - side]), field.lengths[side])

    return write


def _option(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    row = world.bc[world.readings[field.of].bc].get(bc[field.bc]) or world.bc_by(world.readings[field.of].bc, "code", bc[field.bc])
    return int(world.partner(field.of, row["id"]) or 0) if row else None


def _option_back(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    id = world.bc_partner(field.of, str(sales[field.sales]))
    if field.bc.endswith("Id"):
        return id or ZERO_GUID
    return world.bc[world.readings[field.of].bc][id]["code"] if id else ""


def _owner(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    person = world.bc_by("salespeoplePurchasers", "code", bc[field.bc] or "-")
    return world.partner("SALESPEOPLE", person["id"]) if person else "caller"


def _owner_back(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    row = world.bc["salespeoplePurchasers"].get(world.bc_partner("SALESPEOPLE", sales[field.sales]) or "")
    return row["code"] if row else ""


def _currency(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    row = world.bc_by("currencies", "code", bc.get(field.bc) or "-")
    local = next(id for id, row in world.sales["transactioncurrencies"].items() if row.get("isocurrencycode") == world.local_currency)
    return world.partner("CURRENCY", row["id"]) if row else local


def _contact(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    row = world.bc_by("contacts", "number", bc[field.bc] or "-")
    return world.partner("CONTACT", row["id"]) if row else None


def _contact_back(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    row = world.bc["contacts"].get(world.bc_partner("CONTACT", sales[field.sales]) or "")
    return row["number"] if row else ""


def _company(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    relation = world.bc_by("contactBusinessRelations", "contactNumber", bc[field.bc])
    return business_account(world, relation["number"]) if relation else None


def _company_back(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    customer = world.bc["customers"].get(world.bc_partner("CUSTOMER", sales[field.sales]) or "")
    business = customer or world.bc["vendors"][world.bc_partner("VENDOR", sales[field.sales]) or ""]
    relation = world.bc_by("contactBusinessRelations", "number", business["number"])
    return relation["contactNumber"] if relation else ""


def _unit_group(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    unit = {"uomid": f"unit-{sales['uomscheduleid']}", "_uomscheduleid_value": sales["uomscheduleid"], "name": bc["code"], "quantity": 1}
    world.sales["uoms"][unit["uomid"]] = unit
    return f"NAV {bc['code']}"


def _unit(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    row = world.bc_by("unitsOfMeasure", "code", bc[field.bc])
    group = row and world.partner("UNIT OF MEASURE", row["id"])
    sales["_defaultuomid_value"] = next(id for id, unit in world.sales["uoms"].items() if unit["_uomscheduleid_value"] == group)
    return group


def _unit_back(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    return world.bc["unitsOfMeasure"][world.bc_partner("UNIT OF MEASURE", sales[field.sales]) or ""]["code"]


def _rate(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    return (local_rate(world, bc["code"]) or 0) / (local_rate(world, world.base_currency) or 1)


def _local_money(world: World, field: Field, bc: MutableRow, sales: MutableRow) -> Any:
    code = bc.get("currencyCode") or world.local_currency
    return round(float(bc[field.bc]) / (world.rate(world.local_currency) or 1) * (world.rate(code) or 1), 2)


Move = Callable[[World, Field, MutableRow, MutableRow], Any]
_same: Move = lambda world, field, bc, sales: bc.get(field.bc)  # noqa: E731
_same_back: Move = lambda world, field, bc, sales: sales.get(field.sales)  # noqa: E731
TO_SALES: dict[str, Move] = {
    "text": _shortened(1), "exact": _same, "code": _same, "email": _same, "country": _same, "owner": _owner, "currency": _currency,
    "symbol": lambda world, field, bc, sales: bc["symbol"] or bc["code"], "exchange_rate": _rate, "option": _option, "contact": _contact,
    "company": _company, "amount": lambda world, field, bc, sales: max(0, round(float(bc[field.bc]), 2)), "local_money": _local_money,
    "unit_group": _unit_group, "unit": _unit, **prices.MOVES,
    "vendor_name": lambda world, field, bc, sales: (world.bc_by("vendors", "number", bc[field.bc] or "-") or {}).get("displayName"),
}  # fmt: skip
TO_BC: dict[str, Move] = {
    "text": _shortened(0), "exact": _same_back, "code": _same_back, "email": _same_back, "option": _option_back, "company": _company_back,
    "country": lambda world, field, bc, sales: country_code(world, flat(sales[field.sales])), "unit": _unit_back,
    "currency": lambda world, field, bc, sales: _foreign(world, sales[field.sales]),
    "contact": _contact_back, "owner": _owner_back,
}  # fmt: skip


def _foreign(world: World, currency_id: str) -> str:
    code = str(world.currency(currency_id)["isocurrencycode"])
    return "" if code == world.local_currency else code
