"""The whole sandbox as one object: storage, both simulated systems, sign-in, the demo company and the functions host.

with Sandbox(Options(scale=1, pace=SECONDS)) as sandbox:
    httpx.get(sandbox.endpoints["functions"] + "/api/health")
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from sandbox import azurite
from sandbox.company import generate, load
from sandbox.identity import CLIENT_ID, CLIENT_SECRET, TENANT, issue
from sandbox.processes import PROJECT, Child, ChildFailed, Children, child_environment
from sandbox.serving import free_port

ENVIRONMENT = "sandbox"
BUSINESS_CENTRAL_AUDIENCE = "https://api.businesscentral.dynamics.com"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Options of the host and settings of the app that together say how long things take."""

    host: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


REAL = Pace()
"""As in Azure: a killed host's message comes back after ten minutes, timers every five."""

SECONDS = Pace(
    host=("--lease-seconds", "8", "--poll-seconds", "0.5", "--retry-seconds", "1"),
    settings={"SYNC_SCHEDULE": "*/5 * * * * *", "LEASE_SECONDS": "6", "OVERLAP_SECONDS": "5"},
)
"""For demo and tests: what takes minutes takes seconds."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to start. `scale` 0 leaves the simulators without demo data; `settings` go before all other app settings.

    With `columns` Sales has Couplet's own columns, as after `python -m infra.sales --apply`; a reset keeps them. With `webhooks` both
    systems tell the app of changes; Business Central after its 30 seconds, unless its switch says otherwise.
    """

    scale: float = 1.0
    seed: int = 7
    pace: Pace = REAL
    with_host: bool = True
    app: Path = PROJECT
    home: Path = PROJECT / ".sandbox"
    profile: str = "extended"
    port: int = 0
    webhooks: bool = False
    columns: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)


class Sandbox:
    """A running sandbox; a context manager that starts everything and sees everything stopped."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.home = self.options.home
        self.key = secrets.token_hex(32)
        self.hook_secret = secrets.token_urlsafe(32)
        # The address that both systems are told must be known before the host listens
        self.port = self.options.port or (free_port() if self.options.webhooks else 0)
        self.ca_file = self.home / "ca.pem"
        self.storage = self.business_central = self.sales = self.authority = self.company = ""
        self.host: Child | None = None
        self.children = Children(self.home / "logs")

    def __enter__(self) -> Sandbox:
        self.home.mkdir(parents=True, exist_ok=True)
        for left_over in (self.home / "logs", self.home / "host" / "timers"):
            shutil.rmtree(left_over, ignore_errors=True)
        try:
            self.start_services()
            self.fill()
            self.customise()
            if self.options.with_host:
                self.start_host()
                self.subscribe()
            self.write_endpoints()
        except BaseException:
            self.children.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.children.stop()
        (self.home / "endpoints.json").unlink(missing_ok=True)

    def start_services(self) -> None:
        """Start storage, both systems and sign-in, side by side."""
        module = self.children.start_module
        shared = ("--port", "0", "--key", self.key)
        starts: list[Callable[[], Any]] = [
            lambda: azurite.start(self.children).connection_string,
            lambda: module("business-central", "sandbox.business_central", *shared, "--profile", self.options.profile).ready["ready"],
            lambda: module("sales", "sandbox.sales", *shared).ready["ready"],
            lambda: module("sign-in", "sandbox.identity", *shared, "--ca-out", str(self.ca_file)).ready["ready"],
        ]
        with ThreadPoolExecutor(len(starts)) as pool:
            waiting = [pool.submit(start) for start in starts]
        self.storage, self.business_central, self.sales, self.authority = (done.result() for done in waiting)

    def fill(self) -> None:
        """Load the demo company and write down what a full synch must make of it; learn the company's name."""
        if self.options.scale > 0:
            company = generate(self.options.scale, self.options.seed)
            (self.home / "expected.json").write_text(json.dumps(company.expected, indent=1), encoding="utf-8")
            load(company, self.business_central, self.sales)
        url = f"{self.business_central}/v2.0/{TENANT}/{ENVIRONMENT}/api/v2.0/companies"
        answer = httpx.get(url, headers={"Authorization": f"Bearer {self.token(BUSINESS_CENTRAL_AUDIENCE)}"}, trust_env=False)
        self.company = answer.raise_for_status().json()["value"][0]["name"]

    def customise(self) -> None:
        """Let Couplet's own command add its columns to Sales, as whoever sets it up does."""
        if not self.options.columns:
            return
        command = [sys.executable, "-m", "infra.sales", "--apply", "--orders", "on"]
        environment = child_environment(self.app_settings)
        done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChildFailed(f"{' '.join(command[1:])} ended with code {done.returncode}: {done.stderr or done.stdout}")
        httpx.post(f"{self.sales}/_control/hands/keepCustomizations", json={}, trust_env=False).raise_for_status()

    def token(self, audience: str) -> str:
        """A token for one of the systems, without asking the endpoint; Sales' audience is its own address."""
        return issue(self.key, tenant=TENANT, client_id=CLIENT_ID, audience=audience)

    @property
    def app_settings(self) -> dict[str, str]:
        """The settings with which the app works on this sandbox."""
        return {
            "FUNCTIONS_WORKER_RUNTIME": "python",
            "AzureWebJobsStorage": self.storage,
            "BC_URL": f"{self.business_central}/v2.0",
            "BC_ENVIRONMENT": ENVIRONMENT,
            "BC_COMPANY": self.company,
            "SALES_URL": self.sales,
            "ENTRA_AUTHORITY": self.authority,
            "ENTRA_TENANT_ID": TENANT,
            "ENTRA_CLIENT_ID": CLIENT_ID,
            "ENTRA_CLIENT_SECRET": CLIENT_SECRET,
            "ENTRA_CA_FILE": str(self.ca_file),
            "SYNC_SCHEDULE": "0 */5 * * * *",
            **self.hook_settings,
            **self.options.pace.settings,
            **self.options.settings,
        }

    @property
    def hook_settings(self) -> dict[str, str]:
        """The settings with which the app has itself told of changes."""
        if not self.options.webhooks:
            return {}
        return {"WEBHOOK_URL": f"http://127.0.0.1:{self.port}", "WEBHOOK_SECRET": self.hook_secret}

    def subscribe(self) -> None:
        """Let the app ask both systems at once to tell of changes, as its timer does within a quarter of an hour."""
        if self.options.webhooks and self.host is not None:
            headers = {"x-functions-key": self.host.ready["key"]}
            httpx.post(f"{self.host.ready['ready']}/api/hooks/repair", headers=headers, trust_env=False, timeout=60).raise_for_status()

    def start_host(self) -> None:
        """Start the functions host, or start it again: at the same address, with the same keys."""
        settings = self.home / "app.settings.json"
        settings.write_text(json.dumps({"IsEncrypted": False, "Values": self.app_settings}, indent=1), encoding="utf-8")
        port = self.port if self.host is None else httpx.URL(self.host.ready["ready"]).port
        arguments = ["--app", str(self.options.app), "--settings", str(settings), "--state", str(self.home / "host"), "--port", str(port)]
        self.host = self.children.start_module("functions", "sandbox.host", *arguments, *self.options.pace.host)

    def kill_host(self) -> None:
        """Kill the functions host in the middle of whatever it does."""
        if self.host is not None:
            self.host.kill()
            self.children.running.remove(self.host)

    def restart_host(self, *, gently: bool = False) -> None:
        """Kill the host, or `gently` let it end what it has in work first; start it again, and tell the new process id."""
        if gently and self.host is not None:
            self.host.end()
        self.kill_host()
        self.start_host()
        self.write_endpoints()

    @property
    def endpoints(self) -> dict[str, Any]:
        """Addresses, process ids and a sign-in that works: all that another process needs to use the sandbox."""
        host = self.host.ready if self.host is not None else {}
        functions = host.get("ready")
        return {
            "businessCentral": self.business_central,
            "sales": self.sales,
            "token": self.authority,
            "functions": functions,
            "console": functions and f"{functions}/api/console",
            "azurite": self.storage,
            "pids": {child.name: child.pid for child in self.children.running},
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "tenantId": TENANT,
            "environment": ENVIRONMENT,
            "company": self.company,
            "caFile": str(self.ca_file),
            "functionKey": host.get("key"),
            "masterKey": host.get("masterKey"),
        }

    def write_endpoints(self) -> None:
        """Tell other processes where everything is; whoever waits for the file finds it whole."""
        written = self.home / "endpoints.json.new"
        written.write_text(json.dumps(self.endpoints, indent=1), encoding="utf-8")
        written.replace(self.home / "endpoints.json")

    def dead(self) -> list[Child]:
        """The parts that ended though nobody stopped them."""
        return [child for child in self.children.running if not child.alive]
