"""BC's own templates: what a row needs before anybody can post with it, taken from the pages where BC's people keep it (rule E8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mapping import schema
from mapping.filters import BLANKS
from mapping.values import Refusal, Row, Side
from mapping.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Supplies:
    """What one of BC's template pages gives to a new row: property of the row -> property of the template.

    `table` is the API page that serves them, `page` what BC calls the page that people open. Without a value for each of `needs` the row
    could not be used, and none is made. `only` are values that a template must have to be taken by itself, such as a type.
    """

    table: str
    page: str
    gives: Mapping[str, str]
    needs: tuple[str, ...]
    only: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """What is read of a template."""
        currency = (CURRENCY,) if schema.column(Side.BC, self.table, CURRENCY) else ()
        return tuple(dict.fromkeys(("id", "code", *currency, *self.only, *self.gives.values())))

    def supplied(self, world: World, values: Row, code: str = "") -> Mapping[str, Any] | Refusal:
        """What the template adds to the values of a row about to be made: what nothing else has given."""
        template = self._named(world, code) if code else self._first(world)
        if template is None:
            return Refusal(code="unknown_template", detail=f"{self.page} in Business Central holds no template {code}")
        found = {name: template.get(column) for name, column in self.gives.items()}
        return {name: value for name, value in found.items() if value not in BLANKS and values.get(name) in BLANKS}

    def lacking(self, values: Row) -> Refusal | None:
        """Why a row with these values could not be used; None when it can be."""
        missing = [name for name in self.needs if values.get(name) in BLANKS]
        if not missing:
            return None
        return Refusal(code="no_template", detail=f"no template of the page {self.page} in Business Central gives {', '.join(missing)}")

    def _named(self, world: World, code: str) -> Row | None:
        rows = world.rows(self.table, "*")
        return next((row for row in rows if str(row["code"]).casefold() == code.casefold()), None)

    def _first(self, world: World) -> Row:
        """The first template without a currency, as the native connector chooses; an empty one when there is none."""
        rows = sorted(world.rows(self.table, "*"), key=lambda row: str(row["code"]))
        fitting = (row for row in rows if row.get(CURRENCY) in BLANKS and all(row.get(name) == value for name, value in self.only.items()))
        return next(fitting, {})


CURRENCY = "currencyCode"
"""The property of a template that says for which currency it is."""
