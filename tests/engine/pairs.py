"""Pairs of rows in memory, the small world they live in, and what a plan makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mapping.countries import Countries
from mapping.field import FieldMapping
from mapping.kinds import LocalMoney, Number
from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.steps import Create, Step, Update
from mapping.values import Row, Side, Value
from mapping.world import Codes, Partners, SalesCurrency, World
from sync.heart.coupling import Held
from sync.heart.plan import Pair, Plan, Run
from sync.heart.present import Present, read_unit
from sync.heart.reconcile import held_of_new_row, reconcile
from tests.in_force import IN_FORCE

BC, SALES = Side.BC, Side.SALES
CUSTOMER, CONTACT, ITEM = (IN_FORCE[name] for name in ("CUSTOMER", "CONTACT", "ITEM-PRODUCT"))
IDS = {BC: "bc-id", SALES: "sales-id"}
EURO, DOLLAR = SalesCurrency("euro", "EUR", Decimal(1)), SalesCurrency("dollar", "USD", Decimal("1.25"))


def codes(**known: str) -> Codes:
    """A code table."""
    return Codes(known, {id_: code for code, id_ in known.items()})


def partners(**known: str) -> Partners:
    """Couplings of a mapping, BC id to Sales id."""
    return Partners(known, {sales: bc for bc, sales in known.items()})


GROUPS = ("customerPostingGroup", "generalBusinessPostingGroup", "vatBusinessPostingGroup")
"""What a new customer takes from BC's template."""

WORLD = World(
    currencies=(EURO, DOLLAR),
    countries=Countries({"DE": "Germany", "FR": "France"}),
    codes={
        "salespeoplePurchasers": codes(ANN="sp-ann", BOB="sp-bob"),
        "shippingAgents": codes(DHL="sa-dhl", UPS="sa-ups"),
        "currencies": codes(USD="cu-usd", GBP="cu-gbp"),
        "contacts": codes(K1="co-1", K2="co-2"),
        "companyContacts": codes(C1="cu-1", C2="cu-2"),
    },
    related={"customerTemplates": {"*": [{"code": "COMPANY", "currencyCode": "", **dict.fromkeys(GROUPS, "DOMESTIC")}]}},
    partners={
        "SALESPEOPLE": partners(**{"sp-ann": "user-ann"}),
        "SHIPPING AGENT": partners(**{"sa-dhl": "11"}),
        "SHIPMENT METHOD": partners(**{"sm-1": "21"}),
        "PAYMENT TERMS": partners(**{"pt-1": "31"}),
        "CURRENCY": partners(**{"cu-usd": "dollar"}),
        "CONTACT": partners(**{"co-1": "person-1"}),
        "CUSTOMER": partners(**{"cu-1": "account-1", "cu-2": "account-2"}),
        "UNIT OF MEASURE": partners(**{"un-1": "group-1", "un-2": "group-2"}),
    },
)
"""BOB has no user; UPS, GBP, K2 and every id that is not named here are not coupled."""

INSIDE: Mapping[str, Mapping[Side, Row]] = {
    "CUSTOMER": {BC: {"blocked": " ", "currencyId": None}, SALES: {"customertypecode": 3, "statecode": 0}},
    "CONTACT": {
        BC: {"type": "Person", "privacyBlocked": False, "companyNumber": "C1"},
        SALES: {
            "statecode": 0,
            "_parentcustomerid_value": "account-1",
            "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account",
        },
    },
    "ITEM-PRODUCT": {
        BC: {"blocked": False, "baseUnitOfMeasureCode": "PCS", "baseUnitOfMeasureId": "un-1"},
        SALES: {"statecode": 0, "producttypecode": 1, "_defaultuomscheduleid_value": "group-1"},
    },
}
"""What keeps a row inside the filters of its mapping."""


def row(mapping: TableMapping, side: Side, **values: Any) -> Row:
    """A row with all its columns, blank but for these."""
    blank: dict[str, Any] = {}
    for member in members(mapping):
        number = isinstance(member.kind, Number | LocalMoney)
        blank[member.shown(side)] = (0 if number else "") if side is BC else None
    inside = {"blocked": ""} if mapping is CUSTOMER and side is BC else {}
    return {**blank, **INSIDE.get(mapping.name, {}).get(side, {}), **inside, mapping.table(side).id: IDS[side], **values}


def members(mapping: TableMapping) -> list[FieldMapping]:
    """All field mappings in whatever unit."""
    return [member for unit in mapping.fields for member in unit.members]


def pair(bc: Row, sales: Row, held: Mapping[str, Held] | None = None, **more: Any) -> Pair:
    """A coupled pair."""
    return Pair(rows={BC: bc, SALES: sales}, ids=IDS, held=held or {}, coupled=True, **more)


def edited(before: Pair, **sides: Row) -> Pair:
    """The pair after people wrote these values on these sides."""
    return replace(before, rows={side: {**shown, **sides.get(side.value, {})} for side, shown in before.rows.items()})


def carried_out(mapping: TableMapping, before: Pair, plan: Plan, world: World = WORLD) -> Pair:
    """The pair after a plan: rows as services that keep what they are told, and what is remembered."""
    rows = {side: dict(shown) for side, shown in before.rows.items()}
    for step in plan.steps:
        if isinstance(step, Create | Update) and step.table == mapping.table(step.side).name:
            present = rows.get(step.side) or dict(row(mapping, step.side))
            rows[step.side] = present | kept(mapping, step)
    held = {**before.held, **plan.arrived, **plan.held}
    after = replace(before, rows=rows, held=held, intent={}, coupled=True)
    return replace(after, held=held_of_new_row(mapping, after, held, world, plan.creates)) if plan.creates else after


def kept(mapping: TableMapping, step: Create | Update) -> dict[str, Any]:
    """What a row shows of what was written to it: a bound reference as its id."""
    navigation = {f"{member.kind.nav}@odata.bind": member.shown(SALES) for member in members(mapping) if isinstance(member.kind, Lookup)}
    shown: dict[str, Any] = {}
    for name, value in step.values.items():
        if name in navigation:
            shown[navigation[name]] = value.partition("(")[2].rstrip(")") if value else None
        else:
            shown[name] = value
    return shown


def settled(mapping: TableMapping, start: Pair, world: World = WORLD, run: Run | None = None) -> Pair:
    """The pair after a first run."""
    return carried_out(mapping, start, reconcile(mapping, start, world, run or Run()), world)


def present(mapping: TableMapping, shown: Pair, unit: str, world: World = WORLD) -> Present:
    """What both sides hold in a unit."""
    read = read_unit(mapping.unit(unit), shown, world)
    assert isinstance(read, Present)
    return read


def value(mapping: TableMapping, shown: Pair, unit: str, side: Side, world: World = WORLD) -> Value:
    """What one side holds in a unit."""
    return present(mapping, shown, unit, world).value(side)


def written(plan: Plan) -> dict[Side, dict[str, Any]]:
    """What a plan writes per side."""
    values: dict[Side, dict[str, Any]] = {}
    for step in plan.steps:
        values.setdefault(step.side, {}).update(_values(step))
    return values


def _values(step: Step) -> Row:
    return step.values if isinstance(step, Create | Update) else {}


def named(plan: Plan) -> dict[str, str]:
    """The problems of a plan: unit and code."""
    return {problem.field or "": problem.code for problem in plan.problems}
