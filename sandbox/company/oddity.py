"""How a piece of real life's mess is written down: what it looks like on both sides, and what must come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from sandbox.company.model import Draft, Row, Side

Values = Mapping[str, Any]
FOLDER = Path(__file__).parent / "oddities"
SAME, LOWER_CASE = "same", "lower case"
"""How a Sales row refers to the number of the BC row beside it."""


class Outcome(StrEnum):
    """What must come of an oddity's rows."""

    PAIR = "pair"  # the first row of each side becomes a pair, further rows are created on the other side
    CREATE = "create"  # every row is created on the other side
    APART = "apart"  # every row stays as it is


@dataclass(frozen=True, kw_only=True, slots=True)
class Oddity:
    """One odd case of one mapping, as it stands in oddities/*.toml.

    `bc` and `sales` hold what differs from a plain row, one mapping a row. `problem` must be listed on the first row of the side
    `on`; with `at` it is the problem of that field alone and the record goes through (rule B9). `final`: what BC must hold afterwards.
    """

    name: str
    what: str
    outcome: Outcome
    bc: tuple[Values, ...] = ()
    sales: tuple[Values, ...] = ()
    reason: str = ""
    problem: str = ""
    on: Side = "bc"
    at: str = ""
    final: Values = field(default_factory=dict)


def oddities(kind: Literal["customers", "contacts", "items", "resources"]) -> Iterator[Oddity]:
    """The odd cases of one table."""
    for name, entry in tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8")).items():
        outcome, bc, sales = Outcome(entry.pop("outcome")), tuple(entry.pop("bc", ())), tuple(entry.pop("sales", ()))
        yield Oddity(name=name, outcome=outcome, bc=bc, sales=sales, **entry)


def settle(draft: Draft, mapping: str, oddity: Oddity, bc: list[str], sales: list[str]) -> None:
    """Write down what is expected of an oddity whose rows have got these ids."""
    sides: dict[Side, list[str]] = {"bc": bc, "sales": sales}
    paired = oddity.outcome is Outcome.PAIR
    if paired:
        draft.ledger.pair(mapping, bc[0], sales[0], dict(oddity.final))
    for side, ids in sides.items():
        for id in ids[1 if paired else 0 :]:
            if oddity.outcome is Outcome.APART:
                draft.ledger.apart(mapping, side, id, oddity.problem or oddity.reason)
            else:
                draft.ledger.created(mapping, side, id)
    if oddity.problem:
        first = sides[oddity.on][0]
        draft.ledger.problem(mapping, oddity.on, first, oddity.problem, **_detail(oddity, first, sides))


def _detail(oddity: Oddity, first: str, sides: Mapping[Side, list[str]]) -> Row:
    if oddity.at:
        return {"field": oddity.at, "fieldProblem": True}
    if oddity.problem == "ambiguous_match":
        return {"alsoOn": [{"side": side, "id": id} for side, ids in sides.items() for id in ids if id != first]}
    return {}
