"""Rule G2: what Couplet remembers of a person goes when the record is deleted or uncoupled, or when somebody asks for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mapping.policies import DeletionPolicy
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.test_state_moves import taken, written_out
from tests.scenario.world import Record, contact, person

NUMBER = "+49 170 5550123"
OTHER = "+49 170 5550999"
NAME = "Quintessa"


async def _person(engine: Engine) -> tuple[Record, Record]:
    """A person coupled with a contact, whose number was changed (the old one is kept for undoing) and then changed on both sides."""
    _, home = await engine.coupled()
    mine = person("P1", of="C1", email="q@example.com", name=(NAME, "Vale"), phoneNumber=NUMBER)
    theirs = contact("K1", of=home, who=(NAME, "Vale"), emailaddress1="q@example.com", telephone1=NUMBER)
    await engine.seed(mine, theirs)
    await engine.sync("CONTACT")
    await engine.edit(mine, phoneNumber=OTHER)
    await engine.look("CONTACT")
    await engine.edit(mine, mobilePhoneNumber=NUMBER)
    await engine.edit(theirs, mobilephone=OTHER)
    await engine.look("CONTACT")
    assert await engine.problems("CONTACT") == [("conflicting_edits", "mobilePhoneNumber")]
    assert await _traces(engine)
    return mine, theirs


async def _traces(engine: Engine) -> list[str]:
    """Tables of the store in which the person's name or a number still stands."""
    found = []
    for name in ("couplings", "entries", "jobs", "work", "problems"):
        table = engine.ctx.store._tables.get_table_client(name)  # tests look behind the store's door
        rows = [json.dumps(dict(row), default=str) async for row in table.list_entities()]
        found += [name for row in rows if any(word in row.replace(" ", "") for word in (NAME, "1705550123", "1705550999"))]
    return found


@pytest.mark.rule("G2")
async def test_values_of_people_stand_where_the_page_on_security_says_and_in_no_message(engine: Engine) -> None:
    mine, _ = await _person(engine)
    await engine.api.post("full-sync", {"mappings": ["CONTACT"], "dryRun": True})
    await engine.edit(mine, email="quintessa@example.com")
    await engine.ask_for_a_look("CONTACT")
    while message := await engine.message():
        assert NAME.lower() not in json.dumps(message).lower()
        await engine.work(message)
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", page.partition("## Personal data")[2], re.MULTILINE)
    assert set(await _traces(engine)) == {table for table, holds in rows if not holds.startswith("nothing")}


@pytest.mark.rule("G2", "A5")
async def test_an_uncoupled_person_leaves_ids_and_nothing_else(engine: Engine) -> None:
    mine, theirs = await _person(engine)
    answer = await engine.api.delete("couplings/CONTACT", {"bcId": mine.id})
    assert answer.status == 200
    assert await _traces(engine) == []
    coupling = await engine.coupling("CONTACT", mine)
    assert coupling
    assert (coupling.life, coupling.sales_id) == ("tombstone", theirs.id)


@pytest.mark.rule("G2")
@pytest.mark.parametrize("policy", [DeletionPolicy.REMOVE_COUPLING, DeletionPolicy.DELETE_COUNTERPART])
async def test_a_deleted_person_leaves_nothing(engine: Engine, policy: DeletionPolicy) -> None:
    _, theirs = await _person(engine)
    engine.change("CONTACT", deletion=policy)
    await engine.delete(theirs)
    await engine.look("CONTACT")
    assert await _traces(engine) == []


@pytest.mark.rule("G2")
@pytest.mark.parametrize("side", list(Side))
async def test_a_persons_traces_are_erased_on_request_and_the_answer_says_where_rows_still_stand(engine: Engine, side: Side) -> None:
    pair = await _person(engine)
    record = pair[0 if side is Side.BC else 1]
    answer = await engine.api.post("erase", {"mapping": "CONTACT", "side": side, "id": record.id})
    assert answer.status == 200
    assert answer.json["ids"] == {"bc": pair[0].id, "sales": pair[1].id}
    assert (answer.json["uncoupled"], sorted(answer.json["stillIn"])) == (True, ["bc", "sales"])
    assert await _traces(engine) == []
    for each in pair:
        await engine.edit(each, **({"phoneNumber": NUMBER} if each.side is Side.BC else {"telephone1": OTHER}))
    await engine.look("CONTACT")
    await engine.sync("CONTACT")
    assert await _traces(engine) == [], "uncoupled for good: nothing is remembered anew"


@pytest.mark.rule("G2")
async def test_an_older_export_that_is_taken_in_again_brings_no_erased_person_back(engine: Engine) -> None:
    mine, _ = await _person(engine)
    lines = await written_out(engine)
    assert NAME in json.dumps(lines)
    assert (await engine.api.post("erase", {"mapping": "CONTACT", "side": "bc", "id": mine.id})).status == 200
    await taken(engine, lines)
    await engine.look("CONTACT")
    assert await _traces(engine) == []


@pytest.mark.rule("G2")
async def test_erasing_twice_is_erasing_once_and_an_unknown_record_has_no_traces(engine: Engine) -> None:
    mine, _ = await _person(engine)
    for uncoupled in (True, False):
        answer = await engine.api.post("erase", {"mapping": "CONTACT", "side": "bc", "id": mine.id})
        assert (answer.status, answer.json["uncoupled"]) == (200, uncoupled)
    nobody = "11111111-2222-4333-8444-555555555555"
    answer = await engine.api.post("erase", {"mapping": "CONTACT", "side": "sales", "id": nobody})
    assert answer.status == 404
    assert nobody in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"mapping": "CONTACT", "side": "both", "id": "x"}, 400),
        ({"mapping": "CONTACT", "side": "bc", "id": "x"}, 400),
        ({"mapping": "CONTACT", "side": "bc"}, 400),
        ({"mapping": "NOBODY", "side": "bc", "id": "11111111-2222-4333-8444-555555555555"}, 404),
        ({"mapping": "CONTACT", "side": "bc", "id": "11111111-2222-4333-8444-555555555555", "why": 1}, 400),
    ],
)
async def test_erasing_nobody_in_particular_is_refused(engine: Engine, body: dict[str, Any], status: int) -> None:
    assert (await engine.api.post("erase", body)).status == status
