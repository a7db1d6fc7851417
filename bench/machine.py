"""The machine under the bench, and what its processes have used; what a system does not tell is None."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sandbox import azurite

PROCESSES = Path("/proc")
PACKAGES = (
    "azure-functions",
    "azure-functions-runtime",
    "azure-data-tables",
    "azure-storage-queue",
    "aiohttp",
    "httpx",
    "orjson",
    "uvicorn",
)


def cpu_seconds(pid: int) -> float | None:
    """Processor time that a process has used, in user and kernel mode; Linux only."""
    try:
        fields = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def megabytes(pid: int, field: str) -> float | None:
    """Resident memory of a process: `VmRSS` now, `VmHWM` at its peak; Linux only."""
    try:
        lines = (PROCESSES / str(pid) / "status").read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith(f"{field}:")]
    return round(int(found[0]) / 1024, 1) if found else None


def description() -> dict[str, Any]:
    """Where this ran: processor, cores, memory, system, and how busy the machine was before."""
    return {
        "processor": _first(PROCESSES / "cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory": _first(PROCESSES / "meminfo", "MemTotal"),
        "system": platform.platform(),
        "loadBefore": load(),
    }


def load() -> float | None:
    """How many processes wanted a core in the last minute: others on the same machine make a measurement worthless."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def versions() -> dict[str, str]:
    """The programs and packages that were measured."""
    package = json.loads((azurite.HOME / "node_modules" / "azurite" / "package.json").read_text(encoding="utf-8"))
    node = subprocess.run([azurite.node(), "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = {"python": platform.python_version(), "node": node, "azurite": str(package["version"])}
    return found | {name: version(name) for name in PACKAGES}


def _first(file: Path, name: str) -> str | None:
    """The value of the first line `name : value` of a file."""
    if not file.exists():
        return None
    values = (line.partition(":")[2].strip() for line in file.read_text(encoding="utf-8").splitlines() if line.startswith(name))
    return next(values, None)
