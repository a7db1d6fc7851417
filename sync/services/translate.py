"""From what a service answers to one of our errors: a table per service, no branches per code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sync.errors import (
    AccessDenied,
    AppNotAdmitted,
    FieldError,
    InvalidValue,
    NotFound,
    Refused,
    RequiredMissing,
    ServiceError,
    ServiceUnusable,
    Stale,
    Throttled,
    Unavailable,
    UnexpectedAnswer,
    UnknownField,
)
from sync.heart.plan import Row, Side

BY_STATUS: Mapping[int, type[ServiceError]] = {
    400: Refused,
    401: AppNotAdmitted,
    403: AccessDenied,
    404: NotFound,
    405: Refused,
    408: Unavailable,
    409: Stale,
    410: NotFound,
    412: Stale,
    413: Refused,
    414: Refused,
    429: Throttled,
    500: Unavailable,
    501: Refused,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


LONGEST_BODY = 4000
"""Characters kept of an answer's body: a person who asks the maker of a plug-in or an extension needs it as it came."""

_SECRET = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?i:(?:sig|secret|password|token)\W{1,8}[\w%+/=.~-]{16,}|(?<=[?&])(?:key|code)=[\w%+/=.~-]+)"
)
"""What looks like a token, a signature or a password: nobody needs it to understand an answer."""

_UNKNOWN_FIELD = re.compile(r"(?:undeclared property|property named) '(\w+)")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one service says no.

    `codes`: its code (or `<prefix>_*`) to our class. `fields`: patterns whose first group is the field a message names. `denials`: what a
    message says where the code alone says no more than that access is denied.
    """

    side: Side
    codes: Mapping[str, type[ServiceError]]
    fields: tuple[re.Pattern[str], ...]
    request_id: str
    denials: Mapping[re.Pattern[str], type[AccessDenied]] = field(default_factory=dict)

    def error(self, status: int, headers: Mapping[str, str], content: bytes) -> ServiceError:
        """The error for an answer of status 300 or more."""
        code, message = _said(content)
        cls = self.codes.get(code) or self.codes.get(code.partition("_")[0] + "_*") or BY_STATUS.get(status, UnexpectedAnswer)
        if cls is Refused and _UNKNOWN_FIELD.search(message):
            cls = UnknownField
        if cls is AccessDenied:
            cls = next((named for pattern, named in self.denials.items() if pattern.search(message)), cls)
        correlation = re.search(r"\s*CorrelationId:\s*([0-9a-f-]{36})\.?\s*$", message)
        wait = retry_after(headers)
        if status == 503 and wait is not None:
            cls = Throttled  # "come back then" and "not so fast" ask the same of us
        extra: dict[str, Any] = {"retry_after": wait} if issubclass(cls, Throttled) else {}
        return cls(
            side=self.side,
            status=status,
            service_code=code or None,
            service_message=_shown(message[: correlation.start()] if correlation else message),
            request_id=headers.get(self.request_id) or (correlation[1] if correlation else None),
            body=_shown(content.decode("utf-8", "replace")),
            field=next((found[1] for pattern in (_UNKNOWN_FIELD, *self.fields) if (found := pattern.search(message))), None),
            **extra,
        )


def _shown(text: str) -> str | None:
    """What a service said, as people may read it and the store keeps it."""
    return _SECRET.sub("***", text)[:LONGEST_BODY] or None


def _said(content: bytes) -> tuple[str, str]:
    """Code and message of an error body: JSON as both services write it, or the XML of BC's gateway."""
    try:
        error = json.loads(content)["error"]
        return str(error.get("code", "")), str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        found = re.search(rb"<code>([^<]*)</code>\s*<message>([^<]*)</message>", content)
        return (found[1].decode(), found[2].decode()) if found else ("", "")


def decoded(content: bytes, side: Side) -> Any:
    """The JSON of a successful answer."""
    try:
        return json.loads(content)
    except ValueError as reason:
        raise UnexpectedAnswer("The answer is no JSON.", side=side) from reason


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks to wait; it may also be a date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except ValueError:
        return None


def clock(headers: Mapping[str, str], side: Side) -> datetime:
    """The service's own clock when it answered: watermarks are taken from nothing else."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError) as reason:
        raise UnexpectedAnswer("The service sent no usable Date header.", side=side) from reason


def concerns_all(error: ServiceError) -> bool:
    """Whether the error is about the service and not about what was asked; a 500 can be either, and may well be one record's."""
    return isinstance(error, ServiceUnusable) and error.status != 500


def blame(error: ServiceError, values: Row) -> ServiceError:
    """The error with the field it is about, where its message shows the name, caption, value or length of exactly one (rule B9).

    A refusal under some other rule that quotes one value is about that value.
    """
    message = error.service_message or ""
    if error.field is None and isinstance(error, FieldError | Refused) and message:
        fitting = _suspects(error, message, values)
        error.field = fitting[0].partition("@")[0] if len(fitting) == 1 else None
        if error.field and isinstance(error, Refused):
            return error.as_a(InvalidValue)
    return error


def _suspects(error: ServiceError, message: str, values: Row) -> list[str]:
    length = re.search(r"length of the string is (\d+)", message)
    by_name = [name for name in values if f'"{name}"' in message]
    by_caption = [name for name in values if _letters(name) == _letters(_caption(message))]
    by_value = [name for name, value in values.items() if _fits(value, message, int(length[1]) if length else None)]
    blank = [name for name, value in values.items() if value in (None, "") and isinstance(error, RequiredMissing)]
    return by_name or by_caption or by_value or blank


def _caption(message: str) -> str:
    """The caption in "The field Currency Code of table ..." or "Base Unit of Measure must ..."."""
    found = re.match(r"The field (.+?) of table|(\S.{0,60}?) must ", message)
    return (found[1] or found[2]) if found else ""


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _fits(value: object, message: str, length: int | None) -> bool:
    text = str(value)
    if not isinstance(value, str) or not text:
        return False
    if length is not None:
        return len(text.encode("utf-16-le")) // 2 == length
    reference = re.search(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", message)
    if reference and reference[0].lower() in text.lower():
        return True
    return any(mark in message for mark in (f"({text})", f"'{text}'", f'"{text}"', f"({text.upper()})"))
