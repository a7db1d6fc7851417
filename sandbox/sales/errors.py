"""The error answers of the Web API: status, code and message, one factory per kind that several places raise."""

from __future__ import annotations

from typing import Any

import orjson

STATUS = {
    "0x80040217": 404,
    "0x80060891": 404,
    "0x8006088a": 404,
    "0x80060882": 412,
    "0x80040237": 412,
    "0x80060892": 412,
    "0x80040333": 412,
    "0x80040220": 403,
    "0x80042f09": 403,
    "0x80040204": 403,
    "0x8004023b": 405,
    "0x80040227": 405,
    "0x80072322": 429,
    "0x80072321": 429,
    "0x80072326": 429,
    "0x80072325": 413,
}
UNDECLARED = (
    "An undeclared property '{name}' which only has property annotations in the payload but no property value was found in the payload. "
    "In OData, only declared navigation properties and declared named streams can be represented as properties without values."
)


class Refused(Exception):
    """An error answer; the status follows from the code unless given."""

    def __init__(self, code: str, message: str, status: int | None = None, **headers: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUS.get(code, 400)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def body(code: str, message: str, details: bool = False) -> bytes:
    """The JSON of an error; with details (`odata.include-annotations="*"`) it carries the platform's annotations."""
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["@Microsoft.PowerApps.CDS.ErrorDetails.ApiExceptionSourceKey"] = "Plugin/Microsoft.Crm.Common"
        error["@Microsoft.PowerApps.CDS.HelpLink"] = (
            f"http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a{code[2:]}"
        )
        error["@Microsoft.PowerApps.CDS.TraceText"] = ""
        error["@Microsoft.PowerApps.CDS.InnerError.Message"] = message
    return orjson.dumps({"error": error})


def missing(table: str, row_id: str) -> Refused:
    return Refused("0x80040217", f"{table} With Id = {row_id} Does Not Exist")


def missing_by_key(table: str) -> Refused:
    return Refused("0x80060891", f"A record with the specified key values does not exist in {table} entity")


def not_a_key(table: str) -> Refused:
    kind = f"Microsoft.Dynamics.CRM.{table}"
    return Refused(
        "0x80060888",
        f"The key in the request URI is not valid for resource '{kind}'. Ensure that the names and number of key "
        f"properties match the declared or alternate key properties for the resource '{kind}'.",
    )


def stale() -> Refused:
    return Refused("0x80060882", "The version of the existing record doesn't match the RowVersion property provided.")


def exists() -> Refused:
    return Refused("0x80040237", "A record with matching key values already exists.")


def key_taken(key: str) -> Refused:
    return Refused(
        "0x80060892",
        f"Entity Key {key} violated. A record with the same value for its columns already exists. A duplicate record cannot be created.",
    )


def bad_payload(entity_set: str, reason: str) -> Refused:
    return Refused(
        "0x80048d19",
        f"Error identified in Payload provided by the user for Entity :'{entity_set}', For more information on this "
        "error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  "
        f"InnerException : {reason}",
    )


def undeclared(entity_set: str, name: str) -> Refused:
    return bad_payload(entity_set, UNDECLARED.format(name=name))


def unknown_property(table: str, name: str) -> Refused:
    return Refused("0x80060888", f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'.")


def unknown_segment(segment: str) -> Refused:
    return Refused("0x8006088a", f"Resource not found for the segment '{segment}'.")


def required(table: str, column: str) -> Refused:
    return Refused("0x80040200", f"{table} With column '{column}' missing: attribute is required and cannot be null.")


def read_only(table: str, row_id: str) -> Refused:
    return Refused("0x8004022e", f"The {table} {row_id} is read-only in its present state and cannot be updated.")
