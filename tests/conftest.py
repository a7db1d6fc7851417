"""The running parts that tests share: real processes, started once for the whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import azurite as storage_emulator
from sandbox.processes import Children


@pytest.fixture(scope="session")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Children]:
    """Child processes of this test run; all are stopped at its end."""
    with Children(tmp_path_factory.mktemp("logs")) as running:
        yield running


@pytest.fixture(scope="session")
def azurite(children: Children) -> str:
    """The connection string of a running Azurite; tests tell their rows and queues apart by names of their own."""
    return storage_emulator.start(children).connection_string
