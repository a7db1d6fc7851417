"""The zip that is deployed: all that the app needs, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra.command_line import FINE, UNUSABLE
from infra.package import IGNORE, ROOT, main
from tests.scenario.front_door import routes

PACKAGES = [
    line.partition("==")[0]
    for file in ("requirements.txt", "requirements/worker.txt")
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines()
    if "==" in line
]

LATE = """
import azure.functions as func

app = func.FunctionApp()

@app.route(route="late")
def late(req: func.HttpRequest) -> str:
    import pytest
    return pytest.__version__
"""
"""An app that needs a package which only tests have."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip."""
    file = tmp_path_factory.mktemp("package") / "couplet.zip"
    assert main([str(file)]) == FINE
    return file


def names(package: Path) -> set[str]:
    with ZipFile(package) as archive:
        return set(archive.namelist())


def git(*arguments: str) -> set[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


def index(folder: Path, packages: list[str]) -> subprocess.CompletedProcess[str]:
    """What Microsoft's worker makes of a folder where only these packages are installed."""
    line = [sys.executable, "-m", "tests.infra.clean_worker", str(folder), *packages]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "TMP", "TEMP")}
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def unpacked(package: Path) -> Path:
    """The app as it stands in Azure."""
    folder = package.parent / "app"
    with ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


def test_the_zip_holds_the_app_and_nothing_beside_it(package: Path) -> None:
    tops = {name.partition("/")[0] for name in names(package)}
    assert tops - {"mappings.toml"} == {"function_app.py", "host.json", "requirements.txt", "mapping", "sync"}


def test_what_azd_and_core_tools_would_leave_out_is_left_out_here_too(package: Path) -> None:
    """They read .funcignore as git reads .gitignore."""
    known, ignored = git("ls-files"), git("ls-files", "--cached", "--ignored", f"--exclude-from={IGNORE}")
    assert names(package) & known == known - ignored


def test_the_same_files_make_the_same_zip(package: Path, tmp_path: Path) -> None:
    assert main([str(tmp_path / "again.zip")]) == FINE
    assert (tmp_path / "again.zip").read_bytes() == package.read_bytes()


def test_a_zip_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == UNUSABLE
    assert str(tmp_path) in capsys.readouterr().err


def test_the_worker_of_azure_finds_every_function_in_the_zip_with_the_locked_packages_alone(unpacked: Path) -> None:
    done = index(unpacked, PACKAGES)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert {route.name for route in routes()} | {"sync_customer", "synchronize_records", "give_up_records", "sweep"} <= set(
        told["functions"]
    )
    assert told["strangers"] == []


def test_a_package_that_is_not_locked_is_missed_even_where_it_is_imported_late(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text(LATE, encoding="utf-8")
    done = index(tmp_path, PACKAGES)
    assert done.returncode != 0
    assert "No module named 'pytest'" in done.stderr
