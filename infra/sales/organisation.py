"""The organisation behind the metadata Web API: what is there, and the steps carried out one after the other.

One after the other because Dataverse lets one customisation run at a time. A step that is refused stops those of the same table only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.sales.calls import Call, call_of
from infra.sales.plan import ACTIVE, FAILED, AddTable, Found, Present, Publish, Step
from infra.sales.schema import Key, Schema
from sync.errors import AccessDenied, ServiceError, ServiceUnusable
from sync.services import odata
from sync.services.http import body
from sync.services.sales import Sales

POLL_SECONDS = 2.0
AT_ONCE = 10
"""Tables of one question: with their columns an answer is some hundred kilobytes."""


async def look(sales: Sales, schema: Schema) -> dict[str, Present]:
    """Every table of the schema that is there, with its added columns and its keys."""
    found: dict[str, Present] = {}
    for part in odata.chunks(schema.touched, AT_ONCE):
        wanted = {
            "$select": "LogicalName,ChangeTrackingEnabled",
            "$filter": " or ".join(f"LogicalName eq '{name}'" for name in part),
            "$expand": "Attributes($filter=IsCustomAttribute eq true),Keys($select=LogicalName,KeyAttributes,EntityKeyIndexStatus)",
        }
        answer = await sales.get(odata.address("EntityDefinitions", wanted))
        found |= {row["LogicalName"]: _present(row) for row in answer["value"]}
    return found


def _present(row: Mapping[str, Any]) -> Present:
    columns = {each["LogicalName"]: Found(type=each["AttributeType"], length=each.get("MaxLength") or 0) for each in row["Attributes"]}
    keys = {
        each["LogicalName"]: Found(columns=tuple(each["KeyAttributes"]), status=each["EntityKeyIndexStatus"])
        for each in row.get("Keys") or ()
    }
    return Present(tracked=row["ChangeTrackingEnabled"], columns=columns, keys=keys)


@dataclass
class Done:
    """What became of the steps: how many were carried out, and what was refused, with the reason."""

    carried_out: int = 0
    refused: list[tuple[Step, str]] = field(default_factory=list)
    left_out: list[Step] = field(default_factory=list)


async def carry_out(sales: Sales, steps: Sequence[Step], say: Callable[[str], None]) -> Done:
    """The steps in their order; after one that was refused, those that build on it are left out. ServiceUnusable ends all."""
    language = (await sales.organization()).language
    done = Done()
    blocked: set[str] = set()
    for wanted in steps:
        step = _without(wanted, blocked)
        if step.table in blocked or (isinstance(step, Publish) and not step.tables):
            done.left_out.append(step)
            continue
        say(str(step))
        try:
            await _send(sales, call_of(step, language))
            done.carried_out += 1
        except ServiceUnusable:
            raise
        except ServiceError as error:
            done.refused.append((step, _why(error)))
            if isinstance(step, AddTable):
                blocked.add(step.table)
    return done


def _without(step: Step, blocked: set[str]) -> Step:
    """A publication leaves out tables that were not made."""
    return Publish(tuple(name for name in step.tables if name not in blocked)) if isinstance(step, Publish) else step


def _why(error: ServiceError) -> str:
    said = error.service_message or str(error)
    return f"{said} The app's user needs this privilege: give it the role System Customizer." if isinstance(error, AccessDenied) else said


async def _send(sales: Sales, call: Call) -> None:
    url = f"{sales.root}/{call.path}"
    values = call.body
    if call.changes:
        present = await sales.get(call.path)
        values = {name: value for name, value in present.items() if not name.startswith("@")} | values
    headers = {"MSCRM.MergeLabels": "true"} if call.changes else {}
    await sales.send(call.method, url, headers=headers, content=body(values), repeatable=call.changes)


async def wait_for_keys(sales: Sales, schema: Schema, seconds: float) -> tuple[list[Key], list[Key]]:
    """Wait until no index is being built any more; the keys that failed, and those that are still not ready when time is over."""
    until = time.monotonic() + seconds
    while True:
        present = await look(sales, schema)
        status = {key: (found.status if (found := present.get(key.table, Present()).keys.get(key.name)) else "") for key in schema.keys}
        failed = [key for key, now in status.items() if now == FAILED]
        building = [key for key, now in status.items() if now not in ("", ACTIVE, FAILED)]
        if not building or time.monotonic() >= until:
            return failed, building
        await asyncio.sleep(min(POLL_SECONDS, max(until - time.monotonic(), 0)))
