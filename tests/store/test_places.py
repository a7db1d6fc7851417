"""A coupling in the place of others, as operations on rows: whatever stood there, every row ends in one coupling (rules A4 to A6)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mapping.values import Side
from sync.heart.coupling import Coupling, Life
from sync.store import coupling_rows as rows
from sync.store.places import rearranged
from sync.store.tables import Entity, Key, Operation

NEW = 9


def _id(number: int) -> str:
    return str(UUID(int=number + 1))


def _coupling(bc: int, sales: int, life: Life = Life.COUPLED, number: int = 1) -> Coupling:
    pair = Coupling(company="c", mapping="M", bc_id=_id(bc), sales_id=_id(100 + sales))
    return replace(pair, life=life, life_number=number, etag=f"etag {bc}")


@st.composite
def _stored(draw: st.DrawFn) -> list[Coupling]:
    """Couplings and tombstones of a few records, each row in one at most; some tombstones are of one record only."""
    sales = draw(st.permutations(range(4)))
    found = []
    for bc in range(4):
        one = _coupling(bc, sales[bc], draw(st.sampled_from([Life.COUPLED, Life.TOMBSTONE])), draw(st.integers(1, 5)))
        alone = one.life is Life.TOMBSTONE and draw(st.booleans())
        found.append(replace(one.left_over(draw(st.sampled_from(list(Side)))), etag=one.etag) if alone else one)
    return found


def _table(couplings: list[Coupling]) -> dict[Key, Entity]:
    table: dict[Key, Entity] = {}
    for each in couplings:
        table |= {rows.bc_key(each): {**rows.to_row(each), "etag": each.etag}, rows.sales_key(each): rows.pointer(each)}
    return table


def _carried_out(table: dict[Key, Entity], operations: list[Operation]) -> dict[Key, Entity]:
    """The table after a transaction; the service refuses one that touches a row twice, or makes one that is there."""
    after, touched = dict(table), set[Key]()
    for verb, row, *options in operations:
        key = (row["PartitionKey"], row["RowKey"])
        assert key not in touched
        touched.add(key)
        if verb == "create":
            assert key not in table
        elif not key[1].startswith("was:"):
            assert key in table
        if verb == "delete":
            del after[key]
        else:
            after[key] = {**row, "etag": "new"}
        assert all("etag" not in option or option["etag"] == table[key].get("etag") for option in options)
    return after


def _couplings(table: dict[Key, Entity]) -> list[Coupling]:
    return [rows.from_row(row) for (_, key), row in table.items() if key.startswith("bc:")]


@given(_stored(), st.integers(0, 4), st.integers(0, 4))
def test_a_new_coupling_leaves_every_other_row_where_it_was(stored: list[Coupling], bc: int, sales: int) -> None:
    new = _coupling(bc if bc < 4 else NEW, sales if sales < 4 else NEW, number=7)
    standing = [each for each in stored if each.bc_id == new.bc_id or each.sales_id == new.sales_id]
    table = _carried_out(_table(stored), rearranged(new, standing))
    after = _couplings(table)
    assert [each.ids for each in after if each.life_number == 7 and each.ids == new.ids] == [new.ids]
    for side in Side:
        ids = [each.of(side) for each in after]
        assert len(set(ids)) == len(ids)
        parted = {each.of(side) for each in stored if each.life is Life.TOMBSTONE and not each.nobody(side)} - {new.of(side)}
        assert {each.of(side) for each in after if each.life is Life.TOMBSTONE and not each.nobody(side)} == parted
    pointers = {row["bc"] for (_, key), row in table.items() if key.startswith("sales:")}
    assert pointers == {each.bc_id for each in after}


@given(_stored(), st.integers(0, 3), st.sampled_from(list(Side)))
def test_a_freed_record_keeps_its_number_and_its_partner_stays_parted(stored: list[Coupling], place: int, side: Side) -> None:
    old = replace(stored[place], life=Life.TOMBSTONE) if stored[place].life is Life.COUPLED else stored[place]
    stored = [*stored[:place], old, *stored[place + 1 :]]
    table = _carried_out(_table(stored), rearranged(None, [old], {side}))
    after = _couplings(table)
    if not old.nobody(side):
        assert old.of(side) not in [each.of(side) for each in after]
        numbers = [row["number"] for (_, key), row in table.items() if key.startswith("was:")]
        assert numbers == [old.life_number]
    if not old.nobody(side.other):
        [left] = [each for each in after if each.of(side.other) == old.of(side.other)]
        assert (left.life, left.nobody(side)) == (Life.TOMBSTONE, True)
