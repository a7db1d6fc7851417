"""docs/security.md says what the code and the templates say: roles, what is open, secrets, and where values of people can stand."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import get_type_hints

import azure.functions as func
import pytest

from infra.setup.roles import ADMINISTRATOR, STOCK, USER
from sync.settings import Settings
from sync.store.store import TABLES
from sync.triggers import availability, health, hooks

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text below a heading, up to the next one of its rank."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> dict[str, list[str]]:
    """The rows of the tables of a section, by their first cell."""
    lines = [line.strip("| ").split(" | ") for line in section(title).splitlines() if line.startswith("| ")]
    return {cells[0].strip("` |"): cells for cells in lines}


def test_the_roles_of_the_app_in_azure_are_those_of_the_template() -> None:
    template = (ROOT / "infra" / "azure" / "roles.bicep").read_text(encoding="utf-8")
    given = re.findall(r"^var (\w+) = '[0-9a-f-]{36}'$", template, re.MULTILINE)
    words = {re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() for name in given}
    listed = {role.lower() for role in rows("Least privilege") if role.split(" ")[0] in ("Storage", "Key", "Monitoring")}
    assert len(words) == len(listed)
    assert all(any(role.endswith(each) for role in listed) for each in words)


def test_the_roles_in_sales_and_the_sets_in_business_central_are_those_that_there_are() -> None:
    assert {role for role in rows("Least privilege") if role.startswith("Couplet ")} == {USER, ADMINISTRATOR, STOCK}
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "infra" / "business-central" / "src").glob("*.PermissionSet.al"))
    there = re.findall(r'^permissionset \d+ "([^"]+)"', sources, re.MULTILINE)
    assert sorted(there) == sorted(set(re.findall(r"`(COUPLET \w+)`", section("Least privilege"))))


def test_what_is_open_is_named_and_nothing_else_is_open() -> None:
    source = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "sync" / "triggers").glob("*.py")}
    opened = {name for name, text in source.items() if "route(" in text and "AuthLevel.ANONYMOUS" in text}
    assert opened == {health.__name__.rpartition(".")[2], hooks.__name__.rpartition(".")[2]}
    assert f"AuthLevel.{func.AuthLevel.FUNCTION.name}" in source[availability.__name__.rpartition(".")[2]]
    named = " ".join(rows("What is open"))
    assert all(call in named for call in ("GET health", "POST hooks/business-central", "POST hooks/sales", "GET availability/{product}"))


def test_every_setting_that_holds_a_secret_is_named() -> None:
    hints = get_type_hints(Settings, include_extras=True)
    secret = {hints[each.name].__metadata__[0].name for each in dataclasses.fields(Settings) if not each.repr}
    assert secret == set(re.findall(r"`([A-Za-z_]+)`", "".join(line for line in section("Secrets").splitlines() if line.startswith("| `"))))


@pytest.mark.rule("G2")
def test_every_table_is_listed_with_what_it_holds_of_people_and_the_days_are_the_defaults() -> None:
    listed = rows("Personal data")
    assert set(TABLES) <= set(listed)
    days = f"`HISTORY_DAYS` ({Settings.history_days}); `JOB_RETENTION_DAYS` ({Settings.job_retention_days})"
    assert days in " | ".join(listed["jobs"])
    template = (ROOT / "infra" / "main.bicep").read_text(encoding="utf-8")
    [kept] = re.findall(r"^param logDays int = (\d+)$", template, re.MULTILINE)
    assert f"`logDays`, {kept} days" in PAGE
