"""Azurite, Microsoft's storage emulator: real queues and tables for the sandbox and the tests, held in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.processes import PROJECT, Child, Children

HOME = PROJECT / ".sandbox" / "azurite"
ACCOUNT = "devstoreaccount1"
# The emulator's account key is the same on every machine and printed in its documentation: not a secret.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SERVICES = ("Blob", "Queue", "Table")
LISTENING = re.compile(r"Azurite (\w+) service is successfully listening at (http://\S+)")
END_WITH_PARENT = "data:text/javascript,process.stdin.on('end',()=>process.exit(0)).resume()"


@dataclass(frozen=True)
class Azurite:
    """A running Azurite and how to reach it."""

    child: Child
    urls: dict[str, str]

    @property
    def connection_string(self) -> str:
        """What every Azure Storage client takes, and the app as `AzureWebJobsStorage`."""
        endpoints = "".join(f"{service}Endpoint={url}/{ACCOUNT};" for service, url in self.urls.items())
        return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{endpoints}"


def start(children: Children) -> Azurite:
    """Start Azurite on free ports; raises FileNotFoundError with the remedy when `dev.py setup` has not run."""
    script = HOME / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    if not script.exists():
        raise FileNotFoundError(f"Azurite is not installed in {HOME}: run `python3 dev.py setup`")
    options = ["--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"]
    ports = [part for service in SERVICES for part in (f"--{service.lower()}Port", "0")]
    child = children.start("azurite", [node(), "--import", END_WITH_PARENT, str(script), *options, *ports], listening)
    return Azurite(child, child.ready)


def node() -> str:
    """The Node that `dev.py setup` chose."""
    return (HOME / "node.txt").read_text(encoding="utf-8").strip()


def listening(said: str) -> dict[str, str] | None:
    """The address of each service, once all of them listen."""
    found = dict(LISTENING.findall(said))
    return found if set(found) >= set(SERVICES) else None
