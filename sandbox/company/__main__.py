"""`python -m sandbox.company`: make a company, load it into running simulators, write down what must come of it."""

from __future__ import annotations

import argparse
from pathlib import Path

import orjson

from sandbox.company.generate import generate
from sandbox.company.loading import load
from sandbox.company.model import LOCAL_CURRENCY


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.company", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1: about 300 customers")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--base-currency", default=LOCAL_CURRENCY, help="the Sales organisation's: EUR or USD")
    parser.add_argument("--business-central", metavar="URL", help="address of the Business Central simulator")
    parser.add_argument("--sales", metavar="URL", help="address of the Sales simulator")
    parser.add_argument("--expected", type=Path, default=Path(".sandbox/expected.json"), help="where to write what must come of it")
    given = parser.parse_args()
    company = generate(given.scale, given.seed, base_currency=given.base_currency)
    given.expected.parent.mkdir(parents=True, exist_ok=True)
    given.expected.write_bytes(orjson.dumps(company.expected, option=orjson.OPT_INDENT_2))
    if given.business_central and given.sales:
        load(company, given.business_central, given.sales)
    rows = sum(map(len, (*company.bc.values(), *company.sales.values())))
    print(f"{rows} rows; what must come of them: {given.expected}")


if __name__ == "__main__":
    main()
