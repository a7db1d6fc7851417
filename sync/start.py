"""How a process starts: all that is wrong with settings and mappings file is said at once, and work waits until it is put right."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sync.declared import SETTING, check, declared_mappings
from sync.errors import MappingsWrong, NewerFormat, SettingsError
from sync.settings import Settings
from sync.store import Store

log = logging.getLogger("couplet")

UNUSABLE = (SettingsError, NewerFormat)
"""What no attempt mends and no record is to blame for: work goes round until the app is set up, or deployed, as it must be."""


def settings_of(environ: Mapping[str, str]) -> Settings:
    """The settings of the process; raises one SettingsError that names all that is wrong with them, and with the mappings file."""
    try:
        return Settings.load(environ)
    except SettingsError as error:
        raise SettingsError([*error.problems, *_mistakes(environ)]) from None


def _mistakes(environ: Mapping[str, str]) -> list[SettingsError]:
    try:
        check(declared_mappings(environ.get(SETTING, "").strip() or None))
    except MappingsWrong as error:
        return [error]
    return []


def say(environ: Mapping[str, str]) -> None:
    """One line in the log: what this process is for, or all that keeps it from its work."""
    try:
        settings = settings_of(environ)
        check(declared_mappings(settings.mappings_file))
    except SettingsError as error:
        log.error("Couplet does nothing: %s %s", error, error.remedy, extra={"code": error.code})
    else:
        log.info("Couplet starts for %d companies, on the schedule %s", len(settings.bc_companies), settings.schedule)


@asynccontextmanager
async def storage_of(environ: Mapping[str, str]) -> AsyncIterator[Store]:
    """The storage account alone, which the host works with whatever else the settings lack."""
    store = Store.open(Settings.of_storage(environ))
    try:
        yield store
    finally:
        await store.close()
