"""What match-based coupling costs: few requests for whole tables, and few a record for what follows."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import account, company_contact, contact, customer, person

RECORDS = 1000
COMPANIES = 700


@pytest.mark.timeout(300)
async def test_a_thousand_pairs_are_found_coupled_and_written_in_few_requests(engine: Engine) -> None:
    mine = [customer(f"C{number}", displayName=f"Name {number}") for number in range(RECORDS)]
    await engine.bc.seed({"customers": [each.values for each in mine]})
    await engine.seed(*(account(f"A{number}", accountnumber=f"c{number}") for number in range(RECORDS)))
    criteria = [{"field": "number"}]

    await engine.reset_counters()
    found = (await engine.api.post("couplings/CUSTOMER/match", {"criteria": criteria, "dryRun": True})).json
    assert found["counts"]["matched"] == RECORDS
    assert all(count < 10 for count in (await engine.requests()).values())

    await engine.reset_counters()
    before = engine.ctx.store.meter.snapshot()["transactions"]
    await engine.api.post("couplings/CUSTOMER/match", {"criteria": criteria})
    await engine.drain()
    assert (await engine.totals("CUSTOMER"))["toSales"]["coupled"] == RECORDS
    assert await engine.written() == {"bc": 0, "sales": RECORDS}
    # Both sides together; what does not grow with the number of records is a third of it here
    assert sum((await engine.requests()).values()) <= 0.03 * RECORDS
    assert engine.ctx.store.meter.snapshot()["transactions"] - before <= 0.2 * RECORDS


async def test_people_of_many_companies_are_compared_in_few_requests(engine: Engine) -> None:
    companies = [f"C{number}" for number in range(COMPANIES)]
    accounts = {number: account(f"A{number}", accountnumber=number) for number in companies}
    await engine.bc.seed({"customers": [customer(number).values for number in companies]})
    relations = [each for number in companies for each in company_contact(number)]
    people = [person(f"P{number}", of=number, email=f"{number}@example.com") for number in companies]
    theirs = [contact(f"K{number}", of=accounts[number], emailaddress1=f"{number}@example.com") for number in companies]
    await engine.seed(*accounts.values(), *relations, *people, *theirs)
    await engine.api.post("couplings/CUSTOMER/match", {"criteria": [{"field": "number"}]})
    await engine.drain()
    await engine.reset_counters()
    found = (await engine.api.post("couplings/CONTACT/match", {"dryRun": True})).json
    assert found["counts"]["matched"] == COMPANIES
    assert all(count < 10 for count in (await engine.requests()).values()), await engine.requests()
