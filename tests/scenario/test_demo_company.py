"""The whole demo company through a full synch, against what its generator knew before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.running import SECONDS, Options, Sandbox
from tests.expected.compare import compare
from tests.scenario.company import Company

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The demo company after its first full synch."""
    with Sandbox(Options(scale=1.0, pace=SECONDS, home=tmp_path_factory.mktemp("company"))) as sandbox:
        running = Company(sandbox)
        running.full_sync(createNew="both")
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
    ended = company.full_sync(createNew="both")
    assert {side: company.counters(side)["rowsWritten"] for side in ("bc", "sales")} == {"bc": 0, "sales": 0}, ended["lines"]
    assert company.couplings() == before
