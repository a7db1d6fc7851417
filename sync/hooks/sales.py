"""The webhook in Sales: a service endpoint with our key in a header, and a step for each table and message that calls it.

Their ids follow from what they stand for, so that registering twice makes them once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from mapping.ids import derived_id
from mapping.model import TableMapping
from sync.errors import CoupletError, NotFound, NoWebhooks, ServiceError
from sync.heart.plan import Row, Side
from sync.hooks.actions import Do
from sync.hooks.keys import HEADER, Keys, fingerprint
from sync.hooks.notices import MESSAGES
from sync.hooks.tables import waking, watched
from sync.services import odata
from sync.services.http import body
from sync.services.sales import Sales
from sync.services.translate import concerns_all
from sync.settings import Settings

WEBHOOK, HTTP_HEADER = 8, 5
"""Contract and way of signing in of a service endpoint."""

STEP = {"mode": 1, "stage": 40, "rank": 1, "supporteddeployment": 0, "asyncautodelete": True}
"""After the change was committed, in the background, leaving no trace when it went well."""

ENDPOINTS, STEPS = "serviceendpoints", "sdkmessageprocessingsteps"
ENDPOINT_COLUMNS = "serviceendpointid,name,url,contract,authtype,description"
STEP_COLUMNS = "sdkmessageprocessingstepid,name,filteringattributes,statecode"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A row of Sales that the webhook consists of: what it shall hold, and whether it is there."""

    table: str
    id: str
    name: str
    do: Do
    why: str = ""
    values: Row = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One table and message to be told of; `columns` are those whose update counts."""

    table: str
    message: str
    columns: str


class Registration:
    """The webhook of one organisation. Without keys nothing is wanted."""

    def __init__(self, sales: Sales, settings: Settings, keys: Keys | None) -> None:
        self._sales = sales
        self._keys = keys
        organization = urlsplit(settings.sales_url).netloc.lower()
        self.endpoint_id = derived_id("webhook", organization, settings.tenant_id.lower(), settings.bc_name.lower())

    async def plan(self, mappings: Sequence[TableMapping]) -> list[Step]:
        """What is to be done, the endpoint before its steps; dropped the other way round."""
        endpoint = await self._endpoint()
        present = await self._steps() if endpoint else {}
        if self._keys is None:
            gone = [_dropped(ENDPOINTS, self.endpoint_id, endpoint, "webhooks are off")] if endpoint else []
            return [*(_dropped(STEPS, id_, row, "webhooks are off") for id_, row in present.items()), *gone]
        wanted = await self._wanted(mappings)
        unused = [_dropped(STEPS, id_, row, "not watched") for id_, row in present.items() if id_ not in wanted]
        steps = [self._step(id_, want, present.get(id_)) for id_, want in wanted.items()]
        return [*unused, self._wanted_endpoint(self._keys, endpoint), *await self._with_messages(steps, wanted)]

    async def carry_out(self, step: Step) -> CoupletError | None:
        """Do it; what stood in the way of this one."""
        path = f"{self._sales.root}/{step.table}"
        one = f"{path}({odata.guid(step.id)})"
        try:
            if step.do is Do.MAKE:
                await self._sales.send("POST", path, content=body(step.values))
            elif step.do is Do.CHANGE:
                await self._sales.send("PATCH", one, content=body(step.values), headers={"If-Match": "*"})
            elif step.do is Do.DROP:
                await self._sales.send("DELETE", one)
            elif step.do is Do.IMPOSSIBLE:
                return NoWebhooks("Sales does not tell of this message on this table.", side=Side.SALES)
        except NotFound as error:
            return None if step.do is Do.DROP else error
        except ServiceError as error:
            if concerns_all(error):
                raise
            return error
        return None

    async def _wanted(self, mappings: Sequence[TableMapping]) -> dict[str, Wanted]:
        found: dict[str, Wanted] = {}
        woken = waking(mappings)
        for name in watched(woken, Side.SALES):
            table = await self._sales.table(name)
            columns = _columns(mapping for mapping in woken if mapping.sales.name == name)
            for message in sorted(MESSAGES):
                id_ = derived_id(self.endpoint_id, table.name, message)
                found[id_] = Wanted(table=table.name, message=message, columns=columns if message == "Update" else "")
        return found

    async def _endpoint(self) -> Row | None:
        wanted = odata.address(ENDPOINTS, {"$select": ENDPOINT_COLUMNS, "$filter": f"serviceendpointid eq {self.endpoint_id}"})
        rows = (await self._sales.get(wanted))["value"]
        return dict(rows[0]) if rows else None

    async def _steps(self) -> dict[str, Row]:
        wanted = odata.address(STEPS, {"$select": STEP_COLUMNS, "$filter": f"_eventhandler_value eq {self.endpoint_id}"})
        return {str(row["sdkmessageprocessingstepid"]): row for row in (await self._sales.get(wanted))["value"]}

    def _wanted_endpoint(self, keys: Keys, present: Row | None) -> Step:
        # The key cannot be read back: its fingerprint stands beside it
        shown = {
            "name": "Couplet",
            "url": keys.sales_url,
            "contract": WEBHOOK,
            "authtype": HTTP_HEADER,
            "description": f"Tells Couplet what changed. Key {fingerprint(keys.sales_key)}",
        }
        header = f"<settings><setting name={quoteattr(HEADER)} value={quoteattr(keys.sales_key)} /></settings>"
        values = {**shown, "authvalue": header}
        if present is None:
            made = {"serviceendpointid": self.endpoint_id, **values}
            return Step(table=ENDPOINTS, id=self.endpoint_id, name="Couplet", do=Do.MAKE, why="missing", values=made)
        other = [name for name, value in shown.items() if present.get(name) != value]
        reason = {"url": "another address", "description": "another secret"}
        why = next((reason.get(name, f"another {name}") for name in other), "")
        return Step(table=ENDPOINTS, id=self.endpoint_id, name="Couplet", do=Do.CHANGE if other else Do.KEEP, why=why, values=values)

    def _step(self, id_: str, wanted: Wanted, present: Row | None) -> Step:
        name = f"Couplet: {wanted.message} of {wanted.table}"
        values = {"filteringattributes": wanted.columns or None}
        if present is None:
            return Step(table=STEPS, id=id_, name=name, do=Do.MAKE, why="missing", values=values)
        if present.get("statecode"):
            # Somebody switched it off in Sales: that is a decision, and is told and not undone.
            return Step(table=STEPS, id=id_, name=name, do=Do.KEEP, why="switched off in Sales")
        same = (present.get("filteringattributes") or "") == wanted.columns
        return Step(table=STEPS, id=id_, name=name, do=Do.KEEP if same else Do.CHANGE, why="" if same else "other columns", values=values)

    async def _with_messages(self, steps: Sequence[Step], wanted: Mapping[str, Wanted]) -> list[Step]:
        """The steps with the ids of their messages, which are asked for only where a step is to be made."""
        making = [wanted[step.id] for step in steps if step.do is Do.MAKE]
        filters = await self._filters(making) if making else {}
        return [self._bound(step, filters.get((wanted[step.id].table, wanted[step.id].message))) for step in steps]

    def _bound(self, step: Step, ids: tuple[str, str] | None) -> Step:
        if step.do is not Do.MAKE:
            return step
        if ids is None:
            return Step(table=STEPS, id=step.id, name=step.name, do=Do.IMPOSSIBLE, why="Sales has no such message")
        message, message_filter = ids
        values = {
            **STEP,
            **step.values,
            "sdkmessageprocessingstepid": step.id,
            "name": step.name,
            "sdkmessageid@odata.bind": f"/sdkmessages({message})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({message_filter})",
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({self.endpoint_id})",
        }
        return Step(table=STEPS, id=step.id, name=step.name, do=step.do, why=step.why, values=values)

    async def _filters(self, wanted: Sequence[Wanted]) -> dict[tuple[str, str], tuple[str, str]]:
        """The ids of message and message filter, by table and message."""
        names = _any_of("name", sorted({each.message for each in wanted}))
        found = await self._sales.get(odata.address("sdkmessages", {"$select": "sdkmessageid,name", "$filter": names}))
        messages = {str(row["sdkmessageid"]): str(row["name"]) for row in found["value"]}
        tables = _any_of("primaryobjecttypecode", sorted({each.table for each in wanted}))
        kinds = " or ".join(f"_sdkmessageid_value eq {odata.guid(id_)}" for id_ in messages)
        options = {"$select": "sdkmessagefilterid,primaryobjecttypecode,_sdkmessageid_value", "$filter": f"({tables}) and ({kinds})"}
        rows = (await self._sales.get(odata.address("sdkmessagefilters", options)))["value"] if messages else []
        return {
            (str(row["primaryobjecttypecode"]), messages[str(row["_sdkmessageid_value"])]): (
                str(row["_sdkmessageid_value"]),
                str(row["sdkmessagefilterid"]),
            )
            for row in rows
        }


def _dropped(table: str, id_: str, row: Row, why: str) -> Step:
    return Step(table=table, id=id_, name=str(row["name"]), do=Do.DROP, why=why)


def _any_of(column: str, names: Sequence[str]) -> str:
    return " or ".join(f"{column} eq {odata.literal(name, Side.SALES)}" for name in names)


def _columns(mappings: Iterable[TableMapping]) -> str:
    """The columns that the mappings read, by their logical names; the key and the stamp say nothing."""
    found = set[str]()
    for mapping in mappings:
        names = {name.removeprefix("_").removesuffix("_value") if name.startswith("_") else name for name in mapping.columns(Side.SALES)}
        found |= names - {mapping.sales.id, mapping.sales.changed}
    return ",".join(sorted(found))
