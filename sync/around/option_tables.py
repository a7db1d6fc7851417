"""Choice columns as tables: each option is a row with a value and a label (rule D6).

A table is called `options/<entity set>/<column>`. What is written to the account's column is mirrored, with the same value, to the
columns of the same meaning on orders, quotes and invoices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mapping.model import CHOICES
from sync.around.publishing import Publishing
from sync.errors import AccessDenied, MayNotCustomise, NotFound, ServiceError, StillUsed
from sync.heart.plan import Call, Create, Delete, Row, Side, Step, Update
from sync.services.model import Answer, Page, Query
from sync.services.sales import Sales

MIRRORED = "mirrored"
"""Not a property that Sales has: whether the columns of the same meaning have the value, too."""

Place = tuple[str, str]
"""The entity set and column of a choice."""

MIRRORS: Mapping[str, Sequence[tuple[str, str]]] = {
    "paymenttermscode": (("salesorders", "paymenttermscode"), ("quotes", "paymenttermscode"), ("invoices", "paymenttermscode")),
    "address1_freighttermscode": (("salesorders", "freighttermscode"), ("quotes", "freighttermscode")),
    "address1_shippingmethodcode": (
        ("salesorders", "shippingmethodcode"),
        ("quotes", "shippingmethodcode"),
        ("invoices", "shippingmethodcode"),
    ),
}
"""Account column -> (entity set, column) that take the same values; an invoice has no freight terms."""


class SalesTables:
    """The Sales service with its choice columns as tables."""

    side = Side.SALES

    def __init__(self, sales: Sales) -> None:
        self._sales = sales
        self._publishing = Publishing(sales.publish)

    async def page(self, query: Query | str, *, size: int = 500) -> Page:
        """One page; an option table has a single page with all its rows, whatever the filter."""
        if isinstance(query, str) or not query.table.startswith(CHOICES):
            return await self._sales.page(query, size=size)
        rows = await self._options(query.table, mirrored=MIRRORED in query.columns)
        return Page(rows=list(rows.values()), next=None, clock=datetime.now(UTC))

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Row]:
        """The rows with these ids that exist, by id."""
        if not table.startswith(CHOICES):
            return await self._sales.rows(table, ids, columns)
        options = await self._options(table, mirrored=MIRRORED in columns)
        return {id_: options[id_] for id_ in ids if id_ in options}

    async def count(self, table: str) -> int:
        """How many rows, or options, a table holds."""
        return len(await self._options(table)) if table.startswith(CHOICES) else await self._sales.count(table)

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        """Carry out the steps; options are added or renamed one by one, and published once with all that is written meanwhile."""
        mine = [step for step in steps if (step.table or "").startswith(CHOICES)]
        if not mine:
            return await self._sales.write(steps)
        self._publishing.begin()
        try:
            answers = await self._write_options(mine)
        except BaseException:
            await self._publishing.leave()
            raise
        return await self._published(answers)

    async def _write_options(self, mine: Sequence[Step]) -> list[Answer]:
        present = {table: await self._options(table) for table in {step.table or "" for step in mine}}
        answers: list[Answer] = []
        shown: dict[Place, Mapping[int, str]] = {}
        for step in mine:
            answers.append(_refused(step, answers) or await self._write_option(step, present[step.table or ""], shown))
        return answers

    async def _published(self, answers: list[Answer]) -> list[Answer]:
        """The answers once people see what was written; without the right to publish they never would."""
        written = [answer for answer in answers if not answer.error]
        try:
            await self._publishing.end({entity for answer in written for entity, _ in _places(answer.step.table or "")})
        except AccessDenied as error:
            return [replace(answer, error=answer.error or _may_not(error)) for answer in answers]
        return answers

    async def _options(self, table: str, *, mirrored: bool = False) -> dict[str, Row]:
        """The options by value; where it is asked for, whether all the other columns have the value, too."""
        _, entity, column = table.split("/")
        options = await self._sales.options(entity, column)
        rows: dict[str, Row] = {str(value): {"value": str(value), "label": label} for value, label in options.items()}
        if not mirrored:
            return rows
        others = [await self._sales.options(*place) for place in MIRRORS.get(column, ())]
        return {value: {**row, MIRRORED: all(int(value) in other for other in others)} for value, row in rows.items()}

    async def _write_option(self, step: Step, present: Mapping[str, Row], shown: dict[Place, Mapping[int, str]]) -> Answer:
        if isinstance(step, Delete):
            return await self._delete_option(step, present)
        if not isinstance(step, Create | Update) or step.id is None:
            return Answer(step=step, error=NotFound(side=self.side))
        label = str(step.values["label"])
        try:
            for place in _places(step.table):
                if step.id not in present:
                    await self._sales.add_option(*place, label, int(step.id))
                    continue
                shown[place] = shown[place] if place in shown else await self._sales.options(*place)
                await self._rename(place, int(step.id), label, shown[place].get(int(step.id)))
        except AccessDenied as error:
            return Answer(step=step, id=step.id, error=_may_not(error))
        except ServiceError as error:
            return Answer(step=step, id=step.id, error=error)
        return Answer(step=step, id=step.id)

    async def _rename(self, place: Place, value: int, label: str, shown: str | None) -> None:
        """Give an option its label in one column; a column that lacks the value gets it."""
        if shown is None:
            await self._sales.add_option(*place, label, value)
        elif shown != label:
            await self._sales.rename_option(*place, value, label)

    async def _delete_option(self, step: Delete, present: Mapping[str, Row]) -> Answer:
        """An option goes only while no row uses it: its rows would show a bare number (rule D6)."""
        if step.id not in present:
            return Answer(step=step, id=step.id)
        for entity, column in _places(step.table):
            holding = Query(table=entity, columns=(column,), filter=f"{column} eq {int(step.id)}", size=1)
            if (await self._sales.page(holding)).rows:
                return Answer(step=step, id=step.id, error=StillUsed(f"Rows of {entity} use the option.", side=self.side))
        try:
            for entity, column in _places(step.table):
                if int(step.id) in await self._sales.options(entity, column):
                    await self._sales.remove_option(entity, column, int(step.id))
        except AccessDenied as error:
            return Answer(step=step, id=step.id, error=_may_not(error))
        except ServiceError as error:
            return Answer(step=step, id=step.id, error=error)
        return Answer(step=step, id=step.id)


def _may_not(error: AccessDenied) -> ServiceError:
    """The refusal as one of choices alone: nothing else has to stop for it (rule D6)."""
    return error.as_a(MayNotCustomise, "The app's user may not change the choices of Sales.")


def _refused(step: Step, answers: Sequence[Answer]) -> Answer | None:
    """The refusal that every further step would meet, too."""
    known = next((answer.error for answer in answers if isinstance(answer.error, MayNotCustomise)), None)
    return Answer(step=step, id=None if isinstance(step, Call) else step.id, error=known) if known else None


def _places(table: str) -> Sequence[tuple[str, str]]:
    _, entity, column = table.split("/")
    # The account's own column last: while it lacks the option, a worker that died on the way is found out and all are written again.
    return (*MIRRORS.get(column, ()), (entity, column))
