"""What the demo company expects can be met, and the comparison agrees, at every size and base currency."""

from __future__ import annotations

import pytest

from sandbox.company import generate
from tests.expected.compare import compare
from tests.expected.ideal import Ideal


@pytest.mark.parametrize(("scale", "base"), [(0.1, "EUR"), (1.0, "EUR"), (0.1, "USD"), (3.0, "USD")])
def test_a_synch_by_the_book_has_no_difference(scale: float, base: str) -> None:
    company = generate(scale, base_currency=base)
    ideal = Ideal(company)
    listed = [problem for outlook in company.expected["mappings"].values() for problem in outlook["problems"]]
    assert compare(company.expected, ideal.bc, ideal.sales, ideal.couplings, listed) == []


def test_no_synch_at_all_differs_in_every_pair_and_every_record_to_create() -> None:
    company = generate(0.1)
    found = compare(company.expected, company.bc, company.sales, [], [])
    outlooks = company.expected["mappings"].values()
    assert sum(difference.kind == "pair_missing" for difference in found) == sum(len(outlook["pairs"]) for outlook in outlooks)
    assert sum(difference.kind == "not_created" for difference in found) == sum(
        len(outlook["createdInSales"]) + len(outlook["createdInBc"]) for outlook in outlooks
    )
