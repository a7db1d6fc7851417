"""What all servers of the sandbox share: a socket on this machine, and one line that says where it listens."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Mapping

import uvicorn


def listener(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 takes a free one. OSError when the port is taken."""
    # With the protocol named, asyncio switches Nagle off: without that every small answer waits 40 ms for the client's delayed ACK.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows it would let two servers share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", port))
        made.listen(512)
    except OSError:
        made.close()
        raise
    return made


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with listener(0) as made:
        return int(made.getsockname()[1])


async def serve(server: uvicorn.Server, listening: socket.socket, *, scheme: str = "http", also: Mapping[str, str] | None = None) -> None:
    """Serve until told to stop; once it does, a line of JSON on stdout says `ready` and what else is to be told."""
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not (server.started or serving.done()):
        await asyncio.sleep(0.01)
    print(json.dumps({"ready": f"{scheme}://127.0.0.1:{listening.getsockname()[1]}", **(also or {})}), flush=True)
    await serving
