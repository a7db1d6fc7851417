"""The Web API below `/api/data/v9.x/`: finds what a call is about and answers it, errors included."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from sandbox.control import Counters, Faults
from sandbox.sales import errors, references
from sandbox.sales.actions import Actions
from sandbox.sales.base import Start, build
from sandbox.sales.batch import Batch
from sandbox.sales.bulk import NAMESPACE, Bulk
from sandbox.sales.calls import JSON, Answer, Call
from sandbox.sales.customization import Customization
from sandbox.sales.fetchxml import Fetch
from sandbox.sales.functions import Functions
from sandbox.sales.metadata import Metadata
from sandbox.sales.paths import keyed, segments
from sandbox.sales.records import Records, spelled
from sandbox.sales.rights import Rights
from sandbox.sales.roles import ACTIONS, Roles
from sandbox.sales.rows import Rows
from sandbox.sales.schema import Table
from sandbox.sales.tracking import Tracking
from sandbox.sales.webhooks import Webhooks

SWITCHES: dict[str, Any] = {
    "deltaExpired": False,
    "trackingOff": [],
    "ownerNeedsRole": False,
    "signIn": True,
    "administrationMode": False,
    "version": "9.2.26041.00150",
    "limitRequests": 6000,
    "limitSeconds": 300,
    "limitExecutionMs": 1_200_000,
    "limitConcurrent": 52,
    "webhooksLost": False,
    "webhooksDoubled": False,
    "bulkOff": [],
    "keysPending": False,
    "clockOffsetMs": 0,
    "privilegesLost": [],
    "submittedIsEditable": False,
    "numberLines": True,
}


KEPT = ("issopintegrationenabled",)
"""Settings of the organisation that a reset comes back to, once they are kept."""


@dataclass
class Service:
    """One organisation: its database and everything that answers calls.

    `reset()` makes it new, with the customisations that were kept, or as it came from the factory.
    """

    start: Start
    switches: dict[str, Any] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    faults: Faults = field(default_factory=Faults)
    kept: bytes = b""
    kept_organization: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reset()

    def keep(self) -> None:
        """From now on a reset comes back to the customisations, and what goes to a back office, as they are."""
        self.kept = pickle.dumps(self.db.schema)
        self.kept_organization = {name: self.db.organization[name] for name in KEPT if name in self.db.organization}

    def reset(self, *, factory: bool = False, admitted: bool = True) -> None:
        self.switches.update(deepcopy(SWITCHES))
        kept = {} if factory else self.kept_organization
        start = replace(self.start, organization={**self.start.organization, **kept}, admitted=admitted)
        self.db = build(start, pickle.loads(self.kept) if self.kept and not factory else None)
        self.rights = Rights(self.db, self.switches)
        self.roles = Roles(self.db, self.rights)
        self.rows = Rows(self.db, self.switches, self.rights)
        self.tracking = Tracking(self.db, self.switches, self.rights)
        self.records = Records(self.db, self.rows, self.tracking, self._read)
        self.bulk = Bulk(self.db, self.rows)
        self.batch = Batch(self.db, self.dispatch, self._batched, self.faults)
        self.webhooks = Webhooks(self.db, self.switches)
        self.actions = Actions(self.db, self.rows, self.records)
        self.customization = Customization(self.db, self.switches, self.rights)
        self.metadata = Metadata(self.db, self.customization)
        self.functions = Functions(self.db, self.roles, self.switches)
        self.fetch = Fetch(self.db, self._read)

    def _read(self, rows: int) -> None:
        self.counters.rows_read += rows

    def _batched(self, operations: int) -> None:
        self.counters.batched += operations

    def switched(self, name: str) -> None:
        """After a switch was changed."""
        if name == "deltaExpired" and self.switches[name] == "once":
            self.switches[name] = False
            self.tracking.expire()
        if name == "clockOffsetMs":
            self.db.offset_ms = float(self.switches[name])
        if name == "keysPending" and not self.switches[name]:
            self.customization.activate_keys()

    def dispatch(self, call: Call) -> Answer:
        """Answer a call; what was written goes to the webhooks."""
        self.counted = self.db.rows_written
        try:
            answer = self._route(call)
        except errors.Refused as refused:
            answer = _refusal(refused, call)
        self.counters.rows_written += self.db.rows_written - self.counted
        self.counted = self.db.rows_written
        if self.db.events and self.db.journal is None:
            self.webhooks.notice(self.db.events)
            self.db.events = []
        return answer

    def _route(self, call: Call) -> Answer:
        parts = segments(call.path)
        if not parts:
            return self.metadata.document(call)
        name, key = keyed(parts[0])
        self.counters.route(call.method, name)
        table = self.db.schema.sets.get(name)
        if table is not None:
            return self._rows(table, key, parts[1:], call)
        named = self._named().get(name)
        if named is not None:
            return named(key, parts[1:], call)
        found = self.functions.run(name, key, call) or self.actions.run(name, None, call) or self.customization.run(name, call)
        if found is None:
            raise errors.unknown_segment(name)
        return found

    def _named(self) -> dict[str, Callable[[str | None, tuple[str, ...], Call], Answer]]:
        return {
            "$batch": lambda key, rest, call: self.batch.run(call),
            "$metadata": lambda key, rest, call: self.metadata.csdl(call),
            "EntityDefinitions": self.metadata.definitions,
            "GlobalOptionSetDefinitions": self.metadata.global_choices,
            "RelationshipDefinitions": self.metadata.relationship_definitions,
        }

    def _rows(self, table: Table, key: str | None, rest: tuple[str, ...], call: Call) -> Answer:
        if call.method == "GET":
            self.rights.on(call.caller, "Read", table)
        if key is not None:
            return self._one(table, key, rest, call)
        if not rest:
            if call.method == "GET" and "fetchXml" in call.query:
                return self.fetch.run(table, call)
            return self.records.entity_set(table, call)
        if rest == ("$count",):
            return self.records.count(table, call)
        if len(rest) == 1 and rest[0].startswith(NAMESPACE):
            action = rest[0].removeprefix(NAMESPACE)
            if action in self.bulk.messages and table.name not in self.switches["bulkOff"]:
                return self.bulk.run(table, action, call)
            found = self.actions.run(f"{table.set}/{action}", None, call)
            if found is not None:
                return found
        raise errors.unknown_segment(rest[0])

    def _one(self, table: Table, key: str, rest: tuple[str, ...], call: Call) -> Answer:
        address = references.key_of(table, _decoded(key))
        if not rest:
            return self.records.one(address, call, spelled(key))
        if rest[0].startswith(NAMESPACE):
            row_id = references.find(self.db, address)
            if row_id is None:
                raise references.missing(address)
            found = self._bound(table, row_id, rest[0].removeprefix(NAMESPACE), call)
            if found is None:
                raise errors.unknown_segment(rest[0])
            return found
        if len(rest) == 1:
            name, other = keyed(rest[0])
            return self.records.property(address, name, call) if other is None else self._behind(table, name, other, call)
        if rest[-1] == "$ref":
            name, other = keyed(rest[0])
            target = None if other is None else f"{self._many(table, name).set}({other})"
            return self.records.reference(address, name, call, target)
        raise errors.unknown_segment(rest[-1])

    def _bound(self, table: Table, row_id: str, name: str, call: Call) -> Answer | None:
        """An action or function bound to a row."""
        if table.name == "role" and name in ACTIONS:
            return self.roles.run(name, row_id, call)
        if table.name == "systemuser" and name == "RetrieveUserPrivileges()":
            return self.roles.of_user(row_id, call)
        return self.actions.run(f"{table.name}/{name}", row_id, call)

    def _behind(self, table: Table, name: str, key: str, call: Call) -> Answer:
        """`accounts(<id>)/contact_customer_accounts(<id2>)`: the row itself."""
        return self.records.one(references.key_of(self._many(table, name), _decoded(key)), call, spelled(key))

    def _many(self, table: Table, name: str) -> Table:
        """The table behind a collection-valued navigation property."""
        collection = self.db.schema.collections.get((table.name, name))
        if collection is not None:
            return self.db.schema.tables[collection.to]
        for link in self.db.schema.associations:
            if link.name == name and table.name in (link.left, link.right):
                return self.db.schema.tables[link.right if link.left == table.name else link.left]
        raise errors.unknown_segment(name)


def _decoded(key: str) -> str:
    return unquote(key) if "%" in key else key


def _refusal(refused: errors.Refused, call: Call) -> Answer:
    details = "*" in call.prefer.annotations
    return Answer(refused.status, {"Content-Type": JSON, **refused.headers}, errors.body(refused.code, refused.message, details))
