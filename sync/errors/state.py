"""What went wrong with our own store."""

from __future__ import annotations

from sync.errors.base import CoupletError


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

    remedy = "Deploy that version, or a newer one; until then nothing is done, and nothing is lost."

    @classmethod
    def of(cls, what: str, found: int, known: int) -> NewerFormat:
        """What was found with which format."""
        return cls(f"{what} has format {found}, this app knows {known}: a newer version of the app wrote it.", format=found, known=known)


class ForeignState(StoreError):
    """The state belongs to another environment, company, organisation or currency."""

    remedy = (
        "Point the settings back to where they were (a base or local currency back to what it was), or use another storage account: "
        "its couplings, and the amounts they remember, are about what the message names."
    )


class Silent(CoupletError):
    """Nobody looked at some mappings for three schedules."""

    remedy = "Look whether the timers run (portal: Functions, Monitor) and what the log says; GET mappings shows what waits."


class ClockOff(CoupletError):
    """The clocks of the app and of a service differ."""

    remedy = "Set the clock of the machine that is wrong; days, pauses and who was later are told by clocks."
