"""The figures of customers: each coupled customer has one row of them, linked from its account, with what Business Central says."""

from __future__ import annotations

from collections.abc import Iterator

from tests.expected.model import Difference, Row, World

MAPPING, CUSTOMER = "ACCOUNT-FIGURES", "CUSTOMER"
BC, SALES = "customerFigures", "couplet_accountfigureses"
AMOUNTS = {
    "balanceLCY": "couplet_balance",
    "outstandingOrdersLCY": "couplet_outstandingorders",
    "shippedNotInvoicedLCY": "couplet_shippednotinvoiced",
    "outstandingInvoicesLCY": "couplet_outstandinginvoices",
    "totalLCY": "couplet_total",
    "creditLimitLCY": "couplet_creditlimit",
    "overdueLCY": "couplet_overdue",
    "salesLCY": "couplet_totalsales",
    "invoicedPrepaymentLCY": "couplet_invoicedprepayment",
}
CENT = 0.0051


def figures(world: World) -> Iterator[Difference]:
    """What is missing, too many, not linked or not equal; nothing where Business Central shows no figures."""
    shown, coupled = world.bc.get(BC, {}), world.to_sales[CUSTOMER]
    for bc_id, accounts in coupled.items() if shown else ():
        found = world.to_sales[MAPPING].get(bc_id, [])
        row = world.sales[SALES].get(found[0]) if len(found) == 1 else None
        if row is None:
            yield Difference(mapping=MAPPING, kind="missing", text=f"{len(found)} rows of figures", bc_id=bc_id)
            continue
        account = world.sales["accounts"].get(accounts[0], {})
        if account.get("_couplet_accountfiguresid_value") != found[0]:
            yield Difference(mapping=MAPPING, kind="not_linked", text="the account does not lead to them", bc_id=bc_id, sales_id=found[0])
        yield from _values(world, shown[bc_id], row, found[0])
    for bc_id in sorted(world.to_sales[MAPPING].keys() - coupled.keys()):
        yield Difference(mapping=MAPPING, kind="extra", text="figures of a customer that is not coupled", bc_id=bc_id)


def _values(world: World, bc: Row, sales: Row, sales_id: str) -> Iterator[Difference]:
    wanted = {"couplet_name": bc["displayName"], "couplet_bcnumber": bc["number"], "couplet_currency": world.local_currency}
    wrong = [name for name, value in wanted.items() if sales.get(name) != value]
    wrong += [theirs for mine, theirs in AMOUNTS.items() if abs(float(bc.get(mine) or 0) - float(sales.get(theirs) or 0)) > CENT]
    for name in wrong:
        yield Difference(mapping=MAPPING, kind="field_differs", text=f"{sales.get(name)!r}", bc_id=bc["id"], sales_id=sales_id, field=name)
