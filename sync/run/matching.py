"""Who belongs to whom: two lists of rows, compared priority by priority (rule A1). Pure.

Each row brings, per priority, the keys under which it can be found; two rows agree in a priority when they share a key. A pair is one row
of each side that agree and have no other partner. Priorities are alternatives: what the first does not settle is left to the second. A row
with several partners is settled by a later priority only among these, and nobody else gets one of them meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, product

from mapping.values import Side

Keys = Sequence[frozenset[tuple[str, ...]]]
"""The keys of one row, per priority; an empty set agrees with nothing."""

Rows = Mapping[Side, Mapping[str, Keys]]

MOST_CANDIDATES = 10
"""Candidates and rivals that are named of one record; whoever has more needs another criterion."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two rows that belong together, and the place of the priority that found them."""

    bc: str
    sales: str
    priority: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A row that could belong to several: its candidates on the other side, and the rows of its own side that want them, too."""

    side: Side
    id: str
    candidates: tuple[str, ...]
    rivals: tuple[str, ...]
    priority: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Matching:
    """What became of all rows: each is in exactly one of these, or a candidate of an ambiguous one."""

    matched: Sequence[Match] = ()
    ambiguous: Sequence[Ambiguous] = ()
    unmatched: Mapping[Side, Sequence[str]] = field(default_factory=lambda: {side: () for side in Side})


Stuck = tuple[int, ...]
"""The priorities in which a row had several partners so far."""

Open = Mapping[Side, dict[str, Keys]]


def match(rows: Rows) -> Matching:
    """Pair the rows; again, as long as what was paired leaves others with a single partner, so that a second run finds nothing new."""
    rest: Open = {side: dict(rows[side]) for side in Side}
    matched: list[Match] = []
    while True:
        stuck: dict[Side, dict[str, Stuck]] = {side: {} for side in Side}
        fresh = _one_pass(rest, stuck)
        matched += fresh
        if not fresh:
            break
    matched.sort(key=lambda one: one.bc)
    unmatched = {side: sorted(id_ for id_ in rest[side] if id_ not in stuck[side]) for side in Side}
    return Matching(matched=matched, ambiguous=_ambiguous(rest, stuck), unmatched=unmatched)


def _one_pass(rest: Open, stuck: Mapping[Side, dict[str, Stuck]]) -> list[Match]:
    """Every priority once; what is settled leaves `rest`, what has several partners is noted in `stuck`."""
    found: list[Match] = []
    priorities = max((len(keys) for side in Side for keys in rest[side].values()), default=0)
    for priority in range(priorities):
        groups = _Groups(rest, partial(_so_far, stuck, priority))
        fresh = [Match(bc, sales, priority) for bc, sales in groups.clear()]
        for one in fresh:
            del rest[Side.BC][one.bc], rest[Side.SALES][one.sales]
        for side in Side:
            for id_ in rest[side]:
                if next(groups.partners(side, id_), None) is not None:
                    stuck[side][id_] = (*stuck[side].get(id_, ()), priority)
        found += fresh
    return found


def _so_far(stuck: Mapping[Side, Mapping[str, Stuck]], priority: int, side: Side, id_: str) -> Stuck:
    return (*stuck[side].get(id_, ()), priority)


class _Groups:
    """Rows that share a key in the priorities that count for them; one for which none counts is in no group."""

    def __init__(self, rest: Open, counts: Callable[[Side, str], Stuck]) -> None:
        self._keys: dict[Side, dict[str, list[Hashable]]] = {side: {} for side in Side}
        self._members: dict[Side, dict[Hashable, list[str]]] = {side: defaultdict(list) for side in Side}
        for side in Side:
            for id_, keys in rest[side].items():
                places = counts(side, id_)
                self._keys[side][id_] = [(places, key) for key in product(*(keys[place] for place in places))] if places else []
                for key in self._keys[side][id_]:
                    self._members[side][key].append(id_)

    def clear(self) -> list[tuple[str, str]]:
        """Pairs in which each is the only partner of the other."""
        found = []
        for bc in self._keys[Side.BC]:
            partners = list(islice(self.partners(Side.BC, bc), 2))
            if len(partners) == 1 and list(islice(self.partners(Side.SALES, partners[0]), 2)) == [bc]:
                found.append((bc, partners[0]))
        return found

    def partners(self, side: Side, id_: str) -> Iterator[str]:
        """The rows of the other side that share a key with this one, each once."""
        return self._sharing(side, id_, side.other)

    def rivals(self, side: Side, id_: str) -> Iterator[str]:
        """The other rows of its own side that share a key with this one, each once."""
        return (other for other in self._sharing(side, id_, side) if other != id_)

    def _sharing(self, side: Side, id_: str, among: Side) -> Iterator[str]:
        seen: set[str] = set()
        for key in self._keys[side].get(id_, ()):
            for other in self._members[among].get(key, ()):
                if other not in seen:
                    seen.add(other)
                    yield other


def _ambiguous(rest: Open, stuck: Mapping[Side, dict[str, Stuck]]) -> list[Ambiguous]:
    """The rows that have several partners, with these; those of Sales only where none of BC names them."""
    found: list[Ambiguous] = []
    named: set[str] = set()
    for side in Side:
        for places in sorted(set(stuck[side].values())):
            groups = _Groups(rest, partial(_as_far_as, stuck, places))
            for id_ in sorted(id_ for id_, own in stuck[side].items() if own == places and id_ not in named):
                candidates = tuple(islice(groups.partners(side, id_), MOST_CANDIDATES))
                rivals = tuple(islice(groups.rivals(side, id_), MOST_CANDIDATES))
                found.append(Ambiguous(side, id_, candidates, rivals, places[-1]))
        named.update(candidate for one in found for candidate in one.candidates)
    return found


def _as_far_as(stuck: Mapping[Side, Mapping[str, Stuck]], places: Stuck, side: Side, id_: str) -> Stuck:
    """The priorities `places` for a row that was stuck in all of them in this order, none for another one."""
    return places if stuck[side].get(id_, ())[: len(places)] == places else ()
