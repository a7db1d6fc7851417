"""The whole demo company through a full synch, against what its generator knew before; `SCALE=10` makes it ten times as large."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sandbox.running import SECONDS, Options, Sandbox
from tests.expected.compare import compare
from tests.scenario.company import Company

SCALE = float(os.environ.get("SCALE", "1"))
LONGEST = 100 * max(SCALE, 1)
"""Seconds that a full synch may take."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 if SCALE <= 1 else 1500)]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The demo company after its first full synch."""
    with Sandbox(Options(scale=SCALE, pace=SECONDS, home=tmp_path_factory.mktemp("company"))) as sandbox:
        running = Company(sandbox)
        assert running.api.patch("/mappings/VENDOR", json={"enabled": True}).status_code == 200
        running.full_sync(LONGEST, createNew="both")
        running.settled()
        yield running
        running.close()


def test_a_full_synch_makes_of_the_demo_company_what_its_generator_expected(company: Company) -> None:
    differences = compare(company.expected, company.bc_rows(), company.sales_rows(), company.couplings(), company.problems())
    assert not differences, "\n".join(map(str, differences[:40]))


@pytest.mark.rule("B1")
def test_a_second_full_synch_writes_nothing_to_either_side_or_a_coupling(company: Company) -> None:
    before = company.couplings()
    company.reset_counters()
    ended = company.full_sync(LONGEST, createNew="both")
    assert {side: company.counters(side)["rowsWritten"] for side in ("bc", "sales")} == {"bc": 0, "sales": 0}, ended["lines"]
    assert company.couplings() == before


@pytest.mark.rule("F1")
@pytest.mark.feature("F126")
def test_stock_that_is_posted_stands_on_the_product_soon_and_in_availability_at_once(company: Company) -> None:
    coupled = {each["bcId"]: each["salesId"] for each in company.couplings() if each["mapping"] == "ITEM-PRODUCT"}
    mine = next(row for row in company.rows("bc", "items") if row["id"] in coupled and row["inventory"] > 0 and not row["blocked"])
    company.hand("bc", "postStock", itemNumber=mine["number"], quantity=250)
    told = company.api.get(f"/availability/{coupled[mine['id']]}").json()
    assert (told["quantity"], told["unit"]) == (mine["inventory"] + 250, mine["baseUnitOfMeasureCode"])

    def arrived() -> bool:
        products = {row["productid"]: row["quantityonhand"] for row in company.rows("sales", "products")}
        return bool(products[coupled[mine["id"]]] == mine["inventory"] + 250)

    assert company.wait(arrived, 60)
