"""Work messages: what is on the queue. Each carries a format number, the company and the trace context; ids only, never data of people."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from mapping.policies import DeletionPolicy
from sync.heart.choice import Choice
from sync.heart.plan import Act, Run, Side, StartRule
from sync.telemetry.trace import new_trace, traceparent

FORMAT = 1
IDS_A_MESSAGE = 100

Message = dict[str, Any]


def _message(kind: str, company: str, **content: Any) -> Message:
    return {"format": FORMAT, "kind": kind, "company": company, **content, "traceparent": traceparent() or new_trace()}


def scan(company: str, mapping: str) -> Message:
    """Look what changed on both sides of a mapping since last time."""
    return _message("scan", company, mapping=mapping, look=secrets.token_hex(8))


def records(
    company: str,
    mapping: str,
    side: Side,
    ids: Sequence[str],
    *,
    run: Run | None = None,
    job: str | None = None,
    first: int = 0,
    agreed: Act | None = None,
    deletion: DeletionPolicy | None = None,
    total: int | None = None,
) -> list[Message]:
    """Synchronise these records, 1 to 100 a message; those of a job are numbered from `first`.

    `agreed` is let through by the brake; `deletion` is what a person wants instead of the mapping's policy; `total` is how many records
    the job has, where that is known.
    """
    parts = [list(ids[start : start + IDS_A_MESSAGE]) for start in range(0, len(ids), IDS_A_MESSAGE)]
    each = {"mapping": mapping, "side": side, "run": dump_run(run), "job": job, "agreed": agreed, "deletion": deletion, "total": total}
    return [_message("records", company, ids=part, number=f"{side}-{first + place}", **each) for place, part in enumerate(parts)]


def page(company: str, mapping: str, side: Side, *, run: Run, job: str, number: int, link: str | None) -> Message:
    """Walk one page of a whole table; the first has no link."""
    return _message(
        "page", company, mapping=mapping, side=side, run=dump_run(run), job=job, number=f"{side}-{number}", place=number, link=link
    )


def match(company: str, mapping: str, *, job: str, place: int) -> Message:
    """One step of match-based coupling: the first finds out who belongs to whom, each further one works a part of what it found."""
    return _message("match", company, mapping=mapping, job=job, number=f"match-{place}", place=place)


def compare(company: str, mapping: str, job: str) -> Message:
    """Compare the ids of both tables of a mapping with its couplings."""
    return _message("compare", company, mapping=mapping, job=job, side=Side.BC, number="compare")


def convert(company: str, *, job: str, place: int, stage: int, after: str | None, run: Run) -> Message:
    """One page of the conversion of units: of the mapping of this stage, behind this record of BC."""
    return _message("convert", company, job=job, number=f"convert-{place}", place=place, stage=stage, after=after, run=dump_run(run))


def take_over(company: str, kind: str, *, job: str, place: int, stage: int, link: str | None) -> Message:
    """One page of taking over couplings, or of making them again: of this stage of the job, behind this link."""
    return _message(kind, company, job=job, number=f"{kind}-{place}", place=place, stage=stage, link=link)


def advance(company: str, full_sync: str) -> Message:
    """Start those lines of a full synch whose turn it is."""
    return _message("advance", company, fullSync=full_sync)


def modified(company: str, mappings: Sequence[str], *, job: str, number: int) -> Message:
    """Look at the first of these mappings, then at the rest."""
    return _message("modified", company, mapping=mappings[0], rest=list(mappings[1:]), job=job, number=number)


def undo(company: str, mapping: str, job: str, *, undone: str, after: str | None, number: int) -> Message:
    """Put back what another job replaced: the row of changes behind `after`."""
    return _message("undo", company, mapping=mapping, job=job, undone=undone, after=after, number=f"undo-{number}")


def uncoupling(company: str, mapping: str, side: Side, ids: Sequence[str], *, job: str) -> list[Message]:
    """Uncouple these records, 1 to 100 a message."""
    parts = [list(ids[start : start + IDS_A_MESSAGE]) for start in range(0, len(ids), IDS_A_MESSAGE)]
    return [
        _message("uncouple", company, mapping=mapping, side=side, ids=part, job=job, number=f"{side}-{place}")
        for place, part in enumerate(parts)
    ]


def dump_run(run: Run | None) -> Message | None:
    """A run as JSON."""
    if run is None:
        return None
    return {
        "creates": sorted(run.creates),
        "couples": run.couples,
        "startRule": run.start_rule,
        "forced": run.forced,
        "unconditional": run.unconditional,
        "rehearsal": run.rehearsal,
        "choices": {unit: {"side": choice.side, "code": choice.code} for unit, choice in run.choices.items()},
    }


def _choice(said: Message) -> Choice:
    """A choice that can travel: a side, or both as they are. Typed values are data of people and are carried out where they are typed."""
    return Choice(side=Side(said["side"]) if said["side"] else None, code=said["code"])


def load_run(stored: Message | None, default: Run) -> Run:
    """The run that a message carries, or the default."""
    if stored is None:
        return default
    creates = frozenset(Side(side) for side in stored["creates"])
    forced = stored.get("forced")
    return Run(
        creates=creates,
        couples=stored["couples"],
        start_rule=StartRule(stored["startRule"]),
        forced=Side(forced) if forced else None,
        unconditional=stored.get("unconditional", False),
        rehearsal=stored.get("rehearsal"),
        choices={unit: _choice(said) for unit, said in stored.get("choices", {}).items()},
    )
