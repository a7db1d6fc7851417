"""One invocation: trace context, time limit, outputs, and its line in the log."""

from __future__ import annotations

import asyncio
import logging
import os
import time
import uuid
from typing import Any

from sandbox.host.messages import TypedData
from sandbox.host.storage import Outputs
from sandbox.host.worker import Function, InvocationFailed, Result, Worker

log = logging.getLogger("Function")


class Invoker:
    """Runs functions of the loaded app and sees to all that surrounds a run; `timeout` in seconds, None for unbounded."""

    def __init__(self, worker: Worker, outputs: Outputs, timeout: float | None) -> None:
        self.worker = worker
        self.outputs = outputs
        self.timeout = timeout

    async def run(
        self,
        function: Function,
        data: TypedData,
        *,
        reason: str,
        metadata: dict[str, TypedData] | None = None,
        traceparent: str = "",
        tracestate: str = "",
    ) -> Any:
        """Run a function to its end, outputs included; returns what it returned, raises InvocationFailed."""
        invocation, begun = str(uuid.uuid4()), time.perf_counter()
        # a task of its own: the worker attaches trace context, which must not leak into the next invocation
        running = asyncio.create_task(
            self.worker.invoke(
                function, data, metadata=metadata, traceparent=child_of(traceparent), tracestate=tracestate, invocation=invocation
            )
        )
        try:
            result = await self.within_time(function, running)
        except InvocationFailed as problem:
            log.error("%s: %s\n%s", line(function, "Failed", invocation, begun, reason), problem, problem.trace)
            raise
        log.info("%s", line(function, "Succeeded", invocation, begun, reason))
        return result.returned

    async def within_time(self, function: Function, running: asyncio.Task[Result]) -> Result:
        try:
            async with asyncio.timeout(self.timeout):
                result = await running
                await self.outputs.write(function, result)
                return result
        except TimeoutError as problem:
            raise InvocationFailed(f"functionTimeout: {function.name} ran longer than {self.timeout:g} s and was cancelled") from problem
        except InvocationFailed:
            raise
        except Exception as problem:
            raise InvocationFailed(f"an output of {function.name} could not be written: {problem}") from problem


def line(function: Function, status: str, invocation: str, begun: float, reason: str) -> str:
    """The log's line in the words of the real host."""
    spent = (time.perf_counter() - begun) * 1000
    return f"Executed 'Functions.{function.name}' ({status}, Id={invocation}, Duration={spent:.0f}ms) {reason}"


def child_of(traceparent: str) -> str:
    """A W3C traceparent for one invocation: a new span in the caller's trace, or in a new trace."""
    parts = traceparent.split("-")
    known = len(parts) >= 4 and len(parts[1]) == 32
    trace, flags = (parts[1], parts[3]) if known else (os.urandom(16).hex(), "01")
    return f"00-{trace}-{os.urandom(8).hex()}-{flags}"
