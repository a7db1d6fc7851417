"""What the host reads: `host.json`, the app's settings, and the command line's seconds in place of the real host's minutes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

TIMESPAN = re.compile(r"^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(\.\d+)?$")
PLACEHOLDER = re.compile(r"%([^%]+)%")
ANY: None = None
# The keys of host.json that Couplet could meet. ANY: whatever stands below is the real host's business alone.
KNOWN: dict[str, Any] = {
    "version": ANY,
    "functionTimeout": ANY,
    "telemetryMode": ANY,
    "concurrency": ANY,
    "healthMonitor": ANY,
    "extensionBundle": ANY,
    "singleton": ANY,
    "retry": ANY,
    "watchDirectories": ANY,
    "logging": {"logLevel": ANY, "applicationInsights": ANY, "fileLoggingMode": ANY, "console": ANY},
    "extensions": {
        "http": {
            "routePrefix": ANY,
            "maxOutstandingRequests": ANY,
            "maxConcurrentRequests": ANY,
            "dynamicThrottlesEnabled": ANY,
            "hsts": ANY,
            "customHeaders": ANY,
        },
        "queues": {
            "batchSize": ANY,
            "newBatchThreshold": ANY,
            "maxDequeueCount": ANY,
            "visibilityTimeout": ANY,
            "maxPollingInterval": ANY,
            "messageEncoding": ANY,
        },
    },
}


class SettingsRefused(Exception):
    """A setting or `host.json` that the host cannot run with; the message names it."""


@dataclass(frozen=True)
class QueueSettings:
    """How queues are read; defaults are the real host's. Times in seconds."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    retry_seconds: float = 0
    poll_seconds: float = 60
    lease_seconds: float = 600
    base64: bool = True


@dataclass(frozen=True)
class HostSettings:
    """`host.json` as far as this host acts on it; `timeout` in seconds, None for unbounded."""

    queues: QueueSettings = QueueSettings()
    route_prefix: str = "api"
    timeout: float | None = 1800
    log_level: str = "Information"
    unknown: tuple[str, ...] = ()


def read_host_json(folder: Path) -> HostSettings:
    """The app's `host.json`; raises SettingsRefused when it is missing, no JSON, or holds a bad value."""
    file = folder / "host.json"
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise SettingsRefused(f"no host.json in {folder}") from problem
    except ValueError as problem:
        raise SettingsRefused(f"{file}: {problem}") from problem
    if read.get("version") != "2.0":
        raise SettingsRefused(f'{file}: "version" must be "2.0"')
    extensions = read.get("extensions", {})
    return HostSettings(
        queues=queue_settings(extensions.get("queues", {})),
        route_prefix=str(extensions.get("http", {}).get("routePrefix", "api")).strip("/"),
        timeout=timeout_of(str(read.get("functionTimeout", "00:30:00"))),
        log_level=str(read.get("logging", {}).get("logLevel", {}).get("default", "Information")),
        unknown=tuple(unknown_keys(read, KNOWN)),
    )


def queue_settings(read: Mapping[str, Any]) -> QueueSettings:
    """The `queues` part; the real host's limits hold: at most 32 messages a batch."""
    batch = int(read.get("batchSize", 16))
    if not 1 <= batch <= 32:
        raise SettingsRefused(f"host.json: extensions.queues.batchSize must be 1 to 32, not {batch}")
    encoding = str(read.get("messageEncoding", "base64")).lower()
    if encoding not in ("base64", "none"):
        raise SettingsRefused(f"host.json: extensions.queues.messageEncoding must be base64 or none, not {encoding}")
    return QueueSettings(
        batch_size=batch,
        new_batch_threshold=int(read.get("newBatchThreshold", batch // 2)),
        max_dequeue_count=int(read.get("maxDequeueCount", 5)),
        retry_seconds=seconds("visibilityTimeout", str(read.get("visibilityTimeout", "00:00:00"))),
        poll_seconds=seconds("maxPollingInterval", str(read.get("maxPollingInterval", "00:01:00"))),
        base64=encoding == "base64",
    )


def with_seconds(queues: QueueSettings, lease: float | None, poll: float | None, retry: float | None) -> QueueSettings:
    """The same with the times that the command line gave."""
    return replace(
        queues,
        lease_seconds=queues.lease_seconds if lease is None else lease,
        poll_seconds=queues.poll_seconds if poll is None else poll,
        retry_seconds=queues.retry_seconds if retry is None else retry,
    )


def timeout_of(text: str) -> float | None:
    return None if text == "-1" else seconds("functionTimeout", text)


def seconds(name: str, text: str) -> float:
    """A .NET timespan like 00:00:30 or 1.00:00:00 in seconds."""
    found = TIMESPAN.match(text)
    if found is None:
        raise SettingsRefused(f"host.json: {name} must look like 00:00:30, not {text!r}")
    days, hours, minutes, whole, part = found.groups()
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + int(whole) + float(part or 0)


def unknown_keys(read: Mapping[str, Any], known: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The keys that the real host would pass over without a word."""
    for key, value in read.items():
        if key not in known:
            yield f"{path}{key}"
        elif known[key] is not ANY and isinstance(value, dict):
            yield from unknown_keys(value, known[key], f"{path}{key}.")


def load_values(file: Path, environ: dict[str, str] | os._Environ[str]) -> list[str]:
    """Put `Values` of a local settings file into the environment, as `func start` does; a variable that is there already stays.

    Returns the names of those that stayed.
    """
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise SettingsRefused(f"the settings file {file} cannot be read: {problem}") from problem
    if read.get("IsEncrypted"):
        raise SettingsRefused(f"the settings file {file} is encrypted; run `func settings decrypt`")
    values = {name: str(value) for name, value in read.get("Values", {}).items()}
    kept = [name for name in values if name in environ and environ[name] != values[name]]
    environ.update({name: value for name, value in values.items() if name not in environ})
    return kept


def resolve(text: str, environ: Mapping[str, str], where: str) -> str:
    """Replace `%NAME%` by the setting; raises SettingsRefused naming the setting and where it is used."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in environ:
            raise SettingsRefused(f"the setting {name} is missing; {where} uses it")
        return environ[name]

    return PLACEHOLDER.sub(value, text)
