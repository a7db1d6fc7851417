"""`$batch` in JSON: one after the other, each with an answer of its own."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.calls import JSON, Answer, Call, parse_query
from sandbox.business_central.service import Service

LIMIT = 100


def run(service: Service, call: Call) -> Answer:
    """Answer a JSON batch. It stops at the first failure unless `odata.continue-on-error` is preferred; `Isolation: snapshot` makes it
    one transaction, and the answers of what was undone still look like success. Raises Refused."""
    requests = call.json().get("requests")
    if not isinstance(requests, list):
        raise errors.bad_request("A batch needs a list of requests.")
    if len(requests) > LIMIT:
        raise errors.Refused("Internal_ServerError", f"The batch exceeds the maximum number of '{LIMIT}' query operations allowed.")
    go_on = "continue-on-error" in call.headers.get("prefer", "").lower()
    snapshot = call.headers.get("isolation", "").lower() == "snapshot"
    if not snapshot:
        return Answer(200, {"responses": _run_all(service, call, requests, go_on)})
    with service.environment.journal.atomic() as transaction:
        responses = _run_all(service, call, requests, go_on)
        if any(response["status"] >= 400 for response in responses):
            transaction.undo()
    return Answer(200, {"responses": responses})


def _run_all(service: Service, call: Call, requests: list[Any], go_on: bool) -> list[dict[str, Any]]:
    responses = []
    for request in requests:
        part = inner_call(call, request)
        service.counters.batched += 1
        answer = _with_faults(service, part) if isinstance(part, Call) else part
        responses.append(
            {
                "id": request.get("id"),
                "status": answer.status,
                "headers": {"content-type": JSON, "odata-version": "4.0", **answer.headers},
                **({} if answer.body is None else {"body": answer.body}),
            }
        )
        if answer.status >= 400 and not go_on:
            break
    return responses


def _with_faults(service: Service, part: Call) -> Answer:
    """The answer to a part, or the fault that the control desk holds for it (before or after its write)."""
    fault = service.faults.take(part.method, part.path, kind="status") if service.faults.waiting else None
    if fault is None:
        return service.answer(part)
    if fault.after:
        service.answer(part)
    return Answer(fault.status, errors.body(fault.code or "Internal_ServerError", "The request could not be carried out."))


def inner_call(call: Call, request: Any) -> Call | Answer:
    """One request of a batch as a call of its own; its URL is relative to the route, or absolute."""
    try:
        path, _, query = str(request["url"]).removeprefix(call.base).lstrip("/").partition("?")
        headers = {name.lower(): str(value) for name, value in (request.get("headers") or {}).items()}
        for name in ("accept-language", "data-access-intent"):
            if name in call.headers:
                headers.setdefault(name, call.headers[name])
        method, body = str(request["method"]).upper(), request.get("body") or {}
        return Call(method, call.route, path, parse_query(query), headers, body, call.base, call.user)
    except (KeyError, AttributeError, TypeError):
        return Answer.refusal(errors.bad_request("A request of a batch needs a method and a url."))
