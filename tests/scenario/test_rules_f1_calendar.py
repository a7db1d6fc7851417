"""Rule F1, the calendar: a record is due on the day of the company on which a related row begins to count, or counts no more."""

from __future__ import annotations

from datetime import date

import pytest

from mapping.beside import Watch
from tests.scenario.calendar import WEST, day_comes, in_zone, tomorrow, yesterday
from tests.scenario.engine import Engine

pytestmark = pytest.mark.rule("F1")


async def rate(engine: Engine, first_day: date, amount: float) -> None:
    """A person enters a rate of the dollar."""
    row = {"startingDate": first_day.isoformat(), "exchangeRateAmount": amount, "relationalExchangeRateAmount": 1}
    await engine.bc.hand("enterRate", currencyCode="USD", **row)


async def dollars(engine: Engine) -> float:
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    return float(dollar["exchangerate"])


async def reads(engine: Engine) -> int:
    """How often BC was asked for rates since the counters were reset."""
    counted: dict[str, int] = (await engine.bc.counters())["byRoute"]
    return counted.get("GET currencyExchangeRates", 0)


async def test_a_rate_counts_from_its_first_day_on_though_nobody_touches_it(engine: Engine) -> None:
    in_zone(engine, WEST)
    await engine.sync("CURRENCY")
    await rate(engine, tomorrow(), 1.5)
    await engine.look("CURRENCY")
    assert await dollars(engine) == pytest.approx(1.1)
    await day_comes(engine, "CURRENCY")
    assert await dollars(engine) == pytest.approx(1.5)


@pytest.mark.rule("F2")
async def test_the_calendar_is_read_once_a_day(engine: Engine) -> None:
    in_zone(engine, WEST)
    await engine.sync("CURRENCY")
    await day_comes(engine, "CURRENCY")
    assert await reads(engine) == 2, "one for what changed, one for the days that came"
    await engine.reset_counters()
    await engine.look("CURRENCY")
    assert await reads(engine) == 1


async def test_days_on_which_nobody_looked_are_made_up_for(engine: Engine) -> None:
    """The mapping was on hold while the day came: its next look finds what began to count meanwhile."""
    in_zone(engine, WEST)
    await engine.sync("CURRENCY")
    await rate(engine, tomorrow(), 1.6)
    await engine.look("CURRENCY")
    await engine.ctx.store.entries.merge(engine.ctx.company, "CURRENCY", day_seen="2020-02-29")
    await day_comes(engine, "CURRENCY")
    assert await dollars(engine) == pytest.approx(1.6)


async def test_a_row_that_ends_makes_its_record_due_on_the_day_after(engine: Engine) -> None:
    """The dates of any watched table count; here a rate stands in for a price with a last day."""
    engine.change("CURRENCY", watches=(Watch(table="currencyExchangeRates", column="currencyCode", key="code", ends=("startingDate",)),))
    in_zone(engine, WEST)
    await engine.sync("CURRENCY")
    await rate(engine, yesterday(), 1.7)
    await engine.look("CURRENCY")
    await day_comes(engine, "CURRENCY")
    counted: dict[str, int] = (await engine.bc.counters())["byRoute"]
    assert counted["GET currencies"] >= 2, "the currency was read again"
