"""Every expected problem and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.expected.model import Difference, Row, World

Key = tuple[str, str, str]


def problem_differences(world: World, problems: Iterable[Row]) -> Iterator[Difference]:
    """Differences between the listed problems and the expected ones; a coupled record may be named from either side."""
    listed: dict[Key, list[Row]] = {}
    for problem in problems:
        listed.setdefault(_key(world, problem["mapping"], problem["side"], problem["id"]), []).append(problem)
    met: set[int] = set()
    for mapping, outlook in world.expected["mappings"].items():
        for wanted in outlook["problems"]:
            found = _met_by(world, mapping, wanted, listed)
            met.update(map(id, found))
            if not found and not wanted.get("optional"):
                yield _difference("problem_missing", wanted)
    for found in listed.values():
        for problem in found:
            if id(problem) not in met:
                yield _difference("problem_unexpected", problem)


def _met_by(world: World, mapping: str, wanted: Row, listed: Mapping[Key, list[Row]]) -> list[Row]:
    """The listed problems that are the wanted one, on its record or on one of those it names as well."""
    records = [(wanted["side"], wanted["id"]), *((also["side"], also["id"]) for also in wanted.get("alsoOn", ()))]
    keys = {_key(world, mapping, side, record) for side, record in records}
    return [
        problem
        for key in keys
        for problem in listed.get(key, ())
        if problem["code"] == wanted["code"] and _same_field(world, mapping, wanted, problem)
    ]


def _same_field(world: World, mapping: str, wanted: Row, problem: Row) -> bool:
    if not wanted.get("fieldProblem"):
        return True
    fields = world.readings[mapping].fields
    named = next(field for field in fields if field.bc == wanted["field"])
    return any(field.is_called(problem.get("field")) for field in fields if field is named or (field.group and field.group == named.group))


def _key(world: World, mapping: str, side: str, record: str) -> Key:
    """A record of a pair is known by its BC id, whichever side names it."""
    partner = world.bc_partner(mapping, record) if side == "sales" else None
    return (mapping, "bc", partner) if partner else (mapping, side, record)


def _difference(kind: str, problem: Row) -> Difference:
    on: dict[str, Any] = {"bc_id" if problem["side"] == "bc" else "sales_id": problem["id"]}
    return Difference(mapping=problem["mapping"], kind=kind, text=problem["code"], field=problem.get("field") or "", **on)
