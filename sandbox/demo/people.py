"""What people do all day: edits on one side, on both sides, and two that contradict each other."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.demo.stage import DemoFailed, Row, Stage, wait_for

MAPPING = "CUSTOMER"
SAME = (("displayName", "name"), ("phoneNumber", "telephone1"), ("website", "websiteurl"), ("addressLine1", "address1_line1"))
"""Fields that must agree, and hold something, in a customer that the demo takes."""

ORDINARY = re.compile(r"C1\d+")
"""Numbers of everyday customers; the odd ones are called after what is odd about them."""

NOT_BLOCKED = "_x0020_"
CUSTOMER_TYPE = 3
SETTLE_SECONDS = 1.5
"""A look that began just before the hold reads on for a moment."""


@dataclass(frozen=True)
class Pair:
    """A customer that both systems hold."""

    number: str
    name: str
    bc_id: str
    sales_id: str


def people_at_work(stage: Stage) -> Row:
    """Show the four kinds of edits, each on a customer of its own; the seconds until each arrived."""
    first, second, third, fourth = plain_pairs(stage, 4)
    return {
        "customerToSales": customer_to_sales(stage, first),
        "accountToBusinessCentral": account_to_bc(stage, second),
        "twoPeopleMerged": two_people(stage, third),
        "conflict": contradiction(stage, fourth),
    }


def plain_pairs(stage: Stage, count: int) -> list[Pair]:
    """Customers without any oddity: same number on both sides, once, active, in step and without a problem."""
    troubled = {row[side] for row in stage.couplet.listed("problems", mapping=MAPPING) for side in ("bcId", "salesId")}
    accounts = stage.sales.rows(stage.sales.table)
    uses = Counter(row["accountnumber"] for row in accounts)
    by_number = {row["accountnumber"]: row for row in accounts if uses[row["accountnumber"]] == 1}
    found = [
        Pair(bc["number"], bc["displayName"], bc["id"], by_number[bc["number"]]["accountid"])
        for bc in stage.bc.rows(stage.bc.table)
        if bc["number"] in by_number and _plain(bc, by_number[bc["number"]], troubled)
    ]
    if len(found) < count:
        raise DemoFailed(f"the demo company holds {len(found)} plain customers that are in step; the demo needs {count}")
    return sorted(found, key=lambda pair: not ORDINARY.fullmatch(pair.number))[:count]


def _plain(bc: Row, account: Row, troubled: set[str | None]) -> bool:
    active = bc["blocked"] == NOT_BLOCKED and account["statecode"] == 0 and account["customertypecode"] == CUSTOMER_TYPE
    in_step = all(bc[ours] and bc[ours] == account[theirs] for ours, theirs in SAME)
    return active and in_step and not troubled & {bc["id"], account["accountid"]}


def customer_to_sales(stage: Stage, pair: Pair) -> Row:
    """A phone number changed in Business Central."""
    stage.screen.chapter("A customer changes in Business Central")
    phone, since = "+49 30 5550101", time.monotonic()
    stage.bc.edit(pair.bc_id, {"phoneNumber": phone})
    stage.screen.say(f"{pair.number} {pair.name}: phone is now {phone}. The timers look every five seconds ...")
    what = f"the phone of {pair.number} in Sales"
    seconds = _arrives(what, lambda: stage.sales.customer(pair.sales_id)["telephone1"] == phone, since)
    stage.screen.say(f"In Sales after {seconds:.1f} s", "green")
    return _step(pair, seconds)


def account_to_bc(stage: Stage, pair: Pair) -> Row:
    """A street changed in Sales."""
    stage.screen.chapter("An account changes in Sales")
    street, since = "Am Alten Hafen 12", time.monotonic()
    stage.sales.edit(pair.sales_id, {"address1_line1": street})
    stage.screen.say(f"{pair.number} {pair.name}: street is now {street}")
    what = f"the street of {pair.number} in Business Central"
    seconds = _arrives(what, lambda: stage.bc.customer(pair.bc_id)["addressLine1"] == street, since)
    stage.screen.say(f"In Business Central after {seconds:.1f} s", "green")
    return _step(pair, seconds)


def two_people(stage: Stage, pair: Pair) -> Row:
    """Two fields of one record changed at the same time, one on each side."""
    stage.screen.chapter("Two people edit the same customer at the same time")
    phone, website = "+49 40 5550102", "https://www.neu.example"

    def edits() -> None:
        stage.bc.edit(pair.bc_id, {"phoneNumber": phone})
        stage.sales.edit(pair.sales_id, {"websiteurl": website})

    since = _at_once(stage, edits)
    stage.screen.say(f"{pair.number} {pair.name}: phone {phone} in Business Central, website {website} in Sales")

    def merged() -> bool:
        bc, account = stage.bc.customer(pair.bc_id), stage.sales.customer(pair.sales_id)
        return (bc["phoneNumber"], bc["website"]) == (account["telephone1"], account["websiteurl"]) == (phone, website)

    seconds = _arrives(f"both edits of {pair.number} on both sides", merged, since)
    stage.screen.say(f"Both edits on both sides after {seconds:.1f} s, nobody's work is lost", "green")
    return _step(pair, seconds)


def contradiction(stage: Stage, pair: Pair) -> Row:
    """One field changed to different values on both sides, and another field on one side."""
    stage.screen.chapter("Two people contradict each other")
    ours, theirs, website = "+49 89 5550103", "+49 89 5550104", "https://www.umgezogen.example"

    def edits() -> None:
        stage.bc.edit(pair.bc_id, {"phoneNumber": ours, "website": website})
        stage.sales.edit(pair.sales_id, {"telephone1": theirs})

    since = _at_once(stage, edits)
    stage.screen.say(f"{pair.number} {pair.name}: phone {ours} in Business Central (with a new website), {theirs} in Sales")
    what = f"the new website of {pair.number} in Sales"
    website_seconds = _arrives(what, lambda: stage.sales.customer(pair.sales_id)["websiteurl"] == website, since)
    problem, seconds = wait_for(f"the conflict about {pair.number}", lambda: _conflict(stage, pair), since=since)
    kept = (stage.bc.customer(pair.bc_id)["phoneNumber"], stage.sales.customer(pair.sales_id)["telephone1"])
    if kept != (ours, theirs):
        raise DemoFailed(f"a conflict must leave both values as they are, but {pair.number} now has the phones {' and '.join(kept)}")
    stage.screen.say(f"The website went through after {website_seconds:.1f} s", "green")
    stage.screen.say(f"The phone waits for a person: {problem['message']}", "yellow")
    return _step(pair, website_seconds) | {"problemSeconds": seconds, "problem": problem}


def _conflict(stage: Stage, pair: Pair) -> Row | None:
    open_problems = stage.couplet.listed("problems", mapping=MAPPING, code="conflicting_edits")
    return next((row for row in open_problems if pair.bc_id == row["bcId"]), None)


def _at_once(stage: Stage, edits: Callable[[], None]) -> float:
    """Let several edits be made between two looks, with the mapping on hold meanwhile; when it was resumed, by the monotonic clock."""
    stage.couplet.post(f"mappings/{MAPPING}/hold", {"reason": "the demo makes two edits at once"})
    time.sleep(SETTLE_SECONDS)
    edits()
    resumed = time.monotonic()
    stage.couplet.post(f"mappings/{MAPPING}/resume")
    stage.couplet.post(f"mappings/{MAPPING}/run")
    return resumed


def _arrives(what: str, arrived: Callable[[], bool], since: float) -> float:
    return wait_for(what, lambda: arrived() or None, since=since)[1]


def _step(pair: Pair, seconds: float) -> Row:
    return {"number": pair.number, "bcId": pair.bc_id, "salesId": pair.sales_id, "seconds": seconds}
