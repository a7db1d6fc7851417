"""What a remote service, or the sign-in to it, did not do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.errors.base import CoupletError


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
        body: str | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(message, **rest)
        self.status = status
        self.service_code = service_code
        self.service_message = service_message
        self.request_id = request_id
        self.body = body

    def as_a(self, cls: type[ServiceError], message: str | None = None, **detail: Any) -> ServiceError:
        """The same answer of the service, understood as another error."""
        return cls(
            message,
            status=self.status,
            service_code=self.service_code,
            service_message=self.service_message,
            request_id=self.request_id,
            body=self.body,
            side=self.side,
            record=self.record,
            field=self.field,
            **{**self.detail, **detail},
        )

    @property
    def answer(self) -> Mapping[str, Any]:
        """What the service answered, in full, for the person who looks into it; never for the log."""
        return {
            "side": self.side,
            "status": self.status,
            "code": self.service_code,
            "message": self.service_message,
            "requestId": self.request_id,
            "body": self.body,
        }

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


class AccessKeyRefused(SignInRefused):
    """Business Central on premises refuses the user or the web service access key."""

    remedy = (
        "Check BC_USER and BC_ACCESS_KEY against the user's card in Business Central: the key may have expired, or the user be disabled; "
        "and whether the server takes keys (credential type NavUserPassword)."
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
    """Business Central has no environment with the name in BC_ENVIRONMENT, or there is no server instance BC_INSTANCE."""

    remedy = (
        "Set BC_ENVIRONMENT to a name shown in the Business Central admin center, and ENTRA_TENANT_ID to its tenant. On premises: "
        "check BC_URL, BC_INSTANCE and BC_TENANT, and that the server has its API services switched on."
    )


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


class AnotherConnector(ServiceError):
    """Another connector keeps the same company in step with Sales."""

    remedy = (
        "Disable the native connection (Business Central: pages Dataverse Connection Setup and Dynamics 365 Sales Connection Setup, "
        "switch Enabled off) or set its job queue entries On Hold; two connectors overwrite each other."
    )


class AnotherCouplet(ServiceError):
    """Another Couplet app, with a state of its own, keeps the same company in step with this organisation."""

    remedy = (
        "Stop the other app. If it is gone, or this one is to take its place (a restored backup, a new storage account): "
        "POST connection/take-over."
    )


class AccessDenied(ServiceError):
    """The app has no permission for this."""

    remedy = "Add the missing permission to the app's permission set (Business Central) or security role (Sales)."


class AdministrationMode(AccessDenied):
    """The environment of Sales is in administration mode: only its administrators get in."""

    remedy = "Wait, or end the administration mode in the Power Platform admin center; work goes on by itself afterwards."


class MayNotCustomise(ServiceError):
    """The app's user may not change the choices of Sales, so that the codes that lack one have none."""

    remedy = (
        "Give the app's user the security role System Customizer. Or let a maker add the code as a label with one value to the columns of "
        "accounts, orders, quotes and invoices and publish them: it is coupled by its label."
    )


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


class StillUsed(ServiceError):
    """Other records refer to the record, so that the service does not delete it."""

    remedy = "Deactivate the record instead (deletion policy deactivateCounterpart), or delete what refers to it first."


class NotOnThisProfile(ServiceError):
    """This Business Central does not serve the table."""

    remedy = "Install the Couplet extension (infra/business-central) and leave BC_PROFILE at auto; what needs no such table works without."


class ColumnsMissing(ServiceError):
    """Sales has not got all of Couplet's own tables and columns."""

    remedy = "Run python -m infra.sales, first without and then with --apply (infra/sales/README.md); the app sees them within an hour."


class NoWebhooks(ServiceError):
    """Business Central does not tell of changes in this table."""

    remedy = "Nothing must be done: its changes are found by the schedule."


class HandshakeFailed(ServiceError):
    """Business Central did not get its token back from the address of the webhooks."""

    remedy = "Check WEBHOOK_URL: the address must reach this app from the internet, without a proxy or sign-in that answers for it."


class TooManySubscriptions(ServiceError):
    """The environment has as many webhook subscriptions as it may have."""

    remedy = "End subscriptions of other apps in this environment (at most 200); until then changes are found by the schedule."


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
