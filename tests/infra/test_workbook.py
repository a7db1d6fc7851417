"""What is deployed into the portal: the workbook, saved queries and alerts hold exactly the queries that stand beside the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.workbook import FILE, PARAMETERS, QUERIES, TABS, WORKSPACE, Part, Shown, title, written
from tests.infra.bicep import INFRA
from tests.infra.kusto import queries, texts

AZURE = INFRA / "azure"
ALERTS = {name for name in texts() if name.startswith("alerts/")}
CHOICES = {"companies", "mappings"}
"""Queries that only fill a list to choose from."""

WORKBOOK = json.loads(FILE.read_text(encoding="utf-8"))
ITEMS: dict[str, dict[str, Any]] = {item["name"]: item for item in WORKBOOK["items"]}
RULE = re.compile(
    r"alerts/(?P<name>[\w-]+)\.kql'\)\s+severity: (?P<severity>[0-4])\s+window: '(?P<window>\w+)'\s+"
    r"lasts: (?P<lasts>\w+)\s+nothing: (?P<nothing>\w+)\s+by: (?P<by>\w+|\[\])"
)
RULES = list(RULE.finditer((AZURE / "alerts.bicep").read_text(encoding="utf-8")))

each_part = pytest.mark.parametrize("part", [part for tab in TABS for part in tab.parts], ids=lambda part: part.query)
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["name"])


def loaded(file: str) -> list[str]:
    """The queries that a Bicep file takes in."""
    found = re.findall(r"loadTextContent\('([^']+)\.kql'\)", (AZURE / file).read_text(encoding="utf-8"))
    return [Path(AZURE, each).resolve().relative_to(QUERIES).as_posix() for each in found]


def parameters() -> dict[str, dict[str, Any]]:
    """Everything that people can choose or type in the workbook."""
    found = [each for item in ITEMS.values() for each in item["content"].get("parameters", ())]
    return {each["name"]: each for each in found}


def test_the_file_is_what_its_command_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run python -m infra.workbook"


def test_every_query_is_on_exactly_one_tab() -> None:
    shown = [part.query for tab in TABS for part in tab.parts]
    assert sorted(shown) == sorted(texts().keys() - ALERTS - CHOICES)


@each_part
def test_a_part_holds_the_text_of_its_query_but_for_what_people_chose(part: Part) -> None:
    content = ITEMS[part.query]["content"]
    put_back = content["query"]
    for name, parameter in PARAMETERS.items():
        usual = parameters()[parameter]["value"]
        put_back = put_back.replace(f'let {name} = "{{{parameter}}}";', f'let {name} = "{usual}";')
    assert put_back == texts()[part.query]
    assert "{" not in put_back
    assert content["title"] == title(part.query)


@each_part
def test_what_is_drawn_over_time_has_a_time_and_one_number(part: Part) -> None:
    kinds = list(queries()[part.query].columns.values())
    if part.shown is not Shown.TABLE:
        assert kinds.count("datetime") == 1 and sum(kind in ("int", "long", "real") for kind in kinds) == 1
    assert kinds


@pytest.mark.parametrize("name", sorted(texts().keys() - ALERTS - CHOICES))
def test_a_query_asks_for_a_company_and_a_mapping_where_it_can(name: str) -> None:
    chosen = set(re.findall(r"^let (chosen\w+) =", texts()[name], re.MULTILINE))
    assert chosen <= PARAMETERS.keys()
    assert all(texts()[name].count(each) >= 3 for each in chosen)


def test_the_lists_to_choose_from_are_those_of_the_queries() -> None:
    assert [parameters()[name]["query"] for name in ("Company", "Mapping")] == [texts()["companies"], texts()["mappings"]]


def test_a_tab_shows_its_parts_and_nothing_else_does() -> None:
    links = {link["subTarget"] for link in ITEMS["tabs"]["content"]["links"]}
    assert links == {tab.label for tab in TABS}
    always = {name for name, item in ITEMS.items() if "conditionalVisibility" not in item}
    assert always == {"choices", "tabs"}
    for tab in TABS:
        assert {ITEMS[part.query]["conditionalVisibility"]["value"] for part in tab.parts} == {tab.label}


def test_ids_are_given_once_and_the_workspace_is_put_in_once() -> None:
    ids = re.findall(r'"id": "([^"]+)"', json.dumps(WORKBOOK))
    assert len(ids) == len(set(ids))
    assert json.dumps(WORKBOOK).count(WORKSPACE) == 1
    assert f"'{WORKSPACE}'" in (AZURE / "workbook.bicep").read_text(encoding="utf-8")


def test_the_workspace_gets_every_query_of_the_workbook_under_its_own_name() -> None:
    assert sorted(loaded("workbook.bicep")) == sorted(texts().keys() - ALERTS - CHOICES)
    source = (AZURE / "workbook.bicep").read_text(encoding="utf-8")
    assert all(
        re.search(rf"^  '?{name}'?: loadTextContent\('\S+/{name}\.kql'\)$", source, re.MULTILINE) for name in loaded("workbook.bicep")
    )


def test_every_alert_is_a_rule() -> None:
    assert sorted(loaded("alerts.bicep")) == sorted(ALERTS)
    assert {f"alerts/{rule['name']}" for rule in RULES} == ALERTS


@each_rule
def test_what_an_alert_names_in_its_mail_is_a_column_of_its_query(rule: re.Match[str]) -> None:
    source = (AZURE / "alerts.bicep").read_text(encoding="utf-8")
    columns = queries()[f"alerts/{rule['name']}"].columns
    [listed] = re.findall(rf"var {re.escape(rule['by'])} = \[(.*)\]", source) or [""]
    named = [re.search(rf"var {each} = \{{ name: '(\w+)'", source) for each in listed.split(", ") if each]
    assert all(found and columns[found[1]] == "string" for found in named)
    assert columns["TimeGenerated"] == "datetime"
    assert bool(named) is (rule["nothing"] == "false"), "an answer that is empty has nothing to name"


def test_the_page_on_the_portal_names_every_tab_and_every_alert_with_its_severity() -> None:
    page = (AZURE.parents[1] / "docs" / "portal.md").read_text(encoding="utf-8")
    tabs, alerts = (re.findall(r"^\| (.+?) \| (.+?) \|", part, re.MULTILINE) for part in page.split("\n## ")[1:3])
    assert [name for name, _ in tabs[1:]] == [tab.label for tab in TABS]
    severities = {title(f"alerts/{rule['name']}"): rule["severity"] for rule in RULES}
    assert dict(alerts[1:]) == severities
    assert [severity for _, severity in alerts[1:]] == sorted(severities.values()), "the worst stand first"


@each_rule
def test_what_happened_once_is_told_once_also_when_its_log_is_late(rule: re.Match[str]) -> None:
    by_arrival = "ingestion_time() > ago(15m)" in texts()[f"alerts/{rule['name']}"]
    assert by_arrival is (rule["lasts"] == "false")
    assert rule["window"] == "PT1H" or not by_arrival
