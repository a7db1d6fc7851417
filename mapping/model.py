"""The mapping language: one BC table and one Sales table, how their fields correspond, and the rules in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mapping.alongside import Alongside
from mapping.beside import Related, Watch
from mapping.counted import CountedIn
from mapping.criteria import Criterion, from_natural_keys
from mapping.drafts import Addition, Draft, Expand, Keep, Reopen, Rule, Template
from mapping.ensures import Ensure, EnsureEach
from mapping.extensions import Extensions
from mapping.field import Direction, FieldMapping
from mapping.gone import Gone
from mapping.lookups import Lookup
from mapping.ours import COMPANY, HOLDERS, Marks, Page
from mapping.parts import Part
from mapping.policies import Bound, Brings, Cascade, Companies, ConflictPolicy, DeletionPolicy, LeavingPolicy, Mode, Review, StartRule
from mapping.steps import Halfway, Single, Step, Together, Update
from mapping.stock import Stock
from mapping.succession import Succession
from mapping.templates import Supplies
from mapping.totals import Totals
from mapping.values import Row, Side
from mapping.world import World

__all__ = ["CHOICES", "Addition", "Draft", "Expand", "Keep", "Reopen", "Rule", "Table", "TableMapping", "Template", "Unit"]


CHOICES = "options/"
"""How the table of an option mapping begins: `options/<entity set>/<column>`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One table of a service: its entity set, key, and the column that says when a row was last changed."""

    name: str
    id: str = "id"
    changed: str = "lastModifiedDateTime"

    @property
    def is_choice(self) -> bool:
        """Whether its rows are the values of a choice column of Sales, which are metadata (rule D6)."""
        return self.name.startswith(CHOICES)


@dataclass(frozen=True, slots=True)
class Unit:
    """What is merged as one value: a single field, or a group (rule B4)."""

    name: str
    members: tuple[FieldMapping, ...]

    @property
    def direction(self) -> Direction:
        """The way of the unit is the way of its first member; a group's members agree."""
        return self.members[0].direction


@dataclass(frozen=True, kw_only=True, slots=True)
class TableMapping:
    """One BC table and one Sales table, as data.

    `keep` filters rows per side; a coupled row outside gives and gets nothing (rule C1); `types` are those filters that say what sort of
    record a row is, `shares` mappings that may hold the same row (rule A4), `never` those that no setting takes away. A row that fails one
    of `resting` is being worked on by people: outside or not, it is no reason to do anything to its counterpart. `natural_keys` are
    alternatives of field names that find an uncoupled partner (rule A1). `criteria` are what match-based coupling compares unless a person
    says otherwise, by default the natural keys; `makes_unmatched` lets it make the rows that it finds no partner for. `born` holds
    constants written when a row is made on a side, `constants` those that every row of a side has, `templates` what a new row is given by
    which sort of source it is made from, `supplies` what BC's own templates give to a row made there (rule E8). `creates` says on which
    sides rows may ever be made, `asked_only` on which of them only in a run that was told to, `by_hand` on which others a person alone has
    them made, never a run (rule A2). `rules` are named functions for what no field row can say. `standard` units take the place of those
    that BC's standard API does not serve; `only_compared` ones carry nothing in this direction, but find partners; `offered` ones are
    disabled until mappings.toml enables them. `review` says what recommends a first full synch. `conflicts` are policies of single units,
    by name, `leavings` those of one side whose row left. `inactive` are the values that make a row inactive, blocked or retired on a side;
    a side that is not there knows no such thing. `reopens` says how a row is written that may be read-only, `halfway` how one looks that a
    worker who died left open. `merged` names the columns of Sales that say that a row was merged into another one, and into which (rule
    C4). Mappings of one `category` are not looked at at the same time. Between two looks lie at least `minutes`; after `inactivity`
    minutes without anything to do a mapping is looked at as seldom (0 for both: at every tick of the schedule). One that is not `enabled`
    is left alone until somebody switches it on: nothing looks at it, nothing waits for its records. With `wakes` what the services tell
    of changes makes the mapping due before its time. `names` are the columns that tell a person which record a row is, such as number and
    name. `cascades` says what is uncoupled with it, `brings` what is due once it was coupled. One that `follows` another has a row in
    Sales for each coupled record of that one, which comes and goes with the coupling. `page` is where people find a record in BC,
    `alongside` what they see beside it in Sales, `companies` says whose rows of Sales the mapping takes, and `marks` what this
    organisation lets Couplet write beside the fields, and for which company (rules D8, G1); it says nothing about the mapping itself.
    `stock` says where BC has the stock of records that have one. `extensions` are functions of people's own, `own` columns that only
    this company has. A mapping with `only_in` is in force in that mode alone; `variants` are properties that are others in a mode,
    `unserved` those that are others where BC does not serve a table. Rows of Sales that are made are `team_owned` in the team model.
    `succession` says how one is known as the next version of another, whose coupling it takes over (rule E7). `totals` are sums of
    which a document has the same on both sides. `unasked` are columns by which a side cannot be asked for rows. `actions` are the bound
    actions of BC's page that are called for its records. `belongs` is the column of Sales that names the account or contact whose
    company a row has that is not marked itself (rule G1). `fades` are amounts of Sales that may go without a trace in BC: the daily
    comparison looks at the records that show one. Where they are `few` among the rows of both tables, and come and go with others, it
    asks for them by id, and believes what it hears.

    `begins` are filters that only a row without a counterpart has to pass for one to be made. `given` units are what a row that is made
    takes from its source beside the fields, as far as the source says anything; nobody compares them afterwards; `standard_given` ones take
    the place of those that API v2.0 does not serve. `parts` are rows that go with each record, such as the lines of a document; the mapping
    of such rows is `part_of` that one, and never looked at by itself. `expands` makes several rows of one of them.
    `feature` is a setting of the Sales organisation without which the mapping does nothing.
    `gone` finds out what became of a row that is no longer there, before the deletion policy is asked.
    """

    name: str
    bc: Table
    sales: Table
    direction: Direction
    fields: tuple[Unit, ...]
    standard: tuple[Unit, ...] = ()
    standard_given: tuple[Unit, ...] = ()
    only_compared: tuple[Unit, ...] = ()
    offered: tuple[Unit, ...] = ()
    given: tuple[Unit, ...] = ()
    keep: Mapping[Side, Sequence[Keep]] = field(default_factory=dict)
    begins: Mapping[Side, Sequence[Keep]] = field(default_factory=dict)
    types: Mapping[Side, Sequence[Keep]] = field(default_factory=dict)
    never: Mapping[Side, Sequence[Keep]] = field(default_factory=dict)
    resting: Mapping[Side, Sequence[Keep]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    shares: frozenset[str] = frozenset()
    natural_keys: tuple[tuple[str, ...], ...] = ()
    criteria: tuple[Criterion, ...] = ()
    makes_unmatched: bool = False
    born: Mapping[Side, Mapping[str, Any]] = field(default_factory=dict)
    constants: Mapping[Side, Mapping[str, Any]] = field(default_factory=dict)
    templates: Mapping[Side, Sequence[Template]] = field(default_factory=dict)
    supplies: Supplies | None = None
    creates: frozenset[Side] = frozenset(Side)
    asked_only: frozenset[Side] = frozenset()
    by_hand: frozenset[Side] = frozenset()
    rules: tuple[Rule, ...] = ()
    related: tuple[Related, ...] = ()
    watches: tuple[Watch, ...] = ()
    counted_in: tuple[CountedIn, ...] = ()
    ensures: tuple[Ensure | EnsureEach, ...] = ()
    conflict: ConflictPolicy = ConflictPolicy.MANUAL
    conflicts: Mapping[str, ConflictPolicy] = field(default_factory=dict)
    deletion: DeletionPolicy = DeletionPolicy.MANUAL
    gone: Gone | None = None
    leaving: LeavingPolicy = LeavingPolicy.KEEP
    leavings: Mapping[Side, LeavingPolicy] = field(default_factory=dict)
    bound: Bound = field(default_factory=Bound)
    inactive: Mapping[Side, Mapping[str, Any]] = field(default_factory=dict)
    reopens: Mapping[Side, Reopen] = field(default_factory=dict)
    halfway: Mapping[Side, Halfway] = field(default_factory=dict)
    merged: tuple[str, str] | None = None
    succession: Succession | None = None
    enabled: bool = True
    only_coupled: bool = True
    wakes: bool = True
    start_rule: StartRule = StartRule.BC_WINS
    category: str = ""
    minutes: int = 0
    inactivity: int = 0
    review: Review = field(default_factory=Review)
    names: Mapping[Side, tuple[str, ...]] = field(default_factory=dict)
    cascades: tuple[Cascade, ...] = ()
    brings: tuple[Brings, ...] = ()
    follows: str = ""
    extensions: Extensions = field(default_factory=Extensions)
    stock: Stock | None = None
    also: Mapping[Side, tuple[str, ...]] = field(default_factory=dict)
    own: Mapping[Side, frozenset[str]] = field(default_factory=dict)
    page: Page | None = None
    alongside: tuple[Alongside, ...] = ()
    companies: Companies = Companies.OWN_OR_NONE
    marks: Marks | None = field(default=None, compare=False)
    only_in: Mode | None = None
    team_owned: bool = False
    variants: Mapping[Mode, Mapping[str, Any]] = field(default_factory=dict)
    unserved: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    part_of: str = ""
    feature: str = ""
    expands: Expand | None = None
    totals: Totals | None = None
    unasked: Mapping[Side, frozenset[str]] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    belongs: str = ""
    fades: tuple[str, ...] = ()
    few: bool = False

    @property
    def runs(self) -> bool:
        """Whether its records are looked at by themselves: it is on, and they are no parts of another mapping's."""
        return self.enabled and not self.part_of

    @property
    def ever_creates(self) -> frozenset[Side]:
        """The sides on which rows are made at all: by runs, or because a person asked for them one by one."""
        return self.creates | self.by_hand

    def table(self, side: Side) -> Table:
        """The table on one side."""
        return self.bc if side is Side.BC else self.sales

    def columns(self, side: Side) -> tuple[str, ...]:
        """Every column that the fields, filters, rules and names read on one side."""
        units = (*self.fields, *self.only_compared, *self.given)
        members = [member for unit in units for member in unit.members]
        shown = [member.shown(side) for member in members if member.column(side)]
        beside = [name for member in members for name in member.kind.looks_at(side)]
        table = self.table(side)
        stamps = (table.id, table.changed) if table.changed else (table.id,)
        rest = (self.also, self.constants, self.names)
        marks = sorted(self.marks.columns) if self.marks and side is Side.SALES else ()
        page = (self.page.property,) if self.page and side is Side.BC else ()
        sums = self.totals.columns(side) if self.totals else ()
        whose = (self.belongs,) if self.belongs and side is Side.SALES else ()
        named = (name for each in rest for name in each.get(side, ()))
        return tuple(dict.fromkeys((*stamps, *shown, *beside, *named, *page, *sums, *whose, *marks)))

    def update(self, side: Side, id_: str, values: Row, row: Row, *within: Single) -> Step:
        """A change of a record's row that still has the version that was read, and of its parts `within`."""
        change = Update(side=side, table=self.table(side).name, id=id_, values=values, version=row.get("@odata.etag"))
        reopen = self.reopens.get(side)
        if reopen:
            return reopen(change, row, *within)
        return Together(side=side, steps=(*([change] if values else []), *within)) if within else change

    def title(self, side: Side, row: Row) -> str:
        """How a person calls a record."""
        return " ".join(str(row[name]) for name in self.names.get(side, ()) if row.get(name))

    def named(self, column: str, mapping: str, row: Row, world: World) -> str:
        """The id in BC of the record of `mapping` that this column of a row names; the value itself where the column is no reference."""
        members = (member for unit in (*self.fields, *self.only_compared) for member in unit.members if member.bc == column)
        reference = next((each for each in members if isinstance(each.kind, Lookup) and mapping in each.kind.mappings), None)
        value = reference.read(Side.BC, row, world) if reference else row.get(column)
        return str(value or "")

    def template(self, side: Side, source: Row, world: World) -> Template | None:
        """The template for a row about to be made on a side from this source row."""
        fitting = [each for each in self.templates.get(side, ()) if each.fits(source, world)]
        return min(fitting, key=lambda each: each.priority, default=None)

    def unit(self, name: str) -> Unit:
        """The unit with this name."""
        return next(unit for unit in (*self.fields, *self.given) if unit.name == name)

    def policy(self, unit: Unit) -> ConflictPolicy:
        """Who wins when both sides changed a unit to different values (rule B3)."""
        return self.conflicts.get(unit.name, self.conflict)

    def leaves(self, side: Side) -> LeavingPolicy:
        """What follows when the row of this side left the filters (rule C1)."""
        return self.leavings.get(side, self.leaving)

    def member(self, name: str) -> FieldMapping:
        """The field mapping with this name, in whatever unit, also one that carries nothing."""
        return next(member for unit in (*self.fields, *self.only_compared, *self.given) for member in unit.members if member.name == name)

    @property
    def match_criteria(self) -> tuple[Criterion, ...]:
        """What match-based coupling compares unless a person says otherwise."""
        return self.criteria or from_natural_keys(self.natural_keys)

    def outside(self, side: Side, row: Row, world: World) -> str | None:
        """Why a row is outside the mapping's filters, in words; None when it is inside."""
        reasons = (keep(row, world) for keep in (*self.keep.get(side, ()), *self.never.get(side, ())))
        others = self._of_others(row, world) if self.marks and side is Side.SALES else None
        return others or next((reason for reason in reasons if reason), None)

    def _of_others(self, row: Row, world: World) -> str | None:
        """Why a row of Sales is another company's: it is marked so, or it is nobody's and that of somebody who is marked so (rule G1)."""
        outside = self.marks.outside(self.companies, row) if self.marks else None
        if outside or not self.marks or row.get(COMPANY) or self.companies is Companies.ANY:
            return outside
        holder = world.row(HOLDERS, row.get(self.belongs)) if self.belongs else {}
        return f"its {holder['table']} belongs to company {holder[COMPANY]}" if self.marks.outside(self.companies, holder) else None

    def too_late(self, side: Side, row: Row, world: World) -> str | None:
        """Why no counterpart is made for a row any more, in words; None when one may be."""
        return next((reason for keep in self.begins.get(side, ()) if (reason := keep(row, world))), None)

    def marked(self, bc: Row, sales: Row) -> dict[str, Any]:
        """What Couplet writes on a row of Sales beside its fields, whenever it writes to it (rules D8, E9)."""
        names = self.names.get(Side.BC, ())
        id_ = str(bc.get(self.bc.id) or "")
        return self.marks.written(self.page, names, id_, bc, sales) if self.marks and id_ else {}
