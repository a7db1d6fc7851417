"""Whatever is written, taken back or renamed, a table's indexes say what its rows say."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.business_central import schema
from sandbox.business_central.clock import Clock
from sandbox.business_central.errors import Refused
from sandbox.business_central.tables import Journal, Row, Table

CODES = st.sampled_from(["A", "B", "C", "D"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), CODES, CODES),
        st.tuples(st.just("modify"), CODES, CODES),
        st.tuples(st.just("rename"), CODES, CODES),
        st.tuples(st.just("delete"), CODES, CODES),
        st.tuples(st.just("fail"), CODES, CODES),
    ),
    max_size=30,
)


def table() -> tuple[Table, Journal]:
    journal = Journal()
    return Table(schema.tables()["Payment Terms"], Clock(), journal, "company"), journal


def act(terms: Table, verb: str, code: str, text: str) -> None:
    row = terms.find(code)
    if verb == "insert":
        terms.insert({"Code": code, "Description": text})
    elif row is not None and verb == "modify":
        terms.modify({**row, "Description": text})
    elif row is not None and verb == "rename":
        terms.modify({**row, "Code": text})
    elif row is not None and verb == "delete":
        terms.delete(row["SystemId"])


def picture(terms: Table) -> Any:
    """Everything a reader can ask of a table."""
    return (
        [(row["Code"], row.get("Description"), row["version"]) for row in terms.after(None)],
        sorted(row["version"] for row in terms.since(0)),
        {text: sorted(row["Code"] for row in terms.lookup("Description", text)) for text in "ABCD"},
    )


@given(STEPS)
def test_indexes_and_rows_agree_after_any_writes(steps: list[tuple[str, str, str]]) -> None:
    terms, journal = table()
    terms.lookup("Description", "A")
    for verb, code, text in steps:
        before = picture(terms)
        try:
            with journal.atomic():
                act(terms, "modify" if verb == "fail" else verb, code, text)
                if verb == "fail":
                    act(terms, "delete", code, text)
                    act(terms, "insert", code, text)
                    raise Refused("Application_DialogException", "on purpose")
        except Refused:
            assert picture(terms) == before
    held: list[Row] = sorted(terms.rows.values(), key=lambda row: str(row["Code"]))
    listed, versions, found = picture(terms)
    assert listed == [(row["Code"], row.get("Description"), row["version"]) for row in held]
    assert versions == sorted(row["version"] for row in held)
    assert found == {text: [row["Code"] for row in held if row.get("Description") == text] for text in "ABCD"}


def test_listeners_hear_of_changes_when_all_is_well_and_never_of_what_was_undone() -> None:
    terms, journal = table()
    heard: list[list[Any]] = []
    journal.listeners.append(heard.append)
    with journal.atomic():
        with journal.atomic():
            terms.insert({"Code": "A"})
        assert heard == []
    assert [[entry[3]["Code"] for entry in entries] for entries in heard] == [["A"]]
    with journal.atomic() as whole:
        terms.insert({"Code": "B"})
        whole.undo()
    assert (len(heard), list(terms.ids)) == (1, ["A"])


def test_many_changes_of_few_rows_do_not_pile_up() -> None:
    terms, _ = table()
    row = terms.insert({"Code": "A"})
    for at in range(5000):
        row = terms.modify({**row, "Description": str(at)})
    assert terms.count_since(0) < 2000
    assert [each["Description"] for each in terms.since(0)] == ["4999"]
