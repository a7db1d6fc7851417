"""Writing to Sales in few requests: bulk messages for new rows, `$batch` for the rest, an outcome for each row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from sync.errors import NotFound, ServiceError, UnexpectedAnswer, UnknownReference
from sync.heart.plan import Create, Delete, Row, Step, Together, Update
from sync.services import multipart, odata
from sync.services.http import body
from sync.services.model import Answer
from sync.services.sales_dialect import NO_SUCH_SEGMENT
from sync.services.sales_tables import SalesTable
from sync.services.translate import blame, concerns_all, decoded

if TYPE_CHECKING:
    from sync.services.sales import Sales

MOST_AT_ONCE = 100
HEADERS = {"Accept": "application/json", "OData-MaxVersion": "4.0", "OData-Version": "4.0"}


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A step as a call below the Web API's root; `bulk` is its table where that takes many new rows in one message.

    `parts` are the calls of steps that go together; then there is no call of its own, and `values` are those of all of them.
    """

    step: Step
    method: str
    path: str
    values: Row
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    bulk: SalesTable | None = None
    parts: tuple[_Prepared, ...] = ()

    @property
    def weight(self) -> int:
        """How many calls it is."""
        return len(self.parts) or 1

    @property
    def content(self) -> bytes | None:
        """The call's body; a deletion has none."""
        return None if self.method == "DELETE" else body(self.values)


class SalesWriter:
    """Carries out steps in one organisation."""

    def __init__(self, sales: Sales) -> None:
        self._sales = sales
        self._without_bulk: set[str] = set()

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        """Carry out the steps in order; an answer for each, in order.

        New rows of one table go as one `CreateMultiple`, all else as `$batch`. A bulk message that fails is all undone: its rows are
        sent again as a `$batch`, so that each gets its own outcome.
        """
        prepared = [await self._prepare(step) for step in steps]
        answers: list[Answer] = []
        for bulk, run in groupby(prepared, key=lambda call: call.bulk):
            for part in _portions(list(run)):
                if len(part) == 1 and not part[0].parts:
                    answers.append(await self._single(part[0]))
                else:
                    answers += (await self._create_multiple(bulk, part) if bulk else None) or await self._batch(part)
        return answers

    async def _prepare(self, step: Step) -> _Prepared:
        if isinstance(step, Create):
            table = await self._sales.table(step.table)
            values = await self._body_of(step, table)
            bulk = table if table.bulk and table.set not in self._without_bulk and not step.parts else None
            return _Prepared(step, "POST", table.set, values, repeatable=step.id is not None, bulk=bulk)
        if isinstance(step, Update):
            path = f"{step.table}({odata.guid(step.id)})"
            return _Prepared(step, "PATCH", path, step.values, {"If-Match": step.version or "*"}, repeatable=True)
        if isinstance(step, Delete):
            return _Prepared(step, "DELETE", f"{step.table}({odata.guid(step.id)})", {}, {"If-Match": step.version or "*"}, repeatable=True)
        if isinstance(step, Together):
            parts = tuple([await self._prepare(each) for each in step.steps])
            values = {name: value for part in parts for name, value in part.values.items()}
            return _Prepared(step, "", "", values, repeatable=all(part.repeatable for part in parts), parts=parts)
        if step.table is None:
            return _Prepared(step, "POST", step.name, step.body)
        row = f"({odata.guid(step.id)})" if step.id else ""
        return _Prepared(step, "POST", f"{step.table}{row}/Microsoft.Dynamics.CRM.{step.name}", step.body)

    async def _body_of(self, step: Create, table: SalesTable) -> Row:
        """A new row as it is sent, with those that go with it."""
        parts = {name: [await self._body_of(row, await self._sales.table(row.table)) for row in rows] for name, rows in step.parts.items()}
        return {**step.values, **({table.key: odata.guid(step.id)} if step.id else {}), **parts}

    async def _single(self, call: _Prepared) -> Answer:
        url = f"{self._sales.root}/{call.path}"
        try:
            response = await self._sales.send(call.method, url, headers=call.headers, content=call.content, repeatable=call.repeatable)
        except ServiceError as error:
            if concerns_all(error):
                raise
            return _refused(call, error)
        return self._answer(call, response.headers, response.content)

    async def _create_multiple(self, table: SalesTable, calls: Sequence[_Prepared]) -> list[Answer] | None:
        """All rows in one transaction; None when that failed and each must be tried by itself."""
        kind = {"@odata.type": f"Microsoft.Dynamics.CRM.{table.name}"}
        url = f"{self._sales.root}/{table.set}/Microsoft.Dynamics.CRM.CreateMultiple"
        content = body({"Targets": [{**kind, **call.values} for call in calls]})
        try:
            response = await self._sales.send("POST", url, content=content, repeatable=all(call.repeatable for call in calls))
        except ServiceError as error:
            if concerns_all(error):
                raise
            if error.service_code == NO_SUCH_SEGMENT:
                self._without_bulk.add(table.set)
            return None
        ids = decoded(response.content, self._sales.side)["Ids"]
        if len(ids) != len(calls):
            raise UnexpectedAnswer("CreateMultiple answered with another number of ids.", side=self._sales.side)
        self._sales.connection.counts["bulk"] += len(calls)
        return [Answer(step=call.step, id=each.lower()) for call, each in zip(calls, ids, strict=True)]

    async def _batch(self, calls: Sequence[_Prepared]) -> list[Answer]:
        """The calls as one `$batch`, each its own transaction or change set; one that fails does not stop the others."""
        boundary = f"batch_{uuid4().hex}"
        base = urlsplit(self._sales.root).path
        parts = [tuple(_as_part(each, base) for each in call.parts) or _as_part(call, base) for call in calls]
        try:
            response = await self._sales.send(
                "POST",
                f"{self._sales.root}/$batch",
                headers={"Content-Type": f'multipart/mixed; boundary="{boundary}"'},
                content=multipart.write(parts, boundary),
                prefer="odata.continue-on-error",
                repeatable=all(call.repeatable for call in calls),
            )
        except ServiceError as error:
            if concerns_all(error):
                raise
            return [Answer(step=call.step, error=error) for call in calls]
        replies = self._replies(response, len(calls))
        self._sales.connection.counts["batched"] += sum(call.weight for call in calls)
        return [self._outcome(call, reply, response.headers) for call, reply in zip(calls, replies, strict=True)]

    def _replies(self, response: httpx.Response, expected: int) -> list[multipart.Reply]:
        try:
            replies = multipart.read(response.headers.get("content-type", ""), response.content)
        except (ValueError, IndexError) as reason:
            raise UnexpectedAnswer("The answer is no batch.", side=self._sales.side) from reason
        if len(replies) != expected:
            raise UnexpectedAnswer("The batch has another number of answers.", side=self._sales.side)
        return replies

    def _outcome(self, call: _Prepared, reply: multipart.Reply, whole: Mapping[str, str]) -> Answer:
        """One part's outcome; a part without a request id of its own has that of the whole batch."""
        reply = next((part for part in reply.parts if not httpx.codes.is_success(part.status)), reply)
        if httpx.codes.is_success(reply.status):
            return self._answer_of_all(call, reply) if call.parts else self._answer(call, reply.headers, reply.content)
        dialect = self._sales.connection.dialect
        error = dialect.error(reply.status, {dialect.request_id: whole.get(dialect.request_id, ""), **reply.headers}, reply.content)
        return Answer(step=call.step, error=_about(error, _named_in(call, reply))) if call.parts else _refused(call, error)

    def _answer_of_all(self, call: _Prepared, reply: multipart.Reply) -> Answer:
        """The answer to steps that went together: that of the row that they are about."""
        if len(reply.parts) != len(call.parts):
            raise UnexpectedAnswer("The change set has another number of answers.", side=self._sales.side)
        answers = [self._answer(each, one.headers, one.content) for each, one in zip(call.parts, reply.parts, strict=True)]
        return replace(answers[0], step=call.step, version=None, parts=tuple(answers))

    def _answer(self, call: _Prepared, headers: Mapping[str, str], content: bytes) -> Answer:
        found = re.search(r"\(([0-9a-fA-F-]{36})\)$", headers.get("odata-entityid", ""))
        row = decoded(content, self._sales.side) if content else None
        return Answer(step=call.step, id=call.step.id or (found[1].lower() if found else None), row=row, version=headers.get("etag"))


def _portions(calls: Sequence[_Prepared]) -> Iterator[list[_Prepared]]:
    """The calls in as many messages as it takes; what goes together stays together."""
    portion: list[_Prepared] = []
    for call in calls:
        if portion and sum(each.weight for each in portion) + call.weight > MOST_AT_ONCE:
            yield portion
            portion = []
        portion.append(call)
    yield portion


def _as_part(call: _Prepared, base: str) -> multipart.Call:
    return multipart.Call(call.method, f"{base}/{call.path}", {**HEADERS, **call.headers}, call.content)


def _named_in(call: _Prepared, reply: multipart.Reply) -> _Prepared:
    """Which of the steps that go together the service refused; all of them where it does not say."""
    return call.parts[reply.place - 1] if reply.place and reply.place <= len(call.parts) else call


def _refused(call: _Prepared, error: ServiceError) -> Answer:
    """What became of a step that the service refused; a row that was to be deleted and is gone is deleted."""
    if isinstance(call.step, Delete) and type(error) is NotFound:
        return Answer(step=call.step, id=call.step.id)
    return Answer(step=call.step, error=_about(error, call))


def _about(error: ServiceError, call: _Prepared) -> ServiceError:
    """The error with the record and, where it can be told, the field it is about.

    "Does not exist" is said of the row itself and, in the same words, of a row that a lookup names.
    """
    step = call.step
    message = (error.service_message or "").lower()
    if type(error) is NotFound and (isinstance(step, Create) or (isinstance(step, Update) and step.id.lower() not in message)):
        error = error.as_a(UnknownReference)
    error.record = step.id
    return blame(error, call.values)
