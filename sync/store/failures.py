"""What the storage account answers when it does not do what was asked, as one of our errors."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, HttpResponseError

from sync.errors import StoreError, StoreUnreachable
from sync.errors.access import StoreRefused


class Service(StrEnum):
    """A service of the account, with the role that the app's identity needs there."""

    TABLES = "Storage Table Data Contributor"
    QUEUES = "Storage Queue Data Contributor"


CAUSES: Mapping[str, str] = {
    "AuthorizationPermissionMismatch": "the app's identity lacks the role {service} on the storage account {account}",
    "AuthorizationFailure": "the network of the storage account {account} does not let the app in",
    "KeyBasedAuthenticationNotPermitted": "the storage account {account} takes no keys; AzureWebJobsStorage__accountName is for identities",
    "AuthenticationFailed": "the key or token that the app showed is not one of the storage account {account}",
}
"""What a code of a refusal means, in the words of somebody who can mend it."""


def failure(error: AzureError, service: Service = Service.TABLES) -> StoreError:
    """The storage's error as one of ours, without its body, which may hold values of a record."""
    status = error.status_code if isinstance(error, HttpResponseError) else None
    if status is None:
        return StoreUnreachable(reason=type(error).__name__)
    code, account = code_of(error), _account(error)
    if code in CAUSES:
        why = CAUSES[code].format(service=service, account=account)
        return StoreRefused(f"The storage refuses the app ({status}, {code}): {why}.", status=status, account=account, role=service)
    return StoreError(f"The storage account did not do what was asked ({status}, {code}).", status=status)


def code_of(error: AzureError) -> str:
    """The service's code, or the kind of error; the SDK sets it on some errors only."""
    known = getattr(error, "error_code", None)
    return str(getattr(known, "value", known) or type(error).__name__)


def _account(error: AzureError) -> str:
    """The name of the account: the first label of its address; of an emulator, which has a number for an address, the first folder."""
    request = getattr(getattr(error, "response", None), "request", None)
    parts = urlsplit(str(getattr(request, "url", "")))
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host.partition(".")[0]
    return parts.path.strip("/").partition("/")[0]
