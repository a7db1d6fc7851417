"""Reading a set: filter, order, pages with skip tokens. Candidates come from an index wherever the filter allows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote

from sandbox import odata
from sandbox.business_central import calculations, errors, filters
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View

SAFE = "(),'/:$*"
SMALL_PART = 4
"""An index is used for a stamp when it gives at most a quarter of the table."""


@dataclass
class Options:
    """The query options of a request; unknown ones are left out, as Business Central ignores them."""

    filter: str = ""
    select: str = ""
    orderby: str = ""
    expand: str = ""
    count: bool = False
    top: int | None = None
    skip: int = 0
    token: str = ""
    newer: bool = False

    @classmethod
    def of(cls, query: dict[str, str]) -> Options:
        """From decoded query parameters. Raises Refused."""
        return cls(
            filter=query.get("$filter", ""),
            select=query.get("$select", ""),
            orderby=query.get("$orderby", ""),
            expand=query.get("$expand", ""),
            count=query.get("$count", "").lower() == "true",
            top=_number(query, "$top"),
            skip=_number(query, "$skip") or 0,
            token=query.get("$skiptoken", ""),
            newer=query.get("$schemaversion") == "2.1",
        )


def _number(query: dict[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise errors.bad_request(f"Invalid value '{text}' for {name} query option found.")
    return int(text)


@dataclass
class Result:
    rows: list[Row]
    token: str = ""
    remaining: int | None = None
    count: int | None = None


@dataclass
class Cache:
    """Sorted results of walks in an order of their own, as long as the table stands still."""

    held: OrderedDict[Any, list[Row]] = field(default_factory=OrderedDict)
    places: OrderedDict[Any, int] = field(default_factory=OrderedDict)

    @staticmethod
    def keep(held: OrderedDict[Any, Any], key: Any, value: Any, size: int) -> None:
        held[key] = value
        while len(held) > size:
            held.popitem(last=False)


def run(view: View, options: Options, size: int, rows: Iterable[Row] | None = None) -> Result:
    """One page of at most `size` rows of a view, or of some given rows of it. Raises Refused."""
    node, fits = filters.compiled(view, options.filter, options.newer) if options.filter else (None, None)
    keys = _order(view, options.orderby)
    if rows is None and not keys:
        found = _candidates(view, node)
        matching = _in_key_order(view, found, fits, options)
    else:
        matching = iter(_ordered(view, options, keys, node, fits, rows))
    count = _count(view, node, fits, rows) if options.count else None
    if options.skip and not options.token:
        matching = islice(matching, options.skip, None)
    return _page(view, options, size, matching, count)


def _page(view: View, options: Options, size: int, matching: Iterator[Row], count: int | None) -> Result:
    wanted = size if options.top is None else min(size, options.top)
    page = list(islice(matching, wanted))
    full = len(page) == size and (options.top is None or options.top > size)
    if full and not view.company.environment.switches["emptyLastPage"]:
        full = next(matching, None) is not None
    if not full:
        return Result(page, count=count)
    token = page[-1]["SystemId"]
    if options.orderby:
        place = options.skip * (not options.token) + _places(view).get((options.filter, options.orderby, options.token), 0) + len(page)
        Cache.keep(_places(view), (options.filter, options.orderby, token), place, 64)
    return Result(page, token, None if options.top is None else options.top - size, count)


def _cache(view: View) -> Cache:
    return view.__dict__.setdefault("cache", Cache())  # type: ignore[no-any-return]


def _places(view: View) -> OrderedDict[Any, int]:
    return _cache(view).places


def _order(view: View, text: str) -> list[tuple[calculations.Read, bool]]:
    """The sort keys, none for the order that the table has anyway."""
    try:
        pairs = odata.parse_orderby(text) if text else ()
    except odata.BadQuery as wrong:
        raise errors.bad_request(str(wrong)) from wrong
    for name, _ in pairs:
        if name not in view.page.properties:
            raise errors.unknown_property(name, view.page.type)
    first = view.page.properties[pairs[0][0]] if pairs else None
    if first and first.field and not pairs[0][1] and view.page.table.key == (first.field.name,):
        return []
    return [(odata.as_sorted(filters.PageDialect(view).column(name)), down) for name, down in pairs]


def _candidates(view: View, node: odata.Node | None) -> list[Row] | None:
    """The rows that an index gives for a filter, None when the whole table must be looked through."""
    if node is None:
        return None
    for part in odata.conjuncts(node):
        found = _by_value(view, part)
        if found is None:
            found = _by_stamp(view, part)
        if found is not None:
            return [row for row in found if view.shows(row)] if view.partial else found
    return None


def _by_value(view: View, node: odata.Node) -> list[Row] | None:
    equal = odata.equal_values(node)
    prop = view.page.properties.get(equal[0]) if equal else None
    if equal is None or prop is None or prop.field is None or prop.kind not in ("Guid", "Code"):
        return None
    name, table = prop.field.name, view.table
    values = dict.fromkeys("" if literal.value is None else str(literal.value) for literal in equal[1])
    if name == "SystemId":
        return [row for value in values if (row := table.rows.get(value.lower())) is not None]
    if view.company.environment.switches["keepCodeCase"] or "" in values:
        return None
    wanted = values if prop.kind == "Guid" else dict.fromkeys(value.upper() for value in values)
    return [row for value in wanted for row in table.lookup(name, value)]


def _by_stamp(view: View, node: odata.Node) -> list[Row] | None:
    match node:
        case odata.Compare("ge" | "gt" as op, odata.Field(path), odata.Literal("datetime", value)):
            prop = view.page.properties.get(path)
            if prop and prop.field and prop.field.name == "SystemModifiedAt":
                stamp = odata.microseconds(value) // 1000 + (op == "gt")
                if view.table.count_since(stamp) * SMALL_PART <= len(view.table.rows) + 1000:
                    return list(view.table.since(stamp))
    return None


def _in_key_order(view: View, found: list[Row] | None, fits: odata.Predicate | None, options: Options) -> Iterator[Row]:
    table, key = view.table, None
    if options.token:
        row = table.rows.get(options.token)
        key = table.key_of(row) if row else table.graves.get(options.token)
        if key is None:
            raise errors.bad_request(f"The skip token '{options.token}' is not valid.")
    if found is None:
        rows = view.after(key)
    else:
        ordered = sorted(found, key=table.key_of)
        rows = (row for row in ordered if key is None or table.key_of(row) > key)
    return filter(fits, rows) if fits else rows


def _ordered(
    view: View,
    options: Options,
    keys: list[tuple[calculations.Read, bool]],
    node: odata.Node | None,
    fits: odata.Predicate | None,
    rows: Iterable[Row] | None,
) -> list[Row]:
    held = _cache(view).held
    name = (view.table.generation, options.filter, options.orderby)
    kept = rows is None and _stored(view, options.orderby, node)
    result = held.get(name) if kept else None
    if result is None:
        source = rows if rows is not None else _candidates(view, node)
        source = view.after(None) if source is None else source
        result = odata.sort_rows([row for row in source if fits is None or fits(row)], keys)
        if kept:
            Cache.keep(held, name, result, 4)
    if not options.token:
        return result
    place = _places(view).get((options.filter, options.orderby, options.token), 0)
    if not (0 < place <= len(result) and result[place - 1]["SystemId"] == options.token):
        place = next((at + 1 for at, row in enumerate(result) if row["SystemId"] == options.token), place)
    return result[place:]


def _stored(view: View, orderby: str, node: odata.Node | None) -> bool:
    """Whether a result depends on stored fields of its own table alone."""
    names = {name for name, _ in odata.parse_orderby(orderby)} | (set(odata.fields_of(node)) if node else set())
    return all(view.page.properties[name].field is not None for name in names)


def _count(view: View, node: odata.Node | None, fits: odata.Predicate | None, rows: Iterable[Row] | None) -> int:
    if rows is None and fits is None and not view.partial:
        return len(view.table.rows)
    source = rows if rows is not None else _candidates(view, node)
    return sum(1 for row in (view.after(None) if source is None else source) if fits is None or fits(row))


def next_link(url: str, query: dict[str, str], result: Result) -> str:
    """The link to the page behind: the same options, `aid=FIN`, and the id of the last row."""
    carried = {name: value for name, value in query.items() if name not in ("aid", "$skiptoken", "$skip", "$top")}
    if result.remaining is not None:
        carried["$top"] = str(result.remaining)
    parts = [f"{name}={quote(value, safe=SAFE)}" for name, value in carried.items()]
    return f"{url}?" + "&".join([*parts, "aid=FIN", f"$skiptoken={result.token}"])
