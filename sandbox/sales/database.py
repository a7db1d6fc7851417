"""The whole database: a store per table, one rising version number, transactions and what was written for the webhooks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.sales import errors
from sandbox.sales.schema import Key, Schema, Table
from sandbox.sales.store import Row, Store, Unique

FIRST_VERSION = 1_000_000


@dataclass(frozen=True)
class Caller:
    """Who writes: the systemuser that acts, the application user behind an impersonation, the request's tag.

    Of one who `asks`, because he calls the Web API, the privileges count.
    """

    user_id: str
    behind: str | None = None
    tag: str | None = None
    depth: int = 1
    asks: bool = False


@dataclass
class Event:
    """One committed write, for the webhooks: message name, table, id, the changed columns and the row after it."""

    message: str
    table: str
    row_id: str
    changes: Row
    row: Row
    caller: Caller


@dataclass
class Undo:
    store: Store
    row_id: str
    old: Row | None
    tombstone: int | None


@dataclass
class Journal:
    """What an open transaction has done so far."""

    undo: list[Undo] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    links: list[tuple[set[tuple[str, str]], set[tuple[str, str]]]] = field(default_factory=list)


class Database:
    """Rows of every table; `now` is the simulator's clock to the second, `offset_ms` moves it (a switch).

    `depths` holds the privileges of each root role by name; `granted` counts up whenever somebody's privileges may have changed.
    """

    offset_ms: float = 0.0

    def __init__(self, schema: Schema | None = None) -> None:
        self.schema = schema or Schema()
        self.stores = {name: Store(table) for name, table in self.schema.tables.items()}
        self.depths: dict[str, dict[str, str]] = {}
        self.granted = 0
        self.links: dict[str, set[tuple[str, str]]] = {item.name: set() for item in self.schema.associations}
        self.version = FIRST_VERSION
        self.journal: Journal | None = None
        self.events: list[Event] = []
        self.organization_id = ""
        self.rows_written = 0

    @property
    def organization(self) -> Row:
        return self.stores["organization"].rows[self.organization_id]

    def clock(self) -> dt.datetime:
        """The service's own time."""
        return dt.datetime.now(dt.UTC) + dt.timedelta(milliseconds=self.offset_ms)

    def now(self) -> str:
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def store(self, name: str) -> Store:
        return self.stores[name]

    def rows(self, name: str) -> dict[str, Row]:
        return self.stores[name].rows

    def table_of_set(self, entity_set: str) -> Table:
        table = self.schema.sets.get(entity_set)
        if table is None:
            raise errors.unknown_segment(entity_set)
        return table

    def get(self, name: str, row_id: str) -> Row:
        """The row, or the error of a missing one."""
        row = self.stores[name].rows.get(row_id)
        if row is None:
            raise errors.missing(name, row_id)
        return row

    def referenced(self, name: str, row: Row, column: str) -> Row | None:
        """The row of table `name` that a lookup column points at."""
        target = row.get(f"_{column}_value")
        return self.stores[name].rows.get(target) if target else None

    def target_of(self, column: str, table: Table, value: str) -> str:
        """Which table a lookup value belongs to; the first possible one when the row isn't there (not a table of the sandbox)."""
        targets = list(table.columns[column].targets)
        return next((name for name in targets if name in self.stores and value in self.stores[name].rows), targets[0])

    def put(self, table: Table, row_id: str, row: Row) -> None:
        """Write a row at the next version, undone if the transaction fails."""
        store = self.stores[table.name]
        undo = Undo(store, row_id, store.rows.get(row_id), store.deleted.get(row_id))
        store.put(row_id, row, self.version + 1)
        self.version += 1
        self.rows_written += 1
        if self.journal is not None:
            self.journal.undo.append(undo)

    def drop(self, table: Table, row_id: str) -> None:
        store = self.stores[table.name]
        if self.journal is not None:
            self.journal.undo.append(Undo(store, row_id, store.rows[row_id], None))
        self.version += 1
        self.rows_written += 1
        store.drop(row_id, self.version)

    def link(self, name: str, left: str, right: str, present: bool = True) -> None:
        """Make or remove a many-to-many link."""
        links = self.links[name]
        if self.journal is not None:
            self.journal.links.append((links, set(links)))
        (links.add if present else links.discard)((left, right))
        self.granted += 1

    def happened(self, event: Event) -> None:
        (self.journal.events if self.journal is not None else self.events).append(event)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner transaction is part of the outer one."""
        if self.journal is not None:
            yield
            return
        journal = self.journal = Journal()
        try:
            yield
        except BaseException:
            self._roll_back(journal)
            raise
        else:
            self.events.extend(journal.events)
        finally:
            self.journal = None

    def _roll_back(self, journal: Journal) -> None:
        self.granted += 1
        for undo in reversed(journal.undo):
            undo.store.restore(undo.row_id, undo.old, undo.tombstone)
        for links, before in reversed(journal.links):
            links.clear()
            links.update(before)

    def enforce(self, table: Table, key: Key) -> None:
        """Let an alternate key of the table hold from now on; refused when its rows are not unique."""
        keys = [table.columns[column].key for column in key.columns]
        self.stores[table.name].add_unique(Unique(keys, lambda: errors.key_taken(key.name)))

    def remove_key(self, table: Table, name: str) -> None:
        key = next(key for key in table.keys if key.name == name)
        keys = tuple(table.columns[column].key for column in key.columns)
        store = self.stores[table.name]
        store.unique = [index for index in store.unique if index.keys != keys]
        table.keys.remove(key)

    @staticmethod
    def new_id() -> str:
        return str(uuid.uuid4())


def number_text(value: Any) -> str:
    """A number as messages show it."""
    return f"{value:g}" if isinstance(value, float) else str(value)
