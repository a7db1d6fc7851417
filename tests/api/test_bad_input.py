"""Every list refuses a cursor that it never gave, and every flag refuses what is neither true nor false."""

from __future__ import annotations

import httpx
import pytest

from tests.api.conftest import problem_of

LISTS = (
    "/jobs",
    "/full-sync",
    "/problems",
    "/couplings/CUSTOMER",
    "/couplings/CUSTOMER?state=broken",
)


@pytest.mark.parametrize("cursor", ["nobody", "1|", "%00", "9" * 500, "%F0%9F%98%80"])
@pytest.mark.parametrize("url", LISTS)
def test_a_cursor_that_no_page_gave_is_refused(api: httpx.Client, url: str, cursor: str) -> None:
    if cursor == "1|" and ("problems" in url or "broken" in url):
        pytest.skip("this one is of the lists' own form")
    answer = api.get(f"{url}{'&' if '?' in url else '?'}cursor={cursor}")
    assert "cursor" in problem_of(answer, 400)["detail"]


FLAGS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("/mappings/CUSTOMER/run", "dryRun", {}),
    ("/full-sync", "dryRun", {}),
    ("/full-sync", "unconditional", {}),
    ("/hooks/repair", "dryRun", {}),
    ("/couplings/CUSTOMER/repair", "dryRun", {}),
    ("/couplings/CUSTOMER/match", "sync", {}),
    ("/couplings/CUSTOMER/match", "dryRun", {}),
    ("/couplings/CUSTOMER", "createNew", {}),
    ("/couplings/CUSTOMER/move", "force", {"bcId": "11111111-2222-4333-8444-555555555555", "to": "11111111-2222-4333-8444-555555555556"}),
    ("/mappings/CUSTOMER/confirm", "confirm", {"problem": "mass:1"}),
    ("/records/CUSTOMER/bc/11111111-2222-4333-8444-555555555555/sync", "dryRun", {}),
)


@pytest.mark.parametrize("value", [None, "true", 1], ids=repr)
@pytest.mark.parametrize(("url", "flag", "rest"), FLAGS, ids=lambda value: str(value)[:40])
def test_a_flag_is_true_or_false_and_nothing_else(api: httpx.Client, url: str, flag: str, rest: dict[str, str], value: object) -> None:
    assert flag in problem_of(api.post(url, json={**rest, flag: value}), 400)["detail"]
