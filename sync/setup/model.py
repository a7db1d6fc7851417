"""What a requirement is: a name, what it says, how it is looked at, and what was found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.context import Context
from sync.environment import Environment
from sync.errors import StoreError


@dataclass
class Place:
    """What is looked at: this process and one company, by the name or id of its setting."""

    environment: Environment
    company: str
    _known: asyncio.Task[Context] | None = None
    _seen: asyncio.Task[Context] | None = None

    async def context(self) -> Context:
        """The company as all work sees it; raises what keeps the app from working at all, which is tried once for all requirements."""
        self._known = self._known or asyncio.create_task(self.environment.context(self.company))
        return await self._known

    async def systems(self) -> Context:
        """The company as both systems show it: as all work sees it, or while the state cannot be had, without what is kept there."""
        try:
            return await self.context()
        except StoreError:
            self._seen = self._seen or asyncio.create_task(self.environment.without_state(self.company))
            return await self._seen


Facts = Mapping[str, Any]
Look = Callable[[Place], Awaitable[Facts]]
"""Answers what was found, and raises an error of the tree, which names the remedy, where the requirement is not met."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """Something that must be in place; without what is not `needed` the rest works."""

    name: str
    says: str
    look: Look
    needed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One requirement, met or not: what was found, else the code, what is wrong, and what to do."""

    name: str
    says: str
    needed: bool
    met: bool
    code: str | None = None
    detail: str | None = None
    remedy: str | None = None
    facts: Facts = field(default_factory=dict)
