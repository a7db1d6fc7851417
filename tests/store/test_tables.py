"""What every row has in common, and what the storage refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.data.tables.aio import TableClient

from sync.errors import StoreError
from sync.store import Store, tables
from sync.store.meter import Meter
from sync.store.store import DEVELOPMENT
from sync.store.tables import Refusal, Table
from tests.store.conftest import Account, pairs


@pytest.fixture
async def table(azurite: str) -> Any:
    """A table of its own."""
    async with TableClient.from_connection_string(azurite, f"t{uuid4().hex}") as client:
        await client.create_table()
        yield Table(client, Meter())
        await client.delete_table()


def row(key: str, partition: str = "p", **values: Any) -> tables.Entity:
    """A row."""
    return {"PartitionKey": partition, "RowKey": key, **values}


async def test_a_refused_transaction_leaves_nothing_and_says_which_operation(table: Table) -> None:
    await table.transact([tables.create(row("b", text="old"))])
    answer = await table.transact([tables.create(row("a")), tables.create(row("b", text="new")), tables.create(row("c"))])
    assert answer == Refusal(1, 409)
    assert await table.get(("p", "a")) is None
    assert await table.transact([tables.delete(("p", "b")), tables.merge(row("z", text="x"))]) == Refusal(1, 404)
    [etag] = await table.transact([tables.merge(row("b", number=1))])  # type: ignore[misc]
    assert await table.transact([tables.put(row("a")), tables.replace(row("b"), etag)]) != Refusal(1, 412)
    assert await table.transact([tables.put(row("a")), tables.replace(row("b"), etag)]) == Refusal(1, 412)


@pytest.mark.parametrize("pages", [1, 3])
async def test_a_page_goes_on_behind_the_last_key(table: Table, pages: int) -> None:
    await table.transact([tables.create(row(f"k{number}", even=number % 2 == 0)) for number in range(9)])
    keys: list[str] = []
    while found := await table.page("p", 9 // pages, keys[-1] if keys else ""):
        keys += [each["RowKey"] for each in found]
    assert keys == [f"k{number}" for number in range(9)]


async def test_many_rows_come_in_several_pages(table: Table) -> None:
    every = [row(f"{number:04d}") for number in range(1100)]
    for pack in tables.packed(every, lambda each: [tables.create(each)]):
        assert isinstance(await table.transact([step for _, steps in pack for step in steps]), list)
    assert len([each async for each in table.range("p")]) == 1100
    assert len(await table.rows("p", [each["RowKey"] for each in every])) == 1100


@pytest.mark.parametrize("broken", [{"text": "x" * 32_001}, {f"t{number}": "ü" * 30_000 for number in range(20)}])
async def test_what_the_real_service_would_refuse_is_refused_at_once(table: Table, broken: dict[str, str]) -> None:
    with pytest.raises(StoreError, match="larger"):
        await table.transact([tables.create(row("a", **broken))])


def test_transactions_keep_within_the_bounds_of_the_service() -> None:
    items = [("p", number) for number in range(150)] + [("q", number) for number in range(3)] + [("q", 2)]
    packs = list(tables.packed(items, lambda item: [tables.create(row(str(item[1]), item[0])), tables.create(row(f"x{item[1]}", item[0]))]))
    assert [len(pack) for pack in packs] == [50, 50, 50, 3, 1]
    large = list(tables.packed(range(100), lambda number: [tables.create(row(str(number), text="ü" * 30_000))]))
    assert all(sum(tables.operation_bytes(step) for _, steps in pack for step in steps) <= tables.TRANSACTION_BYTES for pack in large)


async def test_a_missing_table_is_an_error_and_no_missing_row(azurite: str) -> None:
    async with TableClient.from_connection_string(azurite, f"t{uuid4().hex}") as client:
        missing = Table(client, Meter())
        with pytest.raises(StoreError, match="TableNotFound"):
            await missing.transact([tables.create(row("a"))])
        with pytest.raises(StoreError, match="TableNotFound"):
            await missing.get(("p", "a"))


@pytest.mark.filterwarnings("ignore:Testing an element:DeprecationWarning")  # the SDK, reading the refusal
async def test_a_wrong_key_is_one_clear_error(azurite: str) -> None:
    store = Store.open(Account(azurite.replace("Eby8vdM02xNOcqFl", "AAAAAAAAAAAAAAAA")))
    with pytest.raises(StoreError, match="403"):
        await store.create()
    await store.close()


async def test_the_meter_counts_requests_and_entities(store: Store, company: str) -> None:
    before = store.meter.snapshot()
    await store.couplings.insert(pairs(company, 50))
    after = store.meter.snapshot()
    assert {name: after[name] - before[name] for name in after} == {"transactions": 1, "written": 100, "read": 0, "messages": 0}


@pytest.mark.parametrize("text", ["UseDevelopmentStorage=true", "usedevelopmentstorage=True;", DEVELOPMENT])
async def test_opening_does_no_io(text: str) -> None:
    store = Store.open(Account(text))
    assert store.meter.transactions == 0
    await store.close()


@pytest.mark.parametrize("client_id", [None, "00000000-0000-0000-0000-000000000001"])
async def test_an_account_is_opened_by_its_name_and_the_apps_identity(client_id: str | None, tmp_path: Path) -> None:
    store = Store.open(Account(None, "coupletstate", client_id))
    assert store.meter.transactions == 0
    await store.close()
