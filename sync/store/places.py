"""A coupling takes the place of others that stand in its way: tombstones, and couplings whose record is gone (rules A4, A5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mapping.values import Side
from sync.heart.coupling import Coupling, Life
from sync.store import coupling_rows as rows
from sync.store import lives, tables
from sync.store.tables import Entity, Key, Operation


def rearranged(new: Coupling | None, standing: Sequence[Coupling], freed: Collection[Side] = ()) -> list[Operation]:
    """The operations of one transaction that removes the standing couplings and makes the new one, if there is one.

    A record of a tombstone that the new coupling does not take keeps a tombstone of its own, unless its side is freed; a record of a
    coupling, and a freed one, keeps only the number of its next life.
    """
    wanted: dict[Key, Entity] = {}
    numbers: list[Operation] = []
    for old in standing:
        for side in Side:
            taken = new is not None and new.of(side) == old.of(side)
            if taken or old.nobody(side):
                continue
            if old.life is Life.TOMBSTONE and side not in freed:
                wanted |= _rows(old.left_over(side))
            else:
                numbers += lives.remembered(old, (side,))
    wanted |= _rows(new) if new else {}
    etags = {rows.bc_key(old): old.etag for old in standing}
    present = {*etags, *(rows.sales_key(old) for old in standing)}
    made = [_placed(key, row, key in present, etags.get(key)) for key, row in wanted.items()]
    return [*made, *(tables.delete(key, etags.get(key)) for key in sorted(present - wanted.keys())), *numbers]


def _rows(coupling: Coupling) -> dict[Key, Entity]:
    return {rows.bc_key(coupling): rows.to_row(coupling), rows.sales_key(coupling): rows.pointer(coupling)}


def _placed(key: Key, row: Entity, is_present: bool, etag: str | None) -> Operation:
    """The row in the place of one that is there, on its etag where that is known; else a row that must not be there yet."""
    if not is_present:
        return tables.create(row)
    return tables.put(row) if etag is None else tables.replace(row, etag)
