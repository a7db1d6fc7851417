"""What lies alongside a record in Sales: rows of other tables that people want to see, and that nobody synchronises with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Alongside:
    """Rows of `table` (logical name `name`, primary key `key`) whose column `of` leads to the record; `title` is what people call one."""

    table: str
    name: str
    key: str
    of: str
    title: str


def of_a_customer(table: str, name: str, title: str = "name") -> Alongside:
    """Rows that name their customer."""
    return Alongside(table=table, name=name, key=f"{name}id", of="_customerid_value", title=title)


BUSINESS = (
    of_a_customer("opportunities", "opportunity"),
    of_a_customer("quotes", "quote"),
    of_a_customer("incidents", "incident", "title"),
)
"""Opportunities, quotes and cases, as the native connector counts them beside a customer (section 15.6)."""
