"""Parts of documents: rows of another table that go with each record of a mapping, such as the lines of an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mapping.values import Refusal, Side

if TYPE_CHECKING:
    from mapping.model import Draft, Table, TableMapping
    from mapping.world import World

Also = Callable[["Draft", "World"], "Sequence[Mapping[str, Any]] | Refusal"]
"""Lines of a document that no line of the other side stands for, such as its freight: their values; or why they cannot be had."""

ALONE = frozenset({"enabled", "companies", "onlyCoupled", "minutes", "wake", "inactivityTimeout"})
"""What people set of mappings that run by themselves: lines go with their document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Rows that belong to each record of a mapping and are synchronised with it only.

    `lines` is their own mapping; `keys` the column of such a row that names its document, `nested` the property under which new rows go
    with a new document, all or nothing, `order` the column that says in which sequence they stand, and `apart` how far their numbers are
    from each other there. With `attached`, rows that a line was expanded to name the number of the line that they belong to. `also` adds
    rows for the document itself. With `merged`, they are kept in step one by one as long as their documents are; where they cannot be
    asked for by their key, `sought` names the column that they are found by, and that of the document.
    """

    lines: TableMapping
    keys: Mapping[Side, str]
    nested: Mapping[Side, str]
    order: Mapping[Side, str]
    apart: Mapping[Side, int] = field(default_factory=lambda: {Side.BC: 10000, Side.SALES: 1})
    attached: Mapping[Side, str] = field(default_factory=dict)
    also: Also | None = None
    merged: bool = False
    sought: Mapping[Side, tuple[str, str]] = field(default_factory=dict)

    def found_by(self, side: Side, document: Table) -> tuple[str, str]:
        """The column of the lines, and that of their document, that hold the same."""
        return self.sought.get(side, (self.keys[side], document.id))

    def naming(self, side: Side, document: Table, id_: str) -> Mapping[str, Any]:
        """What a new line is written with, so that it belongs to a document."""
        key = self.keys[side]
        if side is Side.BC:
            return {key: id_}
        return {f"{key.removeprefix('_').removesuffix('_value')}@odata.bind": f"/{document.name}({id_})"}

    @property
    def name(self) -> str:
        """The name of the lines' mapping."""
        return self.lines.name


def bound(mappings: Mapping[str, TableMapping]) -> dict[str, TableMapping]:
    """The mappings, each part with the mapping of its lines as that is in force; a part whose lines are not there is left out."""
    return {
        name: replace(mapping, parts=_bound(mapping.parts, mappings)) if mapping.parts else mapping for name, mapping in mappings.items()
    }


def _bound(parts: Sequence[Part], mappings: Mapping[str, TableMapping]) -> tuple[Part, ...]:
    return tuple(replace(part, lines=mappings[part.name]) for part in parts if part.name in mappings)
