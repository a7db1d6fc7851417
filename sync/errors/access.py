"""Who may call, and what the app's own identity may do."""

from __future__ import annotations

from sync.errors.base import SettingsError
from sync.errors.requests import RequestRefused
from sync.errors.state import StoreError


class NotSignedIn(RequestRefused):
    """Nobody has signed in."""

    remedy = "Sign in with Microsoft Entra: /.auth/login/aad in a browser, a bearer token for the app registration of the calls elsewhere."
    status = 401


class RoleMissing(RequestRefused):
    """The one who signed in may not do this."""

    remedy = "Give the person, group or program the app role that the message names: Entra, Enterprise applications, Users and groups."
    status = 403


class AnotherSite(RequestRefused):
    """A page of another site asked for this in the name of whoever is signed in to this browser."""

    remedy = "Ask from a page of Couplet itself, or from a program with a token of its own."
    status = 403


class SignInOff(SettingsError):
    """SIGN_IN is entra, but the sign-in of the function app is off: nobody is answered."""

    remedy = "Switch authentication on for the function app (consoleClientId of infra/main.bicep does it), or set SIGN_IN to keys."


class SecretUnresolved(SettingsError):
    """A setting still holds the reference to a vault, in the place of the secret."""

    def __init__(self, name: str, reference: str) -> None:
        why = "the app's identity lacks the role Key Vault Secrets User on the vault, or the secret is not there"
        super().__init__(message=f"{name} is still {reference[:200]}: {why}.", setting=name)


class StoreRefused(StoreError):
    """The storage account does not let the app in."""

    remedy = (
        "Give the app's identity the role that the message names, on that storage account (portal: Access control), or let its network in; "
        "infra/main.bicep does both. A new role holds after some minutes; work goes on by itself."
    )
    transient = True
