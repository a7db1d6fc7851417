"""A small function app that shows what the host does: it writes what it sees to the queue `seen`."""

from __future__ import annotations

import asyncio
import json
import time
from typing import List  # noqa: UP035 - the worker refuses func.Out[list[str]]

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
STORAGE = "AzureWebJobsStorage"
working: set[str] = set()


@app.function_name("tick")
@app.schedule(arg_name="timer", schedule="%TICK%", use_monitor=True)
@app.queue_output(arg_name="seen", queue_name="%PREFIX%ticks", connection=STORAGE)
async def tick(timer: func.TimerRequest, seen: func.Out[str]) -> None:
    begun = time.time()
    await asyncio.sleep(1.2)
    seen.set(json.dumps({"pastDue": timer.past_due, "begun": begun, "ended": time.time()}))


@app.function_name("work")
@app.queue_trigger(arg_name="message", queue_name="%PREFIX%work", connection=STORAGE)
@app.queue_output(arg_name="seen", queue_name="%PREFIX%seen", connection=STORAGE)
async def work(message: func.QueueMessage, seen: func.Out[List[str]]) -> None:
    body = message.get_json()
    working.add(message.id)
    at_once = len(working)
    try:
        await asyncio.sleep(body.get("sleep", 0))
        if body.get("fail"):
            raise ValueError(f"told to fail: {body['fail']}")
        seen.set([json.dumps({**body, "try": message.dequeue_count, "atOnce": at_once})] * body.get("copies", 1))
    finally:
        working.discard(message.id)


@app.function_name("work_poison")
@app.queue_trigger(arg_name="message", queue_name="%PREFIX%work-poison", connection=STORAGE)
@app.queue_output(arg_name="seen", queue_name="%PREFIX%seen", connection=STORAGE)
async def work_poison(message: func.QueueMessage, seen: func.Out[str]) -> None:
    seen.set(json.dumps({"poison": message.get_body().decode()}))


@app.function_name("record")
@app.route(route="records/{mapping}/{id:int}", methods=["GET", "POST"])
async def record(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    said = {
        "route": dict(req.route_params),
        "query": dict(req.params),
        "body": req.get_body().decode(),
        "header": req.headers.get("X-Sent"),
        "trace": context.trace_context.trace_parent,
    }
    return func.HttpResponse(json.dumps(said), status_code=201, mimetype="application/json", headers={"X-Answer": "yes"})


@app.function_name("list_records")
@app.route(route="records/list/{*rest}", methods=["GET"])
def list_records(req: func.HttpRequest) -> str:
    return "list of " + req.route_params.get("rest", "everything")


@app.function_name("health")
@app.route(route="health", auth_level=func.AuthLevel.ANONYMOUS)
async def health(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse("fine")
    answer.headers.add("Set-Cookie", "seen=1; Path=/api; HttpOnly")
    return answer


@app.function_name("secret")
@app.route(route="secret", auth_level=func.AuthLevel.ADMIN)
async def secret(req: func.HttpRequest) -> str:
    return "for the master key"


@app.function_name("broken")
@app.route(route="broken")
async def broken(req: func.HttpRequest) -> str:
    raise RuntimeError("inside")


@app.function_name("slow")
@app.route(route="slow")
async def slow(req: func.HttpRequest) -> str:
    await asyncio.sleep(30)
    return "never"
