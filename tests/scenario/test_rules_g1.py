"""Rule G1: two companies of one Business Central share one Sales organisation and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.running import Sandbox
from sync.desk.explain import explain
from sync.entry.upkeep import sweep
from sync.errors import CompanyNotFound, ForeignState
from sync.hooks.keys import Keys
from sync.run import compare
from tests.scenario.companies import SECOND, two_companies
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("G1")

HOOKS = {"WEBHOOK_URL": "http://127.0.0.1:9", "WEBHOOK_SECRET": "a secret of the tests that is long enough", "WEBHOOK_DELAY_SECONDS": "0"}


@pytest.fixture
async def companies(sandbox_processes: Sandbox) -> AsyncIterator[tuple[Engine, Engine]]:
    """One app for two companies; their reference data have the same codes and, as copies do, the same ids."""
    async with two_companies(sandbox_processes, **HOOKS) as both:
        yield both


async def test_the_same_number_in_both_companies_makes_two_accounts(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine, yours = customer("C1", displayName="Adler", salespersonCode="AB"), customer("C1", displayName="Falke", salespersonCode="AB")
    await first.seed(mine)
    await second.seed(yours)
    await first.sync(create="toSales")
    await second.sync(create="toSales")
    names = [(await engine.partner("CUSTOMER", mine))["name"] for engine in (first, second)]
    assert names == ["Adler", "Falke"]
    assert len(await first.sales.rows("accounts")) == 2
    assert mine.id == yours.id


async def test_an_edit_in_one_company_stays_in_it(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine = customer("C1")
    for engine, name in ((first, "Adler"), (second, "Falke")):
        await engine.seed(replace(mine, values={**mine.values, "displayName": name}))
        await engine.sync("CUSTOMER", create="toSales")
        await engine.look("CUSTOMER")
    await first.edit(mine, phoneNumber="+49 30 1")
    await first.look("CUSTOMER")
    await second.look("CUSTOMER")
    assert [(await engine.partner("CUSTOMER", mine))["telephone1"] for engine in companies] == ["+49 30 1", None]
    assert (await second.row(mine))["phoneNumber"] == ""


async def test_an_account_of_one_company_is_not_looked_at_by_the_other(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine = customer("C1")
    await first.seed(mine)
    await first.sync("CUSTOMER", create="toSales")
    theirs = await first.partner("CUSTOMER", mine)
    await second.sync("CUSTOMER", create="none")
    await first.sales.edit("accounts", theirs["accountid"], name="Adler")
    await second.look("CUSTOMER")
    assert not await second.bc.rows("customers")
    assert not await second.couplings("CUSTOMER")


@pytest.mark.rule("A4")
async def test_an_account_of_one_company_is_refused_to_the_other_by_hand_too(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine, yours = customer("C1"), customer("C2")
    await first.seed(mine)
    await second.seed(yours)
    await first.sync("CUSTOMER", create="toSales")
    theirs = (await first.partner("CUSTOMER", mine))["accountid"]
    answer = await second.api.post(f"couplings/CUSTOMER?company={SECOND['id']}", {"bcId": yours.id, "salesId": theirs})
    assert (answer.status, answer.json["type"]) == (409, "urn:couplet:coupled_elsewhere")
    assert answer.json["coupledWith"] == {"mapping": "CUSTOMER", "company": first.ctx.company, "side": "bc", "id": mine.id, "name": None}
    assert not await second.couplings("CUSTOMER")


async def test_a_match_in_one_company_leaves_the_accounts_of_the_other_alone(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine, yours = customer("C1", displayName="Adler"), customer("C2", displayName="Adler")
    await first.seed(mine)
    await second.seed(yours)
    await first.sync("CUSTOMER", create="toSales")
    asked = {"criteria": [{"field": "displayName"}], "dryRun": True}
    found = (await second.api.post(f"couplings/CUSTOMER/match?company={SECOND['id']}", asked)).json
    assert found["counts"] == {"matched": 0, "ambiguous": 0, "unmatchedInBc": 1, "unmatchedInSales": 0, "leftOut": 0}
    there = await second.api.get(f"couplings/CUSTOMER/match/{found['id']}?company={SECOND['id']}")
    elsewhere = await first.api.get(f"couplings/CUSTOMER/match/{found['id']}?company={first.ctx.company}")
    assert (there.status, elsewhere.status) == (200, 404)


async def test_entries_jobs_and_problems_are_told_apart(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    await first.seed(customer("C1", salespersonCode="AB"))
    await first.sync("CUSTOMER", create="toSales")
    store = first.ctx.store
    assert await first.problems() == [("no_owner", "salespersonCode")]
    assert await second.problems() == []
    assert (await store.jobs.list(second.ctx.company, ["CUSTOMER"], limit=10)).rows == []
    await first.ctx.store.entries.merge(first.ctx.company, "CUSTOMER", held_by_person=True)
    assert not (await store.entries.get(second.ctx.company, "CUSTOMER")).held_by_person


async def test_a_job_of_one_company_is_unknown_in_the_other(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    await first.seed(customer("C1"))
    line = (await first.sync("CUSTOMER", create="toSales"))["CUSTOMER"]
    assert line.job is not None
    assert await first.ctx.store.jobs.get(first.ctx.company, line.job)
    assert await second.ctx.store.jobs.get(second.ctx.company, line.job) is None


async def test_both_companies_are_synchronised_in_full_at_the_same_time(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    await first.seed(customer("C1", displayName="Adler"))
    await second.seed(customer("C2", displayName="Falke"))
    await first.begin_sync("CUSTOMER", create="toSales")
    await second.begin_sync("CUSTOMER", create="toSales")
    await first.drain()
    assert {row["accountnumber"] for row in await first.sales.rows("accounts")} == {"C1", "C2"}
    assert [len(await engine.couplings("CUSTOMER")) for engine in companies] == [1, 1]


async def test_with_several_companies_one_must_be_named(companies: tuple[Engine, Engine]) -> None:
    environment = companies[0].environment
    with pytest.raises(CompanyNotFound, match=r"Demo Company.*Second Company"):
        await environment.context(None)
    with pytest.raises(CompanyNotFound, match=r"Demo Company.*Second Company"):
        await environment.context("Third Company")
    assert (await environment.context("second company")).company == SECOND["id"]
    assert (await environment.context(str(SECOND["id"]).upper())).company == SECOND["id"]


async def test_ids_of_new_rows_differ_by_company(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine = customer("C1")
    for engine in companies:
        await engine.seed(mine)
        await engine.sync("CUSTOMER", create="toSales")
    ids = {(await engine.partner("CUSTOMER", mine))["accountid"] for engine in (first, second)}
    assert len(ids) == 2


async def test_an_account_that_both_companies_know_is_coupled_once(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    theirs = account("A1", accountnumber="C1")
    mine = customer("C1")
    await first.sales.seed({"accounts": [theirs.values]})
    for engine in companies:
        await engine.seed(mine)
        await engine.sync("CUSTOMER", create="toSales")
    partners = [(await engine.partner("CUSTOMER", mine))["accountid"] for engine in (first, second)]
    assert partners[0] == theirs.id
    assert partners[1] != theirs.id


async def test_state_of_another_organisation_is_refused(companies: tuple[Engine, Engine], sandbox_processes: Sandbox) -> None:
    first, _ = companies
    with pytest.raises(ForeignState):
        await first.ctx.store.entries.belong(first.ctx.company, environment="production", organization="another")


@pytest.mark.case("T707")
async def test_state_made_for_other_currencies_is_refused(companies: tuple[Engine, Engine]) -> None:
    """Amounts in another base or local currency would mean others."""
    first, _ = companies
    ctx = first.ctx
    organization = await ctx.sales.organization()
    made_for = {"environment": ctx.settings.bc_name, "organization": organization.id, "local_currency": "EUR"}
    with pytest.raises(ForeignState):
        await ctx.store.entries.belong(ctx.company, **made_for, base_currency="another")
    with pytest.raises(ForeignState):
        await ctx.store.entries.belong(ctx.company, **{**made_for, "local_currency": "DKK"}, base_currency=organization.base_currency_id)


async def test_what_bc_tells_of_one_company_wakes_no_other_and_what_sales_tells_wakes_both(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    keys = Keys(first.ctx.settings)
    entries = first.ctx.store.entries

    async def woken() -> list[bool]:
        found = [await entries.get(engine.ctx.company, "CUSTOMER") for engine in companies]
        await first.drain()
        return [entry.scan_pending_since is not None for entry in found]

    item = {"resource": f"api/v2.0/companies({second.ctx.company})/customers", "changeType": "collection"}
    route = "hooks/business-central?" + keys.bc_url.partition("?")[2]
    for state, wakes in ((first.ctx.company, False), (second.ctx.company, True)):
        body = {"value": [{**item, "clientState": keys.bc_state(state)}]}
        assert (await first.api.post(route, body)).status == 202
        assert await woken() == [False, wakes]
    context = {"MessageName": "Create", "PrimaryEntityName": "account", "PrimaryEntityId": SECOND["id"]}
    assert (await first.api.post("hooks/sales", context, **{"x-couplet-key": keys.sales_key})).status == 202
    assert await woken() == [True, True]


async def test_an_account_of_the_other_company_is_explained_as_that_and_not_as_one_to_be_made(companies: tuple[Engine, Engine]) -> None:
    first, second = companies
    mine, theirs = customer("C1"), account("A1", accountnumber="C1")
    await first.seed(mine, theirs)
    await first.sync("CUSTOMER")
    told = await explain(second.ctx, second.ctx.mappings["CUSTOMER"], theirs.side, theirs.id)
    assert f"by mapping CUSTOMER of company {first.ctx.company}" in told["sentences"][0]
    assert (told["coupledTo"], told["plan"], told["changes"]) == (None, [], [])


@pytest.mark.rule("F3")
async def test_work_of_a_company_on_hold_does_not_keep_lost_work_of_the_other_from_being_found(
    companies: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = companies
    jobs = [await compare.request(engine.ctx, engine.ctx.mappings["CUSTOMER"]) for engine in companies]
    await first.api.post(f"connection/hold?company={first.ctx.company}", {"reason": "month end"})
    while message := await first.message():
        if message["company"] == first.ctx.company:
            await first.work(message)
    assert await first.ctx.store.queue.length() == 1, "it goes round; the other one got lost"
    monkeypatch.setattr("sync.entry.upkeep.SILENT", 0)
    await sweep(first.environment)
    await second.drain()
    ended = [await engine.ctx.store.jobs.get(engine.ctx.company, job.id) for engine, job in zip(companies, jobs, strict=True)]
    assert [job.status.over for job in ended if job] == [False, True]
