"""Couplings on a real table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import StoreError
from sync.heart.coupling import Coupling, Held, Lease, Life
from sync.heart.plan import Side
from sync.store import Store, Taken, coupling_rows
from tests.store.conftest import pair, pairs

SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=30)
VALUES = SCALARS | st.lists(SCALARS, max_size=3).map(tuple)


async def stored(store: Store, couplings: list[Coupling]) -> list[Coupling]:
    """The couplings, inserted."""
    outcomes = await store.couplings.insert(couplings)
    assert all(isinstance(outcome, Coupling) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, Coupling)]


HELD = st.builds(Held, VALUES, VALUES)


@given(st.dictionaries(st.text(max_size=20), HELD, max_size=4), st.dictionaries(st.text(max_size=9), HELD, max_size=3))
def test_whatever_was_held_comes_back_from_its_row(held: dict[str, Held], intent: dict[str, Held]) -> None:
    coupling = replace(
        pair("C"),
        held=held,
        intent={"bc": intent} if intent else {},
        lease=Lease("worker", datetime(2026, 1, 2, 3, 4, 5, 6, UTC)),
        synced_at=datetime.now(UTC),
        etag="x",
    )
    assert coupling_rows.from_row(coupling_rows.to_row(coupling) | {"etag": "x"}) == coupling


async def test_a_coupling_is_found_from_both_sides(store: Store, company: str) -> None:
    [one] = await stored(store, [replace(pair(company), life=Life.CLAIMED, life_number=3, bc_version='W/"1"', job="CUSTOMER-1")])
    assert one.etag
    for side, id in ((Side.BC, one.bc_id.upper()), (Side.SALES, one.sales_id)):
        assert await store.couplings.load(company, "CUSTOMER", side, [id, str(uuid4())]) == {id: one}
    assert await store.couplings.load(company, "CONTACT", Side.BC, [one.bc_id]) == {}


async def test_a_page_of_a_full_walk_is_read_in_one_request(store: Store, company: str) -> None:
    page = (await stored(store, pairs(company, 60)))[10:40]
    before = store.meter.transactions
    found = await store.couplings.load(company, "CUSTOMER", Side.BC, [coupling.bc_id for coupling in page])
    assert store.meter.transactions - before == 1
    assert list(found.values()) == page


@pytest.mark.parametrize("side", list(Side))
async def test_partners_of_a_page_are_read_in_one_request(store: Store, company: str, side: Side) -> None:
    every = await stored(store, pairs(company, 40))
    pairs_ = [(one.bc_id, one.sales_id) if side is Side.BC else (one.sales_id, one.bc_id) for one in every]
    before = store.meter.transactions
    found = await store.couplings.partners(company, "CUSTOMER", side, [id.upper() for id, _ in pairs_] + [str(uuid4())])
    assert found == {id.upper(): other for id, other in pairs_}
    assert store.meter.transactions - before == 1


async def test_a_page_of_records_that_nobody_coupled_yet_is_known_in_few_requests(store: Store, company: str) -> None:
    await stored(store, pairs(company, 200))
    before = store.meter.transactions
    assert await store.couplings.load(company, "CUSTOMER", Side.BC, [str(uuid4()) for _ in range(100)]) == {}
    assert store.meter.transactions - before <= 3


@pytest.mark.parametrize("side", list(Side))
async def test_scattered_records_are_all_found(store: Store, company: str, side: Side) -> None:
    every = await stored(store, pairs(company, 400))
    some = Random(5).sample(every, 12)
    ids = {coupling.bc_id if side is Side.BC else coupling.sales_id: coupling for coupling in some}
    before = store.meter.read
    assert await store.couplings.load(company, "CUSTOMER", side, ids) == ids
    assert store.meter.read - before < 100


async def test_two_couplings_cannot_share_a_record_of_either_side(store: Store, company: str) -> None:
    [first] = await stored(store, [pair(company)])
    others = [pair(company, bc_id=first.bc_id), pair(company), pair(company, sales_id=first.sales_id), pair(company)]
    outcomes = await store.couplings.insert(others)
    assert outcomes[0] == outcomes[2] == Taken(first)
    assert isinstance(outcomes[1], Coupling) and isinstance(outcomes[3], Coupling)
    assert await store.couplings.count(company, "CUSTOMER") == 3


async def test_one_list_with_a_record_twice_couples_it_once(store: Store, company: str) -> None:
    one, other = pair(company), pair(company)
    outcomes = await store.couplings.insert([one, replace(other, bc_id=one.bc_id), other])
    assert sum(isinstance(outcome, Coupling) for outcome in outcomes) == 2
    assert isinstance(outcomes[2], Coupling)


async def test_a_list_of_which_most_is_taken_is_settled_in_few_requests(store: Store, company: str) -> None:
    every = await stored(store, pairs(company, 45))
    fresh = pairs(company, 5)
    before = store.meter.transactions
    outcomes = await store.couplings.insert([replace(coupling, sales_id=str(uuid4())) for coupling in every] + fresh)
    assert [outcome.by for outcome in outcomes if isinstance(outcome, Taken)] == every
    assert sum(isinstance(outcome, Coupling) for outcome in outcomes) == 5
    assert store.meter.transactions - before < 15


async def test_couplings_of_several_mappings_and_companies_go_in_together(store: Store, company: str) -> None:
    shared = str(uuid4())
    every = [pair(company, mapping, bc_id=shared) for mapping in ("CUSTOMER", "VENDOR")] + [pair(company + "2", bc_id=shared)]
    done = await stored(store, [*every, *pairs(company, 120)])
    assert [coupling.bc_id for coupling in done[:3]] == [shared] * 3
    assert await store.couplings.count(company, "CUSTOMER") == 121


async def test_save_replaces_what_nobody_else_wrote_and_names_the_others(store: Store, company: str) -> None:
    every = await stored(store, pairs(company, 150))
    theirs = await store.couplings.save([replace(coupling, job="theirs") for coupling in every[::10]])
    ours = await store.couplings.save([replace(coupling, job="ours", held={}) for coupling in every])
    assert [place for place, outcome in enumerate(ours) if outcome is None] == list(range(0, 150, 10))
    found = await store.couplings.load(company, "CUSTOMER", Side.BC, [coupling.bc_id for coupling in every])
    assert [coupling.job for coupling in found.values()] == ["ours" if place % 10 else "theirs" for place in range(150)]
    assert found[every[0].bc_id] == theirs[0]
    assert found[every[1].bc_id] == ours[1]


async def test_the_etag_of_a_save_is_good_for_the_next_one(store: Store, company: str) -> None:
    [coupling] = await stored(store, [pair(company)])
    for number in range(3):
        [saved] = await store.couplings.save([replace(coupling, life_number=number)])
        assert saved and saved.etag != coupling.etag
        coupling = saved


async def test_a_coupling_that_was_removed_is_not_saved(store: Store, company: str) -> None:
    gone, kept = await stored(store, pairs(company, 2))
    assert await store.couplings.remove(gone)
    outcomes = await store.couplings.save([replace(gone, job="late"), replace(kept, job="late")])
    assert outcomes[0] is None and outcomes[1] is not None
    assert not await store.couplings.remove(gone)
    assert not await store.couplings.remove(kept)  # its etag is an old one
    assert isinstance((await store.couplings.insert([gone]))[0], Coupling)


@pytest.mark.parametrize("changed", [("sales_id",), ("bc_id",), ("bc_id", "sales_id")])
async def test_a_coupling_moves_to_another_record(store: Store, company: str, changed: tuple[str, ...]) -> None:
    [old] = await stored(store, [pair(company)])
    new = replace(old, **{name: str(uuid4()) for name in changed})  # type: ignore[arg-type]
    moved = await store.couplings.move(old, new)
    assert isinstance(moved, Coupling)
    for side, id in ((Side.BC, new.bc_id), (Side.SALES, new.sales_id)):
        assert await store.couplings.load(company, "CUSTOMER", side, [id]) == {id: moved}
    left = {Side.BC: old.bc_id, Side.SALES: old.sales_id}
    for side, name in ((Side.BC, "bc_id"), (Side.SALES, "sales_id")):
        assert (name in changed) == (not await store.couplings.load(company, "CUSTOMER", side, [left[side]]))
    assert await store.couplings.move(old, replace(old, sales_id=str(uuid4()))) is None


async def test_a_coupling_does_not_move_to_a_record_that_has_one(store: Store, company: str) -> None:
    one, other = await stored(store, pairs(company, 2))
    assert await store.couplings.move(one, replace(one, sales_id=other.sales_id)) == Taken(other)
    assert await store.couplings.move(one, replace(one, bc_id=other.bc_id)) == Taken(other)


async def test_a_walk_shows_every_coupling_once_in_few_columns(store: Store, company: str) -> None:
    every = await stored(store, pairs(company, 30))
    seen = [coupling async for coupling in store.couplings.walk(company, "CUSTOMER")]
    assert seen == [replace(coupling, held={}) for coupling in every]
    assert [coupling async for coupling in store.couplings.walk(company, "CUSTOMER", everything=True)] == every


async def test_long_texts_are_kept_whole(store: Store, company: str) -> None:
    text = 'né "quoted" 🦊\n' * 4000
    [coupling] = await stored(
        store, [replace(pair(company), held={"notes": Held(text, text[:2000])}, intent={"bc": {"notes": Held(text, "")}})]
    )
    assert (await store.couplings.load(company, "CUSTOMER", Side.BC, [coupling.bc_id]))[coupling.bc_id] == coupling
    [shorter] = await store.couplings.save([replace(coupling, held={"notes": Held("short", "short")}, intent={})])
    assert shorter
    assert (await store.couplings.load(company, "CUSTOMER", Side.BC, [coupling.bc_id]))[coupling.bc_id] == shorter


async def test_a_full_list_of_large_couplings_is_split_over_transactions(store: Store, company: str) -> None:
    every = [replace(coupling, held={"notes": Held("ü" * 9000, None)}) for coupling in pairs(company, 100)]
    done = await stored(store, every)
    assert [bool(coupling.etag) for coupling in done] == [True] * 100


async def test_a_coupling_larger_than_a_row_is_refused_before_anything_is_sent(store: Store, company: str) -> None:
    with pytest.raises(StoreError, match="larger"):
        await store.couplings.insert([pair(company), replace(pair(company), held={"notes": Held("x" * 600_000, None)})])
    assert await store.couplings.count(company, "CUSTOMER") == 0
