"""Keys of rows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.heart.plan import Side
from sync.store import keys

ANYTHING = st.text(st.characters(), max_size=60)


@given(ANYTHING)
def test_any_text_comes_back_from_its_key(text: str) -> None:
    key = keys.encode(text)
    if keys.DIGEST in key:
        assert len(text) > 20
    else:
        assert keys.decode(key) == (text.lower() if re.fullmatch("[0-9a-fA-F-]{36}", text) else text)


@given(ANYTHING, ANYTHING)
def test_different_texts_have_different_keys(one: str, other: str) -> None:
    assert (keys.encode(one) == keys.encode(other)) == (one == other)


@given(st.text(st.characters()))
def test_a_key_is_short_and_needs_no_escapes_in_a_url(text: str) -> None:
    key = keys.encode(text)
    assert re.fullmatch(r"[A-Za-z0-9._~-]*", key)
    assert quote(key, safe="") == key
    assert len(key) <= keys.LONGEST


@given(st.uuids(), st.uuids())
def test_guids_are_ordered_as_their_values_whatever_case_they_come_in(one: UUID, other: UUID) -> None:
    assert (keys.encode(str(one).upper()) < keys.encode(str(other))) == (one < other)


def test_long_texts_with_the_same_beginning_stay_apart() -> None:
    one, other = "a" * 500 + "1", "a" * 500 + "2"
    assert keys.encode(one) != keys.encode(other)
    assert keys.encode(one) == keys.encode(one)
    with pytest.raises(ValueError):
        keys.decode(keys.encode(one))


@given(ANYTHING, ANYTHING)
def test_partitions_of_our_own_meet_no_mapping(company: str, mapping: str) -> None:
    assert keys.partition(company, mapping) != keys.own_partition(company, kind="full")
    assert not keys.partition(company, mapping).endswith("|~wwaits")


def test_a_record_of_either_side_has_a_key_of_its_own() -> None:
    id = "0A1B2C3D-0000-0000-0000-000000000001"
    assert keys.record(Side.BC, id) == "bc:000000000001-0000-0000-0000-3d2c1b0a"
    assert keys.record(Side.SALES, id) == "sales:000000000001-0000-0000-0000-3d2c1b0a"


@given(st.sampled_from(list(Side)), st.one_of(st.uuids().map(str), st.integers(0, 999_999_999).map(str)))
def test_side_and_id_of_a_record_come_back_from_its_key(side: Side, id_: str) -> None:
    assert keys.recorded(keys.record(side, id_)) == (side, id_)


def test_records_lie_in_the_order_in_which_the_services_database_sorts_their_ids() -> None:
    # SQL Server: the last group decides first, of the first three groups the last byte
    ordered = [
        "ff000000-0000-0000-0000-000000000001",
        "00ff0000-0000-0000-0000-000000000001",
        "00000000-ff00-0000-0000-000000000001",
        "00000000-00ff-0000-0000-000000000001",
        "00000000-0000-0000-ff00-000000000001",
        "00000000-0000-0000-0000-000000000002",
    ]
    assert sorted(ordered, key=lambda id: keys.record(Side.BC, id)) == ordered


@pytest.mark.parametrize("mapping", ["UNIT OF MEASURE", "ITEM-PRODUCT", "A/B?C#D%"])
def test_a_jobs_id_names_its_mapping_and_sorts_later_jobs_first(mapping: str) -> None:
    now = datetime.now(UTC)
    early, late = keys.job_id(mapping, now), keys.job_id(mapping, now + timedelta(microseconds=5))
    assert late < early
    assert quote(early, safe="") == early
    assert keys.moment_of(early) == now
    part, _ = keys.split_job_id(early) or ("", "")
    assert keys.decode(part) == mapping


@pytest.mark.parametrize("text", ["", "CUSTOMER", "CUSTOMER-12", "x-" + "g" * 24, "-", "CUSTOMER-" + "0" * 25])
def test_what_is_no_jobs_id_is_seen_as_none(text: str) -> None:
    assert keys.split_job_id(text) is None
    with pytest.raises(ValueError, match="no id of a job"):
        keys.moment_of(text)
