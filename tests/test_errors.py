"""The error tree: one place for codes and remedies."""

from __future__ import annotations

from sync import errors
from sync.errors import CoupletError, PingPong, ServiceError, ServiceUnusable, Stale, Throttled, TimedOut, TooLong, by_code, catalogue
from sync.heart.plan import Side


def test_every_error_has_a_code_of_its_own_a_sentence_and_a_remedy() -> None:
    codes = [cls.code for cls in catalogue()]
    assert len(set(codes)) == len(codes)
    for cls in catalogue():
        assert cls.__doc__
        assert cls.__doc__.rstrip().endswith(".")
        assert cls.remedy.endswith(".")


def test_the_tree_drawn_on_top_names_every_error() -> None:
    drawn = errors.__doc__ or ""
    assert [cls.__name__ for cls in catalogue() if cls.__name__ not in drawn] == []


def test_codes_are_the_names_in_snake_case_and_lead_back_to_the_class() -> None:
    assert PingPong.code == "ping_pong"
    assert by_code("ping_pong") is PingPong
    assert by_code("from_a_newer_version") is CoupletError


def test_the_docstring_is_the_message_unless_there_is_a_better_one() -> None:
    assert str(PingPong()) == "Both sides keep rewriting a field, each to its own form."
    assert str(PingPong("The name alternates.")) == "The name alternates."


def test_the_text_for_the_log_holds_no_value_of_the_record() -> None:
    error = TooLong(
        side=Side.BC,
        field="email",
        status=400,
        service_code="Application_StringExceededLength",
        service_message="Value: jane@example.com",
        request_id="r-1",
        value="jane@example.com",
    )
    assert "jane" not in str(error)
    assert all(fact in str(error) for fact in ("bc", "email", "400", "Application_StringExceededLength", "r-1"))
    assert error.detail == {"value": "jane@example.com"}


def test_waiting_helps_only_where_the_class_says_so() -> None:
    assert Stale.transient
    assert Throttled.transient
    assert not TooLong.transient


def test_a_throttling_without_a_time_is_taken_for_a_minute() -> None:
    assert (Throttled().retry_after, Throttled().told) == (60.0, False)
    assert (Throttled(retry_after=3).retry_after, Throttled(retry_after=3).told) == (3, True)


def test_what_concerns_the_whole_service_is_told_apart_from_one_record() -> None:
    assert isinstance(TimedOut(ambiguous=True), ServiceUnusable)
    assert TimedOut(ambiguous=True).ambiguous
    assert not issubclass(Stale, ServiceUnusable)
    assert issubclass(Stale, ServiceError)
