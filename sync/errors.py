"""Everything that can go wrong, as one tree.

CoupletError
├── SettingsError            MissingSetting · BadSetting
├── ServiceError             a remote service (or its sign-in) did not do what was asked
│   ├── ServiceUnusable      the whole service, not one record: Unreachable · TimedOut · SignInRefused · AppNotAdmitted ·
│   │                        CompanyNotFound · EnvironmentNotFound · Throttled · Unavailable
│   ├── FieldError           one field of one record: TooLong · UnknownReference · RequiredMissing · InvalidValue · ReadOnlyField ·
│   │                        UnknownField
│   └── AccessDenied · NotFound · Stale · AlreadyExists · Refused · NotOnThisProfile · LinkRefused · DeltaExpired · TrackingOff ·
│       UnexpectedAnswer
├── StoreError               StoreUnreachable · StoreTooBig · Conflict · Lost · NewerFormat · ForeignState
└── RecordProblem            the engine will not go on with one record, or one field of it, by itself
        AmbiguousMatch · AlreadyCoupled · UnclearClaim · ConflictingEdits · TextWouldBeLost · PingPong · TypeChanged · CreateOnly ·
        WaitingForParent · NoOwner · UnknownCountry · UnitGroupBroken · NoBaseUnit · NoExchangeRate · NoLocalCurrency ·
        CounterpartDeleted · MassChange · WorkFailed

A class per error. Its docstring is the default message, its code the name in snake_case, `remedy` what the person does, `transient`
whether waiting alone can help. Remedies stand here and nowhere else. `str()` never holds a value of a record: it goes to the log;
values that a person needs to see travel in `detail` and `service_message`, which only problems show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from sync.plan import Side


class CoupletError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "couplet_error"
    remedy: ClassVar[str] = "Look at the job log; if it comes back, report it with the text shown there."
    transient: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(
        self, message: str | None = None, *, side: Side | None = None, record: str | None = None, field: str | None = None, **detail: Any
    ) -> None:
        super().__init__(message or (type(self).__doc__ or type(self).__name__).strip().partition("\n")[0])
        self.side = side
        self.record = record
        self.field = field
        self.detail = detail


# --- settings ---------------------------------------------------------------------------------------------------------------------


class SettingsError(CoupletError):
    """The app settings are not complete or not valid."""

    remedy = "Set the app settings named in the message (portal: Environment variables; locally: local.settings.json) and restart."

    def __init__(self, problems: Sequence[SettingsError] = (), message: str | None = None, **detail: Any) -> None:
        super().__init__(message or " ".join(str(problem) for problem in problems) or None, **detail)
        self.problems = tuple(problems)


class MissingSetting(SettingsError):
    """A setting is missing."""

    def __init__(self, name: str, meaning: str = "") -> None:
        super().__init__(message=f"{name} is not set" + (f" ({meaning})." if meaning else "."), setting=name)


class BadSetting(SettingsError):
    """A setting has a value that cannot be used."""

    def __init__(self, name: str, allowed: str) -> None:
        super().__init__(message=f"{name} must be {allowed}.", setting=name)


# --- the remote services ----------------------------------------------------------------------------------------------------------


class ServiceError(CoupletError):
    """A service did not do what was asked."""

    def __init__(
        self,
        message: str | None = None,
        *,
        status: int | None = None,
        service_code: str | None = None,
        service_message: str | None = None,
        request_id: str | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(message, **rest)
        self.status = status
        self.service_code = service_code
        self.service_message = service_message
        self.request_id = request_id

    def as_a(self, cls: type[ServiceError], message: str | None = None, **detail: Any) -> ServiceError:
        """The same answer of the service, understood as another error."""
        return cls(
            message,
            status=self.status,
            service_code=self.service_code,
            service_message=self.service_message,
            request_id=self.request_id,
            side=self.side,
            record=self.record,
            field=self.field,
            **{**self.detail, **detail},
        )

    def __str__(self) -> str:
        facts = (self.side, self.field, self.status, self.service_code, self.request_id and f"request {self.request_id}")
        known = ", ".join(str(fact) for fact in facts if fact)
        return f"{super().__str__()} [{known}]" if known else super().__str__()


class ServiceUnusable(ServiceError):
    """The service as a whole cannot be used at the moment."""


class Unreachable(ServiceUnusable):
    """The service cannot be reached."""

    remedy = "Check the address in the setting named (BC_URL, SALES_URL or ENTRA_AUTHORITY), name resolution, proxy and firewall."
    transient = True


class TimedOut(ServiceUnusable):
    """The service did not answer; whether it did what was asked is not known."""

    remedy = "Nothing to do: it is tried again, after looking whether the first attempt was carried out."
    transient = True

    def __init__(self, message: str | None = None, *, ambiguous: bool = False, **rest: Any) -> None:
        """`ambiguous`: a repetition could do it twice (a new row without an id of our choosing, an action)."""
        super().__init__(message, **rest)
        self.ambiguous = ambiguous


class SignInRefused(ServiceUnusable):
    """Microsoft Entra refused to sign the app in."""

    remedy = (
        "Check ENTRA_TENANT_ID, ENTRA_CLIENT_ID and ENTRA_CLIENT_SECRET (or ENTRA_CERTIFICATE, ENTRA_FEDERATION) against the app "
        "registration; a client secret expires: make a new one there."
    )


class AppNotAdmitted(ServiceUnusable):
    """The service does not admit the app, though Microsoft Entra signed it in."""

    remedy = (
        "Business Central: enable the app on the page Microsoft Entra Applications, with its permission sets. "
        "Sales: add it as an application user with its security role."
    )


class CompanyNotFound(ServiceUnusable):
    """Business Central has no company with the name or id in BC_COMPANY."""

    remedy = "Set BC_COMPANY to one of the companies listed, by name or id, and give the app permission for it in Business Central."


class EnvironmentNotFound(ServiceUnusable):
    """Business Central has no environment with the name in BC_ENVIRONMENT."""

    remedy = "Set BC_ENVIRONMENT to a name shown in the Business Central admin center, and ENTRA_TENANT_ID to its tenant."


class Throttled(ServiceUnusable):
    """The service asks to slow down."""

    remedy = "Nothing to do: work goes on when the time the service named is over. If it happens daily, lower LANES_BC or LANES_SALES."
    transient = True

    def __init__(self, message: str | None = None, *, retry_after: float | None = None, **rest: Any) -> None:
        """`retry_after`: seconds; `told` whether the service named them or they are our guess."""
        super().__init__(message, **rest)
        self.told = retry_after is not None
        self.retry_after = 60.0 if retry_after is None else retry_after


class Unavailable(ServiceUnusable):
    """The service cannot answer at the moment."""

    remedy = "Nothing to do: it is tried again. If it lasts, look at the service's health page in the admin center."
    transient = True


class FieldError(ServiceError):
    """The service refused one field."""

    remedy = "Correct the field named, on either side; the record is tried again at the next look."


class TooLong(FieldError):
    """The text is longer than the other side's field and must not be cut."""

    remedy = "Shorten the text in the record; codes, numbers, e-mail, phone and web addresses are never cut."


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


class AccessDenied(ServiceError):
    """The app has no permission for this."""

    remedy = "Add the missing permission to the app's permission set (Business Central) or security role (Sales)."


class NotFound(ServiceError):
    """The record does not exist (any more)."""

    remedy = "Restore the record, or remove its coupling."


class Stale(ServiceError):
    """Somebody else changed the record in the meantime."""

    remedy = "Nothing to do: it is read and merged again."
    transient = True


class AlreadyExists(ServiceError):
    """A record with the same key exists already."""

    remedy = "Couple the two records, or give one of them another number or name."


class Refused(ServiceError):
    """The service refused the record under one of its own rules."""

    remedy = "Follow the answer of the service shown with the problem; the record is tried again when it changes or on demand."


class NotOnThisProfile(ServiceError):
    """This Business Central does not serve the table."""

    remedy = "Install the Couplet extension (infra/business-central) and leave BC_PROFILE at auto; what needs no such table works without."


class LinkRefused(ServiceError):
    """A link of the service leads outside the company or organisation; it was not followed."""

    remedy = "Check for a proxy that rewrites addresses; reset the mapping so that it reads from the start."


class DeltaExpired(ServiceError):
    """The change-tracking link is older than the organisation keeps changes."""

    remedy = "Nothing to do: the table is read once in full."


class TrackingOff(ServiceError):
    """Change tracking is not enabled on the table."""

    remedy = "Nothing must be done: changes are found by date. To see deletions at once, enable Track changes on the table."


class UnexpectedAnswer(ServiceError):
    """The service answered in a way it never should."""

    remedy = "Check that the address is the service's own and no sign-in page or proxy answers for it."


# --- our own store ----------------------------------------------------------------------------------------------------------------


class StoreError(CoupletError):
    """The storage account did not do what was asked."""

    remedy = "Check AzureWebJobsStorage and the app's roles on the storage account (Table and Queue Data Contributor)."


class StoreUnreachable(StoreError):
    """The storage account cannot be reached."""

    remedy = "Check AzureWebJobsStorage, the firewall of the account and the state of Azure; work goes on by itself afterwards."
    transient = True


class StoreTooBig(StoreError):
    """A row or message is larger than the storage takes."""

    remedy = "Report it: nothing that Couplet keeps should become that large."


class Conflict(StoreError):
    """Somebody else wrote the row in the meantime."""

    remedy = "Nothing to do: it is read and tried again."
    transient = True


class Lost(StoreError):
    """A row that must be there is not."""


class NewerFormat(StoreError):
    """The state was written by a newer version of the app."""

    remedy = "Deploy that version, or a newer one."


class ForeignState(StoreError):
    """The state belongs to another environment, company or organisation."""

    remedy = "Point the settings back to where they were, or use another storage account."


# --- what the engine leaves to a person -------------------------------------------------------------------------------------------


class RecordProblem(CoupletError):
    """A record was not synchronised."""


class AmbiguousMatch(RecordProblem):
    """Several records on the other side could be the same."""

    remedy = "Couple the record with one of the candidates listed, or make their numbers, e-mails or names tell them apart."


class AlreadyCoupled(RecordProblem):
    """The matching record is coupled with another one."""

    remedy = "Uncouple the other record first, or merge the two duplicates in the system where they stand."


class UnclearClaim(RecordProblem):
    """An earlier attempt was interrupted, and several new records could be its result."""

    remedy = "Couple the record with the right one and delete the others."


class ConflictingEdits(RecordProblem):
    """The same field was edited on both sides to different values."""

    remedy = "Make both sides equal, or choose one of the values shown; a policy for the mapping can decide the next time."


class TextWouldBeLost(RecordProblem):
    """A text was edited where only its shortened form is kept; copying it back would lose the rest."""

    remedy = "Make the edit on the side that keeps the longer text."


class PingPong(RecordProblem):
    """Both sides keep rewriting a field, each to its own form."""

    remedy = "Find the rule, flow or plug-in that rewrites it, or make the field mapping one-way."


class TypeChanged(RecordProblem):
    """The type of a coupled record was changed, so that the coupling no longer fits."""

    remedy = "Change the type back, or uncouple the record."


class CreateOnly(RecordProblem):
    """The other side takes this field only when the record is created."""

    remedy = "Change it back, or uncouple the record and let it be created again."


class WaitingForParent(RecordProblem):
    """The record waits for the one it belongs to."""

    remedy = "Bring the record named into step (see its own problem, or couple it); this one follows by itself."


class NoOwner(RecordProblem):
    """The salesperson has no enabled user in Sales, so that nobody could own the record."""

    remedy = "Couple the salesperson with a user (same e-mail), or set OWNER_FALLBACK to a user or team."


class UnknownCountry(RecordProblem):
    """The country is not known in Business Central."""

    remedy = "Correct it, add it to Countries/Regions, or add an alias to mappings.toml."


class UnitGroupBroken(RecordProblem):
    """The unit group does not hold the unit that the record uses."""

    remedy = "Bring the unit of measure into step first; a product's unit group cannot be changed later in Sales."


class NoBaseUnit(RecordProblem):
    """The item has no base unit of measure."""

    remedy = "Enter the base unit of measure on the item card."


class NoLocalCurrency(RecordProblem):
    """Sales has no currency with the ISO code of Business Central's local currency."""

    remedy = "Add the currency in Sales (Settings, Currencies), or correct the LCY Code in General Ledger Setup; then retry."


class CounterpartDeleted(RecordProblem):
    """The row that the record is coupled to was deleted."""

    remedy = "Restore the deleted row, delete the other one too, or uncouple the record."


class NoExchangeRate(RecordProblem):
    """The currency has no exchange rate that is valid today."""

    remedy = "Enter a rate on the page Currency Exchange Rates."


class MassChange(RecordProblem):
    """The run would delete, block, uncouple or blank more records than its bound allows."""

    remedy = "Look at the list; confirm it, or find out why so many records are gone (permissions, company, a filter)."


class WorkFailed(RecordProblem):
    """The work on these records failed again and again and was given up."""

    remedy = "Look at the error shown, remove its cause and retry."


def catalogue() -> list[type[CoupletError]]:
    """All classes of the tree, parents before children."""

    def below(cls: type[CoupletError]) -> Iterator[type[CoupletError]]:
        yield cls
        for child in cls.__subclasses__():
            yield from below(child)

    return list(below(CoupletError))


def by_code(code: str) -> type[CoupletError]:
    """The class of a stored code, for its message and remedy; the root for a code that this version does not know."""
    return next((cls for cls in catalogue() if cls.code == code), CoupletError)
