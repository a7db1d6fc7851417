"""`python -m sandbox.sales --port 0 --key K`: serve the Sales simulator on this machine; one JSON line on stdout when ready."""

from __future__ import annotations

import argparse
import asyncio

import uvicorn

from sandbox import serving
from sandbox.control import App
from sandbox.identity import CLIENT_ID, TENANT
from sandbox.sales.app import AUTHORITY, create_app


def main() -> None:
    """Parse the command line and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.sales", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--key", required=True, help="the key that signs the sandbox's tokens")
    parser.add_argument("--tenant", default=TENANT)
    parser.add_argument("--client-id", default=CLIENT_ID)
    parser.add_argument("--audience", default=None, help="audience of tokens; by default the simulator's own address")
    parser.add_argument("--authority", default=AUTHORITY, help="address of the token service, named in the challenge of a 401")
    parser.add_argument("--base-currency", default="EUR")
    wishes = parser.parse_args()
    app = create_app(
        wishes.key,
        tenant=wishes.tenant,
        client_id=wishes.client_id,
        audience=wishes.audience,
        authority=wishes.authority,
        base_currency=wishes.base_currency,
    )
    asyncio.run(_serve(app, wishes.port))


async def _serve(app: App, port: int) -> None:
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="httptools",
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=75,
        date_header=False,  # the simulated clock says the date
    )
    await serving.serve(uvicorn.Server(config), serving.listener(port))


if __name__ == "__main__":
    main()
