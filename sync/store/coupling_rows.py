"""A coupling as its two table rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mapping.values import Value
from sync.heart.coupling import Coupling, Held, Lease, Life, Turn
from sync.heart.plan import Side
from sync.store import keys
from sync.store.records import join, moment, split, to_json
from sync.store.tables import Entity

FEW = ("company", "mapping", "bc", "sales", "life", "lifeNumber", "bcVersion", "salesVersion", "syncedAt", "job")
"""The columns of a walk: everything but what each side held, lease and intent."""


def partition(coupling: Coupling) -> str:
    """The partition a coupling is stored in."""
    return keys.partition(coupling.company, coupling.mapping)


def bc_key(coupling: Coupling) -> tuple[str, str]:
    """The key of the row that holds everything."""
    return partition(coupling), keys.record(Side.BC, coupling.bc_id)


def sales_key(coupling: Coupling) -> tuple[str, str]:
    """The key of the pointer."""
    return partition(coupling), keys.record(Side.SALES, coupling.sales_id)


def pointer(coupling: Coupling) -> Entity:
    """The row of the Sales side: written once, it only says which BC record is coupled."""
    partition_key, row_key = sales_key(coupling)
    return {"PartitionKey": partition_key, "RowKey": row_key, "bc": coupling.bc_id}


def to_row(coupling: Coupling) -> Entity:
    """The row of the BC side, with everything; what is not set has no property."""
    partition_key, row_key = bc_key(coupling)
    row: Entity = {
        "PartitionKey": partition_key,
        "RowKey": row_key,
        "company": coupling.company,
        "mapping": coupling.mapping,
        "bc": coupling.bc_id,
        "sales": coupling.sales_id,
        "life": coupling.life.value,
        "lifeNumber": coupling.life_number,
        "bcVersion": coupling.bc_version,
        "salesVersion": coupling.sales_version,
        "syncedAt": moment(coupling.synced_at) if coupling.synced_at else None,
        "job": coupling.job,
        "claimedAt": moment(coupling.claimed_at) if coupling.claimed_at else None,
    }
    if coupling.held:
        row |= split("held", to_json(pairs(coupling.held)))
    if coupling.intent:
        row |= split("intent", to_json({side: pairs(meant) for side, meant in coupling.intent.items()}))
    if coupling.turns:
        turns = {name: [[turn.side, turn.digest, moment(turn.at)] for turn in taken] for name, taken in coupling.turns.items()}
        row |= split("turns", to_json(turns))
    if coupling.asked:
        row |= split("asked", to_json(sorted(coupling.asked)))
    if coupling.lease:
        row |= {"leaseOwner": coupling.lease.owner, "leaseUntil": moment(coupling.lease.until)}
    return {name: value for name, value in row.items() if value is not None}


def from_row(row: Entity) -> Coupling:
    """The coupling of a BC row, with its etag."""
    synced = row.get("syncedAt")
    return Coupling(
        company=row["company"],
        mapping=row["mapping"],
        bc_id=row["bc"],
        sales_id=row["sales"],
        life=Life(row["life"]),
        life_number=row["lifeNumber"],
        held=from_pairs(json.loads(join(row, "held") or "{}")),
        bc_version=row.get("bcVersion"),
        sales_version=row.get("salesVersion"),
        lease=Lease(row["leaseOwner"], datetime.fromisoformat(row["leaseUntil"])) if "leaseOwner" in row else None,
        claimed_at=datetime.fromisoformat(row["claimedAt"]) if "claimedAt" in row else None,
        intent=_intent(join(row, "intent")),
        turns=_turns(join(row, "turns")),
        asked=frozenset(json.loads(join(row, "asked") or "[]")),
        synced_at=datetime.fromisoformat(synced) if synced else None,
        job=row.get("job"),
        etag=row["etag"],
    )


def _pair(held: Held) -> list[Value]:
    """What both sides held; one value when they held the same (rule B1); a third one says that a person left them so."""
    if held.accepted:
        return [held.bc, held.sales, True]
    return [held.bc] if held.bc == held.sales and type(held.bc) is type(held.sales) else [held.bc, held.sales]


def pairs(helds: Mapping[str, Held]) -> dict[str, list[Value]]:
    """What both sides held, as JSON."""
    return {name: _pair(held) for name, held in helds.items()}


def from_pairs(stored: Mapping[str, Any]) -> Mapping[str, Held]:
    """What both sides held, from JSON."""
    return {name: Held(_value(pair[0]), _value(pair[1] if len(pair) > 1 else pair[0]), len(pair) > 2) for name, pair in stored.items()}


def _value(stored: Any) -> Value:
    return tuple(stored) if isinstance(stored, list) else stored


def _turns(text: str) -> Mapping[str, tuple[Turn, ...]]:
    stored = json.loads(text or "{}")
    return {name: tuple(Turn(side, digest, datetime.fromisoformat(at)) for side, digest, at in taken) for name, taken in stored.items()}


def _intent(text: str) -> Mapping[str, Mapping[str, Held]]:
    return {side: from_pairs(meant) for side, meant in json.loads(text or "{}").items()}
