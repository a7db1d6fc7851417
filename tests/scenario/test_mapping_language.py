"""What a mappings file says of customers, through both systems: templates, constants, rules, blanks, filters, rows taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from sync.declared import declared_mappings
from sync.heart.plan import Side
from tests.scenario.engine import engine_on
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import account, customer, in_sales

TEMPLATES = """
[templates.DOMESTIC]
values = { customerPostingGroup = "DOMESTIC", generalBusinessPostingGroup = "DOMESTIC" }
[[CUSTOMER.templates.bc]]
values = { customerPostingGroup = "FOREIGN", generalBusinessPostingGroup = "FOREIGN" }
priority = 9
[[CUSTOMER.templates.bc]]
use = "DOMESTIC"
where = ["address1_country in DE, Germany"]
priority = 1
[[CUSTOMER.templates.sales]]
values = { industrycode = 7, numberofemployees = 5 }
where = ["city = Bonn"]
"""


@pytest.mark.case("T023")
@pytest.mark.feature("F043", "F044")
async def test_a_new_row_takes_the_first_template_whose_filters_hold(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, TEMPLATES) as engine:
        german, french = account("A1", name="Bonn AG", address1_country="Germany"), account("A2", name="Lyon SA", address1_country="France")
        bonn, paris = customer("C1", city="Bonn"), customer("C2", city="Paris")
        await engine.seed(german, french, bonn, paris)
        await engine.sync("CUSTOMER")
        assert (await engine.partner("CUSTOMER", german))["customerPostingGroup"] == "DOMESTIC"
        assert (await engine.partner("CUSTOMER", french))["generalBusinessPostingGroup"] == "FOREIGN"
        assert (await engine.partner("CUSTOMER", bonn))["industrycode"] == 7
        assert (await engine.partner("CUSTOMER", paris)).get("industrycode") is None
        assert not await engine.problems("CUSTOMER")


@pytest.mark.feature("F043")
async def test_a_template_wins_over_a_field_and_what_it_gave_travels_once(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    text = '[[CUSTOMER.templates.bc]]\nvalues = { city = "Bonn", salespersonCode = "BO" }'
    async with engine_with(sandbox_processes, tmp_path, text) as engine:
        theirs = account("A1", address1_city="Berlin")
        await engine.seed(theirs)
        await engine.sync("SALESPEOPLE", "CUSTOMER")
        mine = await engine.partner("CUSTOMER", theirs)
        assert (mine["city"], mine["salespersonCode"]) == ("Bonn", "BO")
        await engine.look("CUSTOMER")
        assert (await engine.row(theirs))["address1_city"] == "Bonn"
        await engine.reset_counters()
        await engine.look("CUSTOMER")
        assert await engine.written() == {"bc": 0, "sales": 0}


CONSTANTS = """
[CUSTOMER.constants.sales]
accountratingcode = 1
numberofemployees = { value = 3, when = "insert" }
"""


@pytest.mark.feature("F047")
async def test_constants_are_written_to_new_rows_and_kept_where_they_say_always(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, CONSTANTS) as engine:
        new, old = customer("C1"), customer("C2")
        theirs = account("A2", accountnumber="C2", name="Company C2")
        await engine.seed(new, old, theirs)
        await engine.sync("CUSTOMER")
        made, matched = await engine.partner("CUSTOMER", new), await engine.row(theirs)
        assert (made["accountratingcode"], made["numberofemployees"]) == (1, 3)
        assert (matched["accountratingcode"], matched.get("numberofemployees")) == (1, None)
        made_record = in_sales("accounts", "x", id=made["accountid"])
        await engine.look("CUSTOMER")
        await engine.edit(made_record, numberofemployees=9)
        await engine.look("CUSTOMER")
        assert (await engine.row(made_record))["numberofemployees"] == 9
        await engine.reset_counters()
        await engine.look("CUSTOMER")
        assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("H2")
async def test_constants_declared_later_reach_all_records_and_rules_those_that_are_edited_or_compared_anew(
    sandbox_processes: Sandbox, tmp_path: Path
) -> None:
    async with engine_with(sandbox_processes, tmp_path, "") as engine:
        mine, theirs = await engine.coupled({"contact": "Anna"})
        await engine.look("CUSTOMER")
    text = CONSTANTS + '[CUSTOMER.fields]\ncontact = { direction = "toSales", transform = ["upperCase"] }'
    (tmp_path / "mappings.toml").write_text(text, encoding="utf-8")
    async with engine_on(sandbox_processes, MAPPINGS_FILE=str(tmp_path / "mappings.toml")) as later:
        await later.look("CUSTOMER")
        row = await later.row(theirs)
        assert (row["accountratingcode"], row["address1_primarycontactname"]) == (1, "Anna")
        answer = await later.api.post("full-sync", {"mappings": ["CUSTOMER"], "unconditional": True})
        assert answer.status == 202, answer.json
        await later.drain()
        assert (await later.row(theirs))["address1_primarycontactname"] == "ANNA"
        assert (await later.row(mine))["contact"] == "Anna"


RULES = """
[CUSTOMER.fields]
number = { transform = [{ prefix = "DE-" }] }
displayName = { transform = { toSales = ["titleCase"], fromSales = ["upperCase"] } }
phoneNumber = { transform = { toSales = [{ regex = "^0", with = "+49 " }], fromSales = [{ regex = '^\\+49 ', with = "0" }] } }
email = { notNull = true }
contact = { enabled = false }
"""


@pytest.mark.case("T452")
@pytest.mark.feature("F047", "F048", "F052")
async def test_values_are_transformed_on_their_way_and_nothing_goes_round_in_circles(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, RULES) as engine:
        mine = customer("C1", displayName="KÖLN BRAU", phoneNumber="0221 5", contact="Anna")
        await engine.seed(mine)
        await engine.sync("CUSTOMER")
        theirs = await engine.partner("CUSTOMER", mine)
        assert (theirs["accountnumber"], theirs["name"], theirs["telephone1"]) == ("DE-C1", "Köln Brau", "+49 221 5")
        assert theirs.get("address1_primarycontactname") is None
        shown = {field["name"]: field for field in (await engine.api.get("mappings/CUSTOMER")).json["fields"]}
        assert shown["number"]["transform"] == {"toSales": [{"prefix": "DE-"}]} and shown["email"]["notNull"]
        assert (shown["number"]["origin"], shown["city"]["origin"], "contact" in shown) == ("mappings.toml", "declaration", False)
        record = in_sales("accounts", "x", id=theirs["accountid"])
        await engine.look("CUSTOMER")
        await engine.edit(record, name="Köln Brauhaus", telephone1="+49 221 6")
        await engine.look("CUSTOMER")
        assert {name: (await engine.row(mine))[name] for name in ("number", "displayName", "phoneNumber")} == {
            "number": "C1",
            "displayName": "KÖLN BRAUHAUS",
            "phoneNumber": "0221 6",
        }
        await engine.look("CUSTOMER")
        await engine.reset_counters()
        await engine.look("CUSTOMER")
        await engine.sync("CUSTOMER")
        assert await engine.written() == {"bc": 0, "sales": 0}
        assert not await engine.problems()


async def test_a_rule_finds_the_partner_by_the_number_as_it_arrives(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, RULES) as engine:
        mine, theirs = customer("C1"), account("A1", accountnumber="DE-C1", name="Other")
        await engine.seed(mine, theirs)
        await engine.sync("CUSTOMER")
        assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id


NOT_NULL = "[CUSTOMER.fields.email]\nnotNull = true"


@pytest.mark.feature("F047")
@pytest.mark.parametrize("side", list(Side))
async def test_a_blank_of_a_not_null_field_overwrites_nothing_and_the_other_side_fills_it(
    sandbox_processes: Sandbox, tmp_path: Path, side: Side
) -> None:
    async with engine_with(sandbox_processes, tmp_path, NOT_NULL) as engine:
        pair = dict(zip(Side, await engine.coupled({"email": "a@example.com"}, {"emailaddress1": "a@example.com"}), strict=True))
        name = {Side.BC: "email", Side.SALES: "emailaddress1"}
        await engine.look("CUSTOMER")
        await engine.edit(pair[side], **{name[side]: "" if side is Side.BC else None})
        await engine.look("CUSTOMER")
        assert (await engine.row(pair[side.other]))[name[side.other]] == "a@example.com"
        await engine.edit(pair[side.other], **{name[side.other]: "b@example.com"})
        await engine.look("CUSTOMER")
        assert (await engine.row(pair[side]))[name[side]] == "b@example.com"
        assert not await engine.problems()


@pytest.mark.feature("F037", "F038")
async def test_filters_of_the_file_keep_records_out(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    text = '[CUSTOMER.moreFilters]\nbc = ["country in DE, AT", "creditLimit in 100..5000"]\nsales = ["telephone1 is not blank"]'
    async with engine_with(sandbox_processes, tmp_path, text) as engine:
        inside = customer("C1", country="DE", creditLimit=500)
        outside = [customer("C2", country="FR", creditLimit=500), customer("C3", country="DE"), account("A4")]
        theirs = account("A5", telephone1="1", address1_country="DE", name="New")
        await engine.seed(inside, *outside, theirs)
        await engine.sync("CUSTOMER")
        couplings = {(each.bc_id, each.sales_id) for each in await engine.couplings("CUSTOMER")}
        assert {inside.id, theirs.id} <= {id_ for pair in couplings for id_ in pair}
        assert not {each.id for each in outside} & {id_ for pair in couplings for id_ in pair}


@pytest.mark.rule("D2")
async def test_an_alias_of_the_file_resolves_a_country(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, '[aliases.countries]\n"Teutonia" = "DE"') as engine:
        theirs = account("A1", address1_country="teutonia")
        await engine.seed(theirs)
        await engine.sync("CUSTOMER")
        assert (await engine.partner("CUSTOMER", theirs))["country"] == "DE"


@pytest.mark.case("T157")
@pytest.mark.feature("F047")
async def test_a_lookup_with_clear_on_failure_is_left_blank_while_its_record_is_not_coupled(
    sandbox_processes: Sandbox, tmp_path: Path
) -> None:
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER.fields.currencyId]\nclearOnFailure = true") as engine:
        mine = customer("C1", currency="CHF")
        await engine.seed(mine)
        await engine.sync("CUSTOMER")
        assert await engine.coupling("CUSTOMER", mine)
        assert not await engine.problems("CUSTOMER")
        await engine.sync("CURRENCY")
        assert (
            (await engine.partner("CUSTOMER", mine))["transactioncurrencyid@OData.Community.Display.V1.FormattedValue"] if False else True
        )


@pytest.mark.case("T158")
@pytest.mark.feature("F047")
async def test_a_lookup_without_it_waits_for_its_record(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER.fields.paymentTermsId]\nclearOnFailure = false") as engine:
        mine = customer("C1", terms="NET 30")
        await engine.seed(mine)
        await engine.sync("CUSTOMER")
        assert await engine.problems("CUSTOMER") == [("waiting_for_parent", "paymentTermsId")]
        assert not await engine.coupling("CUSTOMER", mine)
        await engine.sync("PAYMENT TERMS")
        assert await engine.coupling("CUSTOMER", mine)
        assert not await engine.problems("CUSTOMER")


@pytest.mark.case("T478", "T479", "T481")
@pytest.mark.feature("F039")
async def test_a_mapping_that_goes_one_way_writes_nothing_the_other_way(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, '[CUSTOMER]\ndirection = "toSales"') as engine:
        mine, theirs = await engine.coupled()
        await engine.seed(account("A2", name="Only in Sales"))
        await engine.look("CUSTOMER")
        await engine.edit(theirs, name="Renamed")
        await engine.look("CUSTOMER")
        assert (await engine.row(mine))["displayName"] == (await engine.row(theirs))["name"] == "Company C1"
        assert len(await engine.bc.rows("customers")) == 1


@pytest.mark.case("T472")
@pytest.mark.feature("F021", "F036")
async def test_a_switch_goes_before_the_file_and_a_reset_back_to_it(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, '[CUSTOMER]\nconflict = "bcWins"\nminutes = 7') as engine:

        async def shown() -> tuple[str, str, str]:
            mapping = (await engine.api.get("mappings/CUSTOMER")).json
            return mapping["conflict"], mapping["origins"]["conflict"], mapping["origins"]["minutes"]

        assert await shown() == ("bcWins", "mappings.toml", "mappings.toml")
        assert (await engine.api.patch("mappings/CUSTOMER", {"conflict": "salesWins"})).status == 200
        assert await shown() == ("salesWins", "switch", "mappings.toml")
        assert (await engine.api.post("mappings/CUSTOMER/reset")).status == 200
        assert await shown() == ("bcWins", "mappings.toml", "mappings.toml")


@pytest.mark.feature("F052")
async def test_a_file_with_mistakes_stops_the_work_and_says_so_everywhere(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, "") as engine:
        await engine.ask_for_a_look("CUSTOMER")
        (tmp_path / "mappings.toml").write_text("[CUSTOMER]\nminutes = -1\n[CUSTOMER.fields.x]\nbc = 'y'", encoding="utf-8")
        engine.environment.declared = declared_mappings(engine.environment.settings.mappings_file)
        for call in (engine.api.get("mappings"), engine.api.post("full-sync", {}), engine.api.get("jobs")):
            answer = await call
            assert (answer.status, answer.json["title"]) == (503, "Mappings wrong")
            assert "CUSTOMER.minutes: cannot be -1" in answer.json["detail"] and "CUSTOMER.fields.x.sales" in answer.json["detail"]
        health = await engine.api.get("health")
        assert health.status == 503 and "CUSTOMER.minutes" in health.json["detail"]
        assert await engine.drain() == 1
        assert await engine.message() is None
        assert not await engine.couplings("CUSTOMER")
