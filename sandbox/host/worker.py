"""Microsoft's Functions worker (PyPI azure-functions-runtime) in this process: indexes an app, invokes its functions.

The worker's registry is global: one process runs one app.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.host.messages import Message, Messages, ParameterBinding, StatusResult, TypedData

Binding = dict[str, Any]
MESSAGES = Messages()


class AppRefused(Exception):
    """The app's folder cannot be run; the message is the worker's own, `trace` the stack behind it."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


class InvocationFailed(Exception):
    """A function raised; the message is its error, `trace` its stack."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


@dataclass(frozen=True)
class Function:
    """An indexed function: its trigger and its other bindings, as `function.json` would hold them."""

    name: str
    id: str
    bindings: tuple[Binding, ...]

    @property
    def trigger(self) -> Binding:
        return next(binding for binding in self.bindings if str(binding["type"]).lower().endswith("trigger"))

    @property
    def outputs(self) -> dict[str, Binding]:
        """Output bindings by parameter name; `$return` is the returned value."""
        return {str(binding["name"]): binding for binding in self.bindings if str(binding.get("direction", "")).lower() == "out"}


@dataclass(frozen=True)
class Result:
    """What a function gave back: the returned value and what it put into its outputs, by parameter name."""

    returned: Any
    outputs: dict[str, TypedData]


class Worker:
    """The worker with one app folder loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    async def index(self) -> list[Function]:
        """Load the app and list its functions; raises AppRefused with what the worker found wrong."""
        if not (self.folder / "function_app.py").exists():
            raise AppRefused(f"no function_app.py in {self.folder}")
        sys.path.insert(0, str(self.folder))
        os.chdir(self.folder)
        import azure_functions_runtime as runtime  # noqa: PLC0415 - reads settings of the app when it is imported

        self.runtime = runtime
        runtime.start_threadpool_executor()
        start = Message(capabilities={}, function_app_directory=str(self.folder))
        answer = await runtime.worker_init_request(request(worker_init_request=start))
        if answer.result.status != StatusResult.Success:
            raise AppRefused(answer.result.exception.message, answer.result.exception.stack_trace)
        listed = await runtime.functions_metadata_request(request(functions_metadata_request=None))
        return [
            Function(found.name, found.function_id, tuple(json.loads(raw) for raw in found.raw_bindings))
            for found in listed.function_metadata_results or ()
        ]

    async def invoke(
        self,
        function: Function,
        data: TypedData,
        *,
        metadata: dict[str, TypedData] | None = None,
        traceparent: str = "",
        tracestate: str = "",
        invocation: str = "",
    ) -> Result:
        """Run a function once with its trigger's data; raises InvocationFailed when it raises or returns what it may not."""
        call = Message(
            invocation_id=invocation or str(uuid.uuid4()),
            function_id=function.id,
            input_data=[ParameterBinding(name=function.trigger["name"], data=data)],
            trigger_metadata=metadata or {},
            trace_context=Message(trace_parent=traceparent, trace_state=tracestate, attributes={}),
            retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
        )
        answer = await self.runtime.invocation_request(request(invocation_request=call))
        if answer.result.status != StatusResult.Success:
            raise InvocationFailed(answer.result.exception.message, answer.result.exception.stack_trace)
        return Result(answer.return_value, {output.name: output.data for output in answer.output_data})


def request(**fields: Any) -> Message:
    """A request as the worker's transport would hand it over."""
    return Message(request=Message(**fields), properties={"host": "127.0.0.1", "protos": MESSAGES})
