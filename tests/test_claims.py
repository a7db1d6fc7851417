"""Rule A6 where Business Central gives the ids: which row an interrupted creation may have left behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mapping.catalogue import CATALOGUE
from mapping.profiles import available
from mapping.values import Side
from mapping.world import World
from sync.heart.coupling import Coupling, Held, Life
from sync.record.claims import judge

pytestmark = pytest.mark.rule("A6")

CONTACT = available(CATALOGUE, extended=False)[0]["CONTACT"]
CLAIMED_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADDRESS = ("Main Street 1", None, "53111", "Bonn", "DE", None)
WORLD = World()


def claim(sales_id: str = "S1", *, name: str = "Ada King", since: datetime | None = CLAIMED_AT) -> Coupling:
    held = {"displayName": Held(name, name), "email": Held(None, None), "address": Held(ADDRESS, ADDRESS)}
    return Coupling(
        company="C", mapping="CONTACT", bc_id=f"placeholder {sales_id}", sales_id=sales_id, life=Life.CLAIMED, claimed_at=since, held=held
    )


def row(id_: str = "B1", **values: Any) -> dict[str, Any]:
    address = {"addressLine1": "Main Street 1", "addressLine2": "", "postalCode": "53111", "city": "Bonn", "country": "DE", "state": ""}
    made = {"id": id_, "type": "Person", "displayName": "Ada King", "email": "", "lastModifiedDateTime": "2026-03-01T12:00:00.5Z"}
    return {**made, **address, **values}


def verdict(claims: Sequence[Coupling], *rows: dict[str, Any]) -> tuple[dict[str, str], set[str]]:
    judged = judge(CONTACT, claims, rows, WORLD)
    return {id_: adopted["id"] for id_, adopted in judged.adopts.items()}, set(judged.unclear)


def test_the_only_row_that_is_newer_and_equal_is_adopted() -> None:
    assert verdict([claim()], row(), row("B2", displayName="Bo Berg")) == ({"S1": "B1"}, set())


def test_without_such_a_row_it_is_created_again() -> None:
    assert verdict([claim()], row(displayName="Bo Berg")) == ({}, set())
    assert verdict([claim()]) == ({}, set())


def test_a_row_from_before_the_claim_is_somebody_elses() -> None:
    assert verdict([claim()], row(lastModifiedDateTime="2026-03-01T11:59:59.99Z")) == ({}, set())


def test_several_rows_are_unclear() -> None:
    assert verdict([claim()], row("B1"), row("B2")) == ({}, {"S1"})


def test_what_was_left_blank_may_be_filled_by_bc_and_letter_case_is_its_own() -> None:
    assert verdict([claim()], row(state="NRW", email="ada@example.com", city="BONN")) == ({"S1": "B1"}, set())


@pytest.mark.parametrize("other", [{"postalCode": "53112"}, {"addressLine1": ""}, {"type": "Company"}])
def test_one_written_value_that_differs_is_enough_to_say_no(other: dict[str, str]) -> None:
    assert verdict([claim()], row(**other)) == ({}, set())


def test_two_claims_of_equal_records_do_not_adopt_one_row_twice() -> None:
    assert verdict([claim("S1"), claim("S2")], row()) == ({"S1": "B1"}, set())


def test_each_of_two_claims_finds_its_own_row() -> None:
    claims = [claim("S1"), claim("S2", name="Bo Berg")]
    assert verdict(claims, row("B1"), row("B2", displayName="Bo Berg")) == ({"S1": "B1", "S2": "B2"}, set())


def test_a_claim_whose_id_was_ours_to_choose_adopts_nothing() -> None:
    assert verdict([replace(claim(), claimed_at=None)], row()) == ({}, set())


def test_what_a_row_was_given_when_it_was_made_counts_as_written() -> None:
    orders = available(CATALOGUE, extended=False)[0]["SALESORDER-ORDER"]
    held = {"externalDocumentNumber": Held("FAIR 26", "Fair 26")}
    mine = Coupling(
        company="C", mapping=orders.name, bc_id="placeholder", sales_id="S1", life=Life.CLAIMED, claimed_at=CLAIMED_AT, held=held
    )
    blanks = dict.fromkeys(orders.columns(Side.BC), "") | {"id": "B1", "lastModifiedDateTime": "2026-03-01T12:00:00.5Z"}
    told = [judge(orders, [mine], [{**blanks, "externalDocumentNumber": text}], WORLD).adopts for text in ("FAIR 26", "FAIR 27")]
    assert [len(each) for each in told] == [1, 0]
