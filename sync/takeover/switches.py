"""How the native connector's mappings were set up, in the words of Couplet's switches, and where that differs from what is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapping.field import Direction
from mapping.model import TableMapping
from mapping.modes import Orders, Ownership
from mapping.policies import Companies, ConflictPolicy, DeletionPolicy
from mapping.values import Row
from sync.context import Context
from sync.entry.switches import SWITCHES, BadSwitch, changed

WAYS: Mapping[str, Direction] = {
    "Bidirectional": Direction.BOTH,
    "ToIntegrationTable": Direction.TO_SALES,
    "FromIntegrationTable": Direction.FROM_SALES,
}
DELETIONS: Mapping[str, DeletionPolicy] = {
    "None": DeletionPolicy.MANUAL,
    "Restore_x0020_Records": DeletionPolicy.RESTORE,
    "Remove_x0020_Coupling": DeletionPolicy.REMOVE_COUPLING,
}
CONFLICTS: Mapping[str, ConflictPolicy] = {
    "None": ConflictPolicy.MANUAL,
    "Send_x0020_Update_x0020_to_x0020_Integration": ConflictPolicy.BC_WINS,
    "Get_x0020_Update_x0020_from_x0020_Integration": ConflictPolicy.SALES_WINS,
}
OWN_WHEN_SHARED = (36, 5092)
"""Sales Header and Opportunity: there multi-company synchronisation takes rows of the own company alone, elsewhere those of any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One switch of a mapping: how the native connector had it, how it is here, and why it cannot be so here, if it cannot."""

    mapping: str
    switch: str
    native: Any
    here: Any
    refused: str | None = None


def natively(mapping: TableMapping, row: Row) -> dict[str, Any]:
    """The switches as a native table mapping has them; what Couplet has no word for is left out."""
    shared = Companies.OWN if row["tableId"] in OWN_WHEN_SHARED else Companies.ANY
    companies = shared if row["multiCompanySynchEnabled"] else None if mapping.companies is Companies.ANY else mapping.companies
    found = {
        "direction": WAYS.get(row["direction"]),
        "onlyCoupled": row["synchOnlyCoupledRecords"],
        "deletion": DELETIONS.get(row["deletionConflictResolution"]),
        "conflict": CONFLICTS.get(row["updateConflictResolution"]),
        "companies": companies or Companies.OWN_OR_NONE,
    }
    return {name: value for name, value in found.items() if value is not None}


def differences(ctx: Context, mapping: TableMapping, row: Row) -> list[Difference]:
    """The switches of a mapping that the native connector had otherwise than they are here; parts have none of their own."""
    if mapping.part_of:
        return []
    declared, present = ctx.declared[mapping.name], ctx.entry(mapping.name).switches
    here = {name: getattr(mapping, SWITCHES[name].field) for name in SWITCHES}
    wanted = {name: value for name, value in natively(mapping, row).items() if value != here[name]}
    found: list[Difference] = []
    for name, value in wanted.items():
        why = _refusal(declared, present, {name: value})
        found.append(Difference(mapping=mapping.name, switch=name, native=value, here=here[name], refused=why))
    return found


def _refusal(declared: TableMapping, present: Mapping[str, Any], patch: Mapping[str, Any]) -> str | None:
    try:
        changed(declared, present, patch)
    except BadSwitch as error:
        return str(error)
    return None


async def switch(ctx: Context, found: Sequence[Mapping[str, Any]]) -> None:
    """Switch what can be, as a person would have; what does not go together with a switch of another person is left alone."""
    for name in dict.fromkeys(one["mapping"] for one in found if one["mapping"] in ctx.declared):
        declared = ctx.declared[name]
        patch = {one["switch"]: one["native"] for one in found if one["mapping"] == name and not one["refused"]}

        def change(present: Mapping[str, Any], declared: TableMapping = declared, patch: Mapping[str, Any] = patch) -> Mapping[str, Any]:
            return present if _refusal(declared, present, patch) else changed(declared, present, patch)

        if patch:
            await ctx.store.entries.switch(ctx.company, name, change)


def modes(ctx: Context, dataverse: Row, sales: Row) -> list[dict[str, Any]]:
    """The app settings that decide which mappings there are, where the native set-up differs; nobody but an administrator changes these."""
    settings = ctx.settings
    owners = {"Person": Ownership.PERSON, "Team": Ownership.TEAM}
    found = {
        "ORDERS": (Orders.BOTH if sales.get("bidirectionalSalesOrders") else Orders.FROM_SALES, settings.orders),
        "UNIT_GROUPS": (sales.get("unitGroupMappingEnabled"), settings.unit_groups),
        "OWNERSHIP": (owners.get(str(dataverse.get("ownershipModel"))), settings.ownership),
    }
    known = {name: pair for name, pair in found.items() if pair[0] is not None and (sales or name == "OWNERSHIP")}
    return [{"setting": name, "native": native, "here": here} for name, (native, here) in known.items() if native != here]
