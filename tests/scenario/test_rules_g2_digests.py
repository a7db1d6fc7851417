"""Rule G2: of chosen fields, and of long texts, only digests are kept; the merge goes by them as by the values."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.running import Sandbox
from tests.scenario.conflicts import resolve
from tests.scenario.engine import Engine, engine_on
from tests.scenario.own_mappings import engine_with, make_columns
from tests.scenario.world import Record, account, customer

SECRET, OTHER, THIRD = "+49 170 5550123", "+49 170 5550999", "+49 170 5550777"
TEXT = """
[CUSTOMER.fields]
phoneNumber = { digest = true }
"""


@pytest.fixture
async def engine(sandbox_processes: Sandbox, tmp_path: Path) -> AsyncIterator[Engine]:
    """Couplet that keeps no phone numbers of customers."""
    async with engine_with(sandbox_processes, tmp_path, TEXT) as fresh:
        yield fresh


async def kept(engine: Engine, *words: str) -> list[str]:
    """Tables of the store in which a word stands."""
    found = []
    for name in ("couplings", "entries", "jobs", "work", "problems"):
        table = engine.ctx.store._tables.get_table_client(name)  # tests look behind the store's door
        rows = [json.dumps(dict(row), default=str) async for row in table.list_entities()]
        found += [name for row in rows if any(word.replace(" ", "") in row.replace(" ", "") for word in words)]
    return found


async def coupled(engine: Engine, number: str = SECRET) -> tuple[Record, Record]:
    """A customer and its account with one number."""
    return await engine.coupled({"phoneNumber": number}, {"telephone1": number})


async def numbers(engine: Engine, pair: tuple[Record, Record]) -> tuple[str, str]:
    """The number on both sides."""
    mine, theirs = [await engine.row(each) for each in pair]
    return mine["phoneNumber"], theirs["telephone1"]


@pytest.mark.rule("G2", "B1")
async def test_a_field_kept_as_a_digest_is_kept_in_step_and_stands_nowhere_in_the_store(engine: Engine) -> None:
    pair = await coupled(engine)
    await engine.edit(pair[0], phoneNumber=OTHER)
    await engine.look("CUSTOMER")
    assert await numbers(engine, pair) == (OTHER, OTHER)
    await engine.edit(pair[1], telephone1=THIRD, emailaddress1="a@example.com")
    await engine.look("CUSTOMER")
    assert await numbers(engine, pair) == (THIRD, THIRD)
    assert not await engine.problems()
    assert not await kept(engine, SECRET, OTHER, THIRD)
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("G2", "B3")
async def test_a_conflict_of_it_is_seen_and_settled_by_naming_a_side(engine: Engine) -> None:
    pair = await coupled(engine)
    await engine.edit(pair[0], phoneNumber=OTHER)
    await engine.edit(pair[1], telephone1=THIRD)
    await engine.look("CUSTOMER")
    [row] = await engine.problem_rows("CUSTOMER")
    [told] = row.details["problems"]
    assert (told["code"], told["field"]) == ("conflicting_edits", "phoneNumber")
    assert all("digest" in told["values"][side] and "digest" in told["held"][side] for side in ("bc", "sales"))
    assert not await kept(engine, SECRET, OTHER, THIRD)
    answer = await resolve(engine, pair, {"phoneNumber": "sales"})
    assert answer.status == 200, answer.json
    assert await numbers(engine, pair) == (THIRD, THIRD)
    assert not await engine.problems()


@pytest.mark.rule("G2", "H1")
async def test_what_is_kept_as_a_digest_is_not_put_back_and_the_undo_says_so(engine: Engine) -> None:
    pair = await coupled(engine)
    await engine.edit(pair[0], phoneNumber=OTHER, displayName="Adler")
    await engine.look("CUSTOMER")
    [job, *_] = (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]
    [change] = (await engine.api.get(f"jobs/{job['id']}/changes")).json["value"]
    assert all("digest" in each["before"] for each in change["fields"] if each["field"] == "phoneNumber")
    told = (await engine.api.post(f"jobs/{job['id']}/undo", {"dryRun": False})).json
    assert {each["field"]: each["leftAlone"] for each in told["fields"]} == {
        "displayName": None,
        "phoneNumber": "only a digest of the former value is kept",
    }
    assert (await numbers(engine, pair))[1] == OTHER


@pytest.mark.rule("G2", "H2")
async def test_values_that_were_kept_before_go_when_the_mapping_says_digest(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_on(sandbox_processes, fresh=True) as before:
        await before.coupled({"phoneNumber": SECRET}, {"telephone1": SECRET})
        await before.look("CUSTOMER")
        assert await kept(before, SECRET)
    (tmp_path / "mappings.toml").write_text(TEXT, encoding="utf-8")
    async with engine_on(sandbox_processes, MAPPINGS_FILE=str(tmp_path / "mappings.toml")) as after:
        await after.look("CUSTOMER")
        assert not await kept(after, SECRET)


LONG = "ж" * 60_000
STORY = """
[CUSTOMER.columns.sales]
contoso_story = { type = "Memo", length = 100000 }
[CUSTOMER.fields]
story = { bc = "addressLine2", sales = "contoso_story" }
addressLine2 = { enabled = false }
"""


@pytest.mark.rule("B5", "B1")
async def test_a_very_long_text_holds_up_neither_its_record_nor_its_list(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, STORY) as engine:
        await make_columns(engine, "account", contoso_Story=100_000)
        other, theirs = customer("C2"), account("A1", accountnumber="C1", name="Company C1", contoso_story=LONG)
        mine = customer("C1")
        await engine.seed(mine, other, theirs)
        await engine.sync("CUSTOMER")
        assert not await engine.problems()
        assert await engine.coupling("CUSTOMER", other)
        short = (await engine.row(mine))["addressLine2"]
        assert short
        assert LONG.startswith(short)
        await engine.edit(theirs, contoso_story="и" + LONG)
        await engine.edit(other, displayName="Adler")
        await engine.look("CUSTOMER")
        assert (await engine.row(mine))["addressLine2"].startswith("иж")
        assert (await engine.partner("CUSTOMER", other))["name"] == "Adler"
        await engine.edit(mine, addressLine2="short")
        await engine.look("CUSTOMER")
        assert await engine.problems() == [("text_would_be_lost", "story")]
        answer = await resolve(engine, (mine, theirs), {"story": "bc"})
        assert answer.status == 200, answer.json
        assert (await engine.row(theirs))["contoso_story"] == "short"
        assert not await engine.problems()
        [job, *_] = (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]
        told = (await engine.api.post(f"jobs/{job['id']}/undo", {})).json
        assert [each["leftAlone"] for each in told["fields"]] == ["the former value was too long to be kept"]
