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


class PrivilegesMissing(ServiceError):
    """The app's user in Sales lacks privileges that mappings need."""

    remedy = (
        "Run python -m infra.setup --apply as an administrator of Sales, which gives its role what is missing; or give the role of the "
        "app's user the privileges that are named, for the whole organisation."
    )


class PermissionsMissing(ServiceError):
    """The app may not read tables of Business Central that mappings need."""

    remedy = (
        "In Business Central, on the card of the app in Microsoft Entra Applications, assign COUPLET EDIT, or without the extension "
        "permission sets that reach the tables that are named."
    )


class NoAppUser(ServiceError):
    """The app works in Sales as a person, or as somebody who may do everything."""

    remedy = (
        "Let the app sign in as an application user of its own, with the role that python -m infra.setup makes, and without System "
        "Administrator: what goes wrong there goes wrong everywhere."
    )


class TooOld(ServiceError):
    """A system is older than what Couplet is made for."""

    remedy = "Update it: Business Central to version 26 or newer, Dataverse to 9.2 or newer."


class Unlicensed(ServiceError):
    """Users of Sales who are salespeople have no licence: they can own nothing, and are not synchronised."""

    remedy = "Give them a licence for Sales in the Microsoft 365 admin center, or set OWNER_FALLBACK; then run a match of salespeople."


class OtherSolutions(ServiceError):
    """Code of other solutions runs when documents or products of Sales are written."""

    remedy = (
        "Find out what the steps that are named do to orders, quotes, invoices and products (prices, numbers, states), and try one of each "
        "in a test environment; disable those that do what Couplet does."
    )


class WebhooksFailing(ServiceError):
    """Changes are found by the schedule only: subscriptions are missing, or about to end."""

    remedy = "GET hooks names what stands in the way of each one; POST hooks/repair tries again at once."


class TeamLacking(ServiceError):
    """The owner team of the company, its business unit or its role is not there yet."""

    remedy = (
        "python -m infra.setup guide makes them, run by a System Administrator of Sales, where OWNER_ROLE names a role that is there; else "
        "the app does at the first row that needs an owner, if it may."
    )


class NotLookedAt(CoupletError):
    """Whether a requirement is met could not be found out."""

    remedy = "The log says why, and what is said of the others holds. Report it: a system answered otherwise than it is documented."
