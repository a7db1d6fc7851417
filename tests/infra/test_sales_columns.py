"""Couplet's own columns in Sales: what is missing is added, once, and what stands in the way is told (rule D8)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.command_line import FINE, NOT_ALL, UNUSABLE
from infra.sales.__main__ import main
from infra.sales.orders import SETTING, switch_orders
from infra.sales.organisation import look
from infra.sales.plan import AddColumn, plan
from infra.sales.schema import FILE, SchemaWrong, read
from infra.sales.settling import settle
from sandbox.sales.app import create_app
from sync.services.connections import Connections
from sync.services.sales import Sales
from sync.settings import Settings
from tests.sandbox.sales.desk import KEY, Desk, token

pytestmark = pytest.mark.rule("D8")

SCHEMA = read()
ORIGIN = "http://localhost"
ACCOUNT_ID = "5d115c9c-44e3-ea11-bb43-000d3a2feca1"


class Signed:
    """A token without a sign-in."""

    async def token(self) -> str:
        return token(ORIGIN)

    def forget(self) -> None:
        """There is one token only."""


@dataclass
class Organisation:
    """An organisation in the test's own process, its administrator, and what the command said."""

    sales: Sales
    desk: Desk
    said: Callable[[], Any]

    async def apply(self, wait: float = 5.0, *, dry: bool = False) -> tuple[int, str, str]:
        """Run the command; its exit code, what it said and what it complained of."""
        code = await settle(self.sales, SCHEMA, apply=not dry, wait=wait)
        told = self.said()
        return code, told.out, told.err


@pytest.fixture
async def organisation(capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Organisation]:
    transport = httpx.ASGITransport(app=create_app(KEY))
    connections = Connections(Settings(sales_url=ORIGIN), tokens=Signed(), sales_transport=transport)
    async with httpx.AsyncClient(transport=transport) as client:
        yield Organisation(connections.sales, Desk(client, ORIGIN), capsys.readouterr)
    await connections.close()


async def test_a_dry_run_says_what_would_be_added_and_changes_nothing(organisation: Organisation) -> None:
    code, out, _ = await organisation.apply(dry=True)
    assert code == FINE
    assert "to do: add the column account.couplet_bcid String(36)" in out
    assert "to do: add the table couplet_accountfigures" in out and "A dry run" in out
    assert not (await look(organisation.sales, SCHEMA))["account"].columns


async def test_applied_once_everything_is_there_and_twice_changes_nothing(organisation: Organisation) -> None:
    code, out, err = await organisation.apply()
    assert (code, err) == (FINE, "")
    present = await look(organisation.sales, SCHEMA)
    assert plan(SCHEMA, present).steps == ()
    assert all(present[name].tracked for name in SCHEMA.tracked)
    assert {key.status for table in present.values() for key in table.keys.values()} == {"Active"}
    code, out, err = await organisation.apply()
    assert (code, out, err) == (FINE, "Nothing to do: all is there.\n", "")


async def test_rows_take_the_columns_the_key_and_the_lookup(organisation: Organisation) -> None:
    await organisation.apply()
    desk, marks = organisation.desk, {"couplet_companyid": ACCOUNT_ID, "couplet_bcid": ACCOUNT_ID}
    [entity_set] = await desk.rows("EntityDefinitions?$select=EntitySetName&$filter=LogicalName eq 'couplet_accountfigures'")
    figures = await desk.create(entity_set["EntitySetName"], {"couplet_name": "C1", "couplet_balance": 12.5, "couplet_asof": "2026-03-10"})
    bind = f"/{entity_set['EntitySetName']}({figures['couplet_accountfiguresid']})"
    row = await desk.create("accounts", {"name": "C1", "couplet_bclink": "https://x", "couplet_AccountFiguresId@odata.bind": bind, **marks})
    assert row["_couplet_accountfiguresid_value"] == figures["couplet_accountfiguresid"]
    assert (await desk.call("POST", "accounts", {"name": "C2", **marks})).status_code == 412
    found = await desk.get(f"accounts(couplet_companyid='{ACCOUNT_ID}',couplet_bcid='{ACCOUNT_ID}')?$select=name")
    assert found["name"] == "C1"
    line = (await look(organisation.sales, SCHEMA))["salesorderdetail"].columns
    assert (line["couplet_linenumber"].type, line["couplet_ordernumber"].length) == ("Integer", 20)


async def test_what_is_half_there_is_completed(organisation: Organisation) -> None:
    await organisation.apply()
    await organisation.desk.call("DELETE", "EntityDefinitions(LogicalName='contact')/Keys(LogicalName='couplet_bckey')")
    await organisation.desk.switch(trackingOff=["product"])
    code, out, _ = await organisation.apply()
    assert code == FINE
    assert "add the key contact.couplet_bckey" in out and "switch change tracking on for product" in out
    assert "publish contact, product" in out and "account" not in out


async def test_a_column_of_another_type_stops_everything_before_anything_is_changed(organisation: Organisation) -> None:
    column = {"@odata.type": "Microsoft.Dynamics.CRM.IntegerAttributeMetadata", "SchemaName": "couplet_BcId"}
    await organisation.desk.act("EntityDefinitions(LogicalName='account')/Attributes", column)
    code, _, err = await organisation.apply()
    assert code == NOT_ALL
    assert "account.couplet_bcid is there as Integer, not as String: rename or delete it" in err
    assert "couplet_companyid" not in (await look(organisation.sales, SCHEMA))["account"].columns


async def test_a_shorter_column_and_a_key_over_other_columns_are_named_together(organisation: Organisation) -> None:
    column = {"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "SchemaName": "couplet_BcNumber", "MaxLength": 10}
    await organisation.desk.act("EntityDefinitions(LogicalName='account')/Attributes", column)
    key = {"SchemaName": "couplet_BcKey", "KeyAttributes": ["accountnumber"]}
    await organisation.desk.act("EntityDefinitions(LogicalName='account')/Keys", key)
    code, _, err = await organisation.apply()
    assert code == NOT_ALL
    assert "takes 10 characters, not 50" in err and "is over accountnumber, not couplet_companyid, couplet_bcid" in err


async def orders(organisation: Organisation, wanted: bool, *, apply: bool) -> tuple[bool, list[str], list[str]]:
    """Switch the handing over of orders; whether it can be done, what was said, and what was complained of."""
    said: list[str] = []
    complained: list[str] = []
    done = await switch_orders(organisation.sales, wanted, apply=apply, say=said.append, complain=complained.append)
    return done, said, complained


@pytest.mark.rule("E6")
@pytest.mark.case("T505", "T506")
async def test_orders_are_switched_on_once_the_columns_are_there_and_off_while_none_is_on_its_way(organisation: Organisation) -> None:
    done, said, complained = await orders(organisation, True, apply=True)
    assert (done, said, len(complained)) == (False, [], 1)
    assert "salesorder lacks couplet_companyid" in complained[0]
    await organisation.apply()
    assert await orders(organisation, True, apply=False) == (True, [f"to do: {SWITCHED} on"], [])
    assert await orders(organisation, True, apply=True) == (True, [f"done: {SWITCHED} on"], [])
    assert await orders(organisation, True, apply=True) == (True, [f"Nothing to do: the organisation's setting {SETTING} is on."], [])
    order = {"salesorderid": ACCOUNT_ID, "name": "Order", "statecode": 1, "statuscode": 3}
    await organisation.desk.control("POST", "seed", {"tables": {"salesorders": [order]}})
    done, _, complained = await orders(organisation, False, apply=True)
    assert (done, complained) == (False, ["There are submitted orders: let them be taken over, or set them back to Active, before"])
    await organisation.desk.hand("edit", {"set": "salesorders", "id": ACCOUNT_ID, "values": {"statecode": 0, "statuscode": 1}})
    assert await orders(organisation, False, apply=True) == (True, [f"done: {SWITCHED} off"], [])


SWITCHED = f"the organisation's setting {SETTING} is switched"


async def test_without_a_privilege_each_step_that_needs_it_is_named_and_the_rest_is_done(organisation: Organisation) -> None:
    await organisation.desk.switch(privilegesLost=["prvCreateEntity", "prvCreateEntityKey"])
    code, _, err = await organisation.apply()
    assert code == NOT_ALL
    assert "refused: add the table couplet_accountfigures" in err and "prvCreateEntity" in err and "System Customizer" in err
    assert "left out: add the column couplet_accountfigures.couplet_balance" in err
    assert "refused: add the key account.couplet_bckey" in err
    assert "couplet_bcid" in (await look(organisation.sales, SCHEMA))["account"].columns
    await organisation.desk.switch(privilegesLost=[])
    assert (await organisation.apply())[0] == FINE


async def test_a_key_over_rows_that_are_the_same_fails_with_what_to_do_and_is_built_again(organisation: Organisation) -> None:
    for name in ("couplet_CompanyId", "couplet_BcId"):
        column = {"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "SchemaName": name, "MaxLength": 36}
        await organisation.desk.act("EntityDefinitions(LogicalName='account')/Attributes", column)
    same = {"couplet_companyid": "a", "couplet_bcid": "b"}
    rows = [await organisation.desk.create("accounts", {"name": name, **same}) for name in ("One", "Two")]
    code, _, err = await organisation.apply()
    assert code == NOT_ALL
    assert "failed: the index of account.couplet_bckey: rows hold the same couplet_companyid and couplet_bcid" in err
    await organisation.desk.patch(f"accounts({rows[0]['accountid']})", {"couplet_bcid": None})
    code, out, err = await organisation.apply()
    assert (code, err) == (FINE, "")
    assert "build the index of the key account.couplet_bckey again" in out


async def test_a_key_whose_index_is_not_ready_in_time_is_named(organisation: Organisation) -> None:
    await organisation.desk.switch(keysPending=True)
    code, _, err = await organisation.apply(wait=0)
    assert code == NOT_ALL and "not ready: the index of account.couplet_bckey is still being built" in err
    _, out, _ = await organisation.apply(dry=True)
    assert "indexes of keys are still being built" in out
    await organisation.desk.switch(keysPending=False)
    assert (await organisation.apply())[:2] == (FINE, "Nothing to do: all is there.\n")


def test_a_plan_is_a_value_and_names_what_the_organisation_lacks() -> None:
    wanted = plan(SCHEMA, {})
    assert AddColumn(SCHEMA.columns[0]) in wanted.steps
    assert "Sales has no table opportunity" in wanted.obstacles


X = {"name": "couplet_x", "schemaName": "couplet_X", "label": "X"}

BROKEN: list[tuple[Any, str]] = [
    ("{", "is no JSON"),
    ([], "must be a JSON object"),
    ("[" * 100_000, "is no JSON"),
    ({"prefix": "couplet", "columns": None}, "columns must be a list"),
    ({"prefix": "couplet", "columns": ["couplet_x"]}, r"columns\[0\]"),
    ({"prefix": "couplet", "changeTracking": "account"}, "changeTracking must be a list"),
    ({"prefix": "couplet", "columns": [{**X, "length": "50", "on": ["account"]}]}, "length must be a whole number"),
    ({"prefix": "couplet", "columns": [{**X, "name": 5, "length": 50, "on": ["account"]}]}, "5 must be a text"),
    ({"prefix": "couplet", "columns": [{**X, "length": 50, "on": "account"}]}, "on must be a list of tables"),
    ({"prefix": "couplet", "columns": [{"name": "couplet_x", "label": "X", "on": ["account"]}]}, "'schemaName' is missing"),
    (
        {"prefix": "couplet", "columns": [{"name": "x", "schemaName": "x", "label": "X", "length": 1, "on": ["account"]}]},
        "begins with couplet_",
    ),
    (
        {
            "prefix": "couplet",
            "columns": [{"name": "couplet_x", "schemaName": "couplet_X", "label": "X", "colour": "red", "on": ["account"]}],
        },
        "colour",
    ),
    (
        {
            "prefix": "couplet",
            "columns": [{"name": "couplet_x", "schemaName": "couplet_X", "type": "Blob", "label": "X", "on": ["account", "account"]}],
        },
        "stands there more than once",
    ),
    (
        {
            "prefix": "couplet",
            "keys": [{"name": "couplet_k", "schemaName": "couplet_K", "label": "K", "columns": ["couplet_y"], "on": ["account"]}],
        },
        "which is not added to it",
    ),
]


@pytest.mark.parametrize(("content", "said"), BROKEN)
def test_a_broken_schema_file_is_refused_with_every_mistake(tmp_path: Path, content: Any, said: str) -> None:
    file = tmp_path / "schema.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(SchemaWrong, match=said):
        read(file)


def test_the_command_says_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SALES_URL", raising=False)
    assert main(["--schema", str(tmp_path / "none.json")]) == UNUSABLE
    assert "cannot be read" in capsys.readouterr().err
    settings = tmp_path / "local.settings.json"
    settings.write_text('{"Values": {}}', encoding="utf-8")
    assert main(["--settings", str(settings)]) == UNUSABLE
    assert "SALES_URL" in capsys.readouterr().err
    for broken in ("{", "[]", '{"Values": null}', '{"Values": {"ENTRA_CLIENT_SECRET": ["s3cret"]}}'):
        settings.write_text(broken, encoding="utf-8")
        assert main(["--settings", str(settings)]) == UNUSABLE
        told = capsys.readouterr().err
        assert str(settings) in told and "s3cret" not in told


def test_the_file_holds_no_line_that_nobody_reads() -> None:
    assert set(json.loads(FILE.read_text(encoding="utf-8"))) == {"prefix", "tables", "columns", "lookups", "keys", "changeTracking"}
