"""`python -m sandbox.host --app DIR`: run a function app until the process ends.

Prints one line of JSON when it listens: `{"ready": url, "key": host key, "masterKey": ...}`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import uvicorn

from sandbox.host.ending import Server, told_to_end
from sandbox.host.running import Host, check_runtime
from sandbox.host.settings import HostSettings, SettingsRefused, load_values, read_host_json, with_seconds
from sandbox.host.web import Web
from sandbox.host.worker import AppRefused
from sandbox.serving import listener

LEVELS = {"trace": "DEBUG", "debug": "DEBUG", "information": "INFO", "warning": "WARNING", "error": "ERROR", "critical": "CRITICAL"}
QUIET = ("azure", "asyncio", "httpx", "httpcore", "msal", "urllib3", "uvicorn")


def main(arguments: list[str] | None = None) -> int:
    """Run the host; returns 1 with the reason on stderr when app or settings cannot be run."""
    options = parse(arguments)
    try:
        app = options.app.resolve()
        kept = load_values(options.settings, os.environ) if options.settings else []
        check_runtime()
        settings = read_host_json(app)
        settings = replace(
            settings, queues=with_seconds(settings.queues, options.lease_seconds, options.poll_seconds, options.retry_seconds)
        )
        set_up_log(settings.log_level)
        for name in kept:
            logging.getLogger("Host").info("%s is in the environment: the value of the settings file is not used", name)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(app, settings, (options.state or app / ".sandbox" / "host").resolve(), options.port))
    except (AppRefused, SettingsRefused) as problem:
        print(f"{getattr(problem, 'trace', '')}\nsandbox.host: {problem}".lstrip(), file=sys.stderr, flush=True)
        return 1
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.host", description="Runs a Python function app as Azure Functions would.")
    parser.add_argument("--app", type=Path, required=True, help="folder of function_app.py and host.json")
    parser.add_argument("--settings", type=Path, help="a file like local.settings.json; without it the environment alone")
    parser.add_argument("--state", type=Path, help="folder of keys and timer statuses; default .sandbox/host in the app's folder")
    parser.add_argument("--port", type=int, default=7071, help="0 for a free one")
    parser.add_argument("--lease-seconds", type=float, help="how long a message is hidden while it is worked on; default 600")
    parser.add_argument("--poll-seconds", type=float, help="instead of maxPollingInterval of host.json")
    parser.add_argument("--retry-seconds", type=float, help="instead of visibilityTimeout of host.json")
    return parser.parse_args(arguments)


def set_up_log(level: str) -> None:
    """One stream for host and app, times in UTC."""
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=LEVELS.get(level.lower(), "INFO"), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


async def serve(app: Path, settings: HostSettings, state: Path, port: int) -> None:
    """Listen, say so, and run the triggers for as long as the server runs."""
    try:
        listening = listener(port)
    except OSError as problem:
        raise SettingsRefused(f"the port {port} cannot be had: {problem.strerror}; --port 0 takes a free one") from problem
    host = Host(app, settings, state, os.environ)
    web = await host.load()
    ending = told_to_end()
    server = Server(uvicorn.Config(web, loop="asyncio", http="httptools", ws="none", lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    triggers = asyncio.create_task(host.run(ending))
    announcing = asyncio.create_task(announce(server, web, listening.getsockname()[1]))
    done, _ = await asyncio.wait({serving, triggers}, return_when=asyncio.FIRST_COMPLETED)
    if triggers in done and ending.is_set():
        server.should_exit = True  # behind the answers in work
        await serving
    for task in (serving, triggers, announcing):
        task.cancel()
    await asyncio.gather(serving, triggers, announcing, return_exceptions=True)
    for task in done:
        task.result()


async def announce(server: uvicorn.Server, web: Web, port: int) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    key = next(iter(web.keys.host.values()), web.keys.master)
    print(json.dumps({"ready": f"http://127.0.0.1:{port}", "key": key, "masterKey": web.keys.master}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
