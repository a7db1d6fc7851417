"""`python -m sandbox.demo`: show the main job end to end, and write the numbers to `.sandbox/demo.json`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.demo.full import full_sync
from sandbox.demo.log import job_log, problem_desk
from sandbox.demo.look_ahead import dry_run, explained
from sandbox.demo.orders import order_to_cash
from sandbox.demo.people import people_at_work
from sandbox.demo.screen import Screen
from sandbox.demo.stage import DemoFailed, Row, Stage
from sandbox.demo.stock import stock_moves
from sandbox.processes import ChildFailed
from sandbox.running import SECONDS, Options, Sandbox

FORMAT = 1


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line and by SCALE."""

    scale: float
    home: Path
    exit: bool


def main() -> int:
    """Run the demo; returns 0 when all was seen, 1 when a part does not start or a step does not arrive, 130 after Ctrl-C in the show."""
    wish, screen = parse(), Screen()
    try:
        play(wish, screen)
    except KeyboardInterrupt:
        print("\ndemo: stopped before its end", file=sys.stderr)
        return 130
    except (ChildFailed, DemoFailed, FileNotFoundError) as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 1
    return 0


def parse() -> Wish:
    parser = argparse.ArgumentParser(prog="dev.py demo", description="The main job end to end on the demo company. SCALE=1 is its size.")
    parser.add_argument("--exit", action="store_true", help="end after the show; it does so by itself when not on a terminal")
    parser.add_argument("--home", type=Path, default=Options.home, help="folder for numbers, addresses, logs and settings")
    given = parser.parse_args()
    scale = os.environ.get("SCALE", "1")
    try:
        size = float(scale)
    except ValueError:
        size = 0.0
    if not 0 < size < float("inf"):
        parser.error(f"SCALE must be a number above 0, such as 0.1 or 2, and is {scale!r}")
    return Wish(size, given.home.resolve(), given.exit)


def play(wish: Wish, screen: Screen) -> None:
    """Start the sandbox, show everything, write the numbers down whatever happens, and stay if somebody is looking."""
    numbers: Row = {"format": FORMAT, "scale": wish.scale, "failure": "stopped before its end"}
    file = wish.home / "demo.json"
    file.unlink(missing_ok=True)
    begun = time.monotonic()
    screen.chapter("Couplet keeps Business Central and Sales in step. Here: a made-up company on this machine")
    screen.say("Starting storage, both systems, sign-in and the functions host ...")
    with Sandbox(Options(scale=wish.scale, pace=SECONDS, home=wish.home)) as sandbox:
        numbers["startSeconds"] = round(time.monotonic() - begun, 2)
        try:
            show(Stage.of(sandbox, screen), numbers)
            numbers["failure"] = None
        except DemoFailed as problem:
            numbers["failure"] = f"{problem}{who_ended(sandbox)}. The logs are in {sandbox.children.logs}"
            raise DemoFailed(numbers["failure"]) from problem
        finally:
            numbers["seconds"] = round(time.monotonic() - begun, 2)
            file.write_text(json.dumps(numbers, indent=1), encoding="utf-8")
        goodbye(screen, sandbox, numbers)
        if screen.live and not wish.exit:
            with contextlib.suppress(KeyboardInterrupt):
                stay(screen, sandbox)
            screen.chapter("Stopping everything")


def show(stage: Stage, numbers: Row) -> None:
    """The show itself; what each part measured goes into `numbers` as soon as it is known."""
    stage.screen.say(f"Ready after {numbers['startSeconds']:.0f} s")
    numbers["dryRun"] = dry_run(stage, numbers["scale"])
    numbers["fullSync"] = full_sync(stage, numbers["scale"])
    numbers["steps"] = people_at_work(stage)
    numbers["stock"] = stock_moves(stage)
    numbers["orderToCash"] = order_to_cash(stage)
    numbers["explained"] = explained(stage, numbers["steps"]["conflict"]["bcId"])
    numbers["jobs"] = job_log(stage, numbers["fullSync"])
    numbers["problems"] = problem_desk(stage)


def goodbye(screen: Screen, sandbox: Sandbox, numbers: Row) -> None:
    """Where to look next."""
    screen.chapter(f"That was the demo: {numbers['seconds']:.0f} s")
    screen.say(f"All numbers: {sandbox.home / 'demo.json'}")
    screen.say(f"What the full synch had to make of the company: {sandbox.home / 'expected.json'}")
    screen.say(f"Logs of all parts: {sandbox.children.logs}")
    screen.say("A sandbox to play with, until Ctrl-C: python3 dev.py sandbox")


def stay(screen: Screen, sandbox: Sandbox) -> None:
    """Leave everything running until Ctrl-C, and say how to reach it."""
    told = sandbox.endpoints
    screen.chapter("The sandbox is still running")
    screen.say(f"Business Central {told['businessCentral']}")
    screen.say(f"Sales            {told['sales']}")
    screen.say(f"Couplet          {told['functions']}/api")
    screen.say(f"for example      curl -H 'x-functions-key: {told['functionKey']}' {told['functions']}/api/problems", copied=True)
    screen.say(f"All addresses and a sign-in: {sandbox.home / 'endpoints.json'}. Ctrl-C stops everything.")
    while not sandbox.dead():
        time.sleep(0.5)
    raise DemoFailed(f"the sandbox cannot go on{who_ended(sandbox)}")


def who_ended(sandbox: Sandbox) -> str:
    """The parts that ended though nobody stopped them, as the end of a sentence."""
    dead = ", ".join(f"{child.name} (code {child.process.returncode})" for child in sandbox.dead())
    return f"; ended: {dead}" if dead else ""


if __name__ == "__main__":
    sys.exit(main())
