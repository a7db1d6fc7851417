"""Rules A2 and A3: what a run may create, and who wins where the rows of a new pair differ."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, currency, customer, item, salesperson, user


async def _numbers(engine: Engine) -> tuple[int, int]:
    return len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))


@pytest.mark.rule("A2")
@pytest.mark.parametrize(("create", "expected"), [("none", (1, 1)), ("toSales", (1, 2)), ("fromSales", (2, 1)), ("both", (2, 2))])
async def test_a_run_creates_only_where_it_was_told_to(engine: Engine, create: str, expected: tuple[int, int]) -> None:
    await engine.seed(customer("C1", displayName="Adler"), account("A1", name="Falke"))
    await engine.sync("CUSTOMER", create=create)
    assert await _numbers(engine) == expected


@pytest.mark.rule("A2")
async def test_by_default_nothing_is_created_where_both_sides_hold_records(engine: Engine) -> None:
    await engine.seed(customer("C1", displayName="Adler"), account("A1", name="Falke"))
    lines = await engine.sync("CUSTOMER", create=None)
    assert await _numbers(engine) == (1, 1)
    assert lines["CUSTOMER"].recommendation == "Couple Records"


@pytest.mark.rule("A2")
async def test_by_default_an_empty_side_is_filled(engine: Engine) -> None:
    await engine.seed(item("I-1"))
    lines = await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create=None)
    assert lines["ITEM-PRODUCT"].recommendation == "Full Synchronization"
    assert [row["productnumber"] for row in await engine.sales.rows("products")] == ["I-1"]


@pytest.mark.rule("A2")
async def test_by_default_customers_are_not_made_of_accounts(engine: Engine) -> None:
    await engine.seed(account("A1", name="Falke"))
    await engine.sync("CUSTOMER", create=None)
    assert await _numbers(engine) == (0, 1)


@pytest.mark.rule("A2")
async def test_salespeople_and_users_are_never_created(engine: Engine) -> None:
    await engine.seed(salesperson("XX", "Nobody's User"), user("new", "New User"))
    before = len(await engine.bc.rows("salespeoplePurchasers")), len(await engine.sales.rows("systemusers"))
    await engine.sync("SALESPEOPLE", create="both")
    assert (len(await engine.bc.rows("salespeoplePurchasers")), len(await engine.sales.rows("systemusers"))) == before
    assert await engine.problems("SALESPEOPLE") == []


@pytest.mark.rule("A2")
async def test_a_currency_of_sales_is_never_made_in_business_central(engine: Engine) -> None:
    await engine.seed(*currency("SEK", "Swedish Krona", 11.5))
    await engine.sync("CURRENCY", create="both")
    assert "EUR" not in {row["code"] for row in await engine.bc.rows("currencies")}
    assert "SEK" in {row["isocurrencycode"] for row in await engine.sales.rows("transactioncurrencies")}


@pytest.mark.rule("A2")
async def test_a_scheduled_run_creates_and_couples_nothing(engine: Engine) -> None:
    await engine.look("CUSTOMER")
    await engine.bc.insert("customers", displayName="Adler", number="C1")
    await engine.sales.insert("accounts", name="Eagle", accountnumber="C1", customertypecode=3)
    await engine.sales.insert("accounts", name="Falke", customertypecode=3)
    await engine.look("CUSTOMER")
    assert await _numbers(engine) == (1, 2)
    assert await engine.couplings("CUSTOMER") == []


@pytest.mark.rule("A2")
async def test_with_the_only_coupled_switch_off_a_scheduled_run_creates(engine: Engine) -> None:
    engine.change("CUSTOMER", only_coupled=False)
    await engine.look("CUSTOMER")
    made = await engine.bc.insert("customers", displayName="Adler")
    await engine.look("CUSTOMER")
    assert [row["accountnumber"] for row in await engine.sales.rows("accounts")] == [made["number"]]


def _pair(**both: tuple[object, object]) -> tuple[Record, Record]:
    """A customer and its account that differ: field of BC and column of Sales by a common name, with the values of both."""
    columns = {"displayName": "name", "phoneNumber": "telephone1", "email": "emailaddress1"}
    mine = {name: values[0] for name, values in both.items()}
    theirs = {columns[name]: values[1] for name, values in both.items()}
    return customer("C1", **mine), account("A1", accountnumber="C1", **theirs)


async def _phone(engine: Engine, pair: tuple[Record, Record]) -> tuple[str, str]:
    return (await engine.row(pair[0]))["phoneNumber"], (await engine.row(pair[1]))["telephone1"]


@pytest.mark.rule("A3")
async def test_blanks_are_filled_from_the_other_side_whoever_wins(engine: Engine) -> None:
    pair = _pair(phoneNumber=("", "555"), email=("adler@example.com", None))
    await engine.seed(*pair)
    await engine.sync("CUSTOMER")
    assert await _phone(engine, pair) == ("555", "555")
    assert (await engine.row(pair[1]))["emailaddress1"] == "adler@example.com"


@pytest.mark.rule("A3")
async def test_business_central_wins_by_default_where_the_rows_differ(engine: Engine) -> None:
    pair = _pair(phoneNumber=("111", "222"))
    await engine.seed(*pair)
    await engine.sync("CUSTOMER")
    assert await _phone(engine, pair) == ("111", "111")


@pytest.mark.rule("A3")
async def test_sales_wins_where_the_run_was_told_so(engine: Engine) -> None:
    pair = _pair(phoneNumber=("111", "222"))
    await engine.seed(*pair)
    await engine.sync("CUSTOMER", rule="salesWins")
    assert await _phone(engine, pair) == ("222", "222")


@pytest.mark.rule("A3")
async def test_ask_makes_a_problem_of_what_differs_and_synchronises_the_rest(engine: Engine) -> None:
    pair = _pair(phoneNumber=("111", "222"), email=("adler@example.com", None))
    await engine.seed(*pair)
    await engine.sync("CUSTOMER", rule="ask")
    assert await _phone(engine, pair) == ("111", "222")
    assert (await engine.row(pair[1]))["emailaddress1"] == "adler@example.com"
    assert ("conflicting_edits", "phoneNumber") in await engine.problems("CUSTOMER")


@pytest.mark.rule("A3")
async def test_what_was_asked_is_settled_by_hand_and_the_problem_closes(engine: Engine) -> None:
    pair = _pair(phoneNumber=("111", "222"))
    await engine.seed(*pair)
    await engine.sync("CUSTOMER", rule="ask")
    await engine.edit(pair[1], telephone1="111", name="Company C1")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("A3")
async def test_an_address_with_holes_on_both_sides_is_completed(engine: Engine) -> None:
    mine = customer("C1", addressLine1="Am Markt 1", city="Bonn")
    theirs = account("A1", accountnumber="C1", address1_line1="Am Markt 1", address1_line2="2nd floor")
    await engine.seed(mine, theirs)
    await engine.sync("CUSTOMER", rule="ask")
    assert (await engine.row(mine))["addressLine2"] == "2nd floor"
    assert (await engine.row(theirs))["address1_city"] == "Bonn"


@pytest.mark.rule("A3")
async def test_after_the_first_merge_both_sides_rest(engine: Engine) -> None:
    pair = _pair(displayName=("Adler", "Eagle"), phoneNumber=("111", "222"))
    await engine.seed(*pair)
    await engine.sync("CUSTOMER")
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("A3")
async def test_a_text_of_zero_was_typed_by_somebody_and_is_no_blank(engine: Engine) -> None:
    pair = _pair(phoneNumber=("0", None))
    await engine.seed(*pair)
    await engine.sync("CUSTOMER")
    assert await _phone(engine, pair) == ("0", "0")


@pytest.mark.rule("A3")
async def test_a_question_of_an_unconditional_run_stays_until_it_is_answered(engine: Engine) -> None:
    pair = _pair(phoneNumber=("111", "222"))
    await engine.seed(*pair)
    await engine.api.post("couplings/CUSTOMER", {"bcId": pair[0].id, "salesId": pair[1].id, "sync": "none"})
    answer = await engine.api.post("full-sync", {"mappings": ["CUSTOMER"], "unconditional": True, "startRule": "ask"})
    assert answer.status == 202
    await engine.drain()
    for edit in ("1", "2"):
        assert ("conflicting_edits", "phoneNumber") in await engine.problems("CUSTOMER")
        await engine.edit(pair[0], email=f"{edit}@example.com")
        await engine.look("CUSTOMER")
    told = {"mapping": "CUSTOMER", "record": f"bc:{pair[0].id}", "choices": {"phoneNumber": "sales", "displayName": "leave"}}
    await engine.api.post("problems/resolve", told)
    await engine.look("CUSTOMER")
    assert await _phone(engine, pair) == ("222", "222")
    assert "phoneNumber" not in [field for _, field in await engine.problems("CUSTOMER")]
