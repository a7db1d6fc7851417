"""`python -m mapping check|graph|schema`: what a mappings file says, without Azure, Business Central or Sales."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mapping.graph import as_mermaid, as_text
from mapping.overlay import FILE_NAME, Overlay, load
from mapping.overlay.editors import json_schema_text

APP = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; the exit code is 1 when the file has mistakes."""
    given = _parser().parse_args(arguments)
    if given.command == "schema":
        sys.stdout.write(json_schema_text())
        return 0
    overlay = load(_path(given.file))
    if overlay.mistakes:
        _say_mistakes(overlay)
        return 1
    sys.stdout.write(
        _all_right(overlay) if given.command == "check" else as_mermaid(overlay.mappings) if given.mermaid else as_text(overlay.mappings)
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mapping", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="name every mistake of a mappings file")
    graph = commands.add_parser("graph", help="the mappings in the order in which they are synchronised")
    commands.add_parser("schema", help="the JSON Schema of the file, for editors")
    for command in (check, graph):
        command.add_argument("file", nargs="?", type=Path, help=f"default: {FILE_NAME} beside the app, where there is one")
    graph.add_argument("--mermaid", action="store_true", help="as a mermaid flow chart")
    return parser


def _path(given: Path | None) -> Path | None:
    """The file that is meant: a folder means the file in it."""
    if given:
        return given / FILE_NAME if given.is_dir() else given
    usual = APP / FILE_NAME
    return usual if usual.is_file() else None


def _say_mistakes(overlay: Overlay) -> None:
    for mistake in overlay.mistakes:
        sys.stderr.write(f"{mistake}\n")
    sys.stderr.write(f"{len(overlay.mistakes)} mistake(s) in {overlay.path}; nothing of it is used.\n")


def _all_right(overlay: Overlay) -> str:
    fields = sum(len(unit.members) for mapping in overlay.mappings.values() for unit in mapping.fields)
    source = overlay.path or f"no {FILE_NAME}: the mappings that Couplet comes with"
    modes = "".join(f"{mapping.name}: only with {mapping.only_in}\n" for mapping in overlay.mappings.values() if mapping.only_in)
    return f"{source}: {len(overlay.mappings)} mappings with {fields} field rows, no mistakes.\n{modes}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
