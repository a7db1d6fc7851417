"""What Business Central says, on the forms of Sales: the figures of an account, and the stock of the product of an order or quote line.

Quick views, because they need no key in the form and show what the reader may see. Each form gets a section of its own; all else in it
stays as it is, letter by letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from infra.setup.steps import Plan, Step
from sync.services import odata
from sync.services.sales import Sales

MAIN, QUICK_VIEW, ACTIVE = 2, 6, 1
FIELD, QUICK = "{4273EDBD-AC1D-40D3-9FB2-095C621B552D}", "{5C5600E0-1D6E-4205-A272-BE80DA87FD42}"
"""The classes of the controls: a column, and a quick view."""

END = "</sections>"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuickView:
    """Columns of a table, shown on forms of other tables by the lookup that leads to it."""

    table: str
    title: str
    columns: Mapping[str, str]
    on: Mapping[str, str]

    @property
    def id(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"couplet/form/{self.table}/{self.title}"))


QUICK_VIEWS = (
    QuickView(
        table="couplet_accountfigures",
        title="Business Central",
        columns={
            "couplet_bcnumber": "Customer No.",
            "couplet_balance": "Balance",
            "couplet_outstandingorders": "Outstanding Orders",
            "couplet_overdue": "Overdue Amounts",
            "couplet_creditlimit": "Credit Limit",
            "couplet_totalsales": "Total Sales",
            "couplet_currency": "Currency",
            "couplet_asof": "As Of",
        },
        on={"account": "couplet_accountfiguresid"},
    ),
    QuickView(
        table="product",
        title="Stock in Business Central",
        columns={"quantityonhand": "Quantity On Hand", "couplet_stockasof": "As Of"},
        on={"salesorderdetail": "productid", "quotedetail": "productid"},
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """The language of labels, the quick views that are there, and the main forms with their tables."""

    language: int
    views: frozenset[str]
    forms: Sequence[Mapping[str, Any]]


async def look(sales: Sales) -> Present:
    """The forms that people use: main ones that are active."""
    tables = dict.fromkeys(table for view in QUICK_VIEWS for table in view.on)
    named = " or ".join(f"objecttypecode eq '{table}'" for table in tables)
    asked = {
        "$select": "formid,name,objecttypecode,formxml",
        "$filter": f"type eq {MAIN} and formactivationstate eq {ACTIVE} and ({named})",
    }
    ours = " or ".join(f"formid eq {view.id}" for view in QUICK_VIEWS)
    views = (await sales.get(odata.address("systemforms", {"$select": "formid", "$filter": ours})))["value"]
    return Present(
        language=(await sales.organization()).language,
        views=frozenset(row["formid"] for row in views),
        forms=(await sales.get(odata.address("systemforms", asked)))["value"],
    )


def plan(present: Present) -> Plan:
    """Quick views that are missing, published before a form names them; then the forms that lack their section."""
    views = [_making(view, present) for view in QUICK_VIEWS if view.id not in present.views]
    lacking = [(view, form) for view in QUICK_VIEWS for form in present.forms if _lacks(form, view)]
    fitting = [(view, form) for view, form in lacking if END in form["formxml"]]
    return Plan(
        steps=(
            *views,
            *_published(view.table for view in QUICK_VIEWS if view.id not in present.views),
            *(_showing(view, form, present) for view, form in fitting),
            *_published(form["objecttypecode"] for _, form in fitting),
        ),
        by_hand=tuple(_clicks(view, form) for view, form in lacking if END not in form["formxml"]),
    )


def _lacks(form: Mapping[str, Any], view: QuickView) -> bool:
    return form["objecttypecode"] in view.on and view.id not in form["formxml"].lower()


def _making(view: QuickView, present: Present) -> Step:
    values = {"formid": view.id, "name": view.title, "objecttypecode": view.table, "type": QUICK_VIEW, "formxml": _quick(view, present)}
    return Step(f"make the quick view {view.title} of {view.table}", "POST", "systemforms", values)


def _showing(view: QuickView, form: Mapping[str, Any], present: Present) -> Step:
    says = f"show {view.title} on the form {form['name']} of {form['objecttypecode']}"
    return Step(says, "PATCH", f"systemforms({form['formid']})", {"formxml": _with(view, form, present)})


def _published(tables: Iterable[str]) -> Iterator[Step]:
    """The publication of what was changed in these tables, if there is any."""
    names = list(dict.fromkeys(tables))
    entities = "".join(f"<entity>{name}</entity>" for name in names)
    document = f"<importexportxml><entities>{entities}</entities></importexportxml>"
    if names:
        yield Step(f"publish {', '.join(names)}", "POST", "PublishXml", {"ParameterXml": document})


def _clicks(view: QuickView, form: Mapping[str, Any]) -> str:
    table = form["objecttypecode"]
    return f"form {form['name']} of {table}: add the component Quick view, lookup {view.on[table]}, form {view.title}; publish"


def _with(view: QuickView, form: Mapping[str, Any], present: Present) -> str:
    """The form with one section more, at the end of the first column of its first tab."""
    table = form["objecttypecode"]
    shown = escape(f'<QuickFormIds><QuickFormId entityname="{view.table}">{view.id}</QuickFormId></QuickFormIds>')
    parameters = f"<parameters><QuickForms>{shown}</QuickForms><ControlMode>Read</ControlMode></parameters>"
    name = f"couplet_{view.table.removeprefix('couplet_')}"
    control = f'<control id="{name}" classid="{QUICK}" datafieldname="{view.on[table]}" disabled="true">{parameters}</control>'
    section = _section(f"{form['formid']}/{view.id}", name, view.title, [(view.title, control)], present.language)
    before, end, after = form["formxml"].partition(END)
    return f"{before}{section}{end}{after}"


def _quick(view: QuickView, present: Present) -> str:
    """The quick view itself: one section with its columns."""
    cells = [
        (label, f'<control id="{name}" classid="{FIELD}" datafieldname="{name}" disabled="true"/>') for name, label in view.columns.items()
    ]
    section = _section(view.id, "general", view.title, cells, present.language)
    columns = f'<columns><column width="100%"><sections>{section}</sections></column></columns>'
    return (
        f'<form><tabs><tab id="{_id(view.id, "tab")}" name="general">{_labels(view.title, present.language)}{columns}</tab></tabs></form>'
    )


def _section(of: str, name: str, title: str, cells: Sequence[tuple[str, str]], language: int) -> str:
    rows = "".join(f'<row><cell id="{_id(of, label)}">{_labels(label, language)}{control}</cell></row>' for label, control in cells)
    return f'<section id="{_id(of, "section")}" name="{name}">{_labels(title, language)}<rows>{rows}</rows></section>'


def _labels(text: str, language: int) -> str:
    return f'<labels><label description={quoteattr(text)} languagecode="{language}"/></labels>'


def _id(of: str, name: str) -> str:
    """An id within a form, the same each time."""
    return f"{{{uuid5(NAMESPACE_URL, f'couplet/form/{of}/{name}')}}}"
