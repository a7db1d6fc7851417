"""The choices of Sales that stand for codes of BC: which there are, and taking away those that nobody needs any more (rule D6)."""

from __future__ import annotations

from dataclasses import dataclass

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.reference import all_rows
from sync.context import Context
from sync.errors import ChoiceInUse, NoSuchRecord, StillUsed
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Delete


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One choice: its value, what people read, and the code that is coupled to it."""

    sales_id: str
    label: str
    bc_id: str | None


def has_choices(mapping: TableMapping) -> bool:
    """Whether the mapping's rows in Sales are choices of a column."""
    return mapping.sales.is_choice


async def choices(ctx: Context, mapping: TableMapping) -> list[Option]:
    """All choices of the mapping's column, in the order of their values."""
    rows = await all_rows(ctx.services[Side.SALES], mapping.sales.name, ("value", "label"))
    coupled = await _coupled(ctx, mapping, ctx.company, [str(row["value"]) for row in rows])
    found = [Option(sales_id=str(row["value"]), label=str(row["label"]), bc_id=coupled.get(str(row["value"]))) for row in rows]
    return sorted(found, key=lambda option: int(option.sales_id))


async def remove_choice(ctx: Context, mapping: TableMapping, value: str) -> Option:
    """Take a choice away, everywhere it is mirrored; ChoiceInUse while a code of any company is coupled to it, or a row has it."""
    known = next((option for option in await choices(ctx, mapping) if option.sales_id == value), None)
    if known is None:
        raise NoSuchRecord(f"{mapping.name} has no choice {value} in Sales.", side=Side.SALES)
    for company in {ctx.company, *ctx.companies}:
        if await _coupled(ctx, mapping, company, [value]):
            raise ChoiceInUse(f"The choice {known.label} is coupled with a code of Business Central.")
    [answer] = await ctx.services[Side.SALES].write([Delete(side=Side.SALES, table=mapping.sales.name, id=value)])
    if isinstance(answer.error, StillUsed):
        raise ChoiceInUse(str(answer.error))
    if answer.error:
        raise answer.error
    return known


async def _coupled(ctx: Context, mapping: TableMapping, company: str, values: list[str]) -> dict[str, str]:
    known: dict[str, Coupling] = dict(await ctx.store.couplings.load(company, mapping.name, Side.SALES, values))
    return {value: each.bc_id for value, each in known.items() if each.life is not Life.TOMBSTONE}
