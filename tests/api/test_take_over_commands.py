"""`python -m infra.setup adopt` and `rebuild`: what they tell of a running app, and what they change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from infra.command_line import FINE, NOT_ALL, UNUSABLE
from infra.setup.__main__ import main
from sync.heart.plan import Side
from tests.api.conftest import seed
from tests.scenario.company import Company
from tests.scenario.native import field_row, pair, table_mapping
from tests.scenario.world import Record, account, customer, id_of

MINE, THEIRS = customer("N1", city="Bonn"), account("N1", accountnumber="N1", name="Another name")


NATIVE = (
    table_mapping("CUSTOMER", updateConflictResolution="Send_x0020_Update_x0020_to_x0020_Integration"),
    field_row(1, "CUSTOMER", (84, "Fax No."), "fax", status="Disabled"),
    pair("CUSTOMER", id_of("customers", "gone"), id_of("accounts", "gone")),
)


@pytest.fixture
def commands(office: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The running app as the commands find it, and a customer that the native connector coupled."""
    monkeypatch.setenv("COUPLET", str(office.api.base_url))
    monkeypatch.setenv("KEY", office.api.headers["x-functions-key"])
    with natively_coupled(office, MINE, THEIRS):
        yield office


@contextmanager
def natively_coupled(office: Company, mine: Record, theirs: Record) -> Iterator[None]:
    """Inside, there is a customer that the native connector coupled; afterwards it is gone, and parted for good."""
    records = (*NATIVE, pair("CUSTOMER", mine.id, theirs.id), mine, theirs)
    seed(office.sandbox, *records)
    try:
        yield
    finally:
        office.api.request("DELETE", "/couplings/CUSTOMER", json={"bcId": mine.id})
        for each in records:
            url = office.sandbox.business_central if each.side is Side.BC else office.sandbox.sales
            body = {"set": each.table, "id": each.id}
            httpx.post(f"{url}/_control/hands/delete", json=body, trust_env=False).raise_for_status()


async def test_a_dry_run_of_adopt_tells_everything_and_apply_couples_it(
    commands: Company, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "native.toml"
    assert await asyncio.to_thread(main, ["adopt", "--no-switches", "--fields", str(file)]) == NOT_ALL
    told = capsys.readouterr().out
    assert "A dry run: nothing was changed." in told and "CUSTOMER conflict: natively bcWins, here manual" in told
    assert "displayName: BC 'Company N1', Sales 'Another name'" in told and "not there in bc and sales" in told
    assert "faxNumber = { enabled = false }" in file.read_text(encoding="utf-8")
    assert commands.api.get(f"/couplings/CUSTOMER?bcId={MINE.id}").json()["value"] == []
    assert await asyncio.to_thread(main, ["adopt", "--no-switches", "--apply"]) == NOT_ALL
    assert capsys.readouterr().out.startswith("Done.")
    [coupled] = commands.api.get(f"/couplings/CUSTOMER?bcId={MINE.id}").json()["value"]
    assert coupled["salesId"] == THEIRS.id


async def test_rebuild_finds_everything_coupled_and_says_what_has_no_id(commands: Company, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(main, ["rebuild", "--no-match"]) == FINE
    told = capsys.readouterr().out
    assert "CUSTOMER: 1 already" in told and "only a match can couple these" in told


async def test_without_an_address_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("COUPLET", raising=False)
    assert await asyncio.to_thread(main, ["adopt"]) == UNUSABLE
    assert "--app (or COUPLET) is not given" in capsys.readouterr().err
