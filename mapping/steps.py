"""Steps: what is to be done to one row of one side, as data. A service carries them out, a dry run prints them."""

from __future__ import annotations

from dataclasses import dataclass

from mapping.values import Row, Side


@dataclass(frozen=True, kw_only=True, slots=True)
class Create:
    """Make a row, under an id of our choosing where the service takes one (rule A6)."""

    side: Side
    table: str
    values: Row
    id: str | None = None


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


Step = Create | Update | Call | Delete
