"""The sandbox's child processes: started, waited for until ready, stopped and seen dead.

A child must not outlive its parent, not even one that is killed hard. Each child holds the reading end of a pipe as its stdin and
ends when the pipe closes, which every system does for a dead parent. Run as `python -m sandbox.processes MODULE [arguments]`, this
module gives that habit to any Python module.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1,localhost"
WINDOWS = os.name == "nt"
Ready = Callable[[str], Any]


class ChildFailed(Exception):
    """A child ended or kept silent instead of getting ready; the message ends with what it last printed."""


@dataclass
class Child:
    """A running process of the sandbox; `ready` is what its ready line said."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    ready: Any = None

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = 5.0) -> None:
        """Let the child end by itself, for as many seconds as given, then kill it; returns when it is seen dead."""
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()

    def end(self, patience: float = 60.0) -> int:
        """Tell the child to end with what it has in work, and wait for that; its exit code. Windows kills at once."""
        self.process.terminate()
        return self.process.wait(patience)

    def kill(self) -> None:
        """End the child at once, without a chance to tidy up; returns when it is seen dead."""
        if self.alive:
            self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()


@dataclass
class Children:
    """The children of one sandbox; leaving the context stops them all, the youngest first."""

    logs: Path
    running: list[Child] = field(default_factory=list)

    def __enter__(self) -> Children:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str],
        ready: Ready,
        *,
        environment: Mapping[str, str] | None = None,
        seconds: float = 60,
    ) -> Child:
        """Start a program and wait until `ready` finds in its output so far what it looks for (anything but None)."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            process = subprocess.Popen(
                list(command),
                cwd=PROJECT,
                env=child_environment(environment or {}),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                **own_group(),
            )
        child = Child(name, process, log)
        self.running.append(child)
        child.ready = wait_ready(child, ready, start, seconds)
        return child

    def start_module(
        self, name: str, module: str, *arguments: str, environment: Mapping[str, str] | None = None, seconds: float = 60
    ) -> Child:
        """Start `python -m module arguments`, which says `{"ready": ...}` in a line of JSON; `Child.ready` is that object."""
        command = [sys.executable, "-u", "-m", "sandbox.processes", module, *arguments]
        return self.start(name, command, ready_line, environment=environment, seconds=seconds)

    def stop(self) -> None:
        while self.running:
            self.running.pop().stop()


def own_group() -> dict[str, Any]:
    """A child in a group of its own does not get the console's Ctrl-C: the parent stops it in its turn."""
    return {"creationflags": 0x00000200} if WINDOWS else {"start_new_session": True}


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The parent's environment, where no proxy stands between the parts of the sandbox."""
    return {**os.environ, "NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK, "PYTHONUTF8": "1", **extra}


def wait_ready(child: Child, ready: Ready, start: int, seconds: float) -> Any:
    """Read the child's log from byte `start` on until `ready` is content; raises ChildFailed after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        said = child.log.read_bytes()[start:].decode("utf-8", "replace")
        found = ready(said)
        if found is not None:
            return found
        ended = child.process.poll()
        if ended is not None or time.monotonic() > deadline:
            child.kill()
            why = f"was not ready after {seconds:g} s" if ended is None else f"ended with code {ended}"
            raise ChildFailed(f"{child.name} {why}; its log {child.log} ends with\n{said[-3000:]}")
        time.sleep(0.02)


def ready_line(said: str) -> dict[str, Any] | None:
    """The first complete line that is a JSON object with `ready`."""
    for line in said.splitlines(keepends=True):
        if line.startswith("{") and '"ready"' in line and line.endswith("\n"):
            found: dict[str, Any] = json.loads(line)
            return found
    return None


def end_with_parent() -> None:
    """End this process as soon as its stdin closes: the parent asks for it, or is gone."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def main(arguments: list[str]) -> None:
    end_with_parent()
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
