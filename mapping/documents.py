"""What sales documents have in common: customer, addresses, terms, currency and texts of orders and quotes (behaviour.md, section 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mapping.beside import Related
from mapping.contacts import PARENT_TYPE
from mapping.field import FieldMapping
from mapping.fields import Way, from_sales, group, needed
from mapping.filters import equals
from mapping.kinds import Country, Exact, Text, cut, utf16
from mapping.lookups import Currency, Lookup, Option
from mapping.model import Unit
from mapping.plain import Day
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

PERSON = "person"
"""The contact whom a document of Sales names as its customer."""


CUSTOMERS_PERSON = Related(
    name=PERSON,
    side=Side.SALES,
    table="contacts",
    key="contactid",
    of="_customerid_value",
    columns=("contactid", "fullname", "_parentcustomerid_value"),
    where=equals("_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname", "contact"),
    first=True,
)
"""The contact who is the customer of a document, for the account that he belongs to."""


CURRENCY_OF_DOCUMENT = Related(
    name="currency of the document", side=Side.BC, table="currencies", key="id", by="currencyId", columns=("id", "code")
)
RATES_OF_DOCUMENT = Related(
    name="rates of the document's currency",
    side=Side.BC,
    table="currencyExchangeRates",
    key="currencyCode",
    of="code",
    beside=CURRENCY_OF_DOCUMENT.name,
    columns=("currencyCode", "startingDate", "exchangeRateAmount"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentCustomer(Lookup):
    """The customer of a document: the account that it names, or the account of the contact that it names (section 15.1)."""

    def refers(self, field: FieldMapping, row: Row, related: World) -> str | None:
        """The account, by way of the contact where the document names one."""
        named = row.get(self.sales_column(field))
        person = related.row(PERSON, str(named) if named else None)
        return person.get("_parentcustomerid_value") if person else named

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.BC:
            return Lookup.read(self, field, side, row, world)
        person = world.row(PERSON, str(row[self.sales_column(field)] or ""))
        if person and (not person["_parentcustomerid_value"] or person.get(PARENT_TYPE) == "contact"):
            return Refusal(code="no_customer", detail=f"its customer is the contact {person['fullname']}, who belongs to no account")
        return self.refers(field, row, world)


@dataclass(frozen=True, slots=True)
class Reference(Text):
    """Somebody else's name for a document: BC keeps it in capitals and cuts it (rule E6)."""

    upper: bool = True
    caseless: bool = True


@dataclass(frozen=True, slots=True)
class Memo(Text):
    """A text of several lines, which both sides keep as they are."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        text, limit = str(value or ""), field.length(side)
        kept = cut(text, limit) if limit is not None and utf16(text) > limit else text
        return Written(values={field.column(side): kept if side is Side.BC else kept or None}, holds=kept or None, shortened=kept != text)


IN_CURRENCY = Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid")


def customer() -> Unit:
    """The customer of a document that is made in BC."""
    kind = DocumentCustomer(mapping="CUSTOMER", target="accounts", nav="customerid_account", many=True, first=True)
    return needed(from_sales("customerId", "customerid", kind))


def currency() -> Unit:
    """The currency of a document that is made in BC; the local one is blank there (rule D1)."""
    return needed(from_sales("currencyId", "transactioncurrencyid", IN_CURRENCY))


def address(way: Way, party: str, sales: str) -> Unit:
    """The address of one party of a document, as one value (rule B4)."""
    return group(
        f"{party}Address",
        way(f"{party}AddressLine1", f"{sales}_line1"),
        way(f"{party}AddressLine2", f"{sales}_line2"),
        way(f"{party}PostCode", f"{sales}_postalcode", Exact()),
        way(f"{party}City", f"{sales}_city"),
        way(f"{party}Country", f"{sales}_country", Country()),
        way(f"{party}State", f"{sales}_stateorprovince"),
    )


def terms(way: Way) -> tuple[Unit, ...]:
    """Payment terms, shipment method, shipping agent and the day on which the customer wants the goods."""
    return (
        way("shippingAgentCode", "shippingmethodcode", Option(mapping="SHIPPING AGENT", codes="shippingAgents", blank=True)),
        way("paymentTermsId", "paymenttermscode", Option(mapping="PAYMENT TERMS", blank=True)),
        way("shipmentMethodId", "freighttermscode", Option(mapping="SHIPMENT METHOD", blank=True)),
        way("requestedDeliveryDate", "requestdeliveryby", Day(local=True)),
    )


def texts(reference: str) -> tuple[Unit, ...]:
    """What BC's document is told of the one in Sales: its number, its name, its description."""
    return (
        from_sales("yourReference", reference, Exact()),
        from_sales("externalDocumentNumber", "name", Reference()),
        from_sales("workDescription", "description", Memo()),
    )


def head() -> tuple[Unit, ...]:
    """What a new document of BC takes from that of Sales whatever sort it is of: for whom, in which currency, where to, on which terms."""
    addresses = address(from_sales, "billTo", "billto"), address(from_sales, "shipTo", "shipto")
    return customer(), currency(), *addresses, *terms(from_sales)
