"""The comparison finds each kind of difference, and nothing where nothing is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expected.figures import figures
from tests.expected.model import Row, World
from tests.expected.small import Small, account, customer, small


@pytest.fixture(name="world")
def _world() -> Small:
    return small()


def test_a_synch_that_went_well_has_no_difference(world: Small) -> None:
    assert world.differences() == []


def test_a_pair_that_was_not_coupled_is_missing(world: Small) -> None:
    world.part("CUSTOMER", "b-one")
    assert ("pair_missing", "") in world.kinds()


def test_a_pair_coupled_to_another_row_is_missing(world: Small) -> None:
    world.part("CUSTOMER", "b-one")
    world.couple("CUSTOMER", "b-one", "s-other")
    assert {("pair_missing", ""), ("row_missing", ""), ("unasked", "")} <= world.kinds()


def test_a_difference_says_who_it_is_about(world: Small) -> None:
    world.bc_row("customers", "b-two")["phoneNumber"] = "+43"
    [found] = world.differences()
    assert str(found) == "CUSTOMER field_differs phoneNumber: '+43' in BC, '+49' in Sales (exact) [C2 / Ours / Ours; bc b-two, sales s-two]"


def test_a_record_coupled_twice_is_found_on_both_sides(world: Small) -> None:
    world.couple("CUSTOMER", "b-one", "s-two")
    assert [(d.kind, d.bc_id, d.sales_id) for d in world.differences() if d.kind == "coupled_twice"] == [
        ("coupled_twice", "b-one", ""), ("coupled_twice", "", "s-two")
    ]  # fmt: skip


@pytest.mark.parametrize(("bc_id", "sales_id"), [("b-two", ""), ("", "s-three")])
def test_a_record_that_was_not_created_is_named(world: Small, bc_id: str, sales_id: str) -> None:
    world.couplings = [c for c in world.couplings if bc_id != c["bcId"] and sales_id != c["salesId"]]
    assert (bc_id, sales_id) in {(d.bc_id, d.sales_id) for d in world.differences() if d.kind == "not_created"}


def test_a_record_coupled_where_it_should_have_been_created(world: Small) -> None:
    world.part("CUSTOMER", "b-two")
    world.couple("CUSTOMER", "b-two", "s-three")
    assert ("coupled_instead", "") in world.kinds()


def test_a_coupling_without_rows_is_found(world: Small) -> None:
    world.sales["accounts"].pop(1)
    assert ("row_missing", "") in world.kinds()


def test_a_row_made_twice_is_one_too_many(world: Small) -> None:
    world.sales["accounts"].append(account("s-again", "Ours"))
    world.bc["customers"].append(customer("b-again", "C4", "T" * 100))
    assert {(d.bc_id, d.sales_id) for d in world.differences() if d.kind == "unasked"} == {("", "s-again"), ("b-again", "")}


def test_what_must_stay_apart_may_not_be_coupled(world: Small) -> None:
    world.sales["accounts"].append(account("s-lone", "Lone"))
    world.outlook("CUSTOMER")["apart"].append({"side": "sales", "id": "s-lone", "reason": "out_of_filter"})
    assert world.differences() == []
    world.couple("CUSTOMER", "b-new", "s-lone")
    assert ("not_apart", "") in world.kinds()


def test_company_contacts_that_bc_makes_by_itself_are_no_difference(world: Small) -> None:
    world.bc["contacts"].append({"id": "b-new-house", "number": "CT9", "type": "Company", "companyNumber": "CT9"})
    assert world.differences() == []


CUSTOMER_EDITS = {
    "displayName": "both gmbh", "addressLine1": "Platz 2", "postalCode": "80332", "country": "AT", "currencyCode": "USD",
    "email": "x@x.example", "phoneNumber": "+43", "paymentTermsId": "", "creditLimit": 1001, "salespersonCode": "ZZ", "contact": "Ann",
    "website": "https://x.example",
}  # fmt: skip


@pytest.mark.parametrize("name", CUSTOMER_EDITS)
def test_a_field_that_differs_is_named(world: Small, name: str) -> None:
    world.bc_row("customers", "b-two")[name] = CUSTOMER_EDITS[name]
    assert world.kinds() == {("field_differs", name)}


ITEM_EDITS: dict[str, Any] = {
    "displayName": "Table",
    "unitPrice": 12.36,
    "unitCost": 0.02,
    "inventory": 1,
    "baseUnitOfMeasureCode": "BOX",
    "number": "1001",
}


@pytest.mark.parametrize("name", ITEM_EDITS)
def test_a_product_that_differs_is_named(world: Small, name: str) -> None:
    world.bc_row("items", "b-item")[name] = ITEM_EDITS[name]
    assert ("field_differs", name) in world.kinds()


def test_a_product_without_its_own_price_is_found(world: Small) -> None:
    world.sales["productpricelevels"][0]["amount"] = 11
    assert world.kinds() == {("not_priced", "_pricelevelid_value")}


def test_a_product_still_in_draft_is_found(world: Small) -> None:
    world.sales_row("products", "s-item")["statecode"] = 2
    assert world.kinds() == {("created_wrong", "statecode")}


def test_the_rate_of_another_day_is_found(world: Small) -> None:
    world.sales_row("transactioncurrencies", "s-usd")["exchangerate"] = 1.5
    assert world.kinds() == {("field_differs", "code")}


def test_a_rate_against_another_base_currency(world: Small) -> None:
    world.expected["baseCurrency"] = "USD"
    world.sales_row("transactioncurrencies", "s-usd")["exchangerate"] = 1
    world.sales_row("transactioncurrencies", "s-eur")["exchangerate"] = 0.8
    for row in world.sales["accounts"]:
        row["creditlimit"] = 1000
    assert world.differences() == []


def test_a_credit_limit_is_local_currency_in_the_accounts_own(world: Small) -> None:
    world.bc_row("customers", "b-two")["currencyCode"] = "USD"
    world.sales_row("accounts", "s-two").update(_transactioncurrencyid_value="s-usd", creditlimit=1250)
    assert world.differences() == []


def test_a_group_with_two_units_is_found(world: Small) -> None:
    world.sales["uoms"].append({"uomid": "s-dozen", "_uomscheduleid_value": "s-pcs", "name": "DOZEN", "quantity": 12})
    assert world.kinds() == {("field_differs", "code")}


def test_a_choice_not_mirrored_is_found(world: Small) -> None:
    world.sales["@options"]["invoice.paymenttermscode"] = {2: "Net 60"}
    assert world.kinds() == {("choice_differs", "paymenttermscode")}


def test_a_choice_without_partner_stays_and_is_blank_in_bc(world: Small) -> None:
    world.sales_row("accounts", "s-three")["paymenttermscode"] = 3
    assert world.kinds() == {("field_differs", "paymentTermsId")}
    world.bc_row("customers", "b-three")["paymentTermsId"] = ""
    assert world.differences() == []


def test_a_contact_under_another_account_is_found(world: Small) -> None:
    world.sales_row("contacts", "s-ann")["_parentcustomerid_value"] = "s-two"
    assert world.kinds() == {("field_differs", "companyNumber")}


def test_primary_contacts_go_by_their_coupling(world: Small) -> None:
    world.bc_row("customers", "b-one")["primaryContactNumber"] = "P1"
    assert world.kinds() == {("field_differs", "primaryContactNumber")}
    world.sales_row("accounts", "s-one")["_primarycontactid_value"] = "s-ann"
    assert world.differences() == []


def test_a_primary_contact_that_is_not_coupled_is_blank_on_the_other_side(world: Small) -> None:
    world.bc_row("customers", "b-one")["primaryContactNumber"] = "CT1"
    assert world.differences() == []


def test_blank_sources_of_one_way_fields_overwrite_nothing(world: Small) -> None:
    world.bc_row("customers", "b-three").update(salespersonCode="", creditLimit=0)
    world.sales_row("accounts", "s-three").update(_ownerid_value="s-platform", creditlimit=77)
    assert world.differences() == []


def test_the_wrong_winner_is_found(world: Small) -> None:
    world.bc_row("customers", "b-one")["displayName"] = "Their GmbH"
    world.sales_row("accounts", "s-one")["name"] = "Their GmbH"
    assert world.kinds() == {("wrong_winner", "displayName")}


def test_line_breaks_are_blanks(world: Small) -> None:
    world.sales_row("accounts", "s-three")["address1_line1"] = "Platz\r\n1"
    assert world.differences() == []


def test_a_cut_never_goes_through_a_character(world: Small) -> None:
    world.sales_row("accounts", "s-three")["name"] = "T" * 99 + "🚲 and more"
    world.bc_row("customers", "b-three")["displayName"] = "T" * 99
    assert world.differences() == []


def test_a_text_cut_too_short_is_found(world: Small) -> None:
    world.bc_row("customers", "b-three")["displayName"] = "T" * 80
    assert world.kinds() == {("field_differs", "displayName")}


def test_figures_must_be_there_linked_and_equal() -> None:
    mine = {"id": "c1", "number": "C1", "displayName": "Adler", "balanceLCY": 20}
    row = {
        "couplet_accountfiguresid": "f1",
        "couplet_name": "Adler",
        "couplet_bcnumber": "C1",
        "couplet_currency": "EUR",
        "couplet_balance": 20,
    }
    pairs = [{"mapping": "CUSTOMER", "bcId": "c1", "salesId": "a1"}, {"mapping": "ACCOUNT-FIGURES", "bcId": "c1", "salesId": "f1"}]

    def kinds(link: str | None, *couplings: Row, **changed: object) -> list[tuple[str, str]]:
        sales: dict[str, list[Row]] = {
            "accounts": [{"accountid": "a1", "_couplet_accountfiguresid_value": link}],
            "couplet_accountfigureses": [{**row, **changed}],
        }
        world = World({"localCurrency": "EUR", "baseCurrency": "EUR"}, {"customerFigures": [mine]}, sales, couplings)
        return [(each.kind, each.field) for each in figures(world)]

    assert kinds("f1", *pairs) == []
    assert kinds(None, *pairs) == [("not_linked", "")]
    assert kinds("f1", *pairs, couplet_balance=21, couplet_currency="USD") == [
        ("field_differs", "couplet_currency"),
        ("field_differs", "couplet_balance"),
    ]
    assert kinds("f1", pairs[0]) == [("missing", "")]
    assert kinds("f1", pairs[1]) == [("extra", "")]
