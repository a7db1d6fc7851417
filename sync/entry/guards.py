"""Another connector on the same pair (rule G3): two of them overwrite each other.

What can be seen of the native one from outside are its job queue entries: enabled they are ready or at work, disabled on hold. Business
Central serves them since version 27; where it does not, or the app may not read them, nothing is known and nothing is refused.
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


async def check_alone(ctx: Context) -> None:
    """Raise AnotherConnector while the native connection of this company is enabled."""
    try:
        entries = await all_rows(ctx.bc, ENTRIES, ("id", "objectIdToRun", "status"), f"objectIdToRun eq {RUNNER}")
    except (AccessDenied, NotFound, NotOnThisProfile):
        return
    running = [entry for entry in entries if entry["status"] not in STOPPED]
    if running:
        raise AnotherConnector(f"{len(running)} job queue entries of the native connector are not on hold.", side=Side.BC)
