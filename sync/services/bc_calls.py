"""Steps as calls of Business Central's API, and what its answers say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.errors import NotFound, NotOnThisProfile, ServiceError
from sync.heart.plan import Create, Delete, Row, Step
from sync.services.model import Answer
from sync.services.translate import blame

HEADERS = {"Accept": "application/json", "Accept-Language": "en-US"}  # error texts in one language, whoever the app's user is
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A step as a call below the company's URL in one API; `parts` are the calls of steps that go together."""

    step: Step
    home: str
    method: str
    path: str
    values: Row
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    parts: tuple[Prepared, ...] = ()


def refused(call: Prepared, error: ServiceError) -> Answer:
    """What became of a step that the service refused; a row that was to be deleted and is gone is deleted."""
    if isinstance(call.step, Delete) and type(error) is NotFound:
        return Answer(step=call.step, id=call.step.id)
    return Answer(step=call.step, error=about(error, call))


def as_part(call: Prepared) -> dict[str, Any]:
    """The call as one request of a `$batch`."""
    sent = {} if call.method == "DELETE" else {"body": call.values}
    return {"method": call.method, "url": call.path, "headers": {**(JSON if sent else {}), **call.headers}, **sent}


def set_of(table: str) -> str:
    """The entity set of a table, without the API of a page of the company's own."""
    api, parenthesis, key = table.partition("(")
    return api.rpartition("/")[2] + parenthesis + key


def answered(step: Step, row: Row | None) -> Answer:
    """What became of a step that the service carried out."""
    row = row or None
    asked = None if isinstance(step, Create) else step.id
    return Answer(step=step, id=row["id"] if row and "id" in row else asked, row=row, version=row["@odata.etag"] if row else None)


def about(error: ServiceError, call: Prepared) -> ServiceError:
    """The error with the record and, where it can be told, the field it is about."""
    if isinstance(error, NotOnThisProfile):
        error = named(error, call.path.partition("(")[0])
    error.record = call.step.id
    return blame(error, call.values)


def named(error: ServiceError, table: str) -> ServiceError:
    """The error with the name of the table that is not served."""
    return error.as_a(NotOnThisProfile, f"This Business Central does not serve the table {table}.", table=table)
