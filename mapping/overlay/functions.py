"""Python functions beside the app, named in mappings.toml: found offline without running them, loaded once at their first use."""

from __future__ import annotations

import ast
import importlib.util
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from mapping.extensions import Function, Record
from mapping.overlay.mistakes import Mistakes, close_to

LARGEST = 1_000_000


@dataclass(slots=True)
class Functions:
    """The Python files of one folder, and the functions in them."""

    folder: Path
    _modules: dict[str, ModuleType] = field(default_factory=dict)
    _turn: threading.RLock = field(default_factory=threading.RLock)

    def named(self, reference: str, path: str, mistakes: Mistakes) -> Function:
        """The function of a reference such as `extensions.py:accept_customer`; what is wrong with it is noted."""
        file, _, name = reference.partition(":")
        self._check(file, name, path, mistakes)
        return Function(reference, lambda: self._found(file, name))

    def _check(self, file: str, name: str, path: str, mistakes: Mistakes) -> None:
        source = self.folder / file
        try:
            if source.stat().st_size > LARGEST:
                mistakes.add(path, f"{file} is larger than {LARGEST} bytes.", "Split it.")
                return
            tree = ast.parse(source.read_text(encoding="utf-8"), file)
        except OSError:
            mistakes.add(path, f"there is no file {file}.", f"Put it beside the mappings file, in {self.folder}.")
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            mistakes.add(path, f"{file} is no Python{f' (line {line})' if line else ''}.", "Correct it.")
        else:
            _check_function(tree, file, name, path, mistakes)

    def _found(self, file: str, name: str) -> Callable[[Record], Any]:
        function: Callable[[Record], Any] = getattr(self._module(file), name)
        return function

    def _module(self, file: str) -> ModuleType:
        with self._turn:
            if file not in self._modules:
                spec = importlib.util.spec_from_file_location(f"couplet_{Path(file).stem}", self.folder / file)
                if spec is None or spec.loader is None:
                    raise ImportError(file)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                self._modules[file] = module
            return self._modules[file]


def _check_function(tree: ast.Module, file: str, name: str, path: str, mistakes: Mistakes) -> None:
    defined = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    if name not in defined:
        mistakes.add(path, f"{file} defines no function {name}.", close_to(name, defined))
        return
    function = defined[name]
    if isinstance(function, ast.AsyncFunctionDef):
        mistakes.add(path, f"{name} is an async function.", "Write it with a plain def.")
    given = function.args
    taken, optional = len(given.posonlyargs) + len(given.args), len(given.defaults)
    if not taken - optional <= 1 <= taken and not given.vararg:
        mistakes.add(path, f"{name} takes {taken} arguments.", f"It is given one, the record: def {name}(record):")
