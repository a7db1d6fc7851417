"""Couplet takes over from Business Central's own connector: couplings, choices and switches, without writing a record (rules A3, G3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.heart.plan import Side
from sync.run import looks, scan
from sync.run.work import give_up
from tests.scenario.engine import Died, Engine
from tests.scenario.native import adopted, listed, option, pair, pairs, table_mapping
from tests.scenario.world import Row, account, customer, id_of

SAME = customer("C1", city="Bonn"), account("A1", accountnumber="C1", name="Company C1", address1_city="Bonn")
OTHER = customer("C2", city="Ulm"), account("A2", accountnumber="C2", name="Company Two", address1_city="")


async def worked_here(engine: Engine, *more: Any) -> None:
    """Two customers and a choice are coupled natively; the second customer differs from its account."""
    terms = id_of("paymentTerms", "NET 30")
    native = [
        table_mapping("CUSTOMER"),
        table_mapping("PAYMENT TERMS", direction="ToIntegrationTable"),
        option("PAYMENT TERMS", terms, 1, "Net 30"),
    ]
    couplings = [pair("CUSTOMER", mine.id, theirs.id) for mine, theirs in (SAME, OTHER)]
    await engine.seed(*SAME, *OTHER, *native, *couplings, *more)


@pytest.mark.rule("A3")
async def test_a_dry_run_shows_what_would_be_coupled_and_every_value_that_differs_and_couples_nothing(engine: Engine) -> None:
    await worked_here(engine)
    await engine.reset_counters()
    report = await adopted(engine, dryRun=True)
    assert report["dryRun"] and report["counts"]["CUSTOMER"] == {"taken": 2, "differing": 1}
    assert report["counts"]["PAYMENT TERMS"]["taken"] == 1
    [differing] = [each for each in await listed(engine, report, "differing") if each["mapping"] == "CUSTOMER"]
    assert (differing["bc"]["name"], differing["sales"]["name"]) == ("C2 Company C2", "C2 Company Two")
    values = {each["field"]: (each["bc"], each["sales"]) for each in differing["fields"]}
    assert values["displayName"] == ("Company C2", "Company Two")
    assert any("Ulm" in str(bc) for bc, _ in values.values()), "a blank that would be filled is told, too"
    assert await engine.couplings("CUSTOMER") == [] and await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("A3")
async def test_what_was_coupled_natively_is_coupled_without_writing_a_field_and_a_second_time_nothing_changes(engine: Engine) -> None:
    await worked_here(engine)
    await engine.reset_counters()
    report = await adopted(engine)
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert pairs(await listed(engine, report, "taken")) >= {(mine.id, theirs.id) for mine, theirs in (SAME, OTHER)}
    assert report["totals"]["toSales"]["coupled"] == 3
    [terms] = await engine.couplings("PAYMENT TERMS")
    assert (terms.bc_id, terms.sales_id) == (id_of("paymentTerms", "NET 30"), "1")
    before = await engine.couplings("CUSTOMER")
    again = await adopted(engine)
    assert (again["counts"]["CUSTOMER"], again["totals"]["toSales"]["coupled"]) == ({"already": 2}, 0)
    assert await engine.couplings("CUSTOMER") == before


@pytest.mark.rule("A3")
async def test_the_next_look_asks_about_different_values_and_fills_blanks_also_where_nobody_edited_anything(engine: Engine) -> None:
    await worked_here(engine)
    await engine.look("CUSTOMER")
    await adopted(engine)
    await engine.look("CUSTOMER")
    assert ("conflicting_edits", "displayName") in await engine.problems("CUSTOMER")
    assert (await engine.row(OTHER[1]))["address1_city"] == "Ulm" and (await engine.row(OTHER[1]))["name"] == "Company Two"
    [same] = [each for each in await engine.couplings("CUSTOMER") if each.bc_id == SAME[0].id]
    assert same.held["displayName"].bc == "Company C1", "equal values are remembered"


@pytest.mark.rule("A3")
@pytest.mark.parametrize("inline", [True, False])
async def test_pairs_that_are_taken_over_while_a_look_is_at_work_are_compared_by_the_next_one(
    engine: Engine, monkeypatch: Any, inline: bool
) -> None:
    await worked_here(engine)
    engine._use(replace(engine.ctx, settings=replace(engine.ctx.settings, overlap_seconds=0)))
    await engine.look("CUSTOMER")
    if not inline:
        monkeypatch.setattr("sync.run.looks.INLINE", -1)
    await engine.api.post("setup/adopt", {})
    page = await engine.message()
    real = scan.look

    async def meanwhile(*about: Any) -> Any:
        nonlocal page
        due = await real(*about)
        due.marks["bc_watermark"] = datetime.now(UTC) + timedelta(hours=1)  # rows of the same second would be due once more
        if page:
            due.bc.clear()
            await engine.work(page)
            page = None
        return due

    monkeypatch.setattr(looks, "look", meanwhile)
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    assert ("conflicting_edits", "displayName") in await engine.problems("CUSTOMER")
    entry = await engine.ctx.store.entries.get(engine.ctx.company, "CUSTOMER")
    assert entry.reset_at == entry.reset_seen, "they are compared once"


async def test_what_is_gone_or_doubled_or_another_companys_or_was_parted_here_is_named_and_not_coupled(engine: Engine) -> None:
    people = {key: customer(key) for key in ("D1", "D2", "F1", "P1", "E1", "G1")}
    rows = {key: account(key, accountnumber=key) for key in ("D1", "P1", "E1", "E9")}
    foreign = account("F1", couplet_companyid="77777777-8888-9999-aaaa-bbbbbbbbbbbb")
    couplings = [
        *(pair("CUSTOMER", people[each].id, rows["D1"].id) for each in ("D1", "D2")),
        pair("CUSTOMER", people["F1"].id, foreign.id),
        pair("CUSTOMER", people["P1"].id, rows["P1"].id),
        pair("CUSTOMER", people["E1"].id, rows["E1"].id),
        pair("CUSTOMER", people["G1"].id, id_of("accounts", "nobody")),
        pair("CUSTOMER", id_of("customers", "nobody"), id_of("accounts", "nobody else")),
    ]
    await worked_here(engine, *people.values(), *rows.values(), foreign, *couplings)
    for key, partner in (("P1", "P1"), ("E1", "E9")):
        await engine.api.post("couplings/CUSTOMER", {"bcId": people[key].id, "salesId": rows[partner].id, "sync": "none"})
    assert (await engine.api.delete("couplings/CUSTOMER", {"bcId": people["P1"].id})).status == 200
    report = await adopted(engine)
    assert report["counts"]["CUSTOMER"] == {"taken": 2, "double": 2, "foreign": 1, "parted": 1, "elsewhere": 1, "gone": 2}
    assert pairs(await listed(engine, report, "double")) == {(people[each].id, rows["D1"].id) for each in ("D1", "D2")}
    [elsewhere] = await listed(engine, report, "elsewhere")
    assert rows["E9"].id in elsewhere["why"] and elsewhere["bc"]["name"] == "E1 Company E1"
    assert {each["why"] for each in await listed(engine, report, "gone")} == {"not there in sales", "not there in bc and sales"}
    [mark] = await listed(engine, report, "foreign")
    assert "77777777-8888-9999-aaaa-bbbbbbbbbbbb" in mark["why"]


async def test_quotes_are_told_from_orders_and_lines_and_strange_tables_are_left_out_with_a_reason(engine: Engine) -> None:
    await worked_here(
        engine,
        table_mapping("SALESORDER-ORDER"),
        table_mapping("SOLINE-ORDERDETAIL"),
        table_mapping("WARRANTIES", tableId=50007),
        pair("SOLINE-ORDERDETAIL", id_of("salesOrderLines", "1"), id_of("salesorderdetails", "1")),
        pair("WARRANTIES", id_of("warranties", "1"), id_of("new_warranties", "1"), tableId=50007),
        pair("", id_of("strange", "1"), id_of("strange", "2"), tableId=4711),
        pair("SALESORDER-ORDER", id_of("salesOrders", "1"), id_of("salesorders", "1"), archivedSalesOrder=True),
    )
    report = await adopted(engine, dryRun=True)
    why = {each["mapping"]: each["why"] for each in await listed(engine, report, "leftOut")}
    assert why["WARRANTIES"].startswith("there is no mapping of this name")
    assert why["table 4711"] == "no native mapping is about table 4711"
    assert {each["native"]: each["why"] for each in report["leftOut"]}.keys() >= {"WARRANTIES", "SOLINE-ORDERDETAIL"}
    [archived] = await listed(engine, report, "gone")
    assert (archived["mapping"], archived["why"]) == ("SALESORDER-ORDER", "invoiced to the last piece and archived")


class Deadly:
    """A service whose worker dies when it first asks for a record."""

    def __init__(self, service: Any, id_: str) -> None:
        self._service, self._id, self.happened = service, id_, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Row]:
        """The rows, unless this is the end."""
        if self._id in ids and not self.happened:
            self.happened = True
            raise Died
        found: dict[str, Row] = await self._service.rows(table, ids, columns)
        return found


async def test_a_worker_that_dies_half_way_loses_nothing_and_couples_nothing_twice(engine: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr("sync.takeover.native.PAGE", 1)
    await worked_here(engine)
    calm = engine.ctx.services[Side.SALES]
    last = max((mine.id, theirs.id) for mine, theirs in (SAME, OTHER))[1]
    deadly = Deadly(calm, last)
    engine.serve(Side.SALES, deadly)
    begun = (await engine.api.post("setup/adopt", {})).json
    in_the_way = await engine.api.post("setup/adopt", {})
    assert (in_the_way.status, in_the_way.json["inTheWay"]) == (409, begun["id"])
    message = await engine.message()
    assert message
    with pytest.raises(Died):
        await engine.work(message)
    await engine.ctx.store.queue.send(message)
    await engine.drain()
    report = (await engine.api.get(begun["report"])).json
    assert deadly.happened and (report["status"], report["counts"]["CUSTOMER"]["taken"]) == ("success", 2)
    assert len(await engine.couplings("CUSTOMER")) == 2


async def test_a_page_that_is_given_up_ends_the_job_as_an_error_and_the_next_one_takes_the_rest(engine: Engine) -> None:
    await worked_here(engine)
    begun = (await engine.api.post("setup/adopt", {})).json
    message = await engine.message()
    assert message
    await give_up(engine.environment, message)
    assert (await engine.api.get(begun["report"])).json["status"] == "error"
    assert (await adopted(engine))["counts"]["CUSTOMER"]["taken"] == 2


async def test_a_dry_run_of_which_a_page_is_given_up_is_no_success_and_leaves_nothing(engine: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr("sync.run.walk.WALKING_SECONDS", 0.05)
    await worked_here(engine)
    begun = (await engine.api.post("setup/adopt", {"dryRun": True})).json
    planned = engine.ctx.store.planned(begun["id"])
    while not [each async for each in planned.walk(engine.ctx.company, "CUSTOMER")]:
        message = await engine.message()
        assert message
        await engine.work(message)
    message = await engine.message()
    assert message
    await give_up(engine.environment, message)
    assert (await engine.api.get(begun["report"])).json["status"] == "error"
    assert [each async for each in planned.walk(engine.ctx.company, "CUSTOMER")] == []


@pytest.mark.rule("G3")
async def test_a_native_connector_that_is_switched_on_meanwhile_stops_the_take_over(engine: Engine) -> None:
    await worked_here(engine)
    await engine.api.post("setup/adopt", {})
    setup = id_of("nativeSalesSetups", "1")
    await engine.bc.seed({"nativeSalesSetups": [{"id": setup, "serverAddress": "https://contoso.crm4.dynamics.com", "isEnabled": True}]})
    message = await engine.message()
    assert message
    await engine.work(message)
    assert await engine.couplings("CUSTOMER") == []
    assert (await engine.environment.context(None)).hold


@pytest.mark.rule("G3")
async def test_nothing_is_taken_over_while_the_native_connector_is_enabled_or_cannot_be_read(engine: Engine) -> None:
    await worked_here(engine)
    setup = id_of("nativeSalesSetups", "1")
    await engine.bc.seed({"nativeSalesSetups": [{"id": setup, "serverAddress": "https://contoso.crm4.dynamics.com", "isEnabled": True}]})
    refused = await engine.api.post("setup/adopt", {"dryRun": True})
    assert (refused.status, refused.json["type"]) == (409, "urn:couplet:another_connector")
    await engine.bc.edit("nativeSalesSetups", setup, isEnabled=False)
    for body, said in (({"dryrun": True}, "Unknown: dryrun."), ({"dryRun": "yes"}, "dryRun must be true or false.")):
        wrong = await engine.api.post("setup/adopt", body)
        assert (wrong.status, wrong.json["detail"]) == (400, said)
    report = await adopted(engine, dryRun=True)
    for url in (
        f"setup/adopt/{report['id']}?list=nothing",
        f"setup/adopt/{report['id']}?list=taken&cursor=1",
        f"setup/rebuild/{report['id']}",
    ):
        assert (await engine.api.get(url)).status in (400, 404), url


async def test_without_the_extension_the_take_over_says_what_is_lacking(standard: Engine) -> None:
    refused = await standard.api.post("setup/adopt", {"dryRun": True})
    assert (refused.status, refused.json["type"]) == (502, "urn:couplet:not_on_this_profile")
    assert "nativeCouplings" in refused.json["detail"]


async def test_a_long_list_is_read_page_by_page_and_no_pair_costs_a_request_of_its_own(engine: Engine) -> None:
    people = [customer(f"L{number}") for number in range(40)]
    partners = [account(f"L{number}", accountnumber=f"L{number}", name=f"Company L{number}") for number in range(40)]
    couplings = [pair("CUSTOMER", mine.id, theirs.id) for mine, theirs in zip(people, partners, strict=True)]
    await engine.seed(table_mapping("CUSTOMER"), *people, *partners, *couplings)
    await engine.reset_counters()
    report, cursor, seen = await adopted(engine), "", list[Row]()
    assert all(count < 40 for count in (await engine.requests()).values())
    while cursor is not None:
        page = (await engine.api.get(f"setup/adopt/{report['id']}?list=taken&limit=15{f'&cursor={cursor}' * bool(cursor)}")).json
        seen, cursor = [*seen, *page["value"]], page["cursor"]
    assert pairs(seen) == {(mine.id, theirs.id) for mine, theirs in zip(people, partners, strict=True)} and len(seen) == 40
