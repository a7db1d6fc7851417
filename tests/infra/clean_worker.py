"""`python -P -m tests.infra.clean_worker FOLDER PACKAGES...`: index the app in FOLDER as Azure would, where only PACKAGES are installed.

Microsoft's worker loads the folder; whatever another package than those named brings cannot be imported. After that everything that any of
its files imports, at its head or inside a function, is imported, too. Prints the names of the functions as JSON.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from sandbox.host.worker import Worker

PROJECT = Path(__file__).parents[2]
INSTALLED = Path(sysconfig.get_paths()["purelib"]).resolve()


class Only(MetaPathFinder):
    """Hides what is installed here and would not be there."""

    def __init__(self, packages: list[str]) -> None:
        self.files = {file for name in packages for file in _files(name)}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Nothing; raises where another package would have found the module."""
        found = PathFinder.find_spec(name, path, target)
        origin = Path(found.origin).resolve() if found and found.origin and found.has_location else None
        if origin and origin.is_relative_to(INSTALLED) and str(origin) not in self.files:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _files(package: str) -> Iterator[str]:
    found = distribution(package)
    return (os.path.realpath(str(found.locate_file(file))) for file in found.files or ())


def imported(folder: Path) -> set[str]:
    """Every module that a file of the folder names in an import."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return names


def main(folder: Path, packages: list[str]) -> None:
    """Index, then import; raises what goes wrong."""
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != PROJECT]
    sys.meta_path.insert(0, Only(packages))
    functions = asyncio.run(Worker(folder).index())
    for name in sorted(imported(folder)):
        importlib.import_module(name)
    strangers = {module.__name__ for module in list(sys.modules.values()) if _of_project(module) and module.__name__.startswith("sync")}
    print(json.dumps({"functions": [each.name for each in functions], "strangers": sorted(strangers)}))


def _of_project(module: Any) -> bool:
    return str(getattr(module, "__file__", None) or "").startswith(str(PROJECT))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
