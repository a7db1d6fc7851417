"""A synch of a handful of records that went well, by hand: the tests of the comparison each spoil one thing in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.expected.compare import OPTIONS, Difference, compare
from tests.expected.model import ZERO_GUID

MAPPINGS = (
    "SALESPEOPLE",
    "CURRENCY",
    "PAYMENT TERMS",
    "SHIPMENT METHOD",
    "SHIPPING AGENT",
    "UNIT OF MEASURE",
    "CUSTOMER",
    "VENDOR",
    "CONTACT",
    "ITEM-PRODUCT",
    "RESOURCE-PRODUCT",
    "OPPORTUNITY",
    "PLHEADER-PRICE",
    "PLLINE-PRODPRICE",
)


@dataclass
class Small:
    """Everything that the comparison takes, free to be spoilt."""

    expected: dict[str, Any]
    bc: dict[str, list[dict[str, Any]]]
    sales: dict[str, Any]
    couplings: list[dict[str, str]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def differences(self) -> list[Difference]:
        """What the comparison finds."""
        return compare(self.expected, self.bc, self.sales, self.couplings, self.problems)

    def kinds(self) -> set[tuple[str, str]]:
        """Kind and field of what the comparison finds."""
        return {(difference.kind, difference.field) for difference in self.differences()}

    def outlook(self, mapping: str) -> dict[str, list[Any]]:
        """What is expected of one mapping."""
        found: dict[str, list[Any]] = self.expected["mappings"][mapping]
        return found

    def bc_row(self, table: str, id: str) -> dict[str, Any]:
        """A BC row by id."""
        return next(row for row in self.bc[table] if row["id"] == id)

    def sales_row(self, table: str, id: str) -> dict[str, Any]:
        """A Sales row by id, whatever its key is called."""
        return next(row for row in self.sales[table] if id in row.values())

    def couple(self, mapping: str, bc_id: str, sales_id: str) -> None:
        """One more coupling."""
        self.couplings.append({"mapping": mapping, "bcId": bc_id, "salesId": sales_id})

    def part(self, mapping: str, bc_id: str) -> None:
        """One coupling less."""
        self.couplings = [c for c in self.couplings if (c["mapping"], c["bcId"]) != (mapping, bc_id)]


def small() -> Small:
    """Two customers and an account that became three pairs, with everything that they refer to."""
    mappings: dict[str, Any] = {
        name: {"pairs": [], "createdInSales": [], "createdInBc": [], "apart": [], "problems": []} for name in MAPPINGS
    }
    world = Small({"localCurrency": "EUR", "baseCurrency": "EUR", "mappings": mappings}, {}, {})
    _reference(world)
    _customers(world)
    _people_and_goods(world)
    return world


def _pair(world: Small, mapping: str, bc_id: str, sales_id: str, final: dict[str, Any] | None = None) -> None:
    world.outlook(mapping)["pairs"].append({"bcId": bc_id, "salesId": sales_id} | ({"final": final} if final else {}))
    world.couple(mapping, bc_id, sales_id)


def _reference(world: Small) -> None:
    world.bc["salespeoplePurchasers"] = [{"id": "b-sp", "code": "AB", "displayName": "Anja", "email": "a@x.example", "phoneNo": ""}]
    world.sales["systemusers"] = [
        {"systemuserid": "s-user", "fullname": "Anja", "internalemailaddress": "A@x.example", "mobilephone": None},
        {"systemuserid": "s-platform", "fullname": "SYSTEM", "internalemailaddress": "", "mobilephone": None},
    ]
    _pair(world, "SALESPEOPLE", "b-sp", "s-user")
    world.bc["currencies"] = [{"id": "b-usd", "code": "USD", "displayName": "US-Dollar", "symbol": ""}]
    world.bc["currencyExchangeRates"] = [
        {"id": date, "currencyCode": "USD", "startingDate": date, "exchangeRateAmount": rate, "relationalExchangeRateAmount": 1}
        for date, rate in (("2024-01-01", 1.25), ("2023-01-01", 1.5), ("2099-01-01", 9))
    ]
    euro = {"transactioncurrencyid": "s-eur", "isocurrencycode": "EUR", "currencyname": "Euro", "currencysymbol": "€", "exchangerate": 1}
    dollar = {
        "transactioncurrencyid": "s-usd",
        "isocurrencycode": "USD",
        "currencyname": "US-Dollar",
        "currencysymbol": "USD",
        "exchangerate": 1.25,
    }
    world.sales["transactioncurrencies"] = [euro, dollar]
    world.outlook("CURRENCY")["createdInSales"].append("b-usd")
    world.couple("CURRENCY", "b-usd", "s-usd")
    world.bc["paymentTerms"] = [{"id": "b-net", "code": "NET 30"}]
    world.sales[OPTIONS] = {"account.paymenttermscode": {1: "Net 30", 3: "Net 45"}, "invoice.paymenttermscode": {1: "Net 30"}}
    world.outlook("PAYMENT TERMS")["pairs"].append({"bcId": "b-net", "salesId": "1"})
    world.couple("PAYMENT TERMS", "b-net", "00000000-0000-0000-0000-000000000001")
    world.bc["unitsOfMeasure"] = [{"id": "b-pcs", "code": "PCS"}]
    world.sales["uomschedules"] = [{"uomscheduleid": "s-pcs", "name": "NAV PCS", "statecode": 0}]
    world.sales["uoms"] = [{"uomid": "s-piece", "_uomscheduleid_value": "s-pcs", "name": "PCS", "quantity": 1}]
    _pair(world, "UNIT OF MEASURE", "b-pcs", "s-pcs")
    world.bc["countriesRegions"] = [{"id": "b-de", "code": "DE", "displayName": "Germany"}]


def _customers(world: Small) -> None:
    world.bc["customers"] = [customer("b-one", "C1", "Both GmbH"), customer("b-two", "C2", "Ours"), customer("b-three", "C3", "T" * 100)]
    world.sales["accounts"] = [account("s-one", "Both GmbH"), account("s-two", "Ours"), account("s-three", "T" * 140)]
    _pair(world, "CUSTOMER", "b-one", "s-one", {"displayName": "Both GmbH"})
    world.outlook("CUSTOMER")["createdInSales"].append("b-two")
    world.couple("CUSTOMER", "b-two", "s-two")
    world.outlook("CUSTOMER")["createdInBc"].append("s-three")
    world.couple("CUSTOMER", "b-three", "s-three")


def customer(id: str, number: str, name: str) -> dict[str, Any]:
    """A BC customer."""
    return {
        "id": id, "number": number, "displayName": name, "salespersonCode": "AB", "contact": "", "addressLine1": "Platz 1",
        "addressLine2": "", "postalCode": "80331", "city": "München", "country": "DE", "state": "", "currencyCode": "",
        "email": "o@x.example", "faxNumber": "", "website": "", "phoneNumber": "+49", "shipmentMethodId": ZERO_GUID,
        "shippingAgentCode": "", "paymentTermsId": "b-net", "creditLimit": 1000, "primaryContactNumber": "",
    }  # fmt: skip


def account(id: str, name: str) -> dict[str, Any]:
    """A Sales account."""
    return {
        "accountid": id, "name": name, "_ownerid_value": "s-user", "address1_primarycontactname": None, "address1_line1": "Platz 1",
        "address1_line2": None, "address1_postalcode": "80331", "address1_city": "München", "address1_country": "Deutschland",
        "address1_stateorprovince": None, "_transactioncurrencyid_value": "s-eur", "emailaddress1": "O@x.example", "fax": None,
        "websiteurl": None, "telephone1": "+49", "address1_freighttermscode": None, "address1_shippingmethodcode": None,
        "paymenttermscode": 1, "creditlimit": 1000, "_primarycontactid_value": None, "customertypecode": 3, "statecode": 0,
    }  # fmt: skip


def _people_and_goods(world: Small) -> None:
    world.bc["contacts"] = [
        {"id": "b-house", "number": "CT1", "type": "Company", "companyNumber": "CT1"},
        {
            "id": "b-ann",
            "number": "P1",
            "type": "Person",
            "companyNumber": "CT1",
            "firstName": "Ann",
            "surname": "Lee",
            "salespersonCode": "",
        },
    ]
    world.bc["contactBusinessRelations"] = [{"id": "b-rel", "contactNumber": "CT1", "number": "C1"}]
    world.sales["contacts"] = [
        {"contactid": "s-ann", "firstname": "Ann", "lastname": "Lee", "_parentcustomerid_value": "s-one", "statecode": 0}
    ]  # fmt: skip
    world.outlook("CONTACT")["apart"].append({"side": "bc", "id": "b-house", "reason": "company_contact"})
    world.outlook("CONTACT")["createdInSales"].append("b-ann")
    world.couple("CONTACT", "b-ann", "s-ann")
    world.bc["items"] = [
        {"id": "b-item", "number": "1000", "displayName": "Desk", "unitPrice": 12.345, "unitCost": 0, "inventory": -2,
        "baseUnitOfMeasureCode": "PCS"}
    ]  # fmt: skip
    world.sales["products"] = [{
        "productid": "s-item", "productnumber": "1000", "name": "Desk", "price": 12.35, "quantityonhand": 0,
        "_defaultuomscheduleid_value": "s-pcs", "_defaultuomid_value": "s-piece", "_pricelevelid_value": "s-list", "producttypecode": 1,
        "statecode": 0, "productstructure": 1, "quantitydecimal": 2,
    }]  # fmt: skip
    world.sales["productpricelevels"] = [
        {"productpricelevelid": "s-price", "_productid_value": "s-item", "_pricelevelid_value": "s-list", "_uomid_value": "s-piece",
        "amount": 12.35}
    ]  # fmt: skip
    world.outlook("ITEM-PRODUCT")["createdInSales"].append("b-item")
    world.couple("ITEM-PRODUCT", "b-item", "s-item")
