"""The status of an answer by what went wrong."""

from __future__ import annotations

from sync.errors import AnotherConnector, AnotherCouplet, Conflict, CoupletError, ForeignState, ServiceError, SettingsError, StoreError

STATUSES: tuple[tuple[type[CoupletError], int], ...] = (
    (AnotherConnector, 409),
    (AnotherCouplet, 409),
    (ServiceError, 502),
    (SettingsError, 503),
    (Conflict, 409),
    (ForeignState, 409),
    (StoreError, 503),
)
"""The first of these that an error is gives the status: 502 when a service did not do its part, 503 when nothing can work now."""


def status_of(error: CoupletError) -> int:
    """The status; 409 for what is of none of these sorts."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 409)
