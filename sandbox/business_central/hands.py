"""The hands of people: what they do on BC's own pages, under BC's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.business_central import archives, documents, errors, invoicing, ledger, opportunities, posting, schema, views, writes
from sandbox.business_central.company import Company, Environment
from sandbox.business_central.drafts import Draft
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View
from sandbox.control import ControlRefused, Hand

Verb = Callable[[Company, Row], Any]


def _view(company: Company, name: str) -> View:
    page = schema.full_page(name)
    if page is None:
        raise ControlRefused(f"no entity set {name!r} here", status=404)
    return views.view(company, page)


def edit(company: Company, body: Row) -> Row:
    """`{"set", "id", "values"}`: a person types new values; every field of the fullest page can be typed, its rules run."""
    shown = _view(company, body["set"])
    row = shown.row(body["id"])
    draft = Draft(company, shown.page, row, body["values"])
    with company.environment.journal.atomic():
        draft.apply(body["values"])
        return shown.writer()(writes.store(shown, draft))


def insert(company: Company, body: Row) -> Row:
    """`{"set", "values"}`: a person makes a new row."""
    shown = _view(company, body["set"])
    make = documents.create if documents.is_document(shown) else writes.insert
    return shown.writer()(make(shown, body["values"], {}))


def delete(company: Company, body: Row) -> None:
    """`{"set", "id"}`."""
    shown = _view(company, body["set"])
    row = shown.row(body["id"])
    if documents.is_document(shown):
        documents.remove(shown, row["SystemId"], "*")
    else:
        writes.delete(shown, row)


def _document(company: Company, body: Row, *tables: str, key: str = "id") -> Row:
    for name in tables:
        row = company.table(name).rows.get(str(body[key]).lower())
        if row is not None:
            return row
    raise errors.no_resource(tables[0])


def _on_order(action: Callable[[Company, Row], Any]) -> Verb:
    return lambda company, body: action(company, _document(company, body, "Sales Header"))


def _on_invoice(action: Callable[[Company, Row], Any]) -> Verb:
    return lambda company, body: action(company, _document(company, body, "Sales Invoice"))


def ship(company: Company, body: Row) -> Row:
    """`{"id", "lines": {line id: quantity}?}`: post a shipment of an order, all that is open or a part. Answers its id and number."""
    shipment = posting.ship(company, _document(company, body, "Sales Header"), body.get("lines"))
    return {"id": shipment["SystemId"], "number": shipment["No."]}


def invoice(company: Company, body: Row) -> Row:
    """`{"id", "lines": {line id: quantity}?}`: invoice what was shipped of one order, all or a part. Answers its id and number."""
    posted = posting.invoice(company, [_document(company, body, "Sales Header")], body.get("lines"))
    return {"id": posted["SystemId"], "number": posted["No."]}


def combine(company: Company, body: Row) -> Row:
    """`{"ids": [...], "keepOrders"?}`: what was shipped of several orders in one invoice; kept orders wait for `deleteInvoicedOrders`."""
    orders = [_document(company, {"id": each}, "Sales Header") for each in body["ids"]]
    posted = posting.invoice(company, orders, keep=bool(body.get("keepOrders")))
    return {"id": posted["SystemId"], "number": posted["No."]}


def delete_invoiced(company: Company, body: Row) -> Row:
    """The batch job that deletes orders that were invoiced to the last piece. Answers how many."""
    return {"deleted": posting.delete_invoiced(company)}


def prepay(company: Company, body: Row) -> Row:
    """`{"id"}`: invoice the prepayment of an order. Answers the invoice's id and number."""
    posted = invoicing.post_prepayment(company, _document(company, body, "Sales Header"))
    return {"id": posted["SystemId"], "number": posted["No."]}


def pay(company: Company, body: Row) -> Row:
    """`{"id", "amount"?}`: a payment applied to a posted invoice. Answers its number."""
    return {"number": ledger.pay(company, _document(company, body, "Sales Invoice"), body.get("amount"))}


def cancel(company: Company, body: Row) -> Row:
    """`{"id"}`: a posted invoice is cancelled by a credit memo. Answers the number of that."""
    return {"number": ledger.cancel(company, _document(company, body, "Sales Invoice"))}


def close_opportunity(company: Company, body: Row) -> None:
    """`{"id", "status"}`: an opportunity is Won or Lost."""
    opportunities.close(company, _document(company, body, "Opportunity"), body.get("status", "Won"))


def archive(company: Company, body: Row) -> Row:
    """`{"id"}`: keep a copy of a quote or order as it is; answers the version number."""
    return {"version": archives.archive(company, _document(company, body, "Sales Header"))}


def post_stock(company: Company, body: Row) -> Row:
    """`{"itemNumber", "quantity"}`: adjust the stock of an item, up or down. Answers the entry number."""
    return {"entryNumber": ledger.stock(company, body["itemNumber"], body["quantity"])["Entry No."]}


def enter_rate(company: Company, body: Row) -> Row:
    """`{"currencyCode", "startingDate"?, "exchangeRateAmount"?, "relationalExchangeRateAmount"}`: a rate for a day, new or corrected."""
    rates, day = company.table("Currency Exchange Rate"), body.get("startingDate") or company.environment.clock.today()
    if body["currencyCode"] not in company.table("Currency").ids:
        raise errors.no_related_row("Currency Exchange Rate", "Currency Code", body["currencyCode"], "Currency")
    row = dict(rates.find((body["currencyCode"], day)) or {"Currency Code": body["currencyCode"], "Starting Date": day})
    row |= {"Exchange Rate Amount": body.get("exchangeRateAmount", 1), "Relational Exch. Rate Amount": body["relationalExchangeRateAmount"]}
    row = rates.modify(row) if "SystemId" in row else rates.insert(row)
    return {"id": row["SystemId"]}


VERBS: dict[str, Verb] = {
    "edit": edit,
    "insert": insert,
    "delete": delete,
    "release": _on_order(posting.release),
    "reopen": _on_order(posting.reopen),
    "ship": ship,
    "shipPart": ship,
    "invoice": invoice,
    "invoicePart": invoice,
    "combineShipments": combine,
    "deleteInvoicedOrders": delete_invoiced,
    "prepaymentInvoice": prepay,
    "post": _on_invoice(posting.post),
    "pay": pay,
    "unapply": _on_invoice(ledger.unapply),
    "cancel": cancel,
    "archive": archive,
    "makeOrder": _on_order(posting.make_order),
    "postStock": post_stock,
    "enterRate": enter_rate,
    "closeOpportunity": close_opportunity,
}


def verbs(environment: Environment) -> dict[str, Hand]:
    """The verbs as the control desk calls them; `company` in a body names another company than the first."""

    def bound(verb: Verb) -> Hand:
        def call(body: Row) -> Any:
            company = environment.company(body["company"]) if body.get("company") else environment.first
            try:
                with environment.journal.atomic():
                    return verb(company, body)
            except errors.Refused as refused:
                raise ControlRefused(str(refused), status=refused.status, code=refused.code) from refused

        return call

    return {name: bound(verb) for name, verb in VERBS.items()}
