"""Telling an event: a line of the log whose fields Azure Monitor keeps as properties."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from sync.telemetry.events import Event
from sync.telemetry.fields import FIELDS

log = logging.getLogger("couplet")
log.setLevel(logging.INFO)  # whatever the root has: what is below it would not be told

Told = dict[str, str | int | float | bool]

SHOWN = ("mapping", "direction", "record", "status", "outcome", "code", "job")
"""The fields that stand in the line itself."""


_ABOUT: ContextVar[Mapping[str, Any]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**fields: Any) -> Iterator[None]:
    """All that is told inside is about this company, mapping, job, unless it says otherwise."""
    token = _ABOUT.set({**_ABOUT.get(), **fields})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def tell(event: Event, **fields: Any) -> None:
    """Tell an event with these of its fields; None is left out."""
    if log.isEnabledFor(logging.INFO):
        told = declared(event, fields)
        shown = [str(told[name]) for name in SHOWN if name in told]
        log.info("%s", " ".join([f"{event.name}:", *shown]), extra={"event": event.name, **told})


def declared(event: Event, fields: Mapping[str, Any]) -> Told:
    """The fields that have a value, each as it is declared: what the event does not declare is never sent."""
    known = {**_ABOUT.get(), **fields}
    return {name: FIELDS[name].kind(known[name]) for name in event.fields if known.get(name) is not None}
