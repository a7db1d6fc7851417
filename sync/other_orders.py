"""Whether orders were coupled in the other mode of ORDERS: they are held back until it is set back, or they are done there.

Orders of one mode are BC's once they are taken over, those of the other belong to both sides: each would undo what the other does.
"""

from __future__ import annotations

from collections.abc import Mapping

from mapping.model import TableMapping
from mapping.modes import Modes
from mapping.policies import Mode
from sync.heart.coupling import Life
from sync.store import Entry, Store

MODES = (Mode.ORDERS_FROM_SALES, Mode.ORDERS_BOTH)


async def coupled_otherwise(
    store: Store, company: str, mappings: Mapping[str, TableMapping], entries: Mapping[str, Entry], modes: Modes
) -> dict[str, str]:
    """The mappings that are held back, and why; the mode in which one couples is noted as long as nothing is coupled in the other."""
    present = next(mode for mode in MODES if mode in modes.chosen)
    held: dict[str, str] = {}
    for name, mapping in mappings.items():
        known = entries[name].couples_in if name in entries else None
        if Mode.ORDERS_BOTH not in mapping.variants or not mapping.runs or known == present:
            continue
        coupled = known and (await store.couplings.page(company, name, life=Life.COUPLED, limit=1)).rows
        if coupled:
            held[name] = f"its records were coupled with {known}, and now {present} is set"
        else:
            await store.entries.merge(company, name, couples_in=present.value)
    return held
