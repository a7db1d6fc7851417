"""Another connector on the same pair (rule G3): two of them overwrite each other.

Our extension shows whether the connections of the native one are switched on. Without it what can be seen are its job queue entries:
enabled they are ready or at work, disabled on hold. Business Central serves them since version 27; what is not served, or the app may not
read, says nothing and refuses nothing.
"""

from __future__ import annotations

from sync.around.reference import all_rows
from sync.context import Context
from sync.errors import AccessDenied, AnotherConnector, NotFound, NotOnThisProfile
from sync.heart.plan import Side

ENTRIES = "jobQueueEntries"
RUNNER = 5339
"""Integration Synch. Job Runner, the codeunit that runs every mapping of the native connector."""

STOPPED = frozenset({"On_x0020_Hold", "Finished"})

DATAVERSE_SETUPS, SALES_SETUPS = "nativeDataverseSetups", "nativeSalesSetups"
"""Our pages over the native set-ups."""

CONNECTIONS = {DATAVERSE_SETUPS: "Dataverse", SALES_SETUPS: "Dynamics 365 Sales"}
"""What each of them connects with."""


async def check_alone(ctx: Context) -> None:
    """Raise AnotherConnector while the native connection of this company is enabled."""
    enabled = [name for table, name in CONNECTIONS.items() if await _enabled(ctx, table)]
    if enabled:
        raise AnotherConnector(f"Business Central's own connection with {' and '.join(enabled)} is enabled.", side=Side.BC)
    try:
        entries = await all_rows(ctx.bc, ENTRIES, ("id", "objectIdToRun", "status"), f"objectIdToRun eq {RUNNER}")
    except (AccessDenied, NotFound, NotOnThisProfile):
        return
    running = [entry for entry in entries if entry["status"] not in STOPPED]
    if running:
        raise AnotherConnector(f"{len(running)} job queue entries of the native connector are not on hold.", side=Side.BC)


async def _enabled(ctx: Context, table: str) -> bool:
    if not (await ctx.bc.profile()).serves(table):
        return False
    try:
        return any(row["isEnabled"] for row in await all_rows(ctx.bc, table, ("id", "isEnabled")))
    except (AccessDenied, NotFound):
        return False
