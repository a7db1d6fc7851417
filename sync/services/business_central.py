"""Business Central's API: the standard pages v2.0 and, where it is installed, those of our extension."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any
from uuid import UUID

import httpx

from sync.errors import CompanyNotFound, EnvironmentNotFound, NotFound, NotOnThisProfile, ServiceError, Unavailable
from sync.heart.plan import Call, Create, Delete, Row, Side, Step, Together, Update
from sync.services import odata
from sync.services.bc_automation import Automation
from sync.services.bc_calls import HEADERS, JSON, Prepared, about, answered, as_part, named, refused, set_of
from sync.services.bc_subscriptions import Subscriptions
from sync.services.http import TWICE, Connection, Request, body
from sync.services.model import Answer, Page, Profile, ProfileName, Query
from sync.services.translate import clock, concerns_all, decoded
from sync.settings import ProfileChoice

STANDARD = "v2.0"
EXTENSION = "couplet/sales/v1.0"
MOST_IN_A_BATCH = 100
MOST_IDS = 100  # about 5,400 characters of a URL that may have 8,000


class BusinessCentral:
    """One company of one environment. `root` is where the APIs stand: `https://.../{environment}/api`."""

    side = Side.BC

    def __init__(self, connection: Connection, *, root: str, company: str, profile: ProfileChoice = ProfileChoice.AUTO) -> None:
        self.company = company
        self._connection = connection
        self._root = root.rstrip("/")
        self._choice = profile
        self._known: Row | None = None
        self._own_homes: set[str] = set()
        self._profile: Profile | None = None
        self._turn = asyncio.Lock()

    async def companies(self) -> list[Row]:
        """All companies that the app may see: id, name, displayName."""
        try:
            answer = await self._get(f"{self._root}/{STANDARD}/companies")
        except (NotFound, NotOnThisProfile) as error:  # every Business Central has the list: there is none at this address
            raise error.as_a(EnvironmentNotFound) from error
        return list(answer["value"])

    async def company_id(self) -> str:
        """The id of the company configured by name or id; looked up once."""
        return str((await self._company())["id"])

    async def company_name(self) -> str:
        """The name of that company, as its web client takes it."""
        return str((await self._company())["name"])

    async def _company(self) -> Row:
        if self._known is None:
            async with self._turn:
                self._known = self._known or _find_company(self.company, await self.companies())
        return self._known

    async def profile(self) -> Profile:
        """The profile in force: found once by asking the extension which tables it serves, unless the setting says standard."""
        if self._profile is None:
            async with self._turn:
                self._profile = self._profile or await self._probe()
        return self._profile

    async def takes_ids(self, table: str) -> bool:
        """Whether a new row of the table may have an id of our choosing (rule A6)."""
        return (await self.profile()).serves(table)

    async def page(self, query: Query | str, *, size: int = 500) -> Page:
        """One page of a query, or of a next link (then `size` is the one asked for before)."""
        if isinstance(query, str):
            url = odata.check_link(query, [*await self._homes(), *self._own_homes], self.side)
        else:
            size = query.size
            url = odata.address(f"{await self._home(query.table)}{set_of(query.table)}", odata.query_options(query, self.side))
        request = Request(method="GET", url=url, headers={**HEADERS, "Prefer": f"odata.maxpagesize={size}"})
        try:
            response = await self._connection.send(request)
        except NotOnThisProfile as error:
            raise named(error, url.partition("?")[0].rpartition("/")[2]) from error
        answer = decoded(response.content, self.side)
        return Page(rows=answer["value"], next=answer.get("@odata.nextLink"), clock=clock(response.headers, self.side))

    async def count(self, table: str) -> int:
        """How many rows a table holds."""
        options = {"$select": "id", "$top": "1", "$count": "true"}
        return int((await self._get(odata.address(f"{await self._home(table)}{set_of(table)}", options)))["@odata.count"])

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Row]:
        """The rows with these ids that exist, by id."""
        columns = columns and tuple(dict.fromkeys(("id", *columns)))
        wanted = sorted({odata.guid(each) for each in ids})
        queries = [_by_ids(table, part, columns) for part in odata.chunks(wanted, MOST_IDS)]
        return {row["id"]: row for row in await self._read(queries)}

    @property
    def subscriptions(self) -> Subscriptions:
        """The environment's webhook subscriptions."""
        return Subscriptions(self._connection, self._root)

    @property
    def automation(self) -> Automation:
        """The API for setting an environment up."""
        return Automation(self._connection, self._root)

    async def resource(self, table: str) -> str:
        """A table of the company as subscriptions name it."""
        return (await self._home(table)).removeprefix(self._root.removesuffix("/api")) + set_of(table)

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        """Carry out the steps in order, many in one `$batch`; an answer for each, in order."""
        prepared = [await self._prepare(step) for step in steps]
        answers: list[Answer] = []
        for (home, whole), run in groupby(prepared, key=lambda call: (call.home, bool(call.parts))):
            for part in odata.chunks(list(run), 1 if whole else MOST_IN_A_BATCH):
                answers += await (self._batch(home, part) if len(part) > 1 else self._single(part[0]))
        return answers

    async def _probe(self) -> Profile:
        if self._choice is ProfileChoice.STANDARD:
            return Profile(name=ProfileName.STANDARD)
        try:
            request = Request(method="GET", url=f"{self._root}/{EXTENSION}/$metadata", headers={**HEADERS, "Accept": "application/xml"})
            described = (await self._connection.send(request)).text
        except (NotFound, NotOnThisProfile) as reason:
            if self._choice is ProfileChoice.EXTENDED:
                message = "BC_PROFILE is extended, but the Couplet extension is not installed."
                raise NotOnThisProfile(message, side=self.side, setting="BC_PROFILE") from reason
            return Profile(name=ProfileName.STANDARD)
        return Profile(name=ProfileName.EXTENDED, tables=frozenset(re.findall(r'<EntitySet\s+Name="(\w+)"', described)))

    async def _homes(self) -> list[str]:
        return [f"{self._root}/{api}/companies({await self.company_id()})/" for api in (STANDARD, EXTENSION)]

    async def _home(self, table: str) -> str:
        """The company's URL in the API that serves the table; our extension goes before the standard.

        A page of the company's own is named with its API: `contoso/sales/v1.0/regions`.
        """
        if "/" in table.partition("(")[0]:
            home = f"{self._root}/{table.partition('(')[0].rpartition('/')[0]}/companies({await self.company_id()})/"
            self._own_homes.add(home)
            return home
        standard, extension = await self._homes()
        return extension if (await self.profile()).serves(table.partition("(")[0]) else standard

    async def _get(self, url: str) -> Any:
        return decoded((await self._connection.send(Request(method="GET", url=url, headers=HEADERS))).content, self.side)

    async def _read(self, queries: Sequence[Query]) -> list[Row]:
        """The rows of queries of one table that have one page each, in as few requests as possible."""
        if len(queries) < 2:
            return [row for query in queries for row in (await self.page(query)).rows]
        home, found = await self._home(queries[0].table), []
        reads = [odata.address(set_of(query.table), odata.query_options(query, self.side)) for query in queries]
        for some in odata.chunks([{"method": "GET", "url": read, "headers": HEADERS} for read in reads], MOST_IN_A_BATCH):
            for part in await self._send_batch(home, some, repeatable=True):
                if error := self._refusal(part):
                    raise named(error, queries[0].table) if isinstance(error, NotOnThisProfile) else error
                found += (part or {})["body"]["value"]
        return found

    async def _prepare(self, step: Step) -> Prepared:
        if isinstance(step, Together):
            parts = tuple([await self._prepare(each) for each in step.steps])
            values = {name: value for part in parts for name, value in part.values.items()}
            return Prepared(step, parts[0].home, "", "", values, repeatable=True, parts=parts)
        if step.table is None or (isinstance(step, Call) and step.id is None):
            raise ValueError("Business Central's actions are bound to a row")
        home = await self._home(step.table)
        if isinstance(step, Create):
            own = step.id is not None and await self.takes_ids(step.table)
            return Prepared(step, home, "POST", set_of(step.table), _body_of(step, own), repeatable=own)
        row = f"{set_of(step.table)}({odata.guid(step.id or '')})"
        if isinstance(step, Update):
            return Prepared(step, home, "PATCH", row, step.values, {"If-Match": step.version or "*"}, repeatable=True)
        if isinstance(step, Delete):
            return Prepared(step, home, "DELETE", row, {}, {"If-Match": step.version or "*"}, repeatable=True)
        return Prepared(step, home, "POST", f"{row}/Microsoft.NAV.{step.name}", step.body)

    async def _single(self, call: Prepared) -> list[Answer]:
        if call.parts:
            return [await self._together(call)]
        content = None if call.method == "DELETE" else body(call.values)
        headers = {**HEADERS, **(JSON if content else {}), **call.headers}
        request = Request(method=call.method, url=call.home + call.path, headers=headers, content=content, repeatable=call.repeatable)
        try:
            response = await self._connection.send(request)
        except ServiceError as error:
            if concerns_all(error):
                raise
            return [refused(call, error)]
        return [answered(call.step, decoded(response.content, self.side) if response.content else None)]

    async def _batch(self, home: str, calls: Sequence[Prepared]) -> list[Answer]:
        """The calls as one `$batch` of the API they belong to; one that fails does not stop the others."""
        requests = [as_part(call) for call in calls]
        try:
            parts = await self._send_batch(home, requests, repeatable=all(call.repeatable for call in calls))
        except ServiceError as error:
            if concerns_all(error):
                raise
            return [Answer(step=call.step, error=error) for call in calls]
        return [self._part(call, part) for call, part in zip(calls, parts, strict=True)]

    async def _together(self, call: Prepared) -> Answer:
        """Calls as one transaction, and the row that they are about as it stands behind them, unless one of them deletes it.

        More than one message takes are several transactions, and an action may end one, too: whoever plans them sees to it that what is
        left halfway is gone on with.
        """
        requests = [as_part(each) for each in call.parts]
        last = {"method": "GET", "url": f"{set_of(str(call.step.table))}({odata.guid(call.step.id or '')})", "headers": HEADERS}
        stays = not any(isinstance(each.step, Delete) and each.step.id == call.step.id for each in call.parts)
        answers: list[Answer] = []
        try:
            for some in odata.chunks([*requests, *([last] if stays else [])], MOST_IN_A_BATCH):
                parts = await self._send_batch(call.home, some, repeatable=call.repeatable, whole=True)
                calls = [*call.parts[len(answers) :], replace(call, parts=())]
                answers += [self._part(each, part) for each, part in zip(calls, parts, strict=False)]
                if failed := next((answer for answer in answers if answer.error), None):
                    first = failed is answers[0] and not (parts[0] or {}).get(TWICE)
                    return Answer(step=call.step, error=failed.error, untouched=first)
        except ServiceError as error:
            if concerns_all(error):
                raise
            return Answer(step=call.step, error=about(error, call))
        shown, parts_of_it = (answers[-1], answers[:-1]) if stays else (Answer(step=call.step, id=call.step.id), answers)
        return replace(shown, step=call.step, parts=tuple(parts_of_it))

    async def _send_batch(
        self, home: str, requests: Sequence[dict[str, Any]], *, repeatable: bool, whole: bool = False
    ) -> list[Mapping[str, Any] | None]:
        """Requests below one company as one `$batch`; the answer of each, None where the service did not come to it.

        As a `whole` they are one transaction, which the first failure ends and undoes.
        """
        api, company = home.split("companies(")
        numbered = [{**each, "id": str(number), "url": f"companies({company}{each['url']}"} for number, each in enumerate(requests)]
        request = Request(
            method="POST",
            url=f"{api}$batch",
            headers={**HEADERS, **JSON, **({"Isolation": "snapshot"} if whole else {"Prefer": "odata.continue-on-error"})},
            content=body({"requests": numbered}),
            repeatable=repeatable,
        )
        response = await self._connection.send(request)
        self._connection.counts["batched"] += len(requests)
        own = self._connection.dialect.request_id
        ours = {own: response.headers.get(own, "")}  # a part without a request id of its own has that of the batch
        replies = decoded(response.content, self.side)["responses"]
        beside = {TWICE: response.extensions.get(TWICE)}
        parts = {part.get("id"): {**part, **beside, "headers": {**ours, **(part.get("headers") or {})}} for part in replies}
        return [parts.get(str(number)) for number in range(len(requests))]

    def _part(self, call: Prepared, part: Mapping[str, Any] | None) -> Answer:
        error = self._refusal(part)
        return refused(call, error) if error else answered(call.step, (part or {}).get("body"))

    def _refusal(self, part: Mapping[str, Any] | None) -> ServiceError | None:
        """Why one request of a batch was not carried out; None when it was."""
        if part is None:  # the service stopped before it
            return Unavailable("The service did not come to this record.", side=self.side)
        if httpx.codes.is_success(part["status"]):
            return None
        headers = {name.lower(): value for name, value in (part.get("headers") or {}).items()}
        return self._connection.dialect.error(part["status"], headers, body(part.get("body")))


def _body_of(step: Create, own: bool) -> Row:
    """A new row as it is sent, with those that go with it; under our own ids where the page takes them."""
    parts = {name: [_body_of(row, own) for row in rows] for name, rows in step.parts.items()}
    return {**({"id": step.id} if own and step.id else {}), **step.values, **parts}


def _by_ids(table: str, ids: Sequence[str], columns: Sequence[str]) -> Query:
    wanted = odata.one_of("id", [UUID(each) for each in ids], Side.BC)
    return Query(table=table, columns=columns, filter=wanted, size=MOST_IDS + 1)


def _find_company(wanted: str, companies: Sequence[Row]) -> Row:
    for key in ("id", "name", "displayName"):
        for company in companies:
            if str(company.get(key, "")).casefold() == wanted.casefold():
                return company
    there = ", ".join(sorted(str(company["name"]) for company in companies)) or "none that the app may see"
    raise CompanyNotFound(f'BC_COMPANY names "{wanted}", which is not there. There is: {there}.', side=Side.BC, setting="BC_COMPANY")
