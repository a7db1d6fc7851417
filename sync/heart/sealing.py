"""Couplings as they are stored, with digests in the place of some values, and pairs as they are compared, without them (rule G2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping.model import TableMapping, Unit
from mapping.values import Side
from mapping.world import World
from sync.heart.coupling import Coupling, Held
from sync.heart.digests import by_member, is_digest, kept, recalled
from sync.heart.plan import Pair
from sync.heart.present import Present, read_unit, whole


def sealed(mapping: TableMapping, coupling: Coupling) -> Coupling:
    """A coupling as it is stored."""
    units = {unit.name: unit for unit in mapping.fields}

    def seal(helds: Mapping[str, Held]) -> Mapping[str, Held]:
        return {name: _sealed(units[name], held) if name in units else held for name, held in helds.items()}

    return replace(coupling, held=seal(coupling.held), intent={side: seal(meant) for side, meant in coupling.intent.items()})


def _sealed(unit: Unit, held: Held) -> Held:
    return replace(held, bc=by_member(unit, held.bc, kept), sales=by_member(unit, held.sales, kept))


def is_open(mapping: TableMapping, coupling: Coupling) -> bool:
    """Whether a value stands in a coupling that is to be kept as a digest from now on."""
    units = [unit for unit in mapping.fields if unit.name in coupling.held and any(member.digest for member in unit.members)]
    return any(_sealed(unit, coupling.held[unit.name]) != coupling.held[unit.name] for unit in units)


def recall(mapping: TableMapping, pair: Pair, world: World) -> Pair:
    """The pair with what its rows still show in the place of digests: all that is compared afterwards is compared with values."""
    units = [unit for unit in mapping.fields if any(_has_digest(each) for each in _helds(pair, unit.name))]
    read = {unit.name: read_unit(unit, pair, world) for unit in units}
    known = {name: one for name, one in read.items() if isinstance(one, Present)}
    if not known:
        return pair

    def again(helds: Mapping[str, Held]) -> Mapping[str, Held]:
        return {name: _recalled(held, known[name]) if name in known else held for name, held in helds.items()}

    return replace(pair, held=again(pair.held), intent={side: again(meant) for side, meant in pair.intent.items()})


def _recalled(held: Held, present: Present) -> Held:
    now = {side: whole(values) for side, values in present.values.items()}
    found = {side: recalled(held.of(side), now[side]) if side in now else held.of(side) for side in Side}
    return replace(held, bc=found[Side.BC], sales=found[Side.SALES])


def _helds(pair: Pair, name: str) -> list[Held]:
    return [helds[name] for helds in (pair.held, *pair.intent.values()) if name in helds]


def _has_digest(held: Held) -> bool:
    return any(is_digest(one) for value in (held.bc, held.sales) for one in (value if isinstance(value, tuple) else (value,)))
