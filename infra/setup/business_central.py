"""What Business Central's API can be told for the app: its permission sets. The rest is a list of what a person clicks, exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.setup.steps import Plan, Step
from sync.errors import AppNotAdmitted, ServiceError, ServiceUnusable
from sync.services.business_central import BusinessCentral

EXTENSION = str(json.loads((Path(__file__).parents[1] / "business-central" / "app.json").read_text(encoding="utf-8"))["id"])
SETS = ("COUPLET READ", "COUPLET EDIT")
SUPER = "SUPER"
USUAL = "Couplet"
"""How the card of the app is called unless the command says otherwise."""

UPLOAD = (
    "compile infra/business-central and install it (Business Central admin center, the environment's Apps); without it works what "
    "docs/profiles.md lists"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """Whether the extension is there, the user behind the app's card if one is called so, what he is permitted, and the sets there are."""

    company: str
    name: str
    extended: bool
    user: Mapping[str, Any] | None
    permitted: Sequence[Mapping[str, Any]]
    sets: Mapping[str, Mapping[str, Any]]


async def look(client: BusinessCentral, card: str) -> Present:
    """What the automation API tells; it shows users by name and not by the id of their application."""
    company, api = await client.company_id(), client.automation
    users = await api.rows(company, "users")
    wanted = card.casefold()
    user = next((each for each in users if wanted in (str(each["userName"]).casefold(), str(each["displayName"]).casefold())), None)
    return Present(
        company=company,
        name=await client.company_name(),
        extended=any(each["id"] == EXTENSION and each["isInstalled"] for each in await api.rows(company, "extensions")),
        user=user,
        permitted=await api.rows(company, f"users({user['userSecurityId']})/userPermissions") if user else (),
        sets={str(each["id"]): each for each in await api.rows(company, "permissionSets")},
    )


def plan(present: Present, card: str, client_id: str) -> Plan:
    """The permission sets that the app's user lacks in this company; what has no API, as clicks."""
    notes = () if present.extended else (f"the extension is not installed: {UPLOAD}",)
    if present.user is None:
        return Plan(by_hand=(clicks(card, client_id, present.extended),), notes=notes)
    by_hand: list[str] = []
    if any(each["roleId"] == SUPER for each in present.permitted):
        by_hand.append(f"the user {card} has the permission set SUPER, which an app must not have: take it away on its card")
    if not present.extended:
        by_hand.append(f"the user {card} needs permission sets that reach the tables of the mappings: check them on its card")
    held = {each["roleId"] for each in present.permitted if each["company"] in ("", present.name)}
    lacking = [name for name in SETS if name in present.sets and name not in held]
    path = f"users({present.user['userSecurityId']})/userPermissions"
    return Plan(steps=tuple(_step(present, card, path, name) for name in lacking), by_hand=tuple(by_hand), notes=notes)


def _step(present: Present, card: str, path: str, name: str) -> Step:
    known = present.sets[name]
    values = {"roleId": name, "company": present.name, "scope": known["scope"], "appId": known["appId"]}
    return Step(f"give {card} the permission set {name} in {present.name}", "POST", path, values)


def clicks(card: str, client_id: str, extended: bool) -> str:
    """How a person makes the card of the app."""
    sets = f"permission sets {' and '.join(SETS)}" if extended else "permission sets that reach the tables of the mappings"
    return (
        f"unless the app has a card of another name than {card} (--card): Business Central, page Microsoft Entra Applications, New: "
        f"Client ID {client_id}, Description {card}, {sets}, State Enabled; then Grant Consent"
    )


async def looked_at(client: BusinessCentral, card: str, client_id: str) -> Plan:
    """The plan; where the person who signs in may not look, the clicks."""
    try:
        return plan(await look(client, card), card, client_id)
    except ServiceError as error:
        if isinstance(error, ServiceUnusable) and not isinstance(error, AppNotAdmitted):
            raise
        why = f"the automation API refuses who signs in ({error}); then all is by hand"
        return Plan(by_hand=(clicks(card, client_id, extended=True),), notes=(why, f"the extension: {UPLOAD}"))
