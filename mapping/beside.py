"""Tables beside a mapping's own: rows that its rules look at, and rows that make its records due (rule F1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mapping.values import Row, Side
from mapping.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Related:
    """Rows of another table that the mapping's rules look at.

    Those on `side` whose `key` column equals the `of` column of the record's row on that side; with `through`, the id in Sales of the
    record of mapping `through` that BC's `of` column names; with `across`, `of` is a column of the row on the other side, read for records
    that are on that side only, `always` for all. With `by`, those that this field row refers to, read for records that are on
    one side only, `always` for all; with `while_both` only while that row of another mapping goes both ways. With `beside`, `of` is a
    column of the related rows of that name. Without `key`, the whole of a small table, under `*`: for records on one side only,
    or `remembered` for a while. `shared` is a property of the world whose rows every record asks for, too, such as the base currency's.
    Rows that references go through are read `first`, before the partners that they lead to are looked up. Of rows that are records of
    mapping `coupled` themselves, the partners are known, too. With `where`, only records whose row passes that filter ask for any.
    """

    name: str
    side: Side
    table: str
    key: str = ""
    of: str = ""
    columns: tuple[str, ...]
    through: str = ""
    remembered: bool = False
    by: str = ""
    always: bool = False
    while_both: tuple[str, str] | None = None
    beside: str = ""
    shared: str = ""
    first: bool = False
    coupled: str = ""
    across: bool = False
    where: Callable[[Row, World], str | None] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """A BC table that makes records due: its rows' `column` names the record's `key` (rule F1).

    They are due when a row changes, and by the calendar: on the day of the company that one of its `days` names, the first on which it
    counts, and on the day after one of its `ends`, the last one. With `by` (table, column, named) the `column` names a row of that table
    by its own, and what that one has under `named` is the record's key: of an order's line, the order's customer. A row whose `column`
    names what is `shared` by all, such as the base currency, makes every coupled record due.
    With `across`, `key` is a column of the row in Sales: the record's own row in BC may be gone by then. What is only `kept` in step
    by it is nothing to make a row for: records that are not coupled are not due.
    """

    table: str
    column: str
    key: str
    days: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    by: tuple[str, str, str] | None = None
    shared: str = ""
    across: bool = False
    kept: bool = False
