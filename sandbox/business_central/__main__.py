"""`python -m sandbox.business_central --port 0 --key K`: serve the simulator and print `{"ready": "http://127.0.0.1:PORT"}`."""

from __future__ import annotations

import argparse
import asyncio
import gc

import uvicorn

from sandbox import identity, serving
from sandbox.business_central.app import create_app
from sandbox.business_central.homes import ONLINE_AUDIENCE, Home, Online, OnPremises
from sandbox.control import App


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.business_central", description="A simulated Business Central.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", required=True, help="the key that signs the sandbox's tokens")
    parser.add_argument("--tenant", default=identity.TENANT)
    parser.add_argument("--environment", default="sandbox")
    parser.add_argument("--instance", help="a server instance on premises in the place of an environment")
    parser.add_argument("--server-tenant", default="", help="its tenant, where it has several")
    parser.add_argument("--access-key", action="append", default=[], metavar="USER:KEY", help="a user and his web service access key")
    parser.add_argument("--audience", default=ONLINE_AUDIENCE, help="for whom tokens must be")
    parser.add_argument("--profile", choices=("standard", "extended"), default="extended")
    options = parser.parse_args()
    app = create_app(key=options.key, tenant=options.tenant, home=home_of(options), profile=options.profile)
    gc.set_threshold(50_000, 50, 100)
    asyncio.run(serve(app, options.port))


def home_of(options: argparse.Namespace) -> Home:
    """Where the simulator stands."""
    if not options.instance:
        return Online(options.tenant, options.environment, options.audience)
    keys = dict(each.split(":", 1) for each in options.access_key)
    return OnPremises(options.instance, options.server_tenant, keys, options.audience)


async def serve(app: App, port: int) -> None:
    """Listen on 127.0.0.1 until told to stop; one line on stdout says where."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="httptools",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        lifespan="on",
        timeout_keep_alive=75,
        date_header=False,  # the simulated clock says the date
    )
    await serving.serve(uvicorn.Server(config), serving.listener(port))


if __name__ == "__main__":
    main()
