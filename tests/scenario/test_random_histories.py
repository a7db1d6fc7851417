"""Random histories of edits, deletions, couplings, merges and runs end in step, and every exception is visible as a problem."""

from __future__ import annotations

import os

import pytest

from tests.scenario.engine import Engine
from tests.scenario.random_history import History
from tests.scenario.world import account, customer

SEEDS = [int(each) for each in os.environ.get("HISTORY_SEEDS", "").split()] or list(range(1, 5))
"""HISTORY_SEEDS="7 8 9" tells other histories; a failure names its seed and all that happened."""

STEPS = 28


@pytest.mark.rule("B1", "B2", "B3", "B4", "C2", "A4", "A5")
@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_people_do_both_sides_end_in_step(engine: Engine, seed: int) -> None:
    history = History(engine, seed)
    mine = [customer(f"C{n}", displayName=f"Name {n}", creditLimit=100 + n) for n in range(5)]
    await engine.seed(*mine, *(account(f"A{n}", name=f"Stranger {n}") for n in range(3)))
    await history.read()
    await history.couplet_synchronises_in_full()
    people = [
        *[history.somebody_edits] * 8,
        *[history.somebody_edits_the_credit_limit] * 2,
        *[history.somebody_joins] * 2,
        history.somebody_deletes,
        *[history.somebody_couples] * 2,
        history.somebody_uncouples,
        history.somebody_merges_accounts,
        history.somebody_decides,
    ]
    looks = [*[history.couplet_looks] * 4, history.couplet_dies_and_goes_on, history.couplet_compares]
    runs = [*looks, history.couplet_matches, history.couplet_synchronises_in_full]
    for _ in range(STEPS):
        await history.dice.choice(people)()
        await history.read()
        if history.dice.random() < 0.4:
            await history.dice.choice(runs)()
    await history.couplet_compares()
    await history.couplet_looks()
