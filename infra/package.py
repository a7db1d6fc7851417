"""`python -m infra.package FILE`: the app as one zip, as Azure takes it: what .funcignore leaves of this folder.

azd and Microsoft's Core Tools pack the folder by themselves; this is for `az functionapp deployment source config-zip`. The same files
make the same zip, byte for byte.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from infra.command_line import FINE, UNUSABLE

ROOT = Path(__file__).parents[1]
IGNORE = ".funcignore"
NEEDED = ("function_app.py", "host.json", "requirements.txt")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of each file in the zip: when it was checked out says nothing."""


def patterns(root: Path) -> list[str]:
    """What stays behind: names of files and folders, of whatever depth."""
    lines = (line.strip() for line in (root / IGNORE).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def packed(root: Path) -> Iterator[Path]:
    """The files that go along, in order; a folder that stays behind is not looked into."""
    stays = patterns(root)

    def below(folder: Path) -> Iterator[Path]:
        for entry in sorted(folder.iterdir()):
            if any(fnmatch(entry.name, pattern) for pattern in stays):
                continue
            if entry.is_dir():
                yield from below(entry)
            else:
                yield entry

    yield from below(root)


def pack(root: Path, file: Path) -> int:
    """Write the zip; how many files are in it."""
    files = list(packed(root))
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for each in files:
            entry = ZipInfo(each.relative_to(root).as_posix(), LONG_AGO)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, each.read_bytes())
    return len(files)


def main(arguments: Sequence[str]) -> int:
    """0: the zip is there; 2: this is not the folder of the app, or the zip cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="the zip; one that is there is replaced")
    file: Path = parser.parse_args(arguments).file
    missing = [name for name in NEEDED if not (ROOT / name).is_file()]
    if missing:
        print(f"{ROOT} lacks {', '.join(missing)}", file=sys.stderr)
        return UNUSABLE
    try:
        count = pack(ROOT, file)
    except OSError as problem:
        print(f"{file} cannot be written: {problem.strerror}", file=sys.stderr)
        return UNUSABLE
    print(f"{file}: {count} files, {file.stat().st_size // 1024} KB")
    return FINE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
