"""What the services answer, as our errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sync import errors
from sync.errors import ServiceError
from sync.heart.plan import Side
from sync.services import bc_dialect, sales_dialect
from sync.services.translate import Dialect, blame, clock, retry_after

BC, SALES = bc_dialect.DIALECT, sales_dialect.DIALECT
CORRELATION = "5e2b6f0c-0000-4000-8000-000000000001"


def said(dialect: Dialect, status: int, code: str, message: str, **headers: str) -> ServiceError:
    content = json.dumps({"error": {"code": code, "message": message}}).encode()
    return dialect.error(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


@pytest.mark.parametrize(
    ("status", "code", "message", "cls", "field"),
    [
        (409, "Request_EntityChanged", "Another user has already changed the record.", errors.Stale, None),
        (412, "", "", errors.Stale, None),
        (400, "Internal_EntityWithSameKeyExists", "The record already exists.", errors.AlreadyExists, None),
        (400, "BadRequest_InvalidOperation", "Control 'balanceDue' is read-only.", errors.ReadOnlyField, "balanceDue"),
        (400, "BadRequest", "Could not find a property named 'colour' on type 'x'.", errors.UnknownField, "colour"),
        (400, "Application_DialogException", "It is Sunday.", errors.Refused, None),
        (400, "Internal_InvalidTableRelation", "The field Currency Code of table Customer contains a value (XX) that cannot be found in "
         "the related table (Currency).", errors.UnknownReference, None),
        (404, "BadRequest_NotFound", "No HTTP resource was found.", errors.NotOnThisProfile, None),
        (404, "BadRequest_ResourceNotFound", "Resource not found for the segment 'customers'.", errors.NotFound, None),
        (404, "Internal_CompanyNotFound", "x", errors.CompanyNotFound, None),
        (401, "Authentication_InvalidCredentials", "x", errors.AppNotAdmitted, None),
        (403, "Authorization_Whatever", "x", errors.AccessDenied, None),
        (429, "Application_TooManyRequests", "x", errors.Throttled, None),
        (503, "Internal_TenantUnavailable", "x", errors.Unavailable, None),
        (501, "BadRequest_MethodNotImplemented", "x", errors.Refused, None),
        (302, "", "", errors.UnexpectedAnswer, None),
    ],
)  # fmt: skip
def test_business_central(status: int, code: str, message: str, cls: type[ServiceError], field: str | None) -> None:
    error = said(BC, status, code, f"{message}  CorrelationId:  {CORRELATION}.")
    assert (type(error), error.field, error.service_message, error.request_id) == (cls, field, message or None, CORRELATION)


@pytest.mark.parametrize(
    ("status", "code", "message", "cls", "field"),
    [
        (412, "0x80060882", "The version doesn't match.", errors.Stale, None),
        (412, "0x80040237", "A record with matching key values already exists.", errors.AlreadyExists, None),
        (412, "0x80060892", "Entity Key x violated.", errors.AlreadyExists, None),
        (404, "0x80040217", "account With Id = x Does Not Exist", errors.NotFound, None),
        (404, "0x8006088a", "Resource not found for the segment 'X'.", errors.Refused, None),
        (403, "0x80040220", "x", errors.AccessDenied, None),
        (400, "0x80044331", "The length of the 'emailaddress1' attribute of the 'account' entity exceeded the maximum length '100'.",
         errors.TooLong, "emailaddress1"),
        (400, "0x80048d19", "An undeclared property 'ownerId' which only has property annotations", errors.UnknownField, "ownerId"),
        (400, "0x80072491", "Entity x isn't enabled for change tracking.", errors.TrackingOff, None),
        (400, "0x80044352", "x", errors.DeltaExpired, None),
        (429, "0x80072322", "x", errors.Throttled, None),
        (400, "0x80040265", "A plug-in says no", errors.Refused, None),
        (500, "0x80040216", "x", errors.Unavailable, None),
    ],
)  # fmt: skip
def test_sales(status: int, code: str, message: str, cls: type[ServiceError], field: str | None) -> None:
    error = said(SALES, status, code, message, x_ms_service_request_id="r-2")
    assert (type(error), error.field, error.request_id) == (cls, field, "r-2")


def test_an_unknown_environment_answers_in_xml() -> None:
    xml = b'<error xmlns="http://docs.oasis-open.org/odata/ns/metadata">\n<code>NoEnvironment</code>\n<message>x</message></error>'
    assert isinstance(BC.error(404, {}, xml), errors.EnvironmentNotFound)


def test_a_gateway_that_answers_in_html_is_still_told_by_its_status() -> None:
    assert isinstance(SALES.error(502, {}, b"<html>Bad gateway</html>"), errors.Unavailable)


def test_come_back_later_is_the_same_as_not_so_fast() -> None:
    error = said(BC, 503, "Internal_TenantUnavailable", "x", retry_after="7")
    assert isinstance(error, errors.Throttled)
    assert error.retry_after == 7


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < (retry_after({"retry-after": later}) or 0) <= 30
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


def test_the_clock_is_the_services_own() -> None:
    assert clock({"date": "Sun, 22 Nov 2026 15:00:00 GMT"}, Side.BC) == datetime(2026, 11, 22, 15, tzinfo=UTC)
    with pytest.raises(errors.UnexpectedAnswer):
        clock({}, Side.BC)


@pytest.mark.rule("B9")
def test_the_field_is_found_by_the_length_that_the_message_names() -> None:
    error = said(
        BC, 400, "Application_StringExceededLength", "The length of the string is 5, but it must be less than or equal to 3 characters."
    )
    assert blame(error, {"displayName": "abc", "email": "a@b.c", "blocked": True}).field == "email"


@pytest.mark.rule("B9")
def test_the_field_is_found_by_the_value_that_the_message_names() -> None:
    message = "The field Currency Code of table Customer contains a value (XX) that cannot be found in the related table (Currency)."
    error = said(BC, 400, "Internal_InvalidTableRelation", message)
    assert blame(error, {"displayName": "XX Ltd", "currencyCode": "xx"}).field == "currencyCode"


@pytest.mark.rule("B9")
def test_the_field_is_found_by_its_caption() -> None:
    error = said(
        BC, 400, "Application_FieldValidationException", "Base Unit of Measure must have a value in Item: No.=1. It cannot be blank."
    )
    assert blame(error, {"displayName": "Bike", "baseUnitOfMeasure": ""}).field == "baseUnitOfMeasure"


@pytest.mark.rule("B9")
def test_a_rule_that_quotes_one_value_is_about_that_value() -> None:
    error = blame(
        said(BC, 400, "Application_DialogException", 'The email address "nobody" is not valid.'), {"displayName": "A", "email": "nobody"}
    )
    assert (type(error), error.field, error.status) == (errors.InvalidValue, "email", 400)


@pytest.mark.rule("B9")
def test_no_field_is_named_when_two_could_be_meant() -> None:
    error = said(
        BC, 400, "Application_StringExceededLength", "The length of the string is 5, but it must be less than or equal to 3 characters."
    )
    assert blame(error, {"displayName": "abcde", "email": "a@b.c"}).field is None


def test_the_body_of_an_answer_is_kept_as_it_came_but_bounded_and_without_what_opens_doors() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    error = said(SALES, 400, "0x80040265", f"A plug-in says no to {token} at https://x?sig=abcdefghijklmnop1234")
    assert error.body and "A plug-in says no to *** at https://x?***" in error.body
    assert error.answer["body"] == error.body == error.as_a(errors.InvalidValue).body
    assert error.service_message == "A plug-in says no to *** at https://x?***"
    assert len(said(BC, 400, "x", "y" * 9000).service_message or "") == 4000
    nested = said(BC, 400, "x", 'sent {"clientSecret": "0123456789abcdefXYZ", "to": "https://x/api?key=aB3%3D"}')
    assert nested.body and "0123456789" not in nested.body and "aB3" not in nested.body
    assert "plug-in" not in str(error)
    assert len(said(BC, 400, "x", "y" * 9000).body or "") == 4000
    assert BC.error(502, {}, b"\xff<html>").body == "\ufffd<html>"
    assert BC.error(502, {}, b"").body is None
