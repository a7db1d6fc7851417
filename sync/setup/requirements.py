"""The requirements, in the order in which a person meets them. To add one, write it beside those of its noun and put it on the list."""

from __future__ import annotations

from collections.abc import Sequence

from sync.setup import app, app_user, business_central, people, sales
from sync.setup.model import Requirement

REQUIREMENTS: Sequence[Requirement] = (
    app.MAPPINGS_FILE,
    app.STORAGE,
    business_central.REACHED,
    sales.REACHED,
    business_central.VERSION,
    sales.VERSION,
    app.CONNECTION,
    app.ALONE,
    business_central.PERMISSIONS,
    app_user.PRIVILEGES,
    app_user.USER,
    sales.CURRENCY,
    app.CLOCK,
    business_central.PROFILE,
    sales.COLUMNS,
    business_central.ARCHIVES,
    sales.ORDERS,
    people.LICENCES,
    people.TEAM,
    sales.OTHER_SOLUTIONS,
    app.WEBHOOKS,
)
