"""Change tracking: first read, delta, deletions, expiry, what may not be combined."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox.sales.desk import Desk, error_of

TRACK = "odata.track-changes"


async def track(desk: Desk, url: str = "accounts?$select=name", size: int = 5000) -> tuple[list[dict[str, Any]], str]:
    """All rows of a tracked read or a delta, and the delta link."""
    rows: list[dict[str, Any]] = []
    while True:
        page = await desk.get(url, Prefer=f"{TRACK},odata.maxpagesize={size}")
        rows += page["value"]
        if "@odata.deltaLink" in page:
            assert "@odata.nextLink" not in page
            return rows, page["@odata.deltaLink"]
        url = page["@odata.nextLink"]


@pytest.mark.fidelity("sales-4-first")
async def test_the_delta_link_is_on_the_last_page_only(desk: Desk) -> None:
    await desk.control("POST", "seed", {"tables": {"accounts": [{"name": str(number)} for number in range(25)]}})
    rows, link = await track(desk, size=10)
    assert sorted(int(row["name"]) for row in rows) == list(range(25))
    assert link.startswith(f"{desk.base}accounts?$select=name&$deltatoken=")
    response = await desk.call("GET", "accounts?$select=name", Prefer=TRACK)
    assert response.headers["Preference-Applied"] == TRACK


@pytest.mark.fidelity("sales-4-delta")
async def test_a_delta_shows_new_changed_and_deleted_rows_once_in_their_last_state(desk: Desk) -> None:
    kept, gone = [await desk.create("accounts", {"name": name}) for name in ("kept", "gone")]
    _, link = await track(desk)
    assert (await desk.get(link))["value"] == []
    brief = await desk.create("accounts", {"name": "brief"})
    for name in ("once", "twice"):
        await desk.patch(f"accounts({kept['accountid']})", {"name": name})
    fresh = await desk.create("accounts", {"name": "fresh"})
    for row in (gone, brief):
        await desk.call("DELETE", f"accounts({row['accountid']})")
    page = await desk.get(link)
    assert page["@odata.context"].endswith("$metadata#accounts(name)/$delta")
    shown = [(row.get("name"), row.get("id"), row.get("reason")) for row in page["value"]]
    assert shown == [
        ("twice", None, None),
        ("fresh", None, None),
        (None, gone["accountid"], "deleted"),
        (None, brief["accountid"], "deleted"),
    ]
    assert page["value"][2]["@odata.context"].endswith("$metadata#accounts/$deletedEntity")
    assert page["value"][1]["accountid"] == fresh["accountid"]
    assert (await desk.get(page["@odata.deltaLink"]))["value"] == []


async def test_changes_during_the_first_read_are_in_the_delta(desk: Desk) -> None:
    await desk.control("POST", "seed", {"tables": {"accounts": [{"name": str(number)} for number in range(20)]}})
    first = await desk.get("accounts?$select=name", Prefer=f"{TRACK},odata.maxpagesize=15")
    await desk.patch(f"accounts({first['value'][0]['accountid']})", {"name": "changed meanwhile"})
    _, link = await track(desk, first["@odata.nextLink"], size=15)
    assert [row["name"] for row in (await desk.get(link))["value"]] == ["changed meanwhile"]


async def test_a_long_delta_comes_in_pages(desk: Desk) -> None:
    _, link = await track(desk)
    await desk.control("POST", "seed", {"tables": {"accounts": [{"name": str(number)} for number in range(25)]}})
    rows, _ = await track(desk, link, size=10)
    assert sorted(int(row["name"]) for row in rows) == list(range(25))


@pytest.mark.fidelity("sales-4-select-only")
@pytest.mark.parametrize("query", ["$filter=name eq 'x'", "$orderby=name", "$expand=owninguser", "$top=3"])
async def test_only_select_may_be_combined(desk: Desk, query: str) -> None:
    response = await desk.call("GET", f"accounts?{query}", Prefer=TRACK)
    assert response.status_code == 400
    name = query.partition("=")[0]
    assert response.json()["error"]["message"] == f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.'


@pytest.mark.fidelity("sales-4-enabled")
async def test_tables_must_be_enabled_for_tracking(desk: Desk) -> None:
    await desk.switch(trackingOff=["contact"])
    assert error_of(await desk.call("GET", "contacts?$select=lastname", Prefer=TRACK)) == (400, "0x80072491")
    await desk.call("PUT", "EntityDefinitions(LogicalName='contact')", {"ChangeTrackingEnabled": True})
    assert (await desk.call("GET", "contacts?$select=lastname", Prefer=TRACK)).status_code == 200
    off = await desk.call("PUT", "EntityDefinitions(LogicalName='contact')", {"ChangeTrackingEnabled": False})
    assert off.status_code == 400


@pytest.mark.fidelity("sales-4-expired")
async def test_old_links_expire_and_new_ones_work(desk: Desk) -> None:
    _, link = await track(desk)
    await desk.switch(deltaExpired="once")
    assert error_of(await desk.call("GET", link)) == (400, "0x80044352")
    _, fresh = await track(desk)
    assert (await desk.call("GET", fresh)).status_code == 200
    await desk.switch(deltaExpired=True)
    assert error_of(await desk.call("GET", fresh))[1] == "0x80044352"


@pytest.mark.fidelity("sales-4-count")
async def test_changes_can_be_counted(desk: Desk) -> None:
    _, link = await track(desk)
    await desk.create("accounts", {"name": "x"})
    token = link.partition("$deltatoken=")[2]
    assert (await desk.call("GET", f"accounts/$count?$deltatoken={token}")).content.endswith(b"1")


@pytest.mark.fidelity("sales-4-own-writes")
async def test_our_own_writes_come_back(desk: Desk) -> None:
    _, link = await track(desk)
    row = await desk.create("accounts", {"name": "mine"})
    shown = (await desk.get(link))["value"][0]
    assert shown["@odata.etag"] == row["@odata.etag"]


@pytest.mark.slow
async def test_twenty_changes_in_a_hundred_thousand_cost_milliseconds(desk: Desk) -> None:
    rows = [{"accountid": f"00000000-0000-0000-0000-{number:012d}", "name": str(number)} for number in range(100_000)]
    started = time.perf_counter()
    await desk.control("POST", "seed", {"tables": {"accounts": rows}})
    assert time.perf_counter() - started < 15
    _, link = await track(desk)
    for row in rows[::5000]:
        await desk.patch(f"accounts({row['accountid']})", {"name": "changed"})
    times = []
    for _ in range(5):
        started = time.perf_counter()
        assert len((await desk.get(link))["value"]) == 20
        times.append(time.perf_counter() - started)
    assert min(times) < 0.02
