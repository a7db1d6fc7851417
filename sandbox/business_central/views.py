"""A page over a company: which rows it shows, and how a row becomes JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from sandbox.business_central import calculations, errors
from sandbox.business_central.clock import etag
from sandbox.business_central.company import Company
from sandbox.business_central.schema import EXTENSION, Page
from sandbox.business_central.tables import Key, Row, Table

Write = Callable[[Row], Row]


class View:
    """One page of one company. Made once; writers are kept per `$select`."""

    def __init__(self, company: Company, page: Page) -> None:
        self.company = company
        self.page = page
        self._writers: dict[str, Write] = {}

    @property
    def table(self) -> Table:
        return self.company.table(self.page.table.name)

    @cached_property
    def readers(self) -> dict[str, calculations.Read]:
        return {name: calculations.reader(self.company, self.page, prop) for name, prop in self.page.properties.items()}

    def writer(self, select: str = "") -> Write:
        """A function that turns a row into its JSON object with etag, with all properties or those of a `$select`."""
        write = self._writers.get(select)
        if write is None:
            write = self._writers[select] = self._make_writer(select)
        return write

    def _make_writer(self, select: str) -> Write:
        parts = [(name, self.readers[name]) for name in self.selected(select)]

        def write(row: Row) -> Row:
            shown = {"@odata.etag": etag(row["version"])}
            for name, read in parts:
                shown[name] = read(row)
            return shown

        return write

    def selected(self, select: str) -> Iterable[str]:
        """The properties that a `$select` names, in its order; case does not matter. Raises Refused."""
        if not select or select.strip() == "*":
            return self.page.properties
        names = []
        for wanted in select.split(","):
            name = self.page.by_lower.get(wanted.strip().lower())
            if name is not None:
                names.append(name)
            elif wanted.strip() not in self.page.navigation:
                raise errors.unknown_property(wanted.strip(), self.page.type)
        return names

    def shows(self, row: Row) -> bool:
        """Whether a row of the table is on this page at all."""
        if self.page.set == "customerContacts":
            return row.get("Type") == "Person" and calculations.contact_relation(self.company, row) == "Customer"
        if self.page.set == "salesInvoiceLines" and self.page.route == EXTENSION:
            return bool(self.company.table("Sales Invoice").rows.get(row["Document Id"], {}).get("Posted"))
        return all(row.get(field) == value for field, value in self.page.where.items())

    @cached_property
    def partial(self) -> bool:
        """Whether the page shows only some rows of its table."""
        return bool(self.page.where) or self.page.set == "customerContacts"

    def row(self, row_id: str) -> Row:
        """The row with an id. Raises Refused when the page has none."""
        row = self.table.rows.get(row_id.lower())
        if row is None or not self.shows(row):
            raise errors.no_resource(self.page.set)
        return row

    def after(self, key: Key | None) -> Iterator[Row]:
        rows = self.table.after(key)
        return filter(self.shows, rows) if self.partial else rows


def view(company: Company, page: Page) -> View:
    """The view of a page, one per company and page."""
    found: View | None = company.views.get(page)
    if found is None:
        found = company.views[page] = View(company, page)
    return found


def all_columns(company: Company, page: Page) -> list[Any]:
    """Every row of a page in GET form."""
    shown = view(company, page)
    write = shown.writer()
    return [write(row) for row in shown.after(None)]
