"""PLHEADER-PRICE: sales price lists of BC's extended pricing and price lists of Sales (rule E3)."""

from __future__ import annotations

from mapping.beside import Related, Watch
from mapping.field import Direction
from mapping.fields import needed, on, to_sales
from mapping.kinds import Exact, Text
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.ours import Page
from mapping.plain import Day
from mapping.policies import Brings, Cascade, Mode, Review
from mapping.prices import (
    ACTIVE,
    IN_CURRENCY,
    INACTIVE,
    LINE_COLUMNS,
    PRICE_LISTS,
    QUALIFYING_LINES,
    QUALIFYING_LISTS,
    one_currency,
    qualifying,
)
from mapping.steps import Update
from mapping.values import Refusal, Side
from mapping.world import World


def state_follows_status(draft: Draft, world: World) -> Addition:
    """BC owns the state: an active list is active in Sales, a draft or an inactive one is not, from its birth on."""
    wanted = ACTIVE if draft.rows[Side.BC].get("status") == "Active" else INACTIVE
    if draft.creates is Side.SALES:
        id_ = draft.ids.get(Side.SALES)
        born = [] if wanted is ACTIVE or id_ is None else [Update(side=Side.SALES, table=PRICE_LISTS.name, id=id_, values=INACTIVE)]
        return Addition(after=tuple(born))
    differs = draft.rows[Side.SALES].get("statecode") != wanted["statecode"]
    return Addition(values={Side.SALES: wanted}) if draft.inside and differs else Addition()


def lines_of_one_currency(draft: Draft, world: World) -> Addition:
    """All lines that go to Sales are in the list's currency."""
    head = draft.rows[Side.BC]
    lines = qualifying(QUALIFYING_LINES, world.rows("lines", str(head["code"])), world)
    return Addition(refusal=one_currency(lines, world, str(head["currencyCode"]).upper()))


def dates_in_order(draft: Draft, world: World) -> Addition:
    """A list does not end before it begins."""
    first, last = (Day().read(DATES[column], Side.BC, draft.rows[Side.BC], world) for column in ("startingDate", "endingDate"))
    wrong = isinstance(first, str) and isinstance(last, str) and first > last
    return Addition(refusal=Refusal(code="invalid_value", detail=f"it begins on {first} and ends on {last}") if wrong else None)


FIELDS = on(
    "priceListHeaders",
    "pricelevels",
    needed(to_sales("code", "name", Exact())),
    to_sales("description", "description", Text()),
    needed(to_sales("currencyCode", "transactioncurrencyid", IN_CURRENCY, once=Side.SALES)),
    to_sales("startingDate", "begindate", Day(local=True)),
    to_sales("endingDate", "enddate", Day(local=True)),
)
DATES = {unit.name: unit.members[0] for unit in FIELDS}

PLHEADER_PRICE = TableMapping(
    name="PLHEADER-PRICE",
    only_in=Mode.PRICE_LISTS,
    bc=Table(name="priceListHeaders"),
    sales=PRICE_LISTS,
    direction=Direction.TO_SALES,
    keep={Side.BC: QUALIFYING_LISTS},
    needs=("CURRENCY", "ITEM-PRODUCT"),
    natural_keys=(("code",),),
    creates=frozenset({Side.SALES}),
    review=Review(own={Side.SALES: 1}),
    related=(
        Related(
            name="lines",
            side=Side.BC,
            table="priceListLines",
            key="priceListCode",
            of="code",
            columns=("priceListCode", "lineNumber", "currencyCode", *LINE_COLUMNS),
        ),
    ),
    watches=(Watch(table="priceListLines", column="priceListCode", key="code"),),
    rules=(state_follows_status, lines_of_one_currency, dates_in_order),
    inactive={Side.SALES: INACTIVE},
    also={Side.BC: ("priceType", "amountType", "allowUpdatingDefaults", "status"), Side.SALES: ("statecode", "statuscode")},
    page=Page(7016, "Code", "code"),
    names={Side.BC: ("code", "description"), Side.SALES: ("name",)},
    brings=(Brings(mapping="PLLINE-PRODPRICE", column="priceListCode", of="code"),),
    cascades=(Cascade(mapping="PLLINE-PRODPRICE", field="priceListCode"),),
    fields=FIELDS,
)
