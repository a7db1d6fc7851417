"""What is to be done in a system, as values: calls, each with what it does in words, and what only a person can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.command_line import complain, say
from sync.errors import AccessDenied, ServiceError, ServiceUnusable
from sync.services.http import body
from sync.services.sales import Sales

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Step:
    """One call; `says` is what it does, for the person who decides about it."""

    says: str
    method: str
    path: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The steps of one part in their order, what a person does by hand, and what is only worth knowing."""

    steps: tuple[Step, ...] = ()
    by_hand: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Tally:
    """What became of all parts together."""

    planned: int = 0
    done: int = 0
    left: list[str] = field(default_factory=list)

    @property
    def all_well(self) -> bool:
        """Whether nothing was refused and nothing waits for a person."""
        return not self.left

    def summary(self, *, apply: bool) -> str:
        """How it stands, in a line."""
        if not self.planned:
            return "Nothing to do: all is there." if self.all_well else "The rest is to be done by hand."
        return f"{self.done} of {self.planned} steps done." if apply else f"A dry run: with --apply these {self.planned} steps are done."


Planner = Callable[[], Awaitable[Plan]]
Send = Callable[[Step], Awaitable[object]]


def to_sales(sales: Sales) -> Send:
    """How steps reach the Web API; a change of a row never makes one."""

    async def send(step: Step) -> None:
        headers = {**JSON, "If-Match": "*"} if step.method == "PATCH" else JSON
        await sales.send(step.method, f"{sales.root}/{step.path}", headers=headers, content=body(step.values))

    return send


async def settle(send: Send, planner: Planner, tally: Tally, *, apply: bool) -> None:
    """Look, say what is to be done, and with `apply` do it; one part begins when the one before it is over, whose rows it may need."""
    plan = await planner()
    for text in plan.notes:
        say(f"note: {text}")
    for text in plan.by_hand:
        complain(f"by hand: {text}")
    tally.left += plan.by_hand
    tally.planned += len(plan.steps)
    if apply:
        await _carry_out(send, plan.steps, tally)
        return
    for step in plan.steps:
        say(f"to do: {step.says}")


async def _carry_out(send: Send, steps: Sequence[Step], tally: Tally) -> None:
    """The steps one after the other; a refused one ends its part, as what follows builds on it."""
    for at, step in enumerate(steps):
        try:
            await send(step)
        except ServiceUnusable:
            raise
        except ServiceError as error:
            complain(f"refused: {step.says}: {_why(error)}", *(f"left out: {each.says}" for each in steps[at + 1 :]))
            tally.left += [each.says for each in steps[at:]]
            return
        say(f"done: {step.says}")
        tally.done += 1


def _why(error: ServiceError) -> str:
    said = error.service_message or str(error)
    return f"{said} Who signs in needs the role System Administrator." if isinstance(error, AccessDenied) else said
