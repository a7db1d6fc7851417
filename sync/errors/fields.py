"""What a service did not take of one field of one record."""

from __future__ import annotations

from sync.errors.services import ServiceError


class FieldError(ServiceError):
    """The service refused one field."""

    remedy = "Correct the field named, on either side; the record is tried again at the next look."


class TooLong(FieldError):
    """The text is longer than the other side's field and must not be cut."""

    remedy = "Shorten the text in the record; codes, numbers, e-mail, phone and web addresses are never cut."
    settled_by_edit = True


class UnknownReference(FieldError):
    """The record named in a field does not exist on the other side."""

    remedy = "Create the code or record it refers to on the other side, or choose another one in the record."


class RequiredMissing(FieldError):
    """A field that the other side requires is empty."""

    remedy = "Fill the field named in the record."


class InvalidValue(FieldError):
    """The other side does not take the value of a field."""

    remedy = "Correct the value in the record; the answer of the service says what it takes."


class ReadOnlyField(FieldError):
    """The other side does not let this field be written."""

    remedy = "Turn the field mapping's direction round or switch it off in mappings.toml."


class UnknownField(FieldError):
    """The other side has no such field."""

    remedy = "Run the set-up so that Couplet's own columns are made, or switch the field mapping off in mappings.toml."
