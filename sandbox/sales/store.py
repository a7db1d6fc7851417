"""The rows of one table in memory, with its indexes and its change log.

A row is the dict that GET shows, without nulls that carry nothing: an absent key is null. `versionnumber` rises over the whole
database; the log is the list of versions in rising order, so that a delta costs what has changed and not what there is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sandbox.sales.errors import Refused
from sandbox.sales.schema import Table

Row = dict[str, Any]


def folded(value: Any) -> Any:
    """A value as indexes compare it: text without case and trailing blanks, as the database's collation does."""
    return value.casefold().rstrip(" ") if isinstance(value, str) else value


class Unique:
    """A unique index over some columns; a row with a null in one of them is not in it."""

    def __init__(self, keys: Sequence[str], refusal: Callable[[], Refused]) -> None:
        self.keys = tuple(keys)
        self.refusal = refusal
        self.ids: dict[tuple[Any, ...], str] = {}

    def of(self, row: Row) -> tuple[Any, ...] | None:
        values = tuple(folded(row.get(key)) for key in self.keys)
        return None if None in values else values

    def check(self, row: Row, row_id: str) -> None:
        values = self.of(row)
        if values is not None and self.ids.get(values, row_id) != row_id:
            raise self.refusal()


class Store:
    """Rows by id. All writes go through `put` and `drop`, which keep indexes and log right."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows: dict[str, Row] = {}
        self.deleted: dict[str, int] = {}
        self.unique: list[Unique] = []
        self.indexes: dict[str, dict[Any, dict[str, None]]] = {}
        self.log_versions: list[int] = []
        self.log_ids: list[str] = []
        self.writes = 0

    def put(self, row_id: str, row: Row, version: int) -> None:
        """Insert or replace a row at a version; the unique indexes are checked first."""
        for unique in self.unique:
            unique.check(row, row_id)
        old = self.rows.get(row_id)
        row["versionnumber"] = version
        self._unindex(row_id, old)
        self.rows[row_id] = row
        self.deleted.pop(row_id, None)
        for unique in self.unique:
            if (values := unique.of(row)) is not None:
                unique.ids[values] = row_id
        for key, index in self.indexes.items():
            index.setdefault(folded(row.get(key)), {})[row_id] = None
        self._log(row_id, version)

    def drop(self, row_id: str, version: int) -> None:
        """Delete a row; the log keeps its tombstone."""
        self._unindex(row_id, self.rows.pop(row_id))
        self.deleted[row_id] = version
        self._log(row_id, version)

    def restore(self, row_id: str, old: Row | None, tombstone: int | None) -> None:
        """Put things back as they were before a write that is being undone, version included."""
        self._unindex(row_id, self.rows.pop(row_id, None))
        self.deleted.pop(row_id, None)
        if old is not None:
            self.put(row_id, old, old["versionnumber"])
            self.log_versions.pop()
            self.log_ids.pop()
        elif tombstone is not None:
            self.deleted[row_id] = tombstone
        self.writes += 1

    def _unindex(self, row_id: str, old: Row | None) -> None:
        if old is None:
            return
        for unique in self.unique:
            if (values := unique.of(old)) is not None and unique.ids.get(values) == row_id:
                del unique.ids[values]
        for key, index in self.indexes.items():
            index[folded(old.get(key))].pop(row_id, None)

    def _log(self, row_id: str, version: int) -> None:
        self.log_versions.append(version)
        self.log_ids.append(row_id)
        self.writes += 1

    def add_unique(self, index: Unique) -> None:
        """Build a unique index over the rows there are; raises its refusal when they violate it."""
        for row_id, row in self.rows.items():
            index.check(row, row_id)
            if (values := index.of(row)) is not None:
                index.ids[values] = row_id
        self.unique.append(index)

    def with_value(self, key: str, value: Any) -> Iterable[str]:
        """Ids of rows with a value in a column, through an index that is made when first asked for."""
        index = self.indexes.get(key)
        if index is None:
            index = self.indexes[key] = {}
            for row_id, row in self.rows.items():
                index.setdefault(folded(row.get(key)), {})[row_id] = None
        return list(index.get(folded(value), ()))

    def changed_since(self, version: int) -> Iterator[tuple[int, str]]:
        """(version, id) of rows and tombstones after a version, each id once at its present version, rising."""
        if len(self.log_ids) > 2 * len(self.rows) + 2 * len(self.deleted) + 1000:
            self._compact()
        for at in range(bisect_right(self.log_versions, version), len(self.log_ids)):
            row_id, stamp = self.log_ids[at], self.log_versions[at]
            row = self.rows.get(row_id)
            if (row["versionnumber"] if row is not None else self.deleted.get(row_id)) == stamp:
                yield stamp, row_id

    def _compact(self) -> None:
        current = [(row["versionnumber"], row_id) for row_id, row in self.rows.items()]
        current += [(version, row_id) for row_id, version in self.deleted.items()]
        current.sort()
        self.log_versions = [version for version, _ in current]
        self.log_ids = [row_id for _, row_id in current]
