"""The running app, asked over its HTTP API: with a function key, or with a token where people sign in.

Its address, key and token come from the command line, a file of settings or the environment, there as COUPLET, KEY and TOKEN, the names
that the pages under docs/ use.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

import httpx

from infra.command_line import environment
from sync import setting_values
from sync.errors.setup import AppRefused, AppUnreachable
from sync.setting_values import ADDRESS, is_loopback

ANSWER, CONNECT = 240.0, 15.0
"""Seconds: the load balancer before the app gives a call up after 230."""

STRANGE = "this is no answer of Couplet; is it the right address?"

POLL = 2.0
"""Seconds between two looks at a job."""


NAMES = {"app": "COUPLET", "key": "KEY", "token": "TOKEN"}
"""Under which name of the environment, or of a file of settings, an option stands that is not given."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What every command takes that asks the running app."""
    parser.add_argument("--app", help="the address of the app, https://<name>.azurewebsites.net; or COUPLET")
    parser.add_argument("--key", help="a function key of the app; better in KEY, where no list of processes shows it")
    parser.add_argument("--token", help="instead of a key, where people sign in to the app; better in TOKEN")
    parser.add_argument("--company", help="name or id of the company, where the app has several")


def with_names(given: argparse.Namespace) -> argparse.Namespace:
    """What is not given comes from the file of settings or the environment."""
    known = environment(given.settings) if "app" in given else {}
    named = {option: known.get(name) for option, name in NAMES.items() if option in given and not getattr(given, option)}
    return argparse.Namespace(**{**vars(given), **named})


class App:
    """The app as one caller uses it. `async with` closes its connections."""

    def __init__(self, address: str, *, key: str | None = None, token: str | None = None, company: str | None = None) -> None:
        try:
            address = setting_values.address(address.strip()).removesuffix("/api")
        except ValueError as error:
            raise ValueError(f"--app (or COUPLET) must be {ADDRESS}") from error
        self._company = {"company": company} if company else {}
        headers = {"authorization": f"Bearer {token}"} if token else {"x-functions-key": key} if key else {}
        self._http = httpx.AsyncClient(
            base_url=f"{address}/api/",
            headers=headers,
            timeout=httpx.Timeout(ANSWER, connect=CONNECT),
            follow_redirects=False,  # key and token go to no other origin
            trust_env=not is_loopback(address),
        )

    @classmethod
    def of(cls, given: argparse.Namespace) -> Self:
        """The app that the arguments name; ValueError when they name none, or an address that takes no key."""
        if not given.app:
            raise ValueError("--app (or COUPLET) is not given: the address of the running app")
        return cls(given.app, key=given.key, token=given.token, company=given.company)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **asked: str) -> Any:
        """What a call answers."""
        return await self.call("GET", path, asked=asked)

    async def post(self, path: str, body: Mapping[str, Any] | None = None, **asked: str) -> Any:
        """Ask for something to be done."""
        return await self.call("POST", path, body=json.dumps(body or {}).encode(), asked=asked)

    async def call(self, verb: str, path: str, *, body: bytes | None = None, asked: Mapping[str, str] | None = None) -> Any:
        """One call: the JSON of its answer; AppRefused, with what the app says and its remedy, for anything but success."""
        answer = await self.raw(verb, path, body=body, asked=asked)
        try:
            return answer.json()
        except ValueError as error:
            raise AppRefused(f"{verb} {path}: {STRANGE}") from error

    async def raw(self, verb: str, path: str, *, body: bytes | None = None, asked: Mapping[str, str] | None = None) -> httpx.Response:
        """One call whose answer is no JSON object."""
        try:
            answer = await self._http.request(verb, path, content=body, params={**self._company, **(asked or {})})
        except httpx.HTTPError as error:
            raise AppUnreachable(f"{self._http.base_url} does not answer ({type(error).__name__}).") from error
        if not answer.is_success:
            raise _refusal(f"{verb} {path}", answer)
        return answer

    async def pages(self, path: str, **asked: str) -> AsyncIterator[Any]:
        """Everything that a list holds, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self.get(path, **asked, **({"cursor": cursor} if cursor else {}))
            for each in page["value"]:
                yield each
            cursor = page.get("cursor")

    async def ended(self, path: str, seconds: float = 3600.0) -> Any:
        """What a job answers once it is over (`jobs/{id}`, `full-sync/{id}`); TimeoutError after so many seconds."""
        async with asyncio.timeout(seconds):
            while not (job := await self.get(path)).get("finishedAt"):
                await asyncio.sleep(POLL)
        return job


def _refusal(call: str, answer: httpx.Response) -> AppRefused:
    """What the app says of a call that it does not carry out; before it, the platform speaks without JSON."""
    try:
        said = answer.json()
    except ValueError:
        said = None
    known = said if isinstance(said, dict) else {}
    code = str(known.get("type", "")).removeprefix("urn:couplet:")
    text = " ".join(str(known[name]) for name in ("detail", "remedy") if known.get(name)) or STRANGE
    return AppRefused(f"{call}: {answer.status_code} {code}".rstrip() + f": {text}", status=answer.status_code, answer=known)
