"""Asks what is wanted, prepares Sales as you, writes the parameter file; with --app, couples salespeople and offers a full synch."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.command_line import NOT_ALL, SLOW, complain, environment, say
from infra.guide import asked, organisations, parameters, running, team
from infra.guide.questions import Asker, Question, answers_of
from infra.setup import app, systems
from infra.setup.sign_in import AZURE_CLI, PersonSignIn
from mapping.modes import Ownership
from sync.clouds import Cloud
from sync.services.connections import Connections
from sync.settings import Settings

UNKNOWN = "00000000-0000-0000-0000-000000000000"
STAND_INS = {
    "SALES_URL": "https://unknown.example",
    "BC_COMPANY": "unknown",
    "ENTRA_CLIENT_ID": UNKNOWN,
    "ENTRA_TENANT_ID": UNKNOWN,
}
NO_ENVIRONMENT = {"BC_ENVIRONMENT": "unknown"}
"""Where there is no answer yet; nobody is asked anything with it."""

APPS_OWN = ("ENTRA_CLIENT_SECRET", "ENTRA_CERTIFICATE", "ENTRA_FEDERATION", "AzureWebJobsStorage", "AzureWebJobsStorage__accountName")
NOT_USED = {"ENTRA_FEDERATION": "managed-identity", "AzureWebJobsStorage": "UseDevelopmentStorage=true"}
"""How the app signs in and where its state is; the administrator's guide uses neither."""

ELSEWHERE = ("CLOUD", "BC_URL", "BC_CLIENT_URL", "BC_SCOPE", "BC_INSTANCE", "BC_TENANT", "BC_USER")
"""What the guide is told of another cloud or of a server on premises, and the app needs to know as well (docs/mixed-setups.md)."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Answers, where the file goes, and the app once it runs."""
    parser.add_argument("--answers", type=Path, help="a TOML file of answers by name; what it leaves open is asked")
    parser.add_argument("--unasked", action="store_true", help="ask nobody: what the file leaves open gets the usual answer")
    parser.add_argument("--out", type=Path, help="the parameter file; infra/<installation>.bicepparam")
    parser.add_argument("--overwrite", action="store_true", help="replace a parameter file that is there")
    parser.add_argument("--discovery", help="another discovery service than that of the cloud")
    parser.add_argument("--client", default=AZURE_CLI, help="the public client that you sign in with; that of the Azure CLI")
    app.arguments(parser)


async def run(given: argparse.Namespace) -> int:
    """Before there is an app: questions, the file, Sales. With --app what is left once it runs: salespeople and the first full synch."""
    asker = Asker(answers_of(given.answers), None if given.unasked else _typed, say)
    if given.app:
        say(f"The app runs at {given.app}: what is left.")
        async with app.App.of(given) as there:
            return await running.first_steps(there, asker, say)
    known = {name: value for name, value in environment(given.settings).items() if name not in APPS_OWN}
    guide = Guide(given, asker, {**({} if known.get("BC_INSTANCE") else NO_ENVIRONMENT), **STAND_INS, **known, **NOT_USED})
    try:
        return await guide.before()
    finally:
        await guide.close()


def _typed(prompt: str) -> str:
    """What a person types; nobody there is the end."""
    try:
        return input(prompt)
    except EOFError as error:
        raise ValueError("Nobody answers: give --answers, or --unasked") from error


class Guide:
    """The first half: what both systems are, what is wanted of them, and Sales prepared for it."""

    def __init__(self, given: argparse.Namespace, asker: Asker, known: Mapping[str, str]) -> None:
        self._given = given
        self._asker = asker
        self._known = dict(known)
        self._answers: dict[Question, str] = {}
        self._sign_in: PersonSignIn | None = None
        self._connections: Connections | None = None

    async def before(self) -> int:
        """Ask, write the file, and prepare Sales; NOT_ALL when something is left to be done."""
        self._ask(asked.TENANT)
        connections = await self._ask_where()
        for question in (asked.CLIENT, *asked.BEFORE):
            self._ask(question)
        if not self._write():
            return NOT_ALL
        code = await self._prepare(connections)
        await self._own(connections)
        if asked.parameters_of(self._answers)["nearRealTime"]:
            say(f"The first deployment brings the secret of the webhooks, which nobody types: {parameters.NEW_SECRET} before its command.")
        say("Next: deploy with this file (docs/deploy.md), then run the guide again with --app: salespeople, full synch.")
        return code

    async def close(self) -> None:
        """Forget the person who signed in."""
        if self._connections:
            await self._connections.close()
        elif self._sign_in:
            self._sign_in.close()

    def _ask(self, question: Question, **found: Any) -> None:
        usual = self._known.get(question.setting, "") if question.setting else ""
        stand_in = usual == {**STAND_INS, **NO_ENVIRONMENT}.get(question.setting)
        self._answers[question] = self._asker.answer(question, **{"usual": None if stand_in else usual, **found})

    @property
    def _settings(self) -> Settings:
        """As far as there are answers."""
        return Settings.load({**self._known, **asked.settings_of(self._answers)})

    async def _ask_where(self) -> Connections:
        """Sign in, and choose among what the person sees; both systems as that person."""
        self._sign_in = PersonSignIn(self._settings, say, client=self._given.client)
        discovery = self._given.discovery or organisations.DISCOVERY[Cloud(self._settings.cloud)]
        found = await organisations.organisations(self._settings, self._sign_in, discovery)
        for address, name in found.items():
            say(f"  {name}: {address}")
        self._ask(asked.SALES, **({"usual": next(iter(found))} if len(found) == 1 else {}))
        if not self._settings.bc_instance:
            self._ask(asked.ENVIRONMENT)
        self._connections = Connections(self._settings, sign_in=self._sign_in, patience=SLOW)
        companies = [str(row["name"]) for row in await self._connections.business_central("").companies()]
        self._ask(asked.COMPANIES, choices=companies, **({"usual": companies[0]} if len(companies) == 1 else {}))
        return self._connections

    def _write(self) -> bool:
        """The parameter file; one that is there stays unless it is to be replaced."""
        values = asked.parameters_of(self._answers)
        values["settings"] = {**{name: self._known[name] for name in ELSEWHERE if self._known.get(name)}, **values["settings"]}
        file: Path = self._given.out or parameters.MAIN.parent / f"{values['installation']}.bicepparam"
        text = parameters.written(values, file.resolve().parent)
        if file.exists() and file.read_text(encoding="utf-8") == text:
            say(f"{file} is as it should be")
            return True
        if file.exists() and not self._given.overwrite:
            complain(f"{file} is there already and says something else: name another with --out, or give --overwrite")
            return False
        file.write_text(text, encoding="utf-8")
        say(f"{file} is written")
        return True

    async def _prepare(self, connections: Connections) -> int:
        """Sales, a dry run first."""
        orders = True if "ORDERS" in asked.settings_of(self._answers) else None  # a person switches off
        code = await systems.prepared(connections, self._settings, systems.Wanted(apply=False, orders=orders))
        if not self._asker.yes(asked.PREPARE):
            return code
        return await systems.prepared(connections, self._settings, systems.Wanted(apply=True, orders=orders))

    async def _own(self, connections: Connections) -> None:
        """In the team model: unit, team, role and members of each company."""
        if self._settings.ownership is not Ownership.TEAM:
            return
        for name in self._settings.bc_companies:
            ctx = await team.seen(self._settings, connections, name)
            for each in await team.missing(ctx):
                say(f"to do: {each}")
            if self._asker.yes(asked.TEAM):
                await team.made(ctx, say)
            await ctx.store.close()
