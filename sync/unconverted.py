"""Whether couplings of the other unit mode are still there, and what is held back until a conversion has moved them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mapping.model import TableMapping
from mapping.modes import Modes, counted_in_units, in_mode
from mapping.policies import Mode
from sync.store import Store

UNIT_MODES = (Mode.SINGLE_UNITS, Mode.UNIT_GROUPS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unconverted:
    """Mappings of the other unit mode (`left`), all mappings of the present one (`whole`), and why some are `held` back meanwhile."""

    left: Mapping[str, TableMapping] = field(default_factory=dict)
    whole: Mapping[str, TableMapping] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)


def other_units(declared: Mapping[str, TableMapping], modes: Modes) -> dict[str, TableMapping]:
    """The mappings of units that are not those of the present mode."""
    other = in_mode(declared, replace(modes, unit_groups=not modes.unit_groups))
    present = in_mode(declared, modes)
    return {name: mapping for name, mapping in other.items() if mapping.only_in in UNIT_MODES and name not in present}


async def find_unconverted(
    store: Store, company: str, left: Mapping[str, TableMapping], mappings: Mapping[str, TableMapping]
) -> Unconverted:
    """What stands in the store of the other mode; one look at each of its mappings."""
    found = [name for name in left if (await store.couplings.page(company, name, limit=1)).rows]
    why = f"couplings of {', '.join(found)} are from before UNIT_GROUPS was changed"
    held = dict.fromkeys(counted_in_units(mappings), why) if found else {}
    return Unconverted(left=left, whole=mappings, held=held)
