"""The AL source against what the simulator serves, both ways. The compiler was not at hand: this is what can be checked without it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import orjson
import pytest

from sandbox.business_central import schema
from sandbox.business_central.schema import EXTENSION, Page, Property
from tests.extension import al

OBJECTS = al.objects()
PAGES = {each.properties["EntitySetName"]: each for each in OBJECTS if each.kind == "page"}
SERVED = {page.set: page for (route, _), page in schema.pages().items() if route == EXTENSION}
FACTS: dict[str, Any] = orjson.loads((al.ROOT.parents[1] / "sandbox/business_central/schema/extension.json").read_bytes())
"""The page facts as they stand in the file: where the real table or field has another name than the simulator's, `source` says it."""

KINDS = {"Code": "Code[", "Decimal": "Decimal"}
"""How parameters of actions are declared, by the kind that the simulator names."""
VARIABLES = {
    "Boolean": "Boolean",
    "Code": "Code[20]",
    "Guid": "Guid",
    "BLOB": "Text",
    "Text": "Text",
    "Decimal": "Decimal",
    "Date": "Date",
}
LOOK_UP = ("Couplet Document Ids", "Couplet Native Names")
"""Codeunits that read tables for pages."""
ALLOWED = {"I": "InsertAllowed", "M": "ModifyAllowed", "D": "DeleteAllowed"}


def quoted(name: str) -> str:
    return f"Rec.{name}" if name.isalnum() else f'Rec."{name}"'


def source(entity_set: str, prop: Property) -> str:
    """What the real page shows for a property; a variable's name is its own affair."""
    raw = next(each for each in FACTS[entity_set]["properties"] if each["name"] == prop.name)
    held = raw.get("source") or (prop.field.name if prop.field else prop.calc.removeprefix("flow:"))
    return quoted(held)


def test_both_have_the_same_pages() -> None:
    assert PAGES.keys() == SERVED.keys()


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_page_has_the_table_the_names_and_the_access_that_the_simulator_shows(name: str) -> None:
    page, served = PAGES[name], SERVED[name]
    assert page.properties["EntityName"] == served.type
    assert al.plain(page.properties["SourceTable"]) == FACTS[name].get("source", served.table.name)
    assert page.ops == served.ops
    always = {
        "PageType": "API",
        "APIPublisher": "couplet",
        "APIGroup": "sales",
        "APIVersion": "v1.0",
        "ODataKeyFields": "SystemId",
        "Extensible": "false",
        "DelayedInsert": "true",
    }
    assert {key: page.properties.get(key) for key in always} == always
    kind = served.where.get("Document Type")
    view = page.properties.get("SourceTableView", "")
    assert (f'"Document Type" = const({kind})' in view) == (kind is not None and name != "salesInvoiceLines")


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_page_has_the_fields_that_the_simulator_shows_in_their_order(name: str) -> None:
    page, served = PAGES[name], SERVED[name]
    assert [each.name for each in page.fields] == list(served.properties)
    assert [each.name for each in page.fields][:: len(page.fields) - 1] == ["id", "lastModifiedDateTime"]
    for each, prop in zip(page.fields, served.properties.values(), strict=True):
        if prop.variable:
            declared = page.variables[each.source]
            assert declared.startswith('Enum "') if prop.kind == "Enum" else declared == VARIABLES[prop.kind], each
        else:
            assert each.source == source(name, prop), each


@pytest.mark.parametrize("name", sorted(name for name, page in SERVED.items() if page.ops))
def test_a_page_takes_what_the_simulator_takes(name: str) -> None:
    page, served = PAGES[name], SERVED[name]
    for each, prop in zip(page.fields, served.properties.values(), strict=True):
        assert each.editable == (not prop.read_only or (prop.name == "id" and "I" in served.ops)), each
    inserted = "Rec.Insert(true, not IsNullGuid(Rec.SystemId));" in page.text
    assert inserted == ("I" in served.ops), "a new row brings its own id"


@pytest.mark.parametrize("name", sorted(name for name, page in SERVED.items() if page.actions or PAGES[name].actions))
def test_a_page_has_the_bound_actions_of_the_simulator(name: str) -> None:
    page, served = PAGES[name], SERVED[name]
    assert sorted(page.actions) == sorted(served.actions)
    for action, parameters in page.actions.items():
        taken = served.takes.get(action, {})
        assert parameters.keys() == taken.keys()
        assert all(parameters[each].startswith(KINDS[kind]) for each, kind in taken.items())


@pytest.mark.parametrize("name", ["salesOrders", "salesQuotes", "salesInvoices"])
def test_documents_carry_their_lines(name: str) -> None:
    lines = {link.name: link.target for link in SERVED[name].navigation.values()}
    assert {part: page for part, (page, _) in PAGES[name].parts.items()} == {
        part: PAGES[target].name for part, target in lines.items() if target
    }
    for part, (_, body) in PAGES[name].parts.items():
        assert f"EntitySetName = '{part}';" in body
        assert '"Document No." = field("No.")' in body


def test_ids_are_unique_and_within_the_range_and_names_are_short() -> None:
    for kind in {each.kind for each in OBJECTS}:
        numbers = Counter(each.id for each in OBJECTS if each.kind == kind)
        assert [number for number, times in numbers.items() if times > 1] == []
    assert [each.name for each in OBJECTS if not each.range[0] <= each.id <= each.range[1]] == []
    assert [each.name for each in OBJECTS if len(each.name) > (20 if each.kind == "permissionset" else 30)] == []
    ranges = [al.app(folder)["idRanges"][0] for folder in al.APPS]
    assert (ranges[0]["from"], ranges[-1]["to"], ranges[0]["to"] + 1) == (50100, 50199, ranges[1]["from"])


def tables_of(served: Page) -> str:
    name: str = FACTS[served.set].get("source", served.table.name)
    return name


def test_permission_sets_cover_every_page_and_table() -> None:
    sets = {each.name: each for each in OBJECTS if each.kind == "permissionset"}
    assert sets["COUPLET EDIT"].properties["IncludedPermissionSets"] == '"COUPLET READ"'
    rights: Counter[tuple[str, str]] = Counter()
    letters: dict[tuple[str, str], str] = {}
    for each in sets.values():
        assert each.properties["Assignable"] == "true"
        rights.update(each.rights.keys())
        letters |= {key: letters.get(key, "") + value for key, value in each.rights.items()}
    assert {name for kind, name in letters if kind == "page"} == {page.name for page in PAGES.values()}
    wanted: dict[str, set[str]] = {}
    for served in SERVED.values():
        wanted.setdefault(tables_of(served), {"R"}).update(served.ops)
    for each in OBJECTS:
        if each.name in LOOK_UP:
            looked_up = {al.plain(kind.removeprefix("Record ")) for kind in _declared(each) if kind.startswith("Record ")}
            wanted |= {table: {"R"} for table in looked_up - wanted.keys()}
    assert {name: set(each) for (kind, name), each in letters.items() if kind == "tabledata"} == wanted


def test_a_trigger_says_whether_the_platform_still_has_to_write() -> None:
    """Without an answer the platform would take it for done, and a changed row would never be stored."""
    bodies = [
        body for page in PAGES.values() for body in re.findall(r"trigger On(?:Insert|Modify)Record.*?\n    end;", page.text, re.DOTALL)
    ]
    assert len(bodies) >= len([page for page in SERVED.values() if "I" in page.ops])
    assert [body for body in bodies if not re.search(r"\n        exit\((true|false)\);\n    end;$", body)] == []


def test_codeunits_that_pages_run_are_permitted() -> None:
    used = {al.plain(kind.removeprefix("Codeunit ")) for page in PAGES.values() for kind in _declared(page) if kind.startswith("Codeunit ")}
    permitted = {name for each in OBJECTS for kind, name in each.rights if kind == "codeunit"}
    assert used == permitted


@pytest.mark.parametrize("table", ["Item", "Resource"])
def test_each_item_and_resource_has_a_unit_group_from_its_first_day_as_in_the_simulator(table: str) -> None:
    (groups,) = (each for each in OBJECTS if each.name == "Couplet Unit Group Keeper")
    (install,) = (each for each in OBJECTS if each.properties.get("Subtype") == "Install")
    assert f"Database::{table}, 'OnAfterInsertEvent'" in groups.text
    assert f'Keep("Unit Group Source Type"::{table}, {table}.SystemId, {table}."No.")' in groups.text
    assert "Keeper.KeepAll();" in install.text
    assert table in schema.tables()["Unit Group"].fields["Source Type"].members


def _declared(page: al.Object) -> list[str]:
    return [line.partition(": ")[2].rstrip(";") for line in page.text.splitlines() if line.startswith("        ") and ": " in line]


def test_the_parser_sees_a_field_that_is_missing_and_one_that_is_another(tmp_path: Any) -> None:
    text = PAGES["customers"].text
    (tmp_path / "x.al").write_text(text.replace("field(faxNumber;", "field(fax;"), encoding="utf-8")
    names = [each.name for each in al.read(tmp_path / "x.al", (1, 2)).fields]
    assert "fax" in names and len(names) == len(SERVED["customers"].properties)
