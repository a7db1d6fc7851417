"""The README's commands do what it says: its own text is run against a small sandbox."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.running import SECONDS, Options, Sandbox

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks() -> list[str]:
    """The shell commands of the README, block by block."""
    return re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def test_the_start_is_ten_lines_at_most() -> None:
    assert len(blocks()[0].strip().splitlines()) <= 10


def test_every_dev_command_that_is_named_exists() -> None:
    named = set(re.findall(r"python3 dev\.py (\w+)", README))
    offered = subprocess.run(["python3", "dev.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert named and all(re.search(rf"^  {name} ", offered, re.MULTILINE) for name in named)


def test_every_file_that_is_linked_exists() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert linked and [path for path in linked if not (ROOT / path).exists()] == []


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="the commands are for bash and curl")
def test_the_commands_for_a_running_sandbox_start_a_full_synch_and_show_its_job_log(tmp_path: Path) -> None:
    commands = next(block for block in blocks() if "endpoints.json" in block)
    with Sandbox(Options(scale=0.05, pace=SECONDS, home=tmp_path / ".sandbox")):
        done = subprocess.run(["bash", "-c", commands], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    decoder, text, answers = json.JSONDecoder(), done.stdout, []
    while text:
        answer, end = decoder.raw_decode(text)
        answers.append(answer)
        text = text[end:].lstrip()
    started, jobs, problems = answers
    assert started["id"].startswith("full-")
    assert {"value", "cursor"} == jobs.keys() == problems.keys()
