"""Stand-ins for the protobuf messages between host and worker.

Microsoft's worker takes its message classes from the request, so plain objects do: any class name, any fields, and `WhichOneof`
that names the field which was given.
"""

from __future__ import annotations

from typing import Any, Literal


class Message:
    """One message: its fields are whatever it was made with."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the message has no field {name}")


class TypedData(Message):
    """A value in one of the forms string, json, bytes, http, int, double or collection."""

    def WhichOneof(self, _group: Literal["data"]) -> str | None:
        return next(iter(self.__dict__), None)


class ParameterBinding(Message):
    """A named argument of a function, or what a function put into a named output."""

    def WhichOneof(self, _group: Literal["rpc_data"]) -> str:
        return "data"


class StatusResult(Message):
    """How a request to the worker ended."""

    Failure, Success, Cancelled = 0, 1, 2


class BindingInfo(Message):
    """A binding as the worker describes it."""

    undefined = 0
    out, inout = 1, 2


class SameSite:
    """The values of a cookie's SameSite."""

    Lax, Strict, ExplicitNone = "Lax", "Strict", "None"


setattr(SameSite, "None", None)  # the worker's name for "not given" is a keyword here


class RpcHttpCookie(Message):
    """One cookie of an answer."""

    SameSite = SameSite


class Messages:
    """The module of message classes that the worker asks for; those with nothing special are plain messages."""

    TypedData = TypedData
    ParameterBinding = ParameterBinding
    StatusResult = StatusResult
    BindingInfo = BindingInfo
    RpcHttpCookie = RpcHttpCookie

    def __getattr__(self, _name: str) -> type[Message]:
        return Message
