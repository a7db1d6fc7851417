"""ORDER-NOTE: notes of BC on sales orders and quotes, and notes on the timeline of orders and quotes in Sales that they are coupled to.

Natively new notes go both ways and changed ones from Sales only; here a changed text goes both ways, too. Nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mapping.field import Direction, FieldMapping
from mapping.fields import both, needed, on
from mapping.filters import but, coupled, equals
from mapping.kinds import Text, cut, utf16
from mapping.lookups import Lookup
from mapping.markup import clean, dressed, tidy
from mapping.model import Table, TableMapping, Unit
from mapping.policies import Bound, Brings, ConflictPolicy, DeletionPolicy
from mapping.timeline import STATUS
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

NAME = "ORDER-NOTE"
ORDER, QUOTE = "SALESORDER-ORDER", "QUOTE"

PLACES: Mapping[str, tuple[str, str]] = {ORDER: ("objectid_salesorder", "salesorders"), QUOTE: ("objectid_quote", "quotes")}
"""Where a note of Sales hangs: by the mapping of the document its navigation property and entity set."""

OBJECT = "_objectid_value"
MOST_ESCAPED = 5
"""Characters that one character takes at most where a text is written as HTML."""


@dataclass(frozen=True, slots=True)
class NoteText(Text):
    """A note's text of several lines, without HTML in BC."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        text = str(row[field.column(side)] or "")
        return (clean(text) if side is Side.SALES else tidy(text)) or None

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        text = str(value or "")
        sent, limit = (dressed(text), field.length(side)) if side is Side.SALES else (text, None)
        if limit is None or utf16(sent) <= limit:
            return Written(values={field.column(side): sent}, holds=text or None)
        short = cut(text, limit if sent == text else limit // MOST_ESCAPED)
        return Written(values={field.column(side): dressed(short)}, holds=clean(dressed(short)), shortened=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Document(Lookup):
    """The order or quote that a note is about."""

    def write_partner(self, field: FieldMapping, side: Side, partner: str, world: World) -> Written | Refusal:
        if side is Side.BC:
            return Lookup.write_partner(self, field, side, partner, world)
        nav, target = next(PLACES[name] for name in self.mappings if world.partner(name, Side.SALES, partner))
        return Written(values={f"{nav}@odata.bind": f"/{target}({partner})"}, holds=partner)


@dataclass(frozen=True, slots=True)
class Saying:
    """Notes with a word in them: a picture alone is none."""

    column: str

    def __call__(self, row: Row, world: World) -> str | None:
        return None if clean(str(row.get(self.column) or "")) else f"{self.column} holds no word"

    def __str__(self) -> str:
        return f"{self.column} holds words"


DOCUMENT = Unit(
    "documentId",
    (
        FieldMapping(
            bc="documentId",
            sales="objectid",
            name="documentId",
            kind=Document(mapping=ORDER, others=(QUOTE,), many=True),
            needed=True,
            once=frozenset(Side),
        ),
    ),
)

ORDER_NOTE = TableMapping(
    name=NAME,
    bc=Table(name="notes"),
    sales=Table(name="annotations", id="annotationid", changed="modifiedon"),
    direction=Direction.BOTH,
    keep={
        Side.BC: [coupled("documentId", ORDER, QUOTE), Saying("note")],
        Side.SALES: [
            coupled(OBJECT, ORDER, QUOTE, side=Side.SALES),
            equals("isdocument", False),
            Saying("notetext"),
            but("subject", STATUS),
        ],
    },
    needs=(ORDER, QUOTE),
    natural_keys=(("documentId", "note"),),
    # The page works it out of a record id: BC cannot be asked for the notes of one document.
    unasked={Side.BC: frozenset({"documentId"})},
    born={Side.SALES: {"isdocument": False}},
    only_coupled=False,
    # As natively: who writes in Sales writes last.
    conflict=ConflictPolicy.SALES_WINS,
    # A note that is gone is gone on its side alone; orders that are posted take their notes along, by hundreds.
    deletion=DeletionPolicy.REMOVE_COUPLING,
    bound=Bound(percent=100),
    few=True,
    also={Side.BC: ("documentId",), Side.SALES: (OBJECT, "isdocument", "subject")},
    fields=on("notes", "annotations", DOCUMENT, needed(both("note", "notetext", NoteText(caseless=False)))),
)


def brought(table: str) -> tuple[Brings, ...]:
    """What hangs on a document when it is coupled: the notes that people wrote before, on either side (native: at creation)."""
    key = table.removesuffix("s") + "id"
    return (
        Brings(mapping=NAME, column="documentId", of="id", part=True),
        Brings(mapping=NAME, side=Side.SALES, column=OBJECT, of=key, part=True),
    )
