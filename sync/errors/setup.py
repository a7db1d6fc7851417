"""What one of the two systems is not set up for."""

from __future__ import annotations

from sync.errors.base import CoupletError
from sync.errors.services import ServiceError


class OrdersOff(ServiceError):
    """The Sales organisation lets no order go to a back office."""

    remedy = "Run python -m infra.sales --orders on, first without and then with --apply, as an administrator of Sales."

    @staticmethod
    def said(mapping: str, feature: str) -> str:
        """What is said of a mapping that needs the setting."""
        return f"{mapping} needs the setting {feature} of the Sales organisation, which is off"


class NotArchived(ServiceError):
    """Business Central keeps no archived versions of the orders that are posted or deleted."""

    remedy = "Switch Archive Orders on in Sales & Receivables Setup of Business Central."


class AppUnreachable(CoupletError):
    """The running app does not answer."""

    remedy = "Check the address (--app or COUPLET), and in the portal that the app is started; GET health tells whether it works."
    transient = True


class AppRefused(CoupletError):
    """The running app does not do what was asked."""

    remedy = "Do what the message says; with 401 or 403, give a key (KEY) or a token (TOKEN) of the role that the call needs."
