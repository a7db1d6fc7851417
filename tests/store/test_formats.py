"""The format of the state: a newer one is refused; an older one is read row by row, and stored anew with the next change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from sync.errors import NewerFormat
from sync.heart.coupling import Coupling, Held
from sync.heart.plan import Side
from sync.store import Store, formats, keys
from sync.store.migrations import FORMAT, STEPS, WRITTEN_WHOLE
from tests.store.conftest import pair


async def stored(azurite: str, table: str, key: tuple[str, str], **changes: Any) -> Mapping[str, Any]:
    """A row as it lies in the table, after somebody changed it there."""
    async with TableClient.from_connection_string(azurite, table) as client:
        if changes:
            await client.upsert_entity({"PartitionKey": key[0], "RowKey": key[1], **changes})
        return dict(await client.get_entity(*key))


def place(coupling: Coupling) -> tuple[str, str]:
    return keys.partition(coupling.company, "CUSTOMER"), keys.record(Side.BC, coupling.bc_id)


async def inserted(store: Store, coupling: Coupling) -> Coupling:
    [made] = await store.couplings.insert([coupling])
    assert isinstance(made, Coupling)
    return made


async def test_a_row_of_a_newer_format_is_refused_with_one_clear_error(azurite: str, store: Store, company: str) -> None:
    coupling = await inserted(store, pair(company))
    await stored(azurite, "couplings", place(coupling), format=FORMAT + 1)
    with pytest.raises(NewerFormat, match=f"has format {FORMAT + 1}, this app knows {FORMAT}") as caught:
        await store.couplings.load(company, "CUSTOMER", Side.BC, [coupling.bc_id])
    assert "Deploy that version" in caught.value.remedy
    with pytest.raises(NewerFormat):
        _ = [each async for each in store.couplings.walk(company, "CUSTOMER")]


OLD = {
    "bc": {"name": "Adatum", "creditLimit": None, "address": ["Street 1", None]},
    "sales": {"name": ["Adatum", "Adatum Corp"], "address": [["Street 1", None], ["Street 1", "x"]], "phone": "1", "tags": []},
}
"""Intents as format 1 had them: first what would be written, later what both sides would hold; in one row only for this test."""

PRESENT = {
    "bc": {
        "name": Held("Adatum", "Adatum"),
        "creditLimit": Held(None, None),
        "address": Held(("Street 1", None), ("Street 1", None)),
    },
    "sales": {
        "name": Held("Adatum", "Adatum Corp"),
        "address": Held(("Street 1", None), ("Street 1", "x")),
        "phone": Held("1", "1"),
        "tags": Held((), ()),
    },
}


async def test_what_an_older_app_left_half_done_is_understood_and_then_stored_in_the_present_format(
    azurite: str, store: Store, company: str
) -> None:
    made = await inserted(store, pair(company))
    text = json.dumps(OLD)
    await stored(azurite, "couplings", place(made), format=1, intent=text[:40], intent2=text[40:])
    found = (await store.couplings.load(company, "CUSTOMER", Side.BC, [made.bc_id]))[made.bc_id]
    assert found == replace(made, intent=PRESENT, etag=found.etag)
    assert (await stored(azurite, "couplings", place(made)))["format"] == 1, "reading writes nothing"
    [saved] = await store.couplings.save([found])
    assert saved
    row = await stored(azurite, "couplings", place(made))
    assert (row["format"], "intent2" in row) == (FORMAT, False)
    again = (await store.couplings.load(company, "CUSTOMER", Side.BC, [made.bc_id]))[made.bc_id]
    assert again == replace(found, etag=again.etag)


async def test_a_row_without_what_changed_is_read_as_it_is_and_in_part(azurite: str, store: Store, company: str) -> None:
    made = await inserted(store, pair(company))
    await stored(azurite, "couplings", place(made), format=1)
    assert (await store.couplings.load(company, "CUSTOMER", Side.BC, [made.bc_id]))[made.bc_id].held == made.held
    assert [each.bc_id async for each in store.couplings.walk(company, "CUSTOMER")] == [made.bc_id]


def test_there_is_a_way_from_every_format_and_only_for_rows_that_are_written_whole() -> None:
    assert {number for _, number in STEPS} == set(range(1, FORMAT))
    assert {table for table, _ in STEPS} <= WRITTEN_WHOLE


@pytest.mark.parametrize("before", [None, 1, FORMAT])
async def test_an_app_makes_the_state_its_own_and_an_older_one_that_still_runs_stops(
    azurite: str, store: Store, monkeypatch: pytest.MonkeyPatch, before: int | None
) -> None:
    async with TableClient.from_connection_string(azurite, "entries") as client:
        await client.delete_entity(*formats.KEY)
        if before:
            await client.upsert_entity({"PartitionKey": formats.KEY[0], "RowKey": formats.KEY[1], "format": before})
    await store.format.settle()
    assert (await stored(azurite, "entries", formats.KEY))["format"] == FORMAT
    try:
        await stored(azurite, "entries", formats.KEY, format=FORMAT + 1)
        await store.format.check()  # it looked a moment ago
        with pytest.raises(NewerFormat):
            await store.format.check(at_once=True)
        monkeypatch.setattr(formats, "AGAIN", 0.0)
        with pytest.raises(NewerFormat):
            await store.format.check()
        with pytest.raises(NewerFormat):
            await store.format.settle()
    finally:
        await stored(azurite, "entries", formats.KEY, format=FORMAT)
