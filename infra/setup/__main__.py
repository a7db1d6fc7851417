"""`python -m infra.setup [command]`: the commands with which an administrator sets Couplet up.

Each is a module: its docstring says what it does, `arguments` what it takes, and `run` answers an exit code.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from infra.command_line import carried_out, with_settings
from infra.setup import adopt, app, check, export, guide, importing, rebuild, systems


class Command(Protocol):
    """What a module must have to be a command."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what the command takes besides --settings."""

    async def run(self, given: argparse.Namespace) -> int:
        """Do it; the exit code."""


USUAL = "systems"
"""What `python -m infra.setup` does when no command is named."""

COMMANDS: Mapping[str, Command] = {
    USUAL: systems,
    "check": check,
    "guide": guide,
    "adopt": adopt,
    "rebuild": rebuild,
    "export": export,
    "import": importing,
}


def main(arguments: Sequence[str]) -> int:
    """0: all is as it should be; 1: something is missing, stands in the way or was refused; 2: nothing could be looked at."""
    given = understood(arguments)
    return carried_out(_run(given))


async def _run(given: argparse.Namespace) -> int:
    code: int = await given.run(app.with_names(given))
    return code


def understood(arguments: Sequence[str]) -> argparse.Namespace:
    """What is to be done, and how; a command that is none ends here."""
    parser = argparse.ArgumentParser(prog="python -m infra.setup", description="Sets Couplet up, part by part.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, command in COMMANDS.items():
        said = (command.__doc__ or "").partition("\n")[0]
        one = commands.add_parser(name, help=said, description=said)
        with_settings(one)
        command.arguments(one)
        one.set_defaults(run=command.run)
    named = arguments if arguments and (arguments[0] in COMMANDS or arguments[0] in ("-h", "--help")) else [USUAL, *arguments]
    return parser.parse_args(named)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
