"""The storage account as a whole: five tables and the work queue, opened once a process."""

from __future__ import annotations

import asyncio
from copy import copy
from typing import Any, Protocol

from azure.core.exceptions import AzureError
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue import TextBase64DecodePolicy, TextBase64EncodePolicy
from azure.storage.queue.aio import QueueServiceClient

from sync.store.changes import Changes
from sync.store.couplings import Couplings
from sync.store.entries import Entries
from sync.store.failures import failure
from sync.store.findings import Findings
from sync.store.formats import StateFormat
from sync.store.full_syncs import FullSyncs
from sync.store.halves import Halves
from sync.store.hooks import Hooks
from sync.store.jobs import Jobs
from sync.store.lives import Lives
from sync.store.matches import Matches
from sync.store.meter import Meter, MeteredTransport
from sync.store.planned import PlannedCouplings, Samples
from sync.store.problems import Problems
from sync.store.queue import POISON, WORK, WorkQueue
from sync.store.seats import Seats
from sync.store.tables import Table
from sync.store.withheld import WithheldActs
from sync.store.work import Work

TABLES = ("couplings", "entries", "jobs", "work", "problems")

DEVELOPMENT = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
    "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
)
"""What `UseDevelopmentStorage=true` stands for: Azurite on its own ports, with its published key."""

RETRIES = {"retry_total": 5, "retry_connect": 5, "retry_read": 5, "retry_status": 5}
TIMEOUTS = {"connection_timeout": 10, "read_timeout": 60}


class Account(Protocol):
    """Which storage account, as the settings name it: a connection string, or name or addresses and perhaps an identity's client id."""

    @property
    def storage_connection(self) -> str | None:
        """A connection string, or `UseDevelopmentStorage=true`."""

    @property
    def storage_account(self) -> str | None:
        """The account's name, to be opened with the app's identity."""

    @property
    def table_service(self) -> str | None:
        """The address of the account's tables, where it is not that of the name."""

    @property
    def queue_service(self) -> str | None:
        """The address of the account's queues, where it is not that of the name."""

    @property
    def storage_client_id(self) -> str | None:
        """The client id of a user-assigned identity."""


class Store:
    """Everything that Couplet keeps. Opening does no I/O; the connections are made when they are first used."""

    def __init__(self, tables: TableServiceClient, queues: QueueServiceClient, meter: Meter, credential: Any = None) -> None:
        self._tables, self._queues, self._credential = tables, queues, credential
        self.meter = meter
        by_name = {name: Table(tables.get_table_client(name), meter) for name in TABLES}
        self.couplings = Couplings(by_name["couplings"])
        self.halves = Halves(by_name["couplings"])
        self.lives = Lives(by_name["couplings"])
        self.format = StateFormat(by_name["entries"])
        self.entries = Entries(by_name["entries"])
        self.hooks = Hooks(by_name["entries"])
        self.seats = Seats(by_name["entries"])
        self.jobs = Jobs(by_name["jobs"])
        self.full_syncs = FullSyncs(by_name["jobs"])
        self.matches = Matches(by_name["jobs"])
        self.findings = Findings(by_name["jobs"])
        self.changes = Changes(by_name["jobs"])
        self._apart = by_name["jobs"]
        self.samples = Samples(by_name["jobs"])
        self.work = Work(by_name["work"])
        self.problems = Problems(by_name["problems"])
        self.withheld = WithheldActs(by_name["problems"])
        self.queue = WorkQueue(queues.get_queue_client(WORK, **_BASE64), meter)
        self.poison = WorkQueue(queues.get_queue_client(POISON, **_BASE64), meter)

    def rehearsal(self, run: str) -> Store:
        """The same store for a dry run: what it couples goes apart, and is seen by the run itself only."""
        apart = copy(self)
        apart.couplings = self.planned(run)
        return apart

    def planned(self, run: str) -> PlannedCouplings:
        """The couplings as a dry run sees them."""
        return PlannedCouplings(self.couplings, self._apart, run)

    @classmethod
    def open(cls, settings: Account) -> Store:
        """The store of the account that the settings name."""
        meter = Meter()
        if settings.storage_connection:
            text = settings.storage_connection
            connection = DEVELOPMENT if text.strip().rstrip(";").lower() == "usedevelopmentstorage=true" else text
            tables = TableServiceClient.from_connection_string(connection, **_table_options(meter, connection))
            queues = QueueServiceClient.from_connection_string(connection, **_queue_options(meter, connection))
            return cls(tables, queues, meter)
        credential = _credential(settings.storage_client_id)
        at_tables = settings.table_service or f"https://{settings.storage_account}.table.core.windows.net"
        at_queues = settings.queue_service or f"https://{settings.storage_account}.queue.core.windows.net"
        tables = TableServiceClient(at_tables, credential=credential, **_table_options(meter, at_tables))
        queues = QueueServiceClient(at_queues, credential=credential, **_queue_options(meter, at_queues))
        return cls(tables, queues, meter, credential)

    async def create(self) -> None:
        """Make the tables and queues that do not exist."""
        try:
            await asyncio.gather(*map(self._tables.create_table_if_not_exists, TABLES))
        except AzureError as error:
            raise failure(error) from error
        await asyncio.gather(self.queue.create(), self.poison.create())

    async def close(self) -> None:
        """Close all connections."""
        for client in (self._tables, self._queues, self._credential):
            if client is not None:
                await client.close()


_BASE64: dict[str, Any] = {"message_encode_policy": TextBase64EncodePolicy(), "message_decode_policy": TextBase64DecodePolicy()}


def _transport(meter: Meter, address: str) -> MeteredTransport:
    """Proxies of the environment are for other machines."""
    return MeteredTransport(meter, use_env_settings="//127.0.0.1" not in address and "//localhost" not in address, **TIMEOUTS)


def _table_options(meter: Meter, address: str) -> dict[str, Any]:
    """Transient errors are tried again by the SDK: at once, then after 0.8 s, 1.6 s ... up to about 20 s in all."""
    return {"transport": _transport(meter, address), "retry_backoff_factor": 0.4, "retry_backoff_max": 8, **RETRIES}


def _queue_options(meter: Meter, address: str) -> dict[str, Any]:
    return {"transport": _transport(meter, address), "initial_backoff": 0.4, "increment_base": 2, "random_jitter_range": 0.4, **RETRIES}


def _credential(client_id: str | None) -> Any:
    """The app's identity; imported late because the package is large and a connection string needs none of it."""
    from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential  # noqa: PLC0415

    return ManagedIdentityCredential(client_id=client_id) if client_id else DefaultAzureCredential()
