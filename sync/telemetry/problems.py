"""What is told of problems: when one is opened, and when it is solved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sync.telemetry.events import PROBLEM
from sync.telemetry.tell import tell

if TYPE_CHECKING:
    from sync.store.problems import ProblemRow


def tell_of_problems(problems: Iterable[ProblemRow]) -> None:
    """Of these problems, those that are new: one that is met again is the same."""
    for one in problems:
        if one.attempts == 1:
            what = {"company": one.company, "mapping": one.mapping, "job": one.job, "record": one.key, "code": one.code}
            field = one.fields[0] if one.fields else None
            tell(PROBLEM, **what, outcome="opened", field=field, **answer_in(next(iter(one.details.get("problems", ())), {})))


def tell_of_solved(company: str, mapping: str, codes: Mapping[str, str]) -> None:
    """These problems, by record, are over."""
    for record, code in codes.items():
        tell(PROBLEM, company=company, mapping=mapping, record=record, code=code, outcome="resolved")


def answer_in(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Which service refused, with which status, and its id of the request; nothing of what it said."""
    said = problem.get("service") or {}
    return {"service": said.get("side"), "status": said.get("status"), "requestId": said.get("requestId")}
