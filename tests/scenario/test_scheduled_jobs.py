"""The job of a scheduled run: known before anything is written, so that a coupling can name it."""

from __future__ import annotations

from tests.scenario.engine import Engine


async def test_a_coupling_names_the_scheduled_job_that_wrote_it_last(engine: Engine) -> None:
    customer, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(customer, displayName="Falke GmbH")
    await engine.look("CUSTOMER")
    coupling = await engine.coupling("CUSTOMER", customer)
    assert coupling and coupling.job
    job = (await engine.api.get(f"jobs/{coupling.job}")).json
    assert (job["kind"], job["totals"]["toSales"]["modified"]) == ("scheduled", 1)
