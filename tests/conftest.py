"""The running parts that tests share: real processes, started once for the whole run when the first test asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sandbox import azurite as storage_emulator
from sandbox.processes import Children
from sandbox.running import Options, Sandbox

# Whether a change may land must not hang on luck or on how busy the machine is: the search is the same each time.
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("exploring", derandomize=False, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@dataclass(frozen=True)
class SignIn:
    """A running token endpoint: its address, the certificate to trust, and the key that signs its tokens."""

    url: str
    ca_file: Path
    key: str


@pytest.fixture(scope="session")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Children]:
    """Child processes of this test run; all are stopped at its end."""
    with Children(tmp_path_factory.mktemp("logs")) as running:
        yield running


@pytest.fixture(scope="session")
def azurite(children: Children) -> str:
    """The connection string of a running Azurite; tests tell their rows and queues apart by names of their own."""
    return storage_emulator.start(children).connection_string


@pytest.fixture(scope="session")
def identity(children: Children, tmp_path_factory: pytest.TempPathFactory) -> SignIn:
    """The token endpoint alone."""
    key, ca_file = "only for the tests of one run, and long enough", tmp_path_factory.mktemp("sign-in") / "ca.pem"
    child = children.start_module("sign-in", "sandbox.identity", "--port", "0", "--key", key, "--ca-out", str(ca_file))
    return SignIn(child.ready["ready"], ca_file, key)


@pytest.fixture(scope="session")
def sandbox_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Both simulators, sign-in and storage without demo data and without the host; tests fill and reset the simulators."""
    with Sandbox(Options(scale=0, with_host=False, home=tmp_path_factory.mktemp("sandbox"))) as running:
        yield running
