"""How Business Central says no: its error codes and what they mean to us (API protocol, errors)."""

from __future__ import annotations

import re

from sync.errors import (
    AccessDenied,
    AlreadyExists,
    AppNotAdmitted,
    CompanyNotFound,
    EnvironmentNotFound,
    InvalidValue,
    NotFound,
    NotOnThisProfile,
    ReadOnlyField,
    RequiredMissing,
    Stale,
    Throttled,
    TooLong,
    Unavailable,
    UnknownReference,
)
from sync.heart.plan import Side
from sync.services.translate import Dialect

DIALECT = Dialect(
    side=Side.BC,
    request_id="request-id",
    codes={
        "Application_EvaluateException": InvalidValue,
        "Application_FieldValidationException": InvalidValue,
        "Application_FilterErrorException": InvalidValue,
        "Application_InvalidGUID": InvalidValue,
        "Application_StringExceededLength": TooLong,
        "Application_TooManyRequests": Throttled,
        "Authentication_*": AppNotAdmitted,
        "Authorization_*": AccessDenied,
        "BadRequest_InvalidOperation": ReadOnlyField,
        "BadRequest_NotFound": NotOnThisProfile,
        "BadRequest_RequiredParamNotProvided": RequiredMissing,
        "BadRequest_ResourceNotFound": NotFound,
        "Internal_CompanyNotFound": CompanyNotFound,
        "Internal_EntityWithSameKeyExists": AlreadyExists,
        "Internal_InvalidTableRelation": UnknownReference,
        "Internal_TenantUnavailable": Unavailable,
        "NoEnvironment": EnvironmentNotFound,
        "Request_EntityChanged": Stale,
        "Unknown": InvalidValue,
    },
    fields=(
        re.compile(r"Control '(\w+)' is read-only"),
        re.compile(r"(?:[Pp]roperty|[Pp]arameter) '(\w+)'"),
    ),
)
