"""The state written out as lines of JSON and taken in again: into an empty store, twice, and never into a foreign one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sync.heart.coupling import Coupling
from sync.heart.plan import Side
from sync.store.migrations import FORMAT
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer

Line = dict[str, Any]
NONE = {"new": 0, "present": 0, "refused": 0}


async def written_out(engine: Engine, limit: int = 1000, **asked: str) -> list[Line]:
    """All lines, part after part."""
    lines: list[Line] = []
    cursor: str | None = ""
    while cursor is not None:
        more = "".join(f"&{name}={value}" for name, value in {**asked, **({"cursor": cursor} if cursor else {})}.items())
        answer = await engine.api.get(f"state/export?limit={limit}{more}")
        assert answer.status == 200, answer.json
        lines += [json.loads(line) for line in answer.body.splitlines()]
        cursor = answer.headers.get("Couplet-Cursor")
    return lines


async def taken(engine: Engine, lines: list[Line], *, dry_run: bool = False, status: int = 200) -> Mapping[str, Any]:
    """What became of lines, or the refusal of all of them."""
    body = "\n".join(map(json.dumps, lines)).encode()
    answer = await engine.api.post(f"state/import?dryRun={str(dry_run).lower()}", body)
    assert answer.status == status, answer.json
    told: Mapping[str, Any] = answer.json
    return told


def remembered(couplings: list[Coupling]) -> list[Coupling]:
    """Couplings without what belongs to one store."""
    return sorted((replace(each, etag="", job=None, turns={}) for each in couplings), key=lambda each: each.bc_id)


async def story(engine: Engine) -> None:
    """Coupled customers, one of them parted for good, one parted and free again; a switch and a hold."""
    pairs = [(customer(f"C{number}"), account(f"A{number}", accountnumber=f"C{number}", name=f"Company C{number}")) for number in range(4)]
    await engine.seed(*(record for pair in pairs for record in pair))
    await engine.sync("CUSTOMER", "PAYMENT TERMS")
    mine = [each for each, _ in pairs]
    for record in mine[:2]:
        await engine.api.delete("couplings/CUSTOMER", {"bcId": record.id})
    await engine.ctx.store.couplings.part([each for each in await engine.couplings("CUSTOMER") if each.bc_id == mine[0].id])
    await engine.switch("CUSTOMER", conflict="salesWins", minutes=30)
    await engine.api.post("mappings/SHIPPING%20AGENT/hold", {"reason": "audit"})
    await engine.switch("SHIPPING AGENT", minutes=15)


@pytest.mark.parametrize("limit", [1000, 2])
async def test_what_was_written_out_makes_an_empty_store_what_the_other_one_was(engine: Engine, limit: int) -> None:
    await story(engine)
    before = {name: remembered(await engine.couplings(name)) for name in ("CUSTOMER", "PAYMENT TERMS")}
    assert {each.life for each in before["CUSTOMER"]} == {"coupled", "tombstone"}
    lines = await written_out(engine, limit)
    assert not any(word in json.dumps(lines) for word in ("deltatoken", "Watermark", "lease", "etag"))
    await engine.forget_everything()
    await engine.environment.store.entries.belong(engine.ctx.company, **lines[0]["whose"])

    foretold = await taken(engine, lines, dry_run=True)
    assert await engine.couplings("CUSTOMER") == []
    came = await taken(engine, lines)
    assert {**came, "dryRun": True} == foretold
    assert (came["coupling"], came["life"], came["refused"]) == ({**NONE, "new": 5}, {**NONE, "new": 2}, [])
    assert {name: remembered(await engine.couplings(name)) for name in before} == before
    customer_now, agents = (await engine.api.get("mappings/CUSTOMER")).json, (await engine.api.get("mappings/SHIPPING%20AGENT")).json
    assert (customer_now["conflict"], customer_now["minutes"]) == ("salesWins", 30)
    assert (agents["status"], agents["holdReason"], agents["minutes"]) == ("On Hold", "audit", 15)

    again = await taken(engine, lines)
    assert {fate: sum(again[kind][fate] for kind in ("coupling", "life", "entry")) for fate in ("new", "refused")} == {
        "new": 0,
        "refused": 0,
    }
    assert [each for each in await written_out(engine) if each["kind"] == "life"] == [each for each in lines if each["kind"] == "life"]


async def test_the_next_look_finds_what_changed_since_and_knows_whose_edit_it_was(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "1"}, {"telephone1": "1"})
    lines = await written_out(engine)
    await engine.edit(theirs, telephone1="2")
    await engine.edit(mine, displayName="Adatum")
    await engine.forget_everything()
    await engine.environment.store.entries.belong(engine.ctx.company, **lines[0]["whose"])
    await taken(engine, lines)
    engine.ctx = await engine.environment.context(None)
    await engine.look("CUSTOMER")
    assert ((await engine.row(mine))["phoneNumber"], (await engine.row(theirs))["name"]) == ("2", "Adatum")
    assert await engine.problems("CUSTOMER") == []


async def test_without_values_nothing_is_told_of_the_records_and_pairs_are_merged_anew(engine: Engine) -> None:
    await engine.coupled({"phoneNumber": "+49 30 1"}, {"telephone1": "+49 30 1"})
    lines = await written_out(engine, values="false")
    assert [line for line in lines if line["kind"] == "coupling" and "held" in line] == []
    assert "+49" not in json.dumps(lines)
    assert "+49" in json.dumps(await written_out(engine))


@pytest.mark.rule("G1")
async def test_lines_of_another_company_or_organisation_or_a_newer_version_are_refused_whole(engine: Engine) -> None:
    lines = await written_out(engine)
    for name in ("company", "environment", "organization", "base_currency"):
        head = {**lines[0], "company": "x"} if name == "company" else {**lines[0], "whose": {**lines[0]["whose"], name: "x"}}
        refused = await taken(engine, [head, *lines[1:]], status=409)
        assert refused["type"] == "urn:couplet:foreign_state"
        assert name.replace("_", " ") in refused["detail"]
    refused = await taken(engine, [{**lines[0], "format": FORMAT + 1}], status=409)
    assert refused["type"] == "urn:couplet:newer_lines"


@pytest.mark.rule("A4")
async def test_a_record_that_is_coupled_otherwise_keeps_its_coupling_and_the_line_is_named(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    lines = await written_out(engine)
    place = next(number for number, line in enumerate(lines) if line["kind"] == "coupling")
    stranger = account("A9")
    lines[place] = {**lines[place], "salesId": stranger.id}
    came = await taken(engine, [*lines, {**lines[place], "bcId": customer("C9").id}, {**lines[place], "mapping": "NOBODY"}])
    assert [each["line"] for each in came["refused"]] == [place + 1, len(lines) + 2]
    assert "there is no mapping NOBODY" in came["refused"][-1]["why"]
    assert "is coupled with" in came["refused"][0]["why"]
    assert came["coupling"]["new"] == 1
    kept = await engine.coupling("CUSTOMER", mine)
    assert kept and kept.sales_id != stranger.id


BAD: dict[str, Line] = {
    "an unknown kind": {"kind": "token"},
    "no guid": {"bcId": "x' or 1 eq 1"},
    "no life": {"life": "eternal"},
    "a life number below 1": {"lifeNumber": 0},
    "an unknown property": {"lease": "mine"},
    "values that are none": {"held": {"name": {"bc": 1}}},
    "a time without an offset": {"syncedAt": "2026-01-01T00:00:00"},
    "asked that is no list": {"asked": 5},
}


async def test_every_line_that_cannot_be_read_is_named_and_none_is_taken(engine: Engine) -> None:
    await engine.coupled()
    lines = await written_out(engine)
    good = next(line for line in lines if line["kind"] == "coupling" and line["mapping"] == "CUSTOMER")
    fresh = {**good, "bcId": customer("C5").id, "salesId": account("A5").id}
    refused = await taken(engine, [lines[0], fresh, *({**fresh, **wrong} for wrong in BAD.values())], status=400)
    named = {each["line"] - 3 for each in refused["mistakes"]}
    assert [what for number, what in enumerate(BAD) if number not in named] == []
    assert len(named) == len(BAD), "the good one is not among them"
    assert len(await engine.ctx.store.couplings.load(engine.ctx.company, "CUSTOMER", Side.BC, [fresh["bcId"]])) == 0


BODIES = {
    b"": 400,
    b"\n" * 1002: 413,
    b"{" + b" " * 4 * 1024 * 1024: 413,
    b"[1]": 400,
    b"{": 400,
    b"\xff": 400,
    b"{}": 400,
    b'{"kind": "state", "format": true, "whose": {}}': 400,
}


async def test_what_is_no_list_of_lines_is_refused(engine: Engine) -> None:
    for body, status in BODIES.items():
        assert (await engine.api.post("state/import?dryRun=false", body)).status == status, body[:50]
    assert (await engine.api.post("state/import?dryRun=perhaps", b"{}")).status == 400
    for cursor in ("CUSTOMER", "CUSTOMER|job|", "CUSTOMER|coupling|a'b"):
        assert (await engine.api.get(f"state/export?cursor={cursor}")).status == 400
    assert (await engine.api.get("state/export?limit=1001")).status == 400
