"""A table of broken records in one company and one run: the problem of each is as specified, and the healthy ones go through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sync.errors import by_code
from tests.scenario.engine import Engine
from tests.scenario.world import Record

Told = tuple[str, str | None]


@dataclass(frozen=True)
class Broken:
    """One record: what is wrong with it in words, its problems as (code, field), and whether it gets a partner all the same."""

    what: str
    record: Record
    problems: tuple[Told, ...] = ()
    made: bool = False


async def expect(engine: Engine, mapping: str, broken: Sequence[Broken], healthy: Sequence[Record]) -> None:
    """Each record's problems, with the remedy of their code, and whose partner is there; the healthy have one and no problem."""
    found = await _found(engine, mapping)
    wrong = []
    for case in broken:
        coupling = await engine.coupling(mapping, case.record)
        key = f"{case.record.side}:{case.record.id}" if coupling is None else f"bc:{coupling.bc_id}"
        told, made = found.pop(key, []), coupling is not None
        if sorted(told, key=str) != sorted(case.problems, key=str) or made is not case.made:
            wrong.append(f"{case.record.side} {case.what}: {told}, made: {made}; expected {case.problems}, made: {case.made}")
    assert not wrong, "\n".join(wrong)
    assert not found, "problems of others"
    assert all([await engine.coupling(mapping, record) for record in healthy])


async def _found(engine: Engine, mapping: str) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for row in (await engine.api.get(f"problems?mapping={mapping}&limit=200&expand=true")).json["value"]:
        assert row["remedy"] == by_code(row["code"]).remedy
        told = row["problems"] or [{"code": row["code"], "field": None}]
        found[row["record"]] = [(each["code"], each["field"]) for each in told]
    return found
