"""Rule C3, the brake: a run that would change very many records stops before the first, and a person decides about its list."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.policies import Bound, DeletionPolicy, LeavingPolicy
from sync.heart.plan import Side
from sync.run import messages
from tests.scenario.engine import Engine
from tests.scenario.front_door import Answer
from tests.scenario.world import Record, account, customer

MANY = 24
"""More than the 20 that always may."""

ALL = 49
"""So many that the others are no short list."""


async def _coupled(engine: Engine, number: int = MANY, **values: Any) -> list[tuple[Record, Record]]:
    pairs = [
        (customer(f"C{place}", **values), account(f"A{place}", accountnumber=f"C{place}", name=f"Company C{place}"))
        for place in range(number)
    ]
    await engine.seed(*(record for pair in pairs for record in pair))
    await engine.sync("CUSTOMER", create="none")
    return pairs


async def _stopped(engine: Engine) -> dict[str, Any]:
    """The problem of the run that was stopped; its entry is on hold."""
    [problem] = (await engine.api.get("problems?mapping=CUSTOMER")).json["value"]
    assert problem["code"] == "mass_change"
    entry = (await engine.api.get("mappings/CUSTOMER")).json
    assert entry["status"] == "On Hold"
    assert entry["holdReason"].startswith("mass_change: ")
    found: dict[str, Any] = problem
    return found


async def _confirm(engine: Engine, problem: dict[str, Any], **more: Any) -> Answer:
    answer = await engine.api.post("mappings/CUSTOMER/confirm", {"problem": problem["record"], **more})
    await engine.drain()
    return answer


@pytest.mark.rule("C3")
@pytest.mark.parametrize("only", ["a look", "a comparison", "a full walk"])
async def test_a_run_that_would_delete_very_many_stops_before_the_first(engine: Engine, only: str) -> None:
    pairs = await _coupled(engine, ALL)
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART)
    for _, theirs in pairs[:MANY]:
        await engine.delete(theirs)
    if only == "a look":
        await engine.look("CUSTOMER")
    elif only == "a comparison":
        await engine.api.post("mappings/CUSTOMER/compare")
        await engine.drain()
    else:
        await engine.sync("CUSTOMER")
    assert len(await engine.bc.rows("customers")) == ALL
    problem = await _stopped(engine)
    assert problem["message"] == f"{MANY} of {ALL} coupled records: {MANY} would be deleted."
    assert problem["acts"] == {"delete": MANY}
    first = {each["bcId"] for each in problem["records"]}
    assert len(first) == 20 and first <= {mine.id for mine, _ in pairs[:MANY]}, "a person sees whom it is about"


@pytest.mark.rule("C3")
async def test_when_a_person_confirms_what_was_listed_is_done_and_nothing_else(engine: Engine) -> None:
    pairs = await _coupled(engine, ALL)
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART)
    for _, theirs in pairs[:MANY]:
        await engine.delete(theirs)
    await engine.look("CUSTOMER")
    problem = await _stopped(engine)
    await engine.delete(pairs[MANY][1])
    answer = await _confirm(engine, problem)
    assert answer.status == 202
    assert {row["number"] for row in await engine.bc.rows("customers")} == {mine.values["number"] for mine, _ in pairs[MANY:]}
    assert await engine.problems() == []
    assert (await engine.api.get("mappings/CUSTOMER")).json["status"] == "Ready"
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    assert (job["status"], job["totals"]["fromSales"]["deleted"]) == ("success", MANY)
    await engine.look("CUSTOMER")
    assert len(await engine.bc.rows("customers")) == ALL - MANY - 1, "one alone is no mass"


@pytest.mark.rule("C3")
async def test_who_came_back_before_the_confirmation_is_not_deleted(engine: Engine) -> None:
    pairs = await _coupled(engine, ALL)
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART)
    for _, theirs in pairs[:MANY]:
        await engine.delete(theirs)
    await engine.look("CUSTOMER")
    await engine.seed(pairs[0][1])
    await _confirm(engine, await _stopped(engine))
    assert await engine.row(pairs[0][0])
    assert len(await engine.bc.rows("customers")) == ALL - MANY + 1


@pytest.mark.rule("C3")
async def test_another_policy_by_then_is_asked_about_again(engine: Engine) -> None:
    """What the list says is agreed to, and no other act."""
    pairs = await _coupled(engine, ALL)
    engine.change("CUSTOMER", deletion=DeletionPolicy.DEACTIVATE_COUNTERPART)
    for _, theirs in pairs[:MANY]:
        await engine.delete(theirs)
    await engine.look("CUSTOMER")
    problem = await _stopped(engine)
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART)
    await _confirm(engine, problem)
    assert len(await engine.bc.rows("customers")) == ALL
    assert (await _stopped(engine))["message"].endswith("would be deleted.")


@pytest.mark.rule("C3")
async def test_a_list_that_is_dismissed_is_forgotten_and_the_entry_goes_on(engine: Engine) -> None:
    pairs = await _coupled(engine, ALL)
    engine.change("CUSTOMER", deletion=DeletionPolicy.RESTORE)
    for _, theirs in pairs[:MANY]:
        await engine.delete(theirs)
    await engine.look("CUSTOMER")
    answer = await _confirm(engine, await _stopped(engine), confirm=False)
    assert answer.status == 200
    assert len(await engine.sales.rows("accounts")) == ALL - MANY
    assert await engine.problems() == []
    assert (await engine.api.get("mappings/CUSTOMER")).json["status"] == "Ready"


@pytest.mark.rule("C3")
async def test_up_to_the_bound_nobody_is_asked(engine: Engine) -> None:
    pairs = await _coupled(engine, ALL)
    engine.change("CUSTOMER", deletion=DeletionPolicy.RESTORE, bound=Bound(percent=50))
    for _, theirs in pairs[:MANY]:
        await engine.delete(theirs)
    await engine.look("CUSTOMER")
    assert len(await engine.sales.rows("accounts")) == ALL
    assert await engine.problems() == []


@pytest.mark.rule("C3")
async def test_very_many_blanked_fields_stop_the_run_and_ordinary_edits_do_not(engine: Engine) -> None:
    pairs = await _coupled(engine, MANY, phoneNumber="111")
    for mine, _ in pairs:
        await engine.edit(mine, phoneNumber="")
    await engine.look("CUSTOMER")
    assert {row["telephone1"] for row in await engine.sales.rows("accounts")} == {"111"}
    problem = await _stopped(engine)
    assert problem["message"] == f"{MANY} of {MANY} coupled records: {MANY} would be blanked in a field."
    await _confirm(engine, problem)
    assert {row.get("telephone1") for row in await engine.sales.rows("accounts")} == {None}
    for mine, _ in pairs:
        await engine.edit(mine, phoneNumber="222")
    await engine.look("CUSTOMER")
    assert {row["telephone1"] for row in await engine.sales.rows("accounts")} == {"222"}


@pytest.mark.rule("C3", "C1")
async def test_very_many_that_leave_the_filter_stop_the_run(engine: Engine) -> None:
    pairs = await _coupled(engine)
    engine.change("CUSTOMER", leaving=LeavingPolicy.DEACTIVATE_COUNTERPART)
    for mine, _ in pairs:
        await engine.edit(mine, blocked="All")
    await engine.look("CUSTOMER")
    assert {row["statecode"] for row in await engine.sales.rows("accounts")} == {0}
    problem = await _stopped(engine)
    await _confirm(engine, problem)
    assert {row["statecode"] for row in await engine.sales.rows("accounts")} == {1}


@pytest.mark.rule("C3")
async def test_slices_of_one_cause_are_counted_together(engine: Engine) -> None:
    """Many problems are tried again in several messages, after somebody switched the policy."""
    pairs = await _coupled(engine, 8)
    for mine, _ in pairs[:6]:
        await engine.delete(mine)
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART, bound=Bound(percent=50, least=2))
    for start in (0, 3):
        ids = [mine.id for mine, _ in pairs[start : start + 3]]
        await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, "CUSTOMER", Side.BC, ids))
        await engine.drain()
    assert len(await engine.sales.rows("accounts")) == 5, "the first three are within the bound, six are not"
    await _confirm(engine, await _stopped(engine))
    assert len(await engine.sales.rows("accounts")) == 2


@pytest.mark.rule("C3")
async def test_what_a_person_wanted_of_the_records_is_known_at_the_confirmation_of_a_slice_and_behind_it(engine: Engine) -> None:
    pairs = await _coupled(engine, 8)
    for mine, _ in pairs[:6]:
        await engine.delete(mine)
    engine.change("CUSTOMER", bound=Bound(percent=10, least=2))
    ids = [mine.id for mine, _ in pairs[:6]]
    wanted = messages.records(engine.ctx.company, "CUSTOMER", Side.BC, ids, deletion=DeletionPolicy.DELETE_COUNTERPART)
    await engine.ctx.store.queue.send_many(wanted)
    await engine.drain()
    assert engine.ctx.mappings["CUSTOMER"].deletion is DeletionPolicy.MANUAL
    answer = await _confirm(engine, await _stopped(engine))
    assert len(await engine.sales.rows("accounts")) == 2
    job = await engine.ctx.store.jobs.get(engine.ctx.company, answer.json["job"])
    assert job and job.details["deletion"] == "deleteCounterpart", "a second stop would know it, too"


@pytest.mark.rule("C3")
async def test_a_confirmation_of_what_is_no_stopped_run_is_refused(engine: Engine) -> None:
    await engine.coupled()
    answers = [
        await engine.api.post("mappings/CUSTOMER/confirm", {"problem": "mass:unknown"}),
        await engine.api.post("mappings/CUSTOMER/confirm", {}),
        await engine.api.post("mappings/CUSTOMER/confirm", {"problem": "mass:x", "confirm": "yes"}),
        await engine.api.post("mappings/CUSTOMER/confirm", {"problem": "mass:x", "side": "bc"}),
        await engine.api.post("mappings/NOBODY/confirm", {"problem": "mass:x"}),
    ]
    assert [answer.status for answer in answers] == [404, 400, 400, 400, 404]


@pytest.mark.rule("C3")
async def test_the_bound_is_a_setting_of_the_mapping(engine: Engine) -> None:
    shown = (await engine.api.patch("mappings/CUSTOMER", {"bound": {"least": 3}})).json
    assert (shown["bound"], shown["origins"]["bound"]) == ({"percent": 5, "least": 3}, "switch")
    for strange in ({"least": -1}, {"most": 1}, {}, 5, {"percent": 101}, {"percent": True}):
        assert (await engine.api.patch("mappings/CUSTOMER", {"bound": strange})).status == 400


@pytest.mark.parametrize(
    ("name", "patch"),
    [
        ("SALESPEOPLE", {"deletion": "restore"}),
        ("PAYMENT TERMS", {"deletion": "deactivateCounterpart"}),
        ("PAYMENT TERMS", {"leaving": "deactivateCounterpart"}),
    ],
)
async def test_a_policy_that_a_mapping_cannot_carry_out_is_refused(engine: Engine, name: str, patch: dict[str, str]) -> None:
    answer = await engine.api.patch(f"mappings/{name}", patch)
    assert answer.status == 400
    assert next(iter(patch)) in answer.json["detail"] or next(iter(patch)) in str(answer.json)
