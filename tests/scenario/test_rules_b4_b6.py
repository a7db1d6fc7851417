"""Rules B4 to B6: groups are one value, long texts are cut on one side only, lookups without a partner wait or stay blank."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, id_of, item, person


async def _address(engine: Engine, pair: tuple[Record, Record]) -> tuple[list[str], list[str | None]]:
    mine, theirs = [await engine.row(each) for each in pair]
    return (
        [mine[name] for name in ("addressLine1", "postalCode", "city", "country")],
        [theirs[f"address1_{name}"] for name in ("line1", "postalcode", "city", "country")],
    )


BONN = {"addressLine1": "Am Markt 1", "postalCode": "53111", "city": "Bonn", "country": "DE"}


@pytest.mark.rule("B4")
async def test_two_people_moving_one_company_to_two_places_is_one_contradiction(engine: Engine) -> None:
    pair = await engine.coupled(BONN)
    await engine.edit(pair[0], addressLine1="Am Hof 2")
    await engine.edit(pair[1], address1_postalcode="53113")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "address")]
    assert await _address(engine, pair) == (["Am Hof 2", "53111", "Bonn", "DE"], ["Am Markt 1", "53113", "Bonn", "DE"])


@pytest.mark.case("T461", "T463", "T464")
@pytest.mark.rule("B4")
async def test_a_move_travels_as_a_whole(engine: Engine) -> None:
    pair = await engine.coupled(BONN)
    await engine.edit(pair[1], address1_line1="Ring 3", address1_postalcode="1010", address1_city="Wien", address1_country="AT")
    await engine.look("CUSTOMER")
    assert await _address(engine, pair) == (["Ring 3", "1010", "Wien", "AT"], ["Ring 3", "1010", "Wien", "AT"])


@pytest.mark.rule("B4")
async def test_a_contradiction_of_addresses_leaves_other_fields_alone(engine: Engine) -> None:
    pair = await engine.coupled(BONN)
    await engine.edit(pair[0], city="Köln", phoneNumber="222")
    await engine.edit(pair[1], address1_city="Wien", emailaddress1="adler@example.com")
    await engine.look("CUSTOMER")
    assert (await engine.row(pair[1]))["telephone1"] == "222"
    assert (await engine.row(pair[0]))["email"] == "adler@example.com"


@pytest.mark.rule("B4")
async def test_the_parts_of_a_persons_name_are_one_value(engine: Engine) -> None:
    mine, theirs = person("P1", of="C1", name=("Ada", "Byron"), email="ada@example.com"), None
    house, home = customer("C1"), account("A1", accountnumber="C1")
    theirs = contact("K1", of=home, who=("Ada", "Byron"), emailaddress1="ada@example.com")
    await engine.seed(house, home, mine, theirs)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.edit(mine, surname="Lovelace")
    await engine.edit(theirs, firstname="Augusta")
    await engine.look("CONTACT")
    assert await engine.problems("CONTACT") == [("conflicting_edits", "name")]
    row = await engine.row(mine)
    assert (row["firstName"], row["surname"]) == ("Ada", "Lovelace")


LONG = "Vereinigte Niederrheinische Werkzeugmaschinen- und Landmaschinenfabriken Hoffmann, Schulze & Söhne Gesellschaft mbH & Co. KG"
"""Longer than the 100 characters of a name in Business Central, shorter than the 160 of an account."""


async def _names(engine: Engine, pair: tuple[Record, Record]) -> tuple[str, str]:
    return (await engine.row(pair[0]))["displayName"], (await engine.row(pair[1]))["name"]


@pytest.mark.rule("B5")
async def test_a_long_name_is_cut_in_business_central_counted_and_stays_whole_in_sales(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[1], name=LONG)
    await engine.look("CUSTOMER")
    assert await _names(engine, pair) == (LONG[:100].rstrip(), LONG)
    assert (await engine.totals("CUSTOMER"))["fromSales"]["shortened"] == 1
    assert await engine.problems("CUSTOMER") == []
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("B5")
async def test_a_customer_made_of_an_account_with_a_long_name_goes_through(engine: Engine) -> None:
    theirs = account("A1", name=LONG)
    await engine.seed(theirs)
    lines = await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", theirs))["displayName"] == LONG[:100].rstrip()
    assert (await engine.row(theirs))["name"] == LONG
    assert lines["CUSTOMER"].from_sales["shortened"] == 1


@pytest.mark.rule("B5")
async def test_an_edit_of_the_short_name_while_sales_holds_more_is_a_problem(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[1], name=LONG)
    await engine.look("CUSTOMER")
    await engine.edit(pair[0], displayName="Hoffmann", phoneNumber="222")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("text_would_be_lost", "displayName")]
    assert await _names(engine, pair) == ("Hoffmann", LONG)
    assert (await engine.row(pair[1]))["telephone1"] == "222"


@pytest.mark.rule("B5")
async def test_an_edit_of_the_tail_that_business_central_never_saw_writes_nothing_there(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[1], name=LONG)
    await engine.look("CUSTOMER")
    await engine.reset_counters()
    await engine.edit(pair[1], name=LONG.replace("Co. KG", "Co. OHG"))
    await engine.look("CUSTOMER")
    assert (await engine.written())["bc"] == 0
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B5")
async def test_a_character_is_not_split_by_the_cut(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[1], name="x" * 99 + "🦅 Adler")
    await engine.look("CUSTOMER")
    assert (await _names(engine, pair))[0] == "x" * 99


@pytest.mark.rule("B5")
async def test_a_too_long_e_mail_is_a_problem_of_that_field_and_never_cut(engine: Engine) -> None:
    pair = await engine.coupled({"email": "adler@example.com"})
    long = f"{'a' * 60}@{'b' * 24}.example"
    await engine.edit(pair[1], emailaddress1=long, telephone1="222")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("too_long", "email")]
    mine = await engine.row(pair[0])
    assert (mine["email"], mine["phoneNumber"]) == ("adler@example.com", "222")


@pytest.mark.rule("B5")
@pytest.mark.parametrize(("column", "field"), [("telephone1", "phoneNumber"), ("fax", "faxNumber")])
async def test_a_phone_number_is_never_cut(engine: Engine, column: str, field: str) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[1], **{column: "1" * 31})
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("too_long", field)]
    assert (await engine.row(pair[0]))[field] == ""


@pytest.mark.rule("B5")
async def test_a_web_address_is_never_cut(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[0], website=f"https://adler.example/{'w' * 200}")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("too_long", "website")]
    assert (await engine.row(pair[1]))["websiteurl"] is None


@pytest.mark.rule("B5")
async def test_line_breaks_become_blanks_in_business_central_and_stay_in_sales(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[1], name="Adler\nGmbH")
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    assert await _names(engine, pair) == ("Adler GmbH", "Adler\nGmbH")


@pytest.mark.case("T157")
@pytest.mark.rule("B6")
async def test_payment_terms_that_are_not_coupled_are_left_blank_and_kept_in_business_central(engine: Engine) -> None:
    mine = customer("C1", terms="14 DAYS", city="Bonn")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    made = await engine.partner("CUSTOMER", mine)
    assert (made["paymenttermscode"], made["address1_city"]) == (None, "Bonn")
    assert await engine.problems("CUSTOMER") == []
    await engine.sales.edit("accounts", made["accountid"], telephone1="222")
    await engine.look("CUSTOMER")
    row = await engine.row(mine)
    assert (row["paymentTermsId"], row["phoneNumber"]) == (id_of("paymentTerms", "14 DAYS"), "222")


@pytest.mark.rule("B6")
async def test_once_the_payment_terms_are_coupled_every_customer_that_left_them_out_gets_them(engine: Engine) -> None:
    both = [customer("C1", terms="14 DAYS"), customer("C2", terms="14 DAYS")]
    await engine.seed(*both, account("A2", accountnumber="C2"))
    await engine.sync("CUSTOMER")
    await engine.sync("PAYMENT TERMS")
    values = {each.bc_id: each.sales_id for each in await engine.couplings("PAYMENT TERMS")}
    expected = int(values[id_of("paymentTerms", "14 DAYS")])
    assert [(await engine.partner("CUSTOMER", each))["paymenttermscode"] for each in both] == [expected] * 2


@pytest.mark.case("T695")
@pytest.mark.rule("B6")
async def test_a_customer_waits_for_its_currency_and_is_made_when_that_is_coupled(engine: Engine) -> None:
    mine = customer("C1", currency="CHF")
    await engine.seed(mine, customer("C2"))
    await engine.sync("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("waiting_for_parent", "currencyId")]
    assert [row["accountnumber"] for row in await engine.sales.rows("accounts")] == ["C2"]
    (waiting,) = await engine.problem_rows("CUSTOMER")
    assert waiting.released_by == f"CURRENCY bc:{id_of('currencies', 'CHF')}"
    await engine.sync("CURRENCY")
    isos = {row["transactioncurrencyid"]: row["isocurrencycode"] for row in await engine.sales.rows("transactioncurrencies")}
    assert isos[(await engine.partner("CUSTOMER", mine))["_transactioncurrencyid_value"]] == "CHF"
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.case("T383")
@pytest.mark.rule("B6")
async def test_a_person_waits_for_the_company_and_is_made_when_that_is_coupled(engine: Engine) -> None:
    house, mine = customer("C1"), person("P1", of="C1", name=("Ada", "Byron"))
    await engine.seed(house, mine)
    await engine.sync("CONTACT")
    assert await engine.problems("CONTACT") == [("waiting_for_parent", "companyNumber")]
    assert await engine.sales.rows("contacts") == []
    await engine.sync("CUSTOMER")
    made = await engine.partner("CONTACT", mine)
    assert made["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", house))["accountid"]
    assert await engine.problems("CONTACT") == []


@pytest.mark.rule("B6")
async def test_an_item_waits_for_its_unit(engine: Engine) -> None:
    mine = item("I-1", unit="BOX")
    await engine.seed(mine)
    await engine.sync("ITEM-PRODUCT")
    assert [code for code, _ in await engine.problems("ITEM-PRODUCT")] == ["waiting_for_parent"]
    await engine.sync("UNIT OF MEASURE")
    assert (await engine.partner("ITEM-PRODUCT", mine))["statecode"] == 0
    assert await engine.problems("ITEM-PRODUCT") == []


@pytest.mark.rule("B6")
async def test_a_primary_contact_that_is_not_coupled_yet_follows_later(engine: Engine) -> None:
    house = customer("C1", primaryContactNumber="P1", contact="Ada Byron")
    mine = person("P1", of="C1", name=("Ada", "Byron"))
    await engine.seed(house, mine)
    await engine.sync("CUSTOMER", "CONTACT")
    assert (await engine.partner("CUSTOMER", house))["_primarycontactid_value"] == (await engine.partner("CONTACT", mine))["contactid"]
    assert await engine.problems("CUSTOMER", "CONTACT") == []
