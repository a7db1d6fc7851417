"""Kinds of value that every table has: yes or no, dates, moments, and choices that are listed (rule D3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from mapping.field import FieldMapping, Kind
from mapping.kinds import Exact
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

SPACE = "_x0020_"
"""How BC writes a blank within the name of an enum member."""

NO_DATE = "0001-01-01"
"""BC's blank date; a blank moment begins with it, too."""

EARLIEST = date(1753, 1, 1)
"""Sales takes no earlier day."""


def invalid(field: FieldMapping, side: Side, what: str) -> Refusal:
    """A value that a column cannot hold."""
    return Refusal(code="invalid_value", detail=f"{field.column(side)} {what}")


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """Yes or no; Sales knows a third, nothing at all, which is no."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return bool(row[field.column(side)])

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        known = {"true": True, "false": False}.get(str(value).casefold(), False if value is None else None)
        if known is None:
            return invalid(field, side, "takes yes or no only")
        return Written(values={field.column(side): known}, holds=known)


@dataclass(frozen=True, slots=True)
class Day(Kind):
    """A date. A Sales column of behaviour UserLocal holds the moment at which the day begins in the company's time zone (rule D3)."""

    local: bool = False

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        text = str(row[field.column(side)] or "")
        if not text or text.startswith(NO_DATE):
            return None
        if side is Side.SALES and self.local and "T" in text:
            return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(world.time_zone).date().isoformat()
        return text[:10]

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if value is None:
            return Written(values={field.column(side): NO_DATE if side is Side.BC else None}, holds=None)
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            return invalid(field, side, "takes a date only")
        if side is Side.BC:
            return Written(values={field.column(side): day.isoformat()}, holds=day.isoformat())
        if day < EARLIEST:
            return invalid(field, side, f"takes no day before {EARLIEST}")
        begins = datetime.combine(day, time(), world.time_zone).astimezone(UTC)
        shown = f"{begins:%Y-%m-%dT%H:%M:%SZ}" if self.local else day.isoformat()
        return Written(values={field.column(side): shown}, holds=day.isoformat())


@dataclass(frozen=True, slots=True)
class Moment(Kind):
    """A date with its time, in UTC on both sides, to the second as Sales keeps it."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        text = str(row[field.column(side)] or "")
        if not text or text.startswith(NO_DATE):
            return None
        return f"{datetime.fromisoformat(text.replace('Z', '+00:00')).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if value is None:
            return Written(values={field.column(side): f"{NO_DATE}T00:00:00Z" if side is Side.BC else None}, holds=None)
        try:
            moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            return invalid(field, side, "takes a date and a time only")
        if side is Side.SALES and moment.date() < EARLIEST:
            return invalid(field, side, f"takes no day before {EARLIEST}")
        shown = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return Written(values={field.column(side): shown}, holds=shown)


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """Values that correspond one to one, listed: what BC holds -> the number of the choice in Sales."""

    values: Mapping[str, int] = field(default_factory=dict, hash=False)

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = row[field.column(side)]
        return None if value in (None, "", "_x0020_") else str(value)

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if value is None:
            return Written(values={field.column(side): "" if side is Side.BC else None}, holds=None)
        if side is Side.SALES:
            number = {known.casefold(): number for known, number in self.values.items()}.get(str(value).casefold())
            return (
                invalid(field, side, "has no choice for what BC holds")
                if number is None
                else Written(values={field.column(side): number}, holds=str(number))
            )
        known = next((known for known, number in self.values.items() if str(number) == str(value)), None)
        if known is None:
            return invalid(field, side, "has no value for the choice in Sales")
        return Written(values={field.column(side): known}, holds=known)


@dataclass(frozen=True, slots=True)
class EnumText(Exact):
    """A member of one of BC's enums, shown as text: BC writes blanks as `_x0020_`, and a blank member is that alone."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = Exact.read(self, field, side, row, world)
        return str(value).replace(SPACE, " ").strip() or None if side is Side.BC and value is not None else value

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if side is Side.SALES:
            return Exact.write(self, field, side, value, pair, world)
        return Written(values={field.column(side): str(value or " ").replace(" ", SPACE)}, holds=value)
