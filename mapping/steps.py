"""Steps: what is to be done to one row of one side, as data. A service carries them out, a dry run prints them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mapping.values import Row, Side


@dataclass(frozen=True, kw_only=True, slots=True)
class Create:
    """Make a row, under an id of our choosing where the service takes one (rule A6); nobody misses an `optional` one that is refused.

    `parts` are rows of other tables that are made with it in one request, all or nothing, by the property that they stand under.
    `first`: of the records of a list that would make one row, the first does, and the others leave it.
    """

    side: Side
    table: str
    values: Row
    id: str | None = None
    parts: Mapping[str, tuple[Create, ...]] = field(default_factory=dict)
    first: bool = False
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """Change some columns of a row that still has the version we read (`None`: whatever version).

    `first`: of the records of a list that would do so to one row, the first does, and the others leave it. `tells` names the mapping
    whose record the row is: it is synchronised next.
    """

    side: Side
    table: str
    id: str
    values: Row
    version: str | None = None
    first: bool = False
    tells: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """Call an action of a service: bound to a row, to a table, or to nothing."""

    side: Side
    name: str
    body: Row
    table: str | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Delete:
    """Delete a row that still has the version we read (`None`: whatever version); one that is gone already is deleted."""

    side: Side
    table: str
    id: str
    version: str | None = None


Single = Create | Update | Call | Delete


@dataclass(frozen=True, kw_only=True, slots=True)
class Together:
    """Steps of one side that are carried out as one, all or none; about the row of the first.

    A Submitted order is read-only: it is made active, written and submitted again in one go, so that nobody ever finds it open; as a
    Released one of BC is, and its lines with it. What an action of BC has done is not undone: there the order may stay open.
    """

    side: Side
    steps: tuple[Single, ...]

    @property
    def table(self) -> str | None:
        """The table of the row that it is about."""
        return self.steps[0].table

    @property
    def id(self) -> str | None:
        """The id of the row that it is about."""
        return self.steps[0].id


Step = Single | Together


@dataclass(frozen=True, kw_only=True, slots=True)
class Halfway:
    """How a row looks that was opened to be written and not closed again: its `column` holds `between` in the place of `before`."""

    column: str
    before: str | int
    between: str | int


def writes(steps: Iterable[Step]) -> Iterator[Create | Update]:
    """What the steps write to rows; what goes together to one row is one write, with the last value of each column."""
    for step in steps:
        if isinstance(step, Create | Update):
            yield step
        elif isinstance(step, Together):
            rows: dict[tuple[str, str | None], Create | Update] = {}
            for each in step.steps:
                if isinstance(each, Create | Update):
                    first = rows.get((each.table, each.id), each)
                    rows[each.table, each.id] = replace(first, values={**first.values, **each.values})
            yield from rows.values()


def singles(steps: Iterable[Step]) -> Iterator[Single]:
    """The steps one by one, those that go together in their order."""
    for step in steps:
        yield from step.steps if isinstance(step, Together) else (step,)
