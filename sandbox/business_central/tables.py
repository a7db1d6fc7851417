"""Rows in memory: by id, by key in key order, by stamp, and a journal that can take changes back."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.clock import Clock
from sandbox.business_central.schema import TableDef

Row = dict[str, Any]
Key = Any
"""A primary key: the text of a single field, or a tuple."""
Change = tuple["Table", str, Row | None, Row | None]
"""(table, id, row before, row after); None where there was or is none."""


class Journal:
    """What the running request has changed so far; undone as a whole when it fails, told to the listeners when it ends."""

    def __init__(self) -> None:
        self.entries: list[Change] = []
        self.depth = 0
        self.commits = 0
        self.listeners: list[Any] = []

    def atomic(self) -> Atomic:
        """A context: all of it or nothing. Contexts nest; listeners hear of the changes when the outermost ends well."""
        return Atomic(self)

    def commit(self) -> None:
        """Tell the listeners now, and let a failure go back no further than this (AL's COMMIT)."""
        entries, self.entries = self.entries, []
        self.commits += 1
        for listener in self.listeners:
            listener(entries)


class Atomic:
    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.mark = 0
        self.commits = 0

    def __enter__(self) -> Atomic:
        self.mark = len(self.journal.entries)
        self.commits = self.journal.commits
        self.journal.depth += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: object, trace: object) -> None:
        self.journal.depth -= 1
        if kind is not None:
            self.undo()
        elif self.journal.depth == 0 and self.journal.entries:
            self.journal.commit()

    def undo(self) -> None:
        entries = self.journal.entries
        mark = self.mark if self.commits == self.journal.commits else 0
        while len(entries) > mark:
            table, row_id, before, after = entries.pop()
            table.restore(row_id, before, after)


_RANDOM = random.Random(20_26)


def new_id() -> str:
    """A fresh guid; the same sequence in each run, so that runs can be compared."""
    text = f"{_RANDOM.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class Table:
    """The rows of one table of one company. Rows are never changed in place: a write puts a new dict in the old one's place.

    A row holds the fields that are not blank, `SystemId`, `SystemModifiedAt` and `SystemCreatedAt` (ms) and `version`.
    """

    def __init__(self, definition: TableDef, clock: Clock, journal: Journal, company: str) -> None:
        self.definition = definition
        self.company = company
        self.name = definition.name
        self.rows: dict[str, Row] = {}
        self.ids: dict[Key, str] = {}
        self.order: list[Key] = []
        self.changes: list[tuple[int, int, str]] = []
        self.graves: dict[str, Key] = {}
        self.generation = 0
        self._indexes: dict[str, dict[Any, dict[str, None]]] = {}
        self._clock = clock
        self._journal = journal
        self._blank_key = [(name, definition.fields[name].blank) for name in definition.key]

    def key_of(self, row: Row) -> Key:
        if len(self._blank_key) == 1:
            name, blank = self._blank_key[0]
            return row.get(name, blank)
        return tuple(row.get(name, blank) for name, blank in self._blank_key)

    def find(self, key: Key) -> Row | None:
        row_id = self.ids.get(key)
        return None if row_id is None else self.rows[row_id]

    def lookup(self, field: str, value: Any) -> list[Row]:
        """All rows whose field has a value, by an index that is made at the first question."""
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            blank = self.definition.fields[field].blank
            for row in self.rows.values():
                index.setdefault(row.get(field, blank), {})[row["SystemId"]] = None
        return [self.rows[row_id] for row_id in index.get(value, ())]

    def insert(self, row: Row) -> Row:
        """Add a row; `SystemId` is made up unless given. Raises Refused when the key or id is taken."""
        row_id = row.setdefault("SystemId", new_id())
        key = self.key_of(row)
        if key in self.ids or row_id in self.rows:
            raise errors.same_key(self.name, f"{'/'.join(self.definition.key)}='{key}'")
        stamp = self._clock.stamp()
        row["SystemCreatedAt"] = row["SystemModifiedAt"] = stamp
        row["version"] = self._clock.next_version()
        self._put(None, row)
        self._journal.entries.append((self, row_id, None, row))
        return row

    def modify(self, row: Row, *, stamped: bool = True) -> Row:
        """Put a changed copy in the place of the row with its id; without `stamped` only the version moves."""
        before = self.rows[row["SystemId"]]
        key = self.key_of(row)
        if self.ids.get(key, row["SystemId"]) != row["SystemId"]:
            raise errors.same_key(self.name, f"{'/'.join(self.definition.key)}='{key}'")
        if stamped:
            row["SystemModifiedAt"] = self._clock.stamp()
        row["version"] = self._clock.next_version()
        if not stamped:
            row["unstamped"] = row["version"]
        self._put(before, row)
        self._journal.entries.append((self, row["SystemId"], before, row))
        return row

    def delete(self, row_id: str) -> None:
        row = self.rows[row_id]
        self._take(row)
        self.graves[row_id] = self.key_of(row)
        self._journal.entries.append((self, row_id, row, None))

    def restore(self, row_id: str, before: Row | None, after: Row | None) -> None:
        """Undo one change."""
        if before is None:
            self._take(self.rows[row_id])
        else:
            self.graves.pop(row_id, None)
            self._put(after, before)

    def load(self, rows: Iterable[Row]) -> int:
        """Add or replace many rows with ids and stamps of their own, those with the same id or key; nobody is told."""
        count = 0
        for row in rows:
            taken = self.ids.get(self.key_of(row))
            before = self.rows.get(row["SystemId"]) or self.rows.pop(taken or "", None)
            row["version"] = self._clock.next_version()
            if before is not None:
                self._unindex(before)
                self.ids.pop(self.key_of(before), None)
            self.rows[row["SystemId"]] = row
            self.ids[self.key_of(row)] = row["SystemId"]
            count += 1
        self._rebuild()
        return count

    def since(self, stamp: int) -> Iterator[Row]:
        """Rows written at or after a stamp, oldest first."""
        for changed, version, row_id in self.changes[bisect_left(self.changes, (stamp, 0, "")) :]:
            row = self.rows.get(row_id)
            if row is not None and row["version"] == version and row["SystemModifiedAt"] == changed:
                yield row

    def count_since(self, stamp: int) -> int:
        """At most how many rows `since` will give."""
        return len(self.changes) - bisect_left(self.changes, (stamp, 0, ""))

    def after(self, key: Key | None) -> Iterator[Row]:
        """All rows in key order, from the one behind a key."""
        start = 0 if key is None else bisect_right(self.order, key)
        for at in range(start, len(self.order)):
            yield self.rows[self.ids[self.order[at]]]

    def _put(self, before: Row | None, row: Row) -> None:
        key = self.key_of(row)
        if before is None:
            insort(self.order, key)
        else:
            self._unindex(before)
            old = self.key_of(before)
            if old != key:
                del self.ids[old]
                del self.order[bisect_left(self.order, old)]
                insort(self.order, key)
        self.rows[row["SystemId"]] = row
        self.ids[key] = row["SystemId"]
        self._index(row)
        self._changed(row)

    def _take(self, row: Row) -> None:
        key = self.key_of(row)
        self._unindex(row)
        del self.rows[row["SystemId"]]
        del self.ids[key]
        del self.order[bisect_left(self.order, key)]
        self.generation += 1

    def _changed(self, row: Row) -> None:
        self.generation += 1
        entry = (row["SystemModifiedAt"], row["version"], row["SystemId"])
        if not self.changes or self.changes[-1] < entry:
            self.changes.append(entry)
        else:
            place = bisect_left(self.changes, entry)
            if self.changes[place : place + 1] != [entry]:
                self.changes.insert(place, entry)
        if len(self.changes) > 2 * len(self.rows) + 1000:
            self._rebuild()

    def _rebuild(self) -> None:
        self.generation += 1
        self.order = sorted(self.ids)
        self.changes = sorted((row["SystemModifiedAt"], row["version"], row_id) for row_id, row in self.rows.items())
        self._indexes.clear()

    def _index(self, row: Row) -> None:
        for field, index in self._indexes.items():
            index.setdefault(row.get(field, self.definition.fields[field].blank), {})[row["SystemId"]] = None

    def _unindex(self, row: Row) -> None:
        for field, index in self._indexes.items():
            index.get(row.get(field, self.definition.fields[field].blank), {}).pop(row["SystemId"], None)
