"""The Bicep files, as far as they can be checked without a compiler and without Azure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from sync.settings import Settings
from sync.store.queue import POISON, WORK
from sync.store.store import TABLES
from tests.infra.bicep import FUNCTIONS, INFRA, Bicep, text

MAIN = Bicep(INFRA / "main.bicep")
FILES = [MAIN, *(Bicep(path) for path in sorted((INFRA / "azure").glob("*.bicep")))]
HOSTS_OWN = {
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__credential",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
}
"""Settings that the host and Microsoft's worker read, not Couplet."""

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.path.name)
each_example = pytest.mark.parametrize("example", sorted(INFRA.glob("*.bicepparam")), ids=lambda path: path.name)


def known_settings() -> dict[str, bool]:
    """Every app setting, and whether the app starts without it."""
    apps = [hint.__metadata__[0] for hint in get_type_hints(Settings, include_extras=True).values()]
    return {app.name: app.required for app in apps}


@each_file
def test_the_syntax_is_right(file: Bicep) -> None:
    assert file.broken == []


@each_file
def test_every_name_is_declared_once_and_every_parameter_and_variable_is_used(file: Bicep) -> None:
    names = [each.name for each in file.declarations if each.kind != "output"]
    assert len(names) == len(set(names))
    assert file.used - set(names) <= FUNCTIONS
    assert set(file.named("param", "var")) <= file.used


@each_file
def test_every_file_says_what_it_is_for(file: Bicep) -> None:
    assert text(file.root).startswith("metadata description = '")


def test_every_parameter_and_output_of_the_whole_is_described() -> None:
    source = text(MAIN.root)
    for name in MAIN.named("param", "output"):
        assert re.search(rf"@description\('[^']+'\)\n(@\w+\(.*\)\n)*(param|output) {name}\b", source), name


@pytest.mark.parametrize("module", MAIN.named("module"))
def test_modules_are_given_what_they_take_and_asked_for_what_they_give(module: str) -> None:
    target = Bicep(MAIN.path.parent / MAIN.named("module")[module].type)
    wanted = target.named("param")
    assert MAIN.given(module) <= wanted.keys()
    assert {name for name, each in wanted.items() if not each.optional} <= MAIN.given(module)
    assert MAIN.taken(module) <= target.named("output").keys()


def test_every_module_is_part_of_the_whole() -> None:
    used = {MAIN.path.parent / each.type for each in MAIN.named("module").values()}
    assert used == set((INFRA / "azure").glob("*.bicep"))


def test_one_kind_of_resource_has_one_api_version() -> None:
    types = {each.type for file in FILES for each in file.named("resource").values()}
    assert len({name.partition("@")[0] for name in types}) == len(types)


@each_example
def test_the_examples_give_every_parameter_that_has_no_default(example: Path) -> None:
    source = example.read_text(encoding="utf-8")
    given = set(re.findall(r"^param (\w+) = ", source, re.MULTILINE))
    wanted = MAIN.named("param")
    assert "using 'main.bicep'" in source
    assert given <= wanted.keys()
    assert {name for name, each in wanted.items() if not each.optional} <= given


def test_queues_and_tables_are_those_that_the_app_uses() -> None:
    storage = Bicep(INFRA / "azure" / "storage.bicep")
    assert storage.texts("queues") == {WORK, POISON}
    assert storage.texts("tables") == set(TABLES)


def test_the_app_is_given_settings_that_it_knows_and_all_that_it_needs() -> None:
    app = Bicep(INFRA / "azure" / "app.bicep")
    given = app.keys("hostSettings") | {
        name
        for each in ("storageSettings", "onlineSettings", "coupletSettings", "signInSettings", "chosenSettings")
        for name in MAIN.keys(each)
    }
    known = known_settings()
    assert given - HOSTS_OWN <= known.keys()
    assert {name for name, required in known.items() if required} <= given


def test_nobody_gets_into_storage_vault_or_telemetry_without_an_identity() -> None:
    source = "\n".join(text(file.root) for file in FILES)
    for line in ("allowSharedKeyAccess: false", "allowBlobPublicAccess: false", "enableRbacAuthorization: true", "DisableLocalAuth: true"):
        assert line in source
    assert not re.search(r"listKeys|listAccountSas|AccountKey|SharedAccessKey", source)
