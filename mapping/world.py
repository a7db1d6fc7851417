"""What a record's neighbours look like: all that field mappings need to know beside the two rows, as plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from mapping.countries import Countries
from mapping.values import Refusal, Row, Side

NO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Partners:
    """The couplings of one mapping that a list of records refers to, in both directions."""

    to_sales: Mapping[str, str] = field(default_factory=dict)
    to_bc: Mapping[str, str] = field(default_factory=dict)

    def of(self, side: Side, id_: str) -> str | None:
        """The id on the other side of the record that `side` knows by `id_`."""
        return (self.to_sales if side is Side.BC else self.to_bc).get(id_)


@dataclass(frozen=True, slots=True)
class Codes:
    """A small BC table read whole: code -> id and back, codes in upper case; `several` are codes that stand for more than one row."""

    ids: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def preferring(self, ids: Collection[str]) -> Codes:
        """The same table in which a code that stands for several rows leads to the first of these, if there is one."""
        chosen = {code: next((id_ for id_ in several if id_ in ids), several[0]) for code, several in self.several.items()}
        return replace(self, ids={**self.ids, **chosen})


@dataclass(frozen=True, slots=True)
class SalesCurrency:
    """One transaction currency: its id, ISO code, units per one unit of the organisation's base currency, and decimals of its amounts."""

    id: str
    iso: str
    rate: Decimal
    precision: int | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a list of documents: per side the rows of each document by its id there, and everything beside these rows."""

    rows: Mapping[Side, Mapping[str, Sequence[Row]]]
    world: World

    def of(self, side: Side, id_: str | None) -> Sequence[Row]:
        """The lines of the document that this side knows by `id_`."""
        return self.rows.get(side, {}).get(id_ or "", ())


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Everything beside the two rows: resolved partners, reference tables, local currency, precisions, settings.

    `related` holds rows that a mapping asked for (`TableMapping.related`), by name and key. `local_iso` is BC's local currency,
    `owner_fallback` the entity set and id of the user or team that takes records without owner (`systemusers/<id>`), `time_zone` that of
    the company's days, `only_coupled` the mappings whose runs make nothing by themselves, `owner_team` the team that owns new rows in the
    team model, or why there is none. `parts` are the lines of the records, by the name of the lines' mapping, and `decimals` beside lines
    those of the amounts of their document. `extended`: BC has Couplet's extension, and with it the actions of documents;
    `discounts_kept`: BC takes over the discount of a whole document.
    """

    local_iso: str = "EUR"
    base_iso: str = "EUR"
    currencies: Sequence[SalesCurrency] = ()
    pricing_precision: int = 2
    currency_precision: int = 2
    partners: Mapping[str, Partners] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    countries: Countries = field(default_factory=Countries)
    related: Mapping[str, Mapping[str, Sequence[Row]]] = field(default_factory=dict)
    country_as_name: bool = False
    owner_fallback: str | None = None
    owner_team: str | Refusal | None = None
    today: date = date(2000, 1, 1)
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    time_zone: tzinfo = UTC
    only_coupled: frozenset[str] = frozenset()
    discounts_kept: bool = True
    parts: Mapping[str, Lines] = field(default_factory=dict)
    decimals: int | None = None
    extended: bool = True

    def partner(self, mapping: str, side: Side, id_: str) -> str | None:
        """The other side's id of a coupled record of `mapping`."""
        found = self.partners.get(mapping)
        return found.of(side, id_) if found else None

    def rows(self, name: str, key: str | None) -> Sequence[Row]:
        """The related rows called `name` under `key`; none when there are none."""
        return self.related.get(name, {}).get(key, ()) if key else ()

    def row(self, name: str, key: str | None) -> Row:
        """The first related row called `name` under `key`, or an empty one."""
        found = self.rows(name, key)
        return found[0] if found else {}

    def currency(self, id_: str | None) -> SalesCurrency | None:
        """The transaction currency with this id."""
        return next((currency for currency in self.currencies if currency.id == id_), None)

    def currency_by_iso(self, iso: str) -> SalesCurrency | None:
        """The transaction currency with this ISO code."""
        return next((currency for currency in self.currencies if currency.iso == iso), None)

    @property
    def local_currency(self) -> SalesCurrency | None:
        """BC's local currency as a row of Sales (rule D1)."""
        return self.currency_by_iso(self.local_iso)
