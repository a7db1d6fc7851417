"""What holds for every document with lines: both sides come to the same, nobody's edit is lost, and nothing is opened without need."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.heart.coupling import OPENED
from sync.heart.line_pairs import emptied
from tests.engine.documents import BC, SALES, Document, Killed

often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

LINES = st.lists(st.fixed_dictionaries({"product": st.sampled_from("ABC"), "quantity": st.integers(1, 3)}), min_size=1, max_size=5)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document that is in step."""
    document = Document.of(draw(LINES), draw(LINES))
    document.synchronize()
    document.synchronize()
    return document


def edit(draw: Any, document: Document, sides: list[Any]) -> None:
    """People change, delete and add lines on some sides."""
    for name in sides:
        side = document.side(name)
        product = "item" if name is BC else "product"
        for id_ in sorted(side.lines):
            what = draw(st.sampled_from(("leave", "leave", "more", "delete")))
            if what == "more":
                side.lines[id_]["quantity"] += 10
            elif what == "delete" and len(side.lines) > 1:
                del side.lines[id_]
        for number in range(draw(st.integers(0, 2))):
            side.lines[f"{name}-new-{number}"] = {"id": f"{name}-new-{number}", product: "N", "quantity": number + 5}


@often
@given(LINES, LINES)
def test_the_first_merge_of_two_documents_gives_both_the_same_lines(bc: Any, sales: Any) -> None:
    document = Document.of(bc, sales)
    document.synchronize()
    assert document.shown(BC) == document.shown(SALES)
    assert len(document.couplings) == len(document.bc.lines), "each line is coupled once"


@often
@given(LINES)
def test_lines_that_are_alike_are_one_line_and_nothing_is_written(lines: Any) -> None:
    document = Document.of(lines, list(reversed(lines)))
    assert not document.synchronize().steps
    assert (len(document.couplings), document.bc.reopenings, document.sales.reopenings) == (len(lines), 0, 0)


@often
@given(documents(), st.sampled_from((BC, SALES)), st.data())
def test_what_people_do_on_one_side_is_done_on_the_other_and_only_that_is_opened(document: Document, side: Any, data: Any) -> None:
    document.bc.reopenings = document.sales.reopenings = 0
    before = document.shown(side)
    edit(data.draw, document, [side])
    wanted = document.shown(side)
    document.synchronize()
    assert document.shown(BC) == document.shown(SALES) == wanted
    assert (document.side(side).reopenings, document.side(side.other).reopenings) == (0, int(before != wanted))


@often
@given(documents(), st.data())
def test_after_edits_on_both_sides_a_second_pass_has_nothing_to_write(document: Document, data: Any) -> None:
    edit(data.draw, document, [BC, SALES])
    document.synchronize()
    opened = document.bc.reopenings, document.sales.reopenings
    again = document.synchronize()
    assert not again.steps, "our own writes are nobody's edits"
    assert opened == (document.bc.reopenings, document.sales.reopenings)
    assert document.shown(BC) == document.shown(SALES) or document.problems


@often
@given(documents(), st.data())
def test_both_sides_are_finished_again_after_every_pass(document: Document, data: Any) -> None:
    edit(data.draw, document, [BC, SALES])
    document.synchronize()
    assert (document.bc.row["documentStatus"], document.sales.row["statecode"]) == ("Released", 1)


@pytest.mark.rule("A6")
@often
@given(documents(), st.data())
def test_a_worker_who_dies_anywhere_is_gone_on_with(document: Document, data: Any) -> None:
    edit(data.draw, document, [data.draw(st.sampled_from((BC, SALES)))])
    wanted = sorted({tuple(document.shown(BC)), tuple(document.shown(SALES))})
    document.bc.dies_after = data.draw(st.none() | st.integers(0, 8))
    document.sales.dies_after = data.draw(st.none() | st.integers(0, 8))
    try:
        document.synchronize()
    except Killed:
        document.bc.dies_after = document.sales.dies_after = None
        document.synchronize()
    document.bc.dies_after = document.sales.dies_after = None
    document.synchronize()
    assert document.shown(BC) == document.shown(SALES) and tuple(document.shown(BC)) in wanted
    assert (document.bc.row["documentStatus"], document.sales.row["statecode"]) == ("Released", 1)
    assert not document.intent


@given(documents())
def test_an_order_that_a_person_has_reopened_is_left_to_him(document: Document) -> None:
    document.sales.row["text"] = "Changed"
    document.bc.row["documentStatus"] = "Open"
    assert not document.synchronize().steps
    assert document.bc.row["documentStatus"] == "Open"


@given(documents())
def test_what_a_worker_meant_to_open_counts_only_while_the_order_is_open(document: Document) -> None:
    document.intent = {BC: {OPENED: next(iter(document.held.values()))}}
    assert not document.synchronize().steps


@often
@given(documents(), st.data())
def test_a_line_deleted_on_one_side_and_changed_on_the_other_is_left_to_a_person(document: Document, data: Any) -> None:
    side = data.draw(st.sampled_from((BC, SALES)))
    coupling = data.draw(st.sampled_from(document.couplings))
    del document.side(side).lines[coupling.of(side)]
    document.side(side.other).lines[coupling.of(side.other)]["quantity"] += 100
    document.synchronize()
    assert document.problems == ["counterpart_deleted"]
    assert coupling.of(side.other) in document.side(side.other).lines


@pytest.mark.rule("C3")
@given(documents(), st.sampled_from((BC, SALES)))
def test_a_side_that_shows_no_line_any_more_is_not_taken_for_deletions(document: Document, side: Any) -> None:
    rows = {each: document.side(each).lines if each is not side else {} for each in (BC, SALES)}
    assert emptied(rows, document.couplings) is side
    assert emptied({BC: {}, SALES: {}}, []) is None, "a document that never had any is empty on both sides"
