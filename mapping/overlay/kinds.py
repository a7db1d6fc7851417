"""Which kind of value a field row of the file is: said in it, or worked out from the two columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapping import schema
from mapping.catalogue import CATALOGUE
from mapping.field import Kind
from mapping.kinds import Country, Email, Exact, LocalMoney, Number, Phone, Text, Vat, Web
from mapping.lookups import Currency, Lookup, Option, Owner
from mapping.overlay.columns import COUNTS, DATES, LOOKUPS, NUMBERS, TEXTS, Columns, Facts
from mapping.overlay.mistakes import Mistakes, close_to
from mapping.plain import Choice, Day, EnumText, Flag, Moment
from mapping.values import Side

ANY = frozenset({*TEXTS, *NUMBERS, *DATES, "Guid", "Uniqueidentifier"})
NUMBER = frozenset(NUMBERS)
CODES = ("Code", "String")
REFERENCE = frozenset({"Guid", *CODES})
TAKES: Mapping[type[Kind], Mapping[Side, frozenset[str]]] = {
    Text: {Side.BC: ANY, Side.SALES: frozenset(TEXTS)},
    EnumText: {Side.BC: ANY, Side.SALES: frozenset(TEXTS)},
    Exact: {Side.BC: ANY, Side.SALES: frozenset(TEXTS)},
    Email: dict.fromkeys(Side, frozenset(TEXTS)),
    Phone: dict.fromkeys(Side, frozenset(TEXTS)),
    Web: dict.fromkeys(Side, frozenset(TEXTS)),
    Vat: dict.fromkeys(Side, frozenset(TEXTS)),
    Country: dict.fromkeys(Side, frozenset(TEXTS)),
    Number: {Side.BC: frozenset({*NUMBERS}), Side.SALES: NUMBER},
    LocalMoney: {Side.BC: frozenset({"Decimal"}), Side.SALES: frozenset({"Money", "Decimal", "Double"})},
    Flag: dict.fromkeys(Side, frozenset({"Boolean"})),
    Day: dict.fromkeys(Side, frozenset({"Date", "DateTime"})),
    Moment: {Side.BC: frozenset({"DateTimeOffset"}), Side.SALES: frozenset({"DateTime"})},
    Choice: {Side.BC: frozenset({*TEXTS, *COUNTS, "Boolean"}), Side.SALES: frozenset({"Picklist", "Status", "Integer"})},
    Option: {Side.BC: REFERENCE, Side.SALES: frozenset({"Picklist"})},
    Lookup: {Side.BC: REFERENCE, Side.SALES: frozenset(LOOKUPS)},
    Currency: {Side.BC: REFERENCE, Side.SALES: frozenset(LOOKUPS)},
    Owner: {Side.BC: REFERENCE, Side.SALES: frozenset({"Owner"})},
}
"""The column types that a kind can be read from and written to."""

FEW = frozenset(
    name
    for declared in CATALOGUE.values()
    for unit in declared.fields
    for member in unit.members
    if isinstance(kind := member.kind, Lookup) and not kind.many
    for name in kind.mappings
)
"""Mappings with few records, whose couplings are read all at once."""

SIMPLE: Mapping[str, Kind] = {
    "text": Text(),
    "code": Exact(),
    "email": Email(),
    "phone": Phone(),
    "web": Web(),
    "vat": Vat(),
    "localMoney": LocalMoney(),
    "country": Country(),
    "yesNo": Flag(),
    "dateTime": Moment(),
}


def kind_of(
    raw: Mapping[str, Any], columns: Mapping[Side, Columns], world: Mapping[str, Any], path: str, mistakes: Mistakes
) -> Kind | None:
    """The kind of a field row; None when it cannot be told, which is noted. `world` holds every mapping by name, with its Sales table."""
    facts = {side: columns[side].facts(str(raw.get(side.value, ""))) or {} for side in Side}
    if not all(facts.values()):
        return None
    said = raw.get("kind")
    made = _said(said, raw, columns, facts, world, path, mistakes) if said is not None else _worked_out(facts)
    if made is None:
        if not mistakes.under(path):
            types = " and ".join(str(facts[side]["type"]) for side in Side)
            how = "Say kind: text, number, date, { choice = {...} }, { option = ... } or { lookup = ... }."
            mistakes.add(f"{path}.kind", f"cannot be worked out from columns of type {types}.", how)
        return None
    for side in Side:
        if facts[side]["type"] not in TAKES[type(made)][side]:
            what = f"does not fit {raw[side.value]}, a column of type {facts[side]['type']}."
            mistakes.add(f"{path}.kind", what, f"On this side it takes {', '.join(sorted(TAKES[type(made)][side]))}.")
            return None
    return made


def _worked_out(facts: Mapping[Side, Facts]) -> Kind | None:
    bc, sales = str(facts[Side.BC]["type"]), str(facts[Side.SALES]["type"])
    if sales in TEXTS and bc in TEXTS:
        return EnumText() if bc == "Enum" else Exact() if bc == "Code" else Text()
    if sales in NUMBER - {"Picklist", "State", "Status"} and bc in NUMBER:
        return _number(facts[Side.SALES])
    if (bc, sales) == ("Boolean", "Boolean"):
        return Flag()
    if sales == "DateTime" and bc in DATES:
        return Moment() if bc == "DateTimeOffset" else _day(facts[Side.SALES])
    return None


def _number(sales: Facts, decimals: int | None = None) -> Number:
    most = 0 if sales["type"] in COUNTS else int(sales.get("precision", 2))
    return Number(precision=min(decimals if decimals is not None else most, most), signed=True)


def _day(sales: Facts) -> Day:
    return Day(local=not sales.get("dateOnly"))


def _said(
    said: Any,
    raw: Mapping[str, Any],
    columns: Mapping[Side, Columns],
    facts: Mapping[Side, Facts],
    world: Mapping[str, Any],
    path: str,
    mistakes: Mistakes,
) -> Kind | None:
    if isinstance(said, str):
        if said in SIMPLE:
            return SIMPLE[said]
        if said in ("currency", "owner"):
            return _reference(said, {"currency": "CURRENCY", "owner": "SALESPEOPLE"}[said], raw, columns, world, path, mistakes)
        return _number(facts[Side.SALES]) if said == "number" else _day(facts[Side.SALES])
    [(name, given)] = said.items()
    if name == "number":
        return _number(facts[Side.SALES], given)
    if name == "choice":
        return _choice(given, path, mistakes)
    return _reference(name, given, raw, columns, world, path, mistakes)


def _choice(given: Mapping[str, int], path: str, mistakes: Mistakes) -> Kind | None:
    if not given or len(set(given.values())) < len(given):
        mistakes.add(f"{path}.kind.choice", "does not lead back.", "Give each value a number of its own.")
        return None
    return Choice(values=given)


def _reference(
    kind: str, name: str, raw: Mapping[str, Any], columns: Mapping[Side, Columns], world: Mapping[str, Any], path: str, mistakes: Mistakes
) -> Kind | None:
    """A lookup, option, currency or owner: with its mapping, the table it points to, and the property that binds it."""
    if name not in world:
        mistakes.add(f"{path}.kind", f"there is no mapping {name}.", close_to(name, world))
        return None
    facts = columns[Side.SALES].facts(raw["sales"]) or {}
    code = (columns[Side.BC].facts(raw["bc"]) or {}).get("type") in CODES
    codes = raw.get("codes")
    if code and not codes:
        mistakes.add(
            f"{path}.codes", "is missing, as the property holds a code.", 'Name the BC table of the codes: codes = "itemCategories".'
        )
        return None
    blank = bool(raw.get("clearOnFailure", False))
    if kind == "option":
        return Option(mapping=name, codes=codes, blank=blank)
    keys = schema.table(Side.BC, str(codes)).keys() & {"code", "number"}
    if codes and not keys:
        mistakes.add(f"{path}.codes", f"there is no table {codes} with codes or numbers.", close_to(codes, schema.names(Side.BC)))
        return None
    many = name not in FEW or keys == {"number"}
    nav = facts.get("nav") or _nav(facts, world[name])
    if not nav:
        mistakes.add(
            f"{path}.sales", f"the column does not point to the table of {name}.", "Take another column or mapping, or declare `nav`."
        )
        return None
    made: type[Lookup] = {"lookup": Lookup, "currency": Currency, "owner": Owner}[kind]
    return made(mapping=name, target=world[name], nav=nav, codes=codes, blank=blank, many=many)


def _nav(facts: Facts, target: str) -> str | None:
    """The navigation property of a lookup that points to the table with this entity set."""
    targets: Mapping[str, str] = facts.get("targets", {})
    logical = {_plural(name): nav for name, nav in targets.items()}
    return logical.get(target)


def _plural(name: str) -> str:
    """The entity set of a table with this logical name, as the platform makes it."""
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}es" if name.endswith(("s", "x")) else f"{name}s"


def knows_both_ways(kind: Kind) -> bool:
    """Whether a declared row may go another way than it was declared to; the kinds of single mappings go theirs only."""
    return type(kind) in TAKES
