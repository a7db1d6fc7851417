"""The open connections of one process: made at the first use, shared by all invocations, one context per company."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Self

from mapping.model import TableMapping
from mapping.modes import in_mode, other_modes
from mapping.off import off, without
from mapping.ours import client_of
from mapping.parts import bound
from mapping.profiles import Unavailable, as_served, available
from mapping.values import Side
from sync.around.option_tables import SalesTables
from sync.around.ours import Ours, find_ours, with_marks, without_our_tables
from sync.around.reference import Reference, all_rows
from sync.context import Context
from sync.declared import check, declared_mappings
from sync.entry.connection import pause
from sync.entry.seat import sit_down
from sync.entry.switches import Switches, in_force
from sync.errors import AnotherCouplet, CompanyNotFound, ServiceUnusable, StoreError
from sync.errors.setup import OrdersOff
from sync.other_orders import coupled_otherwise
from sync.services.business_central import BusinessCentral
from sync.services.connections import Connections
from sync.services.model import ProfileName
from sync.settings import Settings
from sync.start import settings_of
from sync.store import Store
from sync.unconverted import Unconverted, find_unconverted, other_units

log = logging.getLogger("couplet")


class Environment:
    """Settings, store and services of this process, and the companies of Business Central that are configured.

    A process that is only `visiting`, such as a command that looks, takes no seat: it keeps nothing in step (rule G3).
    """

    def __init__(self, settings: Settings, store: Store, connections: Connections, *, visiting: bool = False) -> None:
        self.settings = settings
        self.store = store
        self.connections = connections
        self._visiting = visiting
        self.declared = declared_mappings(settings.mappings_file)
        self._contexts: dict[str, Context] = {}
        self._companies: list[str] = []
        self._other_units = other_units(self.declared.mappings, settings.modes)
        self._converted: dict[str, bool] = {}
        self._ours: Ours | None = None
        self._turn = asyncio.Lock()
        self.began = datetime.now(UTC)

    @classmethod
    def visit(cls, settings: Settings) -> Self:
        """One of its own for who only looks."""
        return cls(settings, Store.open(settings), Connections(settings), visiting=True)

    @property
    def connected(self) -> bool:
        """Whether this process has reached both services at least once."""
        return len(self._contexts) == len(self.settings.bc_companies)

    async def contexts(self) -> list[Context]:
        """One context per configured company, with what is in force now."""
        return [await self._now(ctx) for ctx in (await self._connected()).values()]

    async def context(self, company: str | None) -> Context:
        """The context of a company, by name or id; without one, the only company that is configured."""
        contexts = await self._connected()
        if company is None and len(contexts) == 1:
            return await self._now(next(iter(contexts.values())))
        wanted = (company or "").casefold()
        for name, ctx in contexts.items():
            if wanted in (name.casefold(), ctx.company.casefold()):
                return await self._now(ctx)
        raise CompanyNotFound(f"Say which company: ?company= takes {', '.join(contexts)}.")

    async def without_state(self, name: str) -> Context:
        """A company as both systems show it, for who looks while the state cannot be had: without switches, hold and couplings."""
        ctx = await self._seen(name)
        gone, whole = await self._able(ctx, {})
        return replace(ctx, mappings=bound(whole), declared=ctx.mappings, off=gone)

    async def _connected(self) -> dict[str, Context]:
        check(self.declared)
        await self.store.format.check()
        async with self._turn:
            if self._ours and self._ours.old:
                before, self._ours = self._ours, await self._found_now(self._ours)
                known = self._contexts if self._ours.tables == before.tables else {}
                self._contexts = {name: await self._marked(ctx) for name, ctx in known.items()}
            for name in self.settings.bc_companies:
                if name not in self._contexts:
                    self._contexts[name] = await self._connect(name)
                    await self._tell_of_strangers()
        return self._contexts

    async def _found_now(self, before: Ours) -> Ours:
        """What there is of our own by now; while Sales cannot be asked, what was there before."""
        try:
            return await find_ours(self.connections.sales)
        except ServiceUnusable as error:
            log.warning("Sales does not tell which columns it has: %s", error, extra={"code": error.code})
            return replace(before, asked=time.monotonic())

    async def _tell_of_strangers(self) -> None:
        """Once all companies are known: parts of the mappings file that are for none of them change nothing, and that is said."""
        if self.connected:
            names = [(name, ctx.company, await ctx.bc.company_name()) for name, ctx in self._contexts.items()]
            known = {each.casefold() for of_one in names for each in of_one}
            for stranger in sorted(self.declared.companies.keys() - known):
                log.warning("The mappings file has a part for %s, which BC_COMPANY does not name: it changes nothing.", stranger)

    async def _marked(self, ctx: Context) -> Context:
        """The context with what Sales has of our own columns; asked once for all companies."""
        self._ours = self._ours or await find_ours(ctx.sales)
        client = client_of(self.settings.bc_client, await ctx.bc.company_name())
        return replace(ctx, ours=self._ours, mappings=with_marks(ctx.mappings, self._ours, ctx.company, client))

    async def _now(self, ctx: Context) -> Context:
        """The context with the switches and the hold that stand in the store: what one instance was told holds for all at once."""
        state = await self.store.entries.state(ctx.company)
        gone, whole = await self._able(ctx, {name: entry.switches for name, entry in state.entries.items()})
        unconverted = await self._unconverted(ctx.company, whole)
        otherwise = await coupled_otherwise(self.store, ctx.company, whole, state.entries, self.settings.modes)
        held = unconverted.held.keys() | otherwise.keys()
        mappings = bound({name: mapping for name, mapping in whole.items() if name not in held})
        now = replace(ctx, mappings=mappings, declared=ctx.mappings, unconverted=unconverted, coupled_otherwise=otherwise)
        return replace(now, off=gone, entries=state.entries, hold=state.hold)

    async def _able(self, ctx: Context, switches: Mapping[str, Switches]) -> tuple[Mapping[str, str], dict[str, TableMapping]]:
        """What is off with these switches, each with the reason, and the mappings without what needs it."""
        switched = {name: in_force(mapping, switches.get(name, {})) for name, mapping in ctx.mappings.items()}
        gone = off(switched, await self._lacking(ctx, switched))
        return gone, {name: without(mapping, gone) for name, mapping in switched.items()}

    async def _lacking(self, ctx: Context, mappings: Mapping[str, TableMapping]) -> dict[str, str]:
        """Mappings that cannot work while a setting of the Sales organisation is off; while it cannot be asked, nothing is known."""
        wanted = {name: mapping.feature for name, mapping in mappings.items() if mapping.feature and mapping.enabled}
        try:
            known = (await ctx.reference.get("organization", ctx.sales.organization)).features if wanted else frozenset()
        except ServiceUnusable:
            return {}
        return {name: OrdersOff.said(name, feature) for name, feature in wanted.items() if feature not in known}

    async def _unconverted(self, company: str, mappings: Mapping[str, TableMapping]) -> Unconverted:
        """What is held back because of couplings of the other unit mode: once there are none, nobody makes any."""
        if self._converted.get(company):
            return Unconverted(left=self._other_units, whole=mappings)
        found = await find_unconverted(self.store, company, self._other_units, mappings)
        if found.held and company not in self._converted:
            log.warning("%s: held back until units are converted (POST unit-groups/convert): %s", company, ", ".join(sorted(found.held)))
        self._converted[company] = not found.held
        return found

    async def _belong(self, bc: BusinessCentral, company: str) -> None:
        """Couplings of another environment or organisation would couple strangers; amounts of another currency mean others (rule G1)."""
        organization = await self.connections.sales.organization()
        setup = await all_rows(bc, "generalLedgerSetup", ("id", "localCurrencyCode"))
        await self.store.entries.belong(
            company,
            environment=self.settings.bc_name,
            organization=organization.id,
            base_currency=organization.base_currency_id,
            local_currency=str(setup[0]["localCurrencyCode"]) if setup else "",
        )

    async def _connect(self, name: str) -> Context:
        bc = self.connections.business_central(name)
        company = await bc.company_id()
        await self._belong(bc, company)
        ctx = await self._seen(name)
        _tell(name, ctx.unavailable)
        if company not in self._companies:  # one list for all contexts: the first company knows of the second, too
            self._companies.append(company)
        try:
            if not self._visiting:
                await sit_down(ctx)
        except AnotherCouplet as error:
            # Held, not refused: a person looks at it here, and lets it take over here.
            await pause(self.store, company, error, None)
        return ctx

    async def _seen(self, name: str) -> Context:
        """A company as both systems show it: the store is not asked."""
        bc, sales = self.connections.business_central(name), self.connections.sales
        company = await bc.company_id()
        modes, profile = self.settings.modes, await bc.profile()
        served = as_served(in_mode(self.declared.of(name, company, await bc.company_name()), modes), profile.serves)
        mappings, unavailable = available(served, profile.name is ProfileName.EXTENDED, profile.tables)
        self._ours = self._ours or await find_ours(sales)
        mappings, lacking = without_our_tables(mappings, self._ours)
        unavailable = [*unavailable, *lacking]
        ctx = Context(
            company=company,
            companies=self._companies,
            settings=self.settings,
            store=self.store,
            bc=bc,
            sales=sales,
            services={Side.BC: bc, Side.SALES: SalesTables(sales)},
            reference=Reference(),
            mappings=mappings,
            unavailable=unavailable,
            other_modes=other_modes(self.declared.mappings, modes),
            country_aliases=self.declared.aliases,
        )
        return await self._marked(ctx)

    async def close(self) -> None:
        """Close everything."""
        await self.connections.close()
        await self.store.close()


def _tell(company: str, unavailable: Sequence[Unavailable]) -> None:
    """Say in the log what this Business Central does not serve, mapping by mapping."""
    for mapping, some in groupby(sorted(unavailable, key=lambda one: one.mapping), key=lambda one: one.mapping):
        told = ", ".join(f"{one.field or 'the whole mapping'} ({one.why})" for one in some)
        log.warning("%s: of %s is unavailable: %s", company, mapping, told)


class _Process:
    """The environment of this process, opened at the first invocation and never at import."""

    def __init__(self) -> None:
        self.environment: Environment | None = None
        self.turn: asyncio.Lock | None = None

    async def get(self) -> Environment:
        """The environment; raises SettingsError that names all settings that are missing or bad."""
        self.turn = self.turn or asyncio.Lock()
        async with self.turn:
            if self.environment is None:
                settings = settings_of(os.environ)
                store = Store.open(settings)
                try:
                    await store.create()
                    await store.format.settle()
                except StoreError:
                    await store.close()
                    raise
                self.environment = Environment(settings, store, Connections(settings))
        return self.environment


_PROCESS = _Process()


async def environment() -> Environment:
    """The environment of this process."""
    return await _PROCESS.get()


@asynccontextmanager
async def looking() -> AsyncIterator[Environment]:
    """The environment for who looks at everything: while the store of the process cannot be opened, one that visits."""
    try:
        opened = await environment()
    except StoreError:
        visitor = Environment.visit(settings_of(os.environ))
        try:
            yield visitor
        finally:
            await visitor.close()
    else:
        yield opened
