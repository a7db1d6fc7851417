"""Rule C4: two rows of Sales are merged; the coupling goes with the row that is left."""

from __future__ import annotations

import pytest

from mapping.policies import LeavingPolicy
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, person

Pair = tuple[Record, Record]


async def _merge(engine: Engine, loser: Record, survivor: Record, **values: object) -> None:
    """A person merges two rows of Sales; `values` are what he takes over."""
    await engine.sales.hand("merge", set=survivor.table, id=survivor.id, other=loser.id, values=values)
    await engine.look("CUSTOMER")


async def _phone(engine: Engine, left: Record) -> str:
    """The number on an account; the merged one names its id, too."""
    [row] = await engine.sales.rows("accounts", accountid=left.id)
    return str(row["telephone1"])


async def _with_duplicate(engine: Engine) -> tuple[Pair, Record]:
    """A customer in step with its account, and a second account of the same house that nobody coupled."""
    pair = await engine.coupled({"phoneNumber": "111"})
    double = account("A2", name="Company C1 Ltd", accountnumber="C1", telephone1="111")
    await engine.seed(double)
    return pair, double


@pytest.mark.rule("C4")
@pytest.mark.parametrize("leaving", list(LeavingPolicy))
async def test_the_coupling_moves_to_the_account_that_is_left_and_nobody_left_the_filter(engine: Engine, leaving: LeavingPolicy) -> None:
    (mine, theirs), double = await _with_duplicate(engine)
    engine.change("CUSTOMER", leaving=leaving)
    await _merge(engine, theirs, double)
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling
    assert (coupling.sales_id, coupling.life_number) == (double.id, 1)
    assert (await engine.row(mine))["blocked"] == "_x0020_"
    assert await engine.problems() == []


@pytest.mark.rule("C4")
async def test_what_was_chosen_when_merging_is_an_edit_and_later_edits_travel(engine: Engine) -> None:
    (mine, theirs), double = await _with_duplicate(engine)
    await _merge(engine, theirs, double, telephone1="333")
    row = await engine.row(mine)
    assert (row["phoneNumber"], row["displayName"]) == ("333", "Company C1 Ltd")
    await engine.edit(mine, phoneNumber="444")
    await engine.look("CUSTOMER")
    assert await _phone(engine, double) == "444"


@pytest.mark.rule("C4")
async def test_two_coupled_accounts_merged_are_one_problem_that_names_both(engine: Engine) -> None:
    pair = await engine.coupled()
    other = customer("C2"), account("A2", accountnumber="C2", name="Company C2")
    await engine.seed(*other)
    await engine.sync("CUSTOMER", create="none")
    engine.change("CUSTOMER", leaving=LeavingPolicy.DEACTIVATE_COUNTERPART)
    await _merge(engine, pair[1], other[1])
    [problem] = (await engine.api.get("problems?mapping=CUSTOMER&expand=true")).json["value"]
    assert (problem["code"], problem["bcId"]) == ("merged_elsewhere", pair[0].id)
    assert problem["message"] == (
        f"{pair[1].id} was merged into {other[1].id}, which is coupled to {other[0].id} in bc; {pair[0].id} in bc has lost its row"
    )
    assert (await engine.row(pair[0]))["blocked"] == "_x0020_"


@pytest.mark.rule("C4", "A5")
async def test_a_survivor_that_a_person_uncoupled_is_free_and_its_old_partner_stays_uncoupled(engine: Engine) -> None:
    pair = await engine.coupled()
    other = customer("C2"), account("A2", accountnumber="C2", name="Company C2")
    await engine.seed(*other)
    await engine.sync("CUSTOMER", create="none")
    await engine.api.delete("couplings/CUSTOMER", {"bcId": other[0].id})
    await _merge(engine, pair[1], other[1])
    await engine.edit(pair[0], phoneNumber="999")
    await engine.sync("CUSTOMER", create="toSales")
    assert await _phone(engine, other[1]) == "999"
    assert len(await engine.sales.rows("accounts", statecode=0)) == 1
    assert await engine.problems() == []


@pytest.mark.rule("C4")
async def test_a_survivor_that_was_deleted_before_anybody_looked_is_a_problem(engine: Engine) -> None:
    (mine, theirs), double = await _with_duplicate(engine)
    await engine.sales.hand("merge", set="accounts", id=double.id, other=theirs.id, values={})
    await engine.delete(double)
    await engine.look("CUSTOMER")
    [problem] = await engine.problem_rows("CUSTOMER")
    assert (problem.code, problem.key) == ("merged_elsewhere", f"bc:{mine.id}")


@pytest.mark.rule("C4")
async def test_when_the_survivor_becomes_free_the_coupling_moves(engine: Engine) -> None:
    pair = await engine.coupled()
    other = customer("C2"), account("A2", accountnumber="C2", name="Company C2")
    await engine.seed(*other)
    await engine.sync("CUSTOMER", create="none")
    await _merge(engine, pair[1], other[1])
    [taken] = [each for each in await engine.couplings("CUSTOMER") if each.sales_id == other[1].id]
    await engine.ctx.store.couplings.remove(taken)
    await engine.delete(other[0])
    await engine.edit(pair[0], phoneNumber="999")
    await engine.look("CUSTOMER")
    assert await _phone(engine, other[1]) == "999"
    assert await engine.problems() == []


@pytest.mark.rule("C4")
async def test_a_chain_of_merges_is_followed_to_its_end(engine: Engine) -> None:
    (mine, theirs), second = await _with_duplicate(engine)
    third = account("A3", name="Company C1")
    await engine.seed(third)
    await engine.sales.hand("merge", set="accounts", id=second.id, other=theirs.id)
    await engine.sales.hand("merge", set="accounts", id=third.id, other=second.id)
    await engine.look("CUSTOMER")
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling
    assert coupling.sales_id == third.id


@pytest.mark.rule("C4")
async def test_contacts_of_a_merged_account_stay_with_their_company(engine: Engine) -> None:
    (_, theirs), double = await _with_duplicate(engine)
    human, card = person("P1", of="C1", email="ada@example.com"), contact("K1", of=theirs, emailaddress1="ada@example.com")
    await engine.seed(human, card)
    await engine.sync("CONTACT")
    await _merge(engine, theirs, double)
    await engine.edit(card, telephone1="555")
    await engine.look("CONTACT")
    row = await engine.row(human)
    assert (row["phoneNumber"], row["companyNumber"]) == ("555", "CT-C1")
    assert await engine.problems() == []


@pytest.mark.rule("C4")
async def test_merged_contacts_move_their_coupling_too(engine: Engine) -> None:
    (_, theirs), _ = await _with_duplicate(engine)
    human, card = person("P1", of="C1", email="ada@example.com"), contact("K1", of=theirs, emailaddress1="ada@example.com")
    double = contact("K2", of=theirs, who=("Ada", "P1"), emailaddress1="ada2@example.com")
    await engine.seed(human, card)
    await engine.sync("CONTACT")
    await engine.seed(double)
    await engine.sales.hand("merge", set="contacts", id=double.id, other=card.id)
    await engine.look("CONTACT")
    coupling = await engine.coupling("CONTACT", human)
    assert coupling
    assert coupling.sales_id == double.id
    assert (await engine.row(human))["email"] == "ada2@example.com"
