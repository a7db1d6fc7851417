"""A storage account that does not let the app in: which role is missing on which account, or what else keeps it out.

The emulator knows no roles, so a server of a few lines answers as the service does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from sync.errors import StoreError
from sync.errors.access import StoreRefused
from sync.store import Store
from tests.store.conftest import Account

NOT_THIS = "This request is not authorized to perform this operation using this permission."
NOT_FROM_HERE = "This request is not authorized to perform this operation."
NO_KEYS = "Key based authentication is not permitted on this storage account."


def of_tables(code: str, said: str) -> tuple[str, str]:
    """A refusal of the table service: its type and its body."""
    return "application/json", f'{{"odata.error":{{"code":"{code}","message":{{"lang":"en-US","value":"{said}"}}}}}}'


def of_queues(code: str, said: str) -> tuple[str, str]:
    """A refusal of the queue service."""
    return "application/xml", f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{code}</Code><Message>{said}</Message></Error>"


Refusal = Callable[[str, str], tuple[str, str]]


@asynccontextmanager
async def account_that_refuses(refusal: Refusal, code: str, said: str) -> AsyncIterator[str]:
    """The connection string of an account named coupletstore that refuses everything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        await reader.readexactly(length)
        kind, body = refusal(code, said)
        lines = ("HTTP/1.1 403 Forbidden", f"x-ms-error-code: {code}", f"Content-Type: {kind}", f"Content-Length: {len(body)}")
        writer.write("\r\n".join((*lines, "Connection: close", "", body)).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/coupletstore"
    yield f"DefaultEndpointsProtocol=http;AccountName=coupletstore;AccountKey=YQ==;TableEndpoint={url};QueueEndpoint={url};"
    server.close()
    await server.wait_closed()


@asynccontextmanager
async def refusing(refusal: Refusal, code: str, said: str) -> AsyncIterator[Store]:
    """A store on such an account."""
    async with account_that_refuses(refusal, code, said) as connection:
        store = Store.open(Account(connection))
        yield store
        await store.close()


async def refused(store: Store, queue: bool) -> StoreRefused:
    """What is said of it."""
    with pytest.raises(StoreRefused) as caught:
        await (store.queue.length() if queue else store.entries.get("C", "CUSTOMER"))
    return caught.value


@pytest.mark.parametrize(
    ("refusal", "role"), [(of_tables, "Storage Table Data Contributor"), (of_queues, "Storage Queue Data Contributor")]
)
async def test_a_missing_role_is_named_with_the_account_that_it_is_missing_on(refusal: Refusal, role: str) -> None:
    async with refusing(refusal, "AuthorizationPermissionMismatch", NOT_THIS) as store:
        error = await refused(store, queue=refusal is of_queues)
    assert role in str(error) and "coupletstore" in str(error)
    assert error.detail == {"status": 403, "account": "coupletstore", "role": role}


@pytest.mark.parametrize(
    ("code", "said", "why"),
    [
        ("AuthorizationFailure", NOT_FROM_HERE, "network"),
        ("KeyBasedAuthenticationNotPermitted", NO_KEYS, "AzureWebJobsStorage__accountName"),
    ],
)
async def test_a_closed_network_and_an_account_without_keys_are_told_apart_from_a_missing_role(code: str, said: str, why: str) -> None:
    async with refusing(of_tables, code, said) as store:
        assert why in str(await refused(store, queue=False))


async def test_a_start_without_the_role_says_so_too() -> None:
    async with refusing(of_tables, "AuthorizationPermissionMismatch", NOT_THIS) as store:
        with pytest.raises(StoreRefused, match="Storage Table Data Contributor"):
            await store.create()


async def test_another_refusal_keeps_its_code() -> None:
    async with refusing(of_tables, "AccountIsDisabled", "The specified account is disabled.") as store:
        with pytest.raises(StoreError, match="AccountIsDisabled") as caught:
            await store.entries.get("C", "CUSTOMER")
    assert not isinstance(caught.value, StoreRefused)
