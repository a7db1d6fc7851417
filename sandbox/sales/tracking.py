"""Change tracking: the first full read with a delta link on its last page, and the delta itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote

from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.options import MAX_PAGE
from sandbox.sales.privileges import named
from sandbox.sales.rights import Rights
from sandbox.sales.schema import Table
from sandbox.sales.shapes import Wish, context, shape

FORBIDDEN = ("$filter", "$orderby", "$expand", "$top")
EXPIRED = "0x80044352"


class Tracking:
    """Answers tracked reads; `switches` may expire all tokens given out so far."""

    def __init__(self, db: Database, switches: Mapping[str, Any], rights: Rights) -> None:
        self.db = db
        self.switches = switches
        self.rights = rights
        self.expired_below = 0

    def expire(self) -> None:
        """Every token given out so far is too old from now on."""
        self.db.version += 1
        self.expired_below = self.db.version

    def page(self, table: Table, call: Call, count_rows: Callable[[int], None]) -> Answer:
        """First read (by id, so that pages are stable) or delta, decided by the token."""
        self.rights.everywhere(call.caller, named("Read", table))
        for name in FORBIDDEN:
            if call.options.get(name) is not None:
                raise Refused("0x80060888", f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.')
        if not table.tracking or table.name in self.switches["trackingOff"]:
            raise Refused("0x80072491", f"Entity {table.name} isn't enabled for change tracking.")
        token = call.options.get("$deltatoken")
        size = call.prefer.page_size or MAX_PAGE
        answer = self._first(table, call, size) if token is None else self._delta(table, call, token, size)
        count_rows(len(answer["value"]))
        reply = json_answer(answer)
        reply.headers.update(call.prefer.applied("odata.track-changes", "odata.maxpagesize"))
        return reply

    def _first(self, table: Table, call: Call, size: int) -> dict[str, Any]:
        wish = Wish(call.options.get("$select"), annotations=call.prefer.annotations)
        show, rows = shape(self.db, table, wish), self.db.rows(table.name)
        started, after = self.db.version, ""
        skip = call.options.get("$skiptoken")
        if skip is not None:
            text, _, after = skip.partition("!")
            started = self._version(text)
        ids = sorted(rows) if not after else sorted(row_id for row_id in rows if row_id > after)
        value: dict[str, Any] = {"@odata.context": context(call.base, table, wish), "value": [show(rows[row_id]) for row_id in ids[:size]]}
        if len(ids) > size:
            value["@odata.nextLink"] = self._link(table, call, f"$skiptoken={started}!{ids[size - 1]}")
        else:
            value["@odata.deltaLink"] = self._delta_link(table, call, started)
        return value

    def _delta(self, table: Table, call: Call, token: str, size: int) -> dict[str, Any]:
        """Changed rows whole, by version; then what was deleted. Goes on at a skip token `version!phase` within the token."""
        parts = token.split("!")
        since = self._version(parts[0])
        store = self.db.store(table.name)
        changed = list(islice(store.changed_since(since), size + 1))
        wish = Wish(call.options.get("$select"), annotations=call.prefer.annotations)
        show = shape(self.db, table, wish)
        page = changed[:size]
        value: dict[str, Any] = {"@odata.context": f"{context(call.base, table, wish)}/$delta"}
        shown = [show(store.rows[row_id]) for _, row_id in page if row_id in store.rows]
        deleted = f"{call.base}$metadata#{table.set}/$deletedEntity"
        value["value"] = shown + [
            {"@odata.context": deleted, "id": row_id, "reason": "deleted"} for _, row_id in page if row_id not in store.rows
        ]
        if len(changed) > size:
            value["@odata.nextLink"] = self._delta_link(table, call, page[-1][0])
        else:
            value["@odata.deltaLink"] = self._delta_link(table, call, self.db.version)
        return value

    def count(self, table: Table, call: Call) -> int:
        """`<set>/$count?$deltatoken=...`: how much a delta would bring."""
        token = call.options.get("$deltatoken") or ""
        return sum(1 for _ in self.db.store(table.name).changed_since(self._version(token.split("!")[0])))

    def _version(self, text: str) -> int:
        if not text.isdigit():
            raise Refused("0x80060888", "The delta token is invalid.")
        version = int(text)
        if version < self.expired_below or version > self.db.version or self.switches["deltaExpired"]:
            raise Refused(EXPIRED, "The version stamp of the delta token has expired. Read the whole table again.")
        return version

    def _delta_link(self, table: Table, call: Call, version: int) -> str:
        moment = dt.datetime.now(dt.UTC).strftime("%m/%d/%Y %H:%M:%S")
        return self._link(table, call, f"$deltatoken={quote(f'{version}!{moment}', safe='')}")

    @staticmethod
    def _link(table: Table, call: Call, token: str) -> str:
        select = call.options.get("$select")
        return f"{call.base}{table.set}?{f'$select={quote(select, safe=chr(44))}&' if select else ''}{token}"
