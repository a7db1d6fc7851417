"""The requirements, in the order in which a person meets them. To add one, write it beside those of its noun and put it on the list."""

from __future__ import annotations

from collections.abc import Sequence

from sync.setup import app, business_central, sales
from sync.setup.model import Requirement

REQUIREMENTS: Sequence[Requirement] = (
    app.MAPPINGS_FILE,
    app.STORAGE,
    business_central.REACHED,
    sales.REACHED,
    app.CONNECTION,
    app.ALONE,
    sales.CURRENCY,
    app.CLOCK,
    business_central.PROFILE,
    sales.COLUMNS,
    business_central.ARCHIVES,
    sales.ORDERS,
)
