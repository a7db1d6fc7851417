"""The refusals of Business Central: code, HTTP status, text."""

from __future__ import annotations

import uuid
from typing import Any

STATUS = {
    "Authentication_InvalidCredentials": 401,
    "Internal_CompanyNotFound": 404,
    "BadRequest_NotFound": 404,
    "BadRequest_ResourceNotFound": 404,
    "BadRequest_MethodNotAllowed": 405,
    "Request_EntityChanged": 409,
    "Application_TooManyRequests": 429,
    "Internal_ServerError": 500,
    "BadRequest_MethodNotImplemented": 501,
    "Internal_TenantUnavailable": 503,
}
"""Every other code is a 400."""


class Refused(Exception):
    """A request that Business Central refuses; `str()` is the message without the correlation id."""

    def __init__(self, code: str, message: str, *, status: int | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status or STATUS.get(code, 400)
        self.headers = headers or {}


def body(code: str, message: str) -> dict[str, Any]:
    """The error body as the product writes it: two blanks around the correlation id and a full stop."""
    if code == "Application_TooManyRequests":
        return {"error": {"code": code, "message": message}}
    return {"error": {"code": code, "message": f"{message}  CorrelationId:  {uuid.uuid4()}."}}


def bad_request(message: str) -> Refused:
    return Refused("BadRequest", message)


def unknown_property(name: str, entity_type: str) -> Refused:
    return bad_request(f"Could not find a property named '{name}' on type 'Microsoft.NAV.{entity_type}'.")


def dialog(message: str) -> Refused:
    """What AL's `Error()` becomes."""
    return Refused("Application_DialogException", message)


def field_error(message: str) -> Refused:
    """What a failing `TestField` becomes."""
    return Refused("Application_FieldValidationException", message)


def no_resource(segment: str) -> Refused:
    return Refused("BadRequest_ResourceNotFound", f"Resource not found for the segment '{segment}'.")


def no_route(uri: str) -> Refused:
    return Refused("BadRequest_NotFound", f"No HTTP resource was found that matches the request URI '{uri}'.")


def not_allowed(method: str, name: str) -> Refused:
    message = (
        f"'{method}' requests for '{name}' of EdmType 'Entity' are not allowed within Dynamics 365 Business Central OData web services."
    )
    return Refused("BadRequest_MethodNotAllowed", message)


def not_implemented(message: str) -> Refused:
    return Refused("BadRequest_MethodNotImplemented", message)


def no_related_row(caption: str, field: str, value: str, related: str) -> Refused:
    message = f"The field {field} of table {caption} contains a value ({value}) that cannot be found in the related table ({related})."
    return Refused("Internal_InvalidTableRelation", message)


def same_key(caption: str, key: str) -> Refused:
    message = f"The record in table {caption} already exists. Identification fields and values: {key}"
    return Refused("Internal_EntityWithSameKeyExists", message)


def stale(status: int) -> Refused:
    return Refused("Request_EntityChanged", "Another user has already changed the record.", status=status)
