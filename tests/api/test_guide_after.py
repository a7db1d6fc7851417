"""The guide once the app runs: what is not ready yet, who is who, mappings that stay off, and the first full synch."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

import infra.setup.app
from infra.command_line import FINE, NOT_ALL
from infra.guide import running
from infra.guide.questions import Asker
from infra.guide.salespeople import MAPPING
from infra.setup import check
from infra.setup.app import App
from infra.setup.systems import webhooks
from tests.api.conftest import seed
from tests.api.test_take_over_commands import natively_coupled
from tests.scenario.company import Company
from tests.scenario.world import Record, account, customer, salesperson, user

SAME_MAIL = salesperson("GG", "Gisela Gruber"), user("GG", "Gisela Gruber")
BY_CHOICE = salesperson("HH", "Hanna Huber"), user("HX", "Johanna Huber")
NEW = (*SAME_MAIL, *BY_CHOICE)
ANSWERS: dict[str, Any] = {"coupleSalespeople": True, "fullSync": "dryRun", "salespeople": {"HH Hanna Huber": "Johanna Huber"}}


@dataclass
class Guided:
    """The running app, and what the guide said."""

    office: Company
    app: App
    told: list[str] = field(default_factory=list)

    async def run(self, **answers: Any) -> int:
        """The second half of the guide with these answers; nobody is asked."""
        self.told.clear()
        return await running.first_steps(self.app, Asker(answers, None, self.told.append), self.told.append)

    def partner(self, record: Record) -> str | None:
        """The user that a salesperson is coupled with."""
        known = self.office.api.get(f"/couplings/{MAPPING}", params={"bcId": record.id}).json()["value"]
        return known[0]["salesId"] if known else None


def remove(office: Company, *records: Record) -> None:
    """As if they had never been there."""
    for record in records:
        url = office.sandbox.business_central if record.table == "salespeoplePurchasers" else office.sandbox.sales
        body = {"set": record.table, "id": record.id}
        httpx.post(f"{url}/_control/hands/delete", json=body, trust_env=False).raise_for_status()


@pytest.fixture
async def guided(office: Company, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Guided]:
    monkeypatch.setattr(infra.setup.app, "POLL", 0.1)
    ends = office.sandbox.endpoints
    async with App(ends["functions"], key=ends["functionKey"]) as app:
        yield Guided(office, app)


@pytest.fixture
def newcomers(office: Company) -> Iterator[None]:
    """Two salespeople who are users, one of them under another e-mail."""
    seed(office.sandbox, *NEW)
    yield
    for record in (SAME_MAIL[0], BY_CHOICE[0]):
        office.api.request("DELETE", f"/couplings/{MAPPING}", json={"bcId": record.id})
    remove(office, *NEW)


@pytest.mark.case("T721")
@pytest.mark.usefixtures("newcomers")
async def test_without_a_yes_nobody_is_coupled_and_nothing_runs(guided: Guided) -> None:
    assert await guided.run() == FINE
    assert guided.partner(SAME_MAIL[0]) is None
    assert not any("is at work" in line for line in guided.told)


@pytest.mark.feature("F001", "F031", "F033")
@pytest.mark.usefixtures("newcomers")
async def test_salespeople_are_coupled_by_e_mail_and_the_rest_by_choice_and_a_full_synch_ends_it(guided: Guided) -> None:
    assert await guided.run(**ANSWERS) == FINE, guided.told
    assert guided.partner(SAME_MAIL[0]) == SAME_MAIL[1].id
    assert guided.partner(BY_CHOICE[0]) == BY_CHOICE[1].id
    assert {"  GG Gisela Gruber is Gisela Gruber (same e-mail)", "  coupled: 1"} <= set(guided.told)
    assert any("is at work" in line for line in guided.told)
    assert any(line.startswith("  CUSTOMER: ") for line in guided.told), "each line of the full synch is told"
    assert "  CURRENCY: success" in guided.told, "and of a direction only what there was"


async def test_what_the_native_connector_left_is_offered_with_its_numbers_and_never_twice(guided: Guided) -> None:
    office = guided.office
    mine, theirs = customer("N2", city="Bonn"), account("N2", accountnumber="N2", name="Another name")
    with natively_coupled(office, mine, theirs):
        try:
            assert await guided.run() == FINE
            assert "  CUSTOMER: 1 differing, 1 gone, 1 taken" in guided.told
            assert office.api.get(f"/couplings/CUSTOMER?bcId={mine.id}").json()["value"] == [], "nobody said yes"
            assert await guided.run(adopt=True) == FINE
            assert "Taken over:" in guided.told
            assert any(line.startswith("  CUSTOMER conflict: natively bcWins") and line.endswith("; switched") for line in guided.told)
            [coupled] = office.api.get(f"/couplings/CUSTOMER?bcId={mine.id}").json()["value"]
            assert coupled["salesId"] == theirs.id
            assert await guided.run(adopt=True) == FINE
            assert not any("Taken over" in line or "own connector" in line for line in guided.told)
        finally:
            office.api.patch("/mappings/CUSTOMER", json={"conflict": None})


async def test_of_two_users_of_one_name_nobody_is_coupled_by_it(guided: Guided) -> None:
    mine, *both = salesperson("II", "Ida Imhof"), user("IX", "Johanna Imhof"), user("IY", "Johanna Imhof")
    seed(guided.office.sandbox, mine, *both)
    try:
        assert await guided.run(salespeople={"II Ida Imhof": "Johanna Imhof"}) == FINE
        assert guided.partner(mine) is None
        assert any(line.startswith("  II Ida Imhof was not coupled") for line in guided.told)
        assert await guided.run(salespeople={"II Ida Imhof": f"Johanna Imhof ({both[1].id})"}) == FINE
        assert guided.partner(mine) == both[1].id
    finally:
        guided.office.api.request("DELETE", f"/couplings/{MAPPING}", json={"bcId": mine.id})
        remove(guided.office, mine, *both)


async def test_everybody_is_told_before_somebody_says_yes_to_all(guided: Guided) -> None:
    many = [(salesperson(f"M{number}", f"Many {number}"), user(f"M{number}", f"Many {number}")) for number in range(51)]
    seed(guided.office.sandbox, *(one for both in many for one in both))
    try:
        assert await guided.run() == FINE
        assert len([line for line in guided.told if line.endswith("(same e-mail)")]) == len(many)
    finally:
        remove(guided.office, *(one for both in many for one in both))


async def test_mappings_that_are_not_wanted_are_switched_off(guided: Guided) -> None:
    try:
        assert await guided.run(off=["OPPORTUNITY"]) == FINE
        assert guided.office.api.get("/mappings/OPPORTUNITY").json()["status"] == "Switched Off"
    finally:
        guided.office.api.patch("/mappings/OPPORTUNITY", json={"enabled": None})


async def test_mappings_that_are_wanted_are_switched_on_and_the_second_time_nothing_is(guided: Guided) -> None:
    try:
        assert await guided.run(on=["QUOTE", "VENDOR"]) == FINE
        assert "  QUOTELINE cannot do without QUOTE, which is switched off" in guided.told, "a person sees what is off, and why"
        assert {"  QUOTE is switched on", "  VENDOR is switched on"} <= set(guided.told)
        for name in ("QUOTE", "QUOTELINE", "VENDOR"):
            assert guided.office.api.get(f"/mappings/{name}").json()["enabled"]
        assert await guided.run(on=["QUOTE", "VENDOR"]) == FINE
        assert not any("is switched on" in line for line in guided.told)
    finally:
        for name in ("QUOTE", "VENDOR"):
            guided.office.api.patch(f"/mappings/{name}", json={"enabled": None})


async def test_where_the_app_is_not_ready_the_guide_says_why_and_asks_nothing(guided: Guided, capsys: pytest.CaptureFixture[str]) -> None:
    guided.office.api.post("/connection/hold", json={"reason": "month end"})
    try:
        assert await guided.run(**ANSWERS) == NOT_ALL
    finally:
        guided.office.api.post("/connection/resume")
    assert "NOT MET" in (told := capsys.readouterr().err) and "month end" in told
    assert guided.told == []


async def test_the_check_as_a_command_tells_what_the_running_app_finds(guided: Guided, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    ends = guided.office.sandbox.endpoints
    assert await check.run(parser.parse_args(["--app", ends["functions"], "--key", ends["functionKey"]])) == FINE
    told = capsys.readouterr().out
    assert told.startswith("Demo Company:\n  met: ") and told.endswith("  Ready.\n")


async def test_setting_up_says_so_where_the_app_is_told_of_no_changes(guided: Guided, capsys: pytest.CaptureFixture[str]) -> None:
    ends = guided.office.sandbox.endpoints
    given = argparse.Namespace(app=ends["functions"], key=ends["functionKey"], token=None, company=None, apply=True)
    assert await webhooks(given) == FINE
    assert "makes no webhooks, as WEBHOOK_SECRET is not set" in capsys.readouterr().out
