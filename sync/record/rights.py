"""Whether a refused write is about the record, or about a right that the app itself has lost (rule G4)."""

from __future__ import annotations

from collections.abc import Iterable

from sync.context import Context
from sync.errors import AccessDenied, ServiceError
from sync.heart.plan import Side

PRIVILEGE = "prv"
"""How Dataverse names a privilege: prvCreateAccount."""


async def check_rights(ctx: Context, errors: Iterable[ServiceError | None]) -> None:
    """Raise the first refusal that every record would meet: ours lacks the privilege. An owner who lacks one is his record's problem."""
    for error in errors:
        if isinstance(error, AccessDenied) and error.side is Side.SALES and PRIVILEGE in (error.service_message or ""):
            me = (await ctx.reference.get("whoAmI", ctx.sales.who_am_i))["UserId"]
            if str(me).lower() in str(error.service_message).lower():
                raise error
