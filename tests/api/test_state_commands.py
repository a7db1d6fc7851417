"""`python -m infra.setup export` and `import` against the running app."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from infra.setup import importing
from infra.setup.__main__ import main
from infra.setup.app import App
from sync.errors.setup import AppRefused
from tests.scenario.company import Company


def command(office: Company, *given: str) -> int:
    address, key = str(office.api.base_url).removesuffix("/").removesuffix("/api"), office.api.headers["x-functions-key"]
    return main([*given, "--app", address, "--key", key])


def test_a_file_is_written_and_taken_in_again_without_changing_anything(
    office: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, before = tmp_path / "state.jsonl", office.couplings()
    assert command(office, "export", str(file)) == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    couplings = [line for line in lines if line["kind"] == "coupling"]
    assert f"{len(couplings)} couplings" in capsys.readouterr().out
    assert len(couplings) >= len(before)
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0, "it holds what records hold"
    monkeypatch.setattr(importing, "LINES", 3)
    assert command(office, "import", str(file)) == 0
    assert "A dry run" in capsys.readouterr().out
    assert command(office, "import", str(file), "--apply") == 0
    assert f"coupling: 0 new, {len(couplings)} present, 0 refused" in capsys.readouterr().out
    assert office.couplings() == before


def test_a_file_is_taken_in_while_the_connection_is_on_hold_as_the_page_on_running_it_says(
    office: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.jsonl"
    assert command(office, "export", str(file)) == 0
    monkeypatch.setattr(importing, "LINES", 3)
    capsys.readouterr()
    office.api.post("/connection/hold", json={"reason": "import"})
    try:
        assert command(office, "import", str(file), "--apply") == 0
    finally:
        office.api.post("/connection/resume")
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["entry", "coupling", "life", "Taken."]


def test_a_file_that_is_not_whole_is_none_and_nobody_else_reads_it_meanwhile(
    office: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, left = tmp_path / "state.jsonl", tmp_path / "state.jsonl.new"
    left.write_text("of a command that was killed", encoding="utf-8")
    left.chmod(0o644)
    file.write_text("of yesterday", encoding="utf-8")
    modes: list[int] = []

    async def refused(*_: object, **__: object) -> None:
        modes.append(left.stat().st_mode & 0o077)
        raise AppRefused("GET state/export: no")

    monkeypatch.setattr(App, "raw", refused)
    assert command(office, "export", str(file)) != 0
    capsys.readouterr()
    assert (file.read_text(encoding="utf-8"), left.exists()) == ("of yesterday", False)
    assert modes == [0] or os.name != "posix"


def test_what_is_refused_is_told_with_its_line_in_the_file(
    office: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.jsonl"
    assert command(office, "export", str(file), "--without-values") == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    stranger = {**json.loads(next(line for line in lines if '"coupling"' in line)), "mapping": "NOBODY"}
    file.write_text("\n".join([*lines, json.dumps(stranger)]), encoding="utf-8")
    monkeypatch.setattr(importing, "LINES", 4)
    assert command(office, "import", str(file)) == 1
    assert f"line {len(lines) + 1}: refused: there is no mapping NOBODY" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "said"), [("", "empty"), ("{}\n", "bad_request")])
def test_a_file_that_is_none_is_refused(office: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    file = tmp_path / "state.jsonl"
    file.write_text(text, encoding="utf-8")
    assert command(office, "import", str(file)) == 2
    assert said in capsys.readouterr().err
