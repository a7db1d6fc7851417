from __future__ import annotations

import pytest

from tests.sandbox.business_central.client import Client, Row, customers, guid


async def walk(bc: Client, path: str, size: int) -> list[list[Row]]:
    """All pages; the preference for the size is sent each time."""
    pages, link = [], Client.url(path)
    while link:
        answer = (await bc.get(link, prefer=f"odata.maxpagesize={size}")).json()
        pages.append(answer["value"])
        link = answer.get("@odata.nextLink", "").removeprefix("http://127.0.0.1")
    return pages


@pytest.mark.fidelity("bc-7-size", "bc-7-link", "bc-7-empty", "bc-11-prefer")
async def test_a_full_page_links_to_the_next_even_if_that_is_empty(bc: Client) -> None:
    await bc.seed(customers=customers(6))
    answer = await bc.get("customers?$select=number", prefer="odata.maxpagesize=3")
    assert answer.headers["preference-applied"] == "odata.maxpagesize=3"
    assert answer.json()["@odata.nextLink"].endswith(f"/customers?$select=number&aid=FIN&$skiptoken={guid(2)}")
    assert [len(page) for page in await walk(bc, "customers", 3)] == [3, 3, 0]
    await bc.switch(emptyLastPage=False)
    assert [len(page) for page in await walk(bc, "customers", 3)] == [3, 3]


@pytest.mark.parametrize(
    "options",
    [
        "",
        "?$filter=number ge 'N00002'",
        "?$orderby=displayName desc",
        "?$orderby=city&$filter=number ge 'N00002'",
        "?$filter=lastModifiedDateTime ge 2000-01-01T00:00:00Z",
    ],
)
async def test_pages_give_each_row_once_whatever_the_order(bc: Client, options: str) -> None:
    await bc.seed(customers=customers(25, city="x"))
    whole = [row["id"] for row in await bc.rows(f"customers{options}")]
    assert [row["id"] for page in await walk(bc, f"customers{options}", 4) for row in page] == whole


@pytest.mark.fidelity("bc-7-top")
async def test_top_ends_the_walk_and_is_carried_along_when_larger_than_a_page(bc: Client) -> None:
    await bc.seed(customers=customers(10))
    assert "@odata.nextLink" not in (await bc.get("customers?$top=3", prefer="odata.maxpagesize=3")).json()
    answer = (await bc.get("customers?$top=7", prefer="odata.maxpagesize=3")).json()
    assert "$top=4" in answer["@odata.nextLink"]
    assert [len(page) for page in await walk(bc, "customers?$top=7", 3)] == [3, 3, 1]
    assert [row["number"] for row in await bc.rows("customers?$skip=8")] == ["N00008", "N00009"]


@pytest.mark.fidelity("bc-7-token")
async def test_rows_deleted_between_pages_shift_nothing(bc: Client) -> None:
    await bc.seed(customers=customers(6))
    first = (await bc.get("customers", prefer="odata.maxpagesize=3")).json()
    for at in (0, 2):
        await bc.ask("DELETE", f"customers({guid(at)})")
    second = await bc.rows(first["@odata.nextLink"].removeprefix("http://127.0.0.1"))
    assert [row["id"] for row in second] == [guid(3), guid(4), guid(5)]


@pytest.mark.fidelity("bc-7-413", "bc-10-page")
async def test_pages_over_the_maximum_are_refused(bc: Client) -> None:
    assert (await bc.get("customers", prefer="odata.maxpagesize=20001")).status_code == 413
    await bc.seed(customers=customers(20_001))
    answer = (await bc.get("customers?$select=number")).json()
    assert len(answer["value"]) == 20_000
    assert "@odata.nextLink" in answer
