"""`python -m sandbox`: run the whole sandbox until Ctrl-C, then stop everything that it started."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path

from sandbox.processes import ChildFailed
from sandbox.running import REAL, SECONDS, Options, Sandbox

SHOWN = ("businessCentral", "sales", "token", "functions", "console")


def main() -> int:
    """Start, print the addresses, watch; returns 1 when a part cannot start or dies."""
    options = parse()
    print("Starting the sandbox", flush=True)
    try:
        with contextlib.suppress(KeyboardInterrupt), Sandbox(options) as sandbox:
            show(sandbox)
            return watch(sandbox)
    except (ChildFailed, FileNotFoundError) as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return 1
    print("\nEverything is stopped.")
    return 0


def parse() -> Options:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Simulated systems, storage and the app on this machine.")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the demo company; 1 is about 300 customers, 0 none")
    parser.add_argument(
        "--profile", choices=("extended", "standard"), default="extended", help="Business Central with the extension or without"
    )
    parser.add_argument("--seconds", action="store_true", help="timers, leases and retries in seconds, not minutes")
    parser.add_argument("--webhooks", action="store_true", help="both systems tell the app of changes; timers only look after")
    parser.add_argument("--no-host", action="store_true", help="leave the app to `func start` or another host")
    parser.add_argument("--home", type=Path, default=Options.home, help="folder for addresses, logs and settings")
    parser.add_argument("--port", type=int, default=0, help="of the functions host; 0 for a free one")
    given = parser.parse_args()
    return Options(
        scale=given.scale,
        profile=given.profile,
        pace=SECONDS if given.seconds else REAL,
        with_host=not given.no_host,
        webhooks=given.webhooks,
        home=given.home.resolve(),
        port=given.port,
    )


def show(sandbox: Sandbox) -> None:
    endpoints = sandbox.endpoints
    for name in SHOWN:
        print(f"{name:16} {endpoints[name] or '-'}")
    print(f"All addresses and a sign-in: {sandbox.home / 'endpoints.json'}; logs: {sandbox.children.logs}")
    print("Ctrl-C stops everything.", flush=True)


def watch(sandbox: Sandbox) -> int:
    """Wait until a part dies by itself, and say which."""
    while not (dead := sandbox.dead()):
        time.sleep(0.5)
    for child in dead:
        print(f"{child.name} ended with code {child.process.returncode}; see {child.log}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
