"""Lists of withheld acts, halves of couplings, and keys in order, on a real table."""

from __future__ import annotations

from uuid import uuid4

from sync.heart.coupling import Coupling
from sync.heart.plan import Act, Side
from sync.store import Store, keys
from sync.store.halves import Half
from tests.store.conftest import pair, pairs


async def test_a_list_of_withheld_acts_is_kept_once_by_job_and_forgotten_whole(store: Store, company: str) -> None:
    ids = sorted(str(uuid4()) for _ in range(230))
    for _ in range(2):
        await store.withheld.add(company, "CUSTOMER-1", {Act.DELETE: ids[:200], Act.RESTORE: ids[200:]})
    await store.withheld.add(company, "CUSTOMER-2", {Act.BLANK: ids[:1]})
    found = [each async for each in store.withheld.of(company, "CUSTOMER-1")]
    assert {each.id: each.act for each in found} == {id_: Act.DELETE if place < 200 else Act.RESTORE for place, id_ in enumerate(ids)}
    assert len(found) == 230
    await store.withheld.clear(company, "CUSTOMER-1")
    assert [each async for each in store.withheld.of(company, "CUSTOMER-1")] == []
    assert [(each.id, each.act) async for each in store.withheld.of(company, "CUSTOMER-2")] == [(ids[0], Act.BLANK)]


async def test_whole_couplings_have_no_halves_and_their_keys_come_in_order(store: Store, company: str) -> None:
    made = pairs(company, 60)
    await store.couplings.insert(made)
    assert await store.halves.find(company, "CUSTOMER") == []
    for side in Side:
        found = [each async for each in store.couplings.keys_of(company, "CUSTOMER", side)]
        assert found == sorted((keys.record(side, each.of(side)), each.bc_id) for each in made)


async def test_each_half_is_found_and_mended_and_a_record_of_somebody_else_is_not_taken(store: Store, company: str) -> None:
    whole, no_pointer, pointer_only = pair(company), pair(company), pair(company)
    taken = Coupling(company=company, mapping="CUSTOMER", bc_id=str(uuid4()), sales_id=whole.sales_id)
    await store.couplings.insert([whole, no_pointer, pointer_only])
    table = store._tables.get_table_client("couplings")
    partition = keys.partition(company, "CUSTOMER")
    await table.delete_entity(partition, keys.record(Side.SALES, no_pointer.sales_id))
    await table.delete_entity(partition, keys.record(Side.BC, pointer_only.bc_id))
    row = await table.get_entity(partition, keys.record(Side.BC, whole.bc_id))
    await table.create_entity({**row, "RowKey": keys.record(Side.BC, taken.bc_id), "bc": taken.bc_id})
    found = await store.halves.find(company, "CUSTOMER")
    assert set(found) == {
        Half(Side.SALES, keys.record(Side.SALES, pointer_only.sales_id), keys.record(Side.BC, pointer_only.bc_id)),
        Half(Side.BC, keys.record(Side.BC, no_pointer.bc_id), keys.record(Side.SALES, no_pointer.sales_id)),
        Half(Side.BC, keys.record(Side.BC, taken.bc_id), keys.record(Side.SALES, taken.sales_id)),
    }
    await store.halves.mend(company, "CUSTOMER", found)
    assert await store.halves.find(company, "CUSTOMER") == []
    left = [each.bc_id async for each in store.couplings.walk(company, "CUSTOMER")]
    assert sorted(left) == sorted([whole.bc_id, no_pointer.bc_id])
