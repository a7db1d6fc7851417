"""The root of all errors, and what can be wrong with the app settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from mapping.values import Side


class CoupletError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "couplet_error"
    remedy: ClassVar[str] = "Look at the job log; if it comes back, report it with the text shown there."
    transient: ClassVar[bool] = False
    settled_by_edit: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(
        self, message: str | None = None, *, side: Side | None = None, record: str | None = None, field: str | None = None, **detail: Any
    ) -> None:
        super().__init__(message or (type(self).__doc__ or type(self).__name__).strip().partition("\n")[0])
        self.side = side
        self.record = record
        self.field = field
        self.detail = detail


class SettingsError(CoupletError):
    """The app settings are not complete or not valid."""

    remedy = "Set the app settings named in the message (portal: Environment variables; locally: local.settings.json) and restart."

    def __init__(self, problems: Sequence[SettingsError] = (), message: str | None = None, **detail: Any) -> None:
        super().__init__(message or " ".join(str(problem) for problem in problems) or None, **detail)
        self.problems = tuple(problems)


class MissingSetting(SettingsError):
    """A setting is missing."""

    def __init__(self, name: str, meaning: str = "") -> None:
        super().__init__(message=f"{name} is not set" + (f" ({meaning})." if meaning else "."), setting=name)


class BadSetting(SettingsError):
    """A setting has a value that cannot be used."""

    def __init__(self, name: str, allowed: str) -> None:
        super().__init__(message=f"{name} must be {allowed}.", setting=name)


class MappingsWrong(SettingsError):
    """The mappings file has mistakes, so that nothing is synchronised."""

    remedy = "Correct what the message names, check the file with python -m mapping check, and deploy it again."
