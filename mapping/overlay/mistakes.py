"""What is wrong with a mappings.toml: where, what, and what to do. All of it is collected before anybody is told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MOST = 200
"""Mistakes that are kept of one file; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake, by its path in the file (`CUSTOMER.fields.creditLimit.direction`)."""

    path: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what} {self.remedy}"


@dataclass(slots=True)
class Mistakes:
    """The mistakes found so far; `spoiled` are the paths of tables that are no use without what is wrong in them."""

    found: list[Mistake] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    spoiled: set[str] = field(default_factory=set)

    def add(self, path: str, what: str, remedy: str) -> None:
        """One more mistake; a second one at the same place with the same words is none."""
        mistake = Mistake(path, what, remedy)
        if mistake not in self.found:
            self.found.append(mistake)
            self.paths.add(path)

    def copy(self) -> Mistakes:
        """The same mistakes, to which others are added apart."""
        return Mistakes(list(self.found), set(self.paths), set(self.spoiled))

    def under(self, path: str) -> bool:
        """Whether something at or below a path is wrong."""
        return any(each.path == path or each.path.startswith(f"{path}.") or each.path.startswith(f"{path}[") for each in self.found)

    def __iter__(self) -> Iterator[Mistake]:
        return iter(sorted(self.found, key=lambda each: each.path)[:MOST])

    def __len__(self) -> int:
        return len(self.found)


def close_to(name: str, known: Iterable[str]) -> str:
    """What may have been meant, as a sentence; else what there is."""
    names = sorted(map(str, known))
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    folded = [each for each in names if each.casefold() == name.casefold()]
    if folded or near:
        return f"Did you mean {' or '.join(folded or near)}?"
    shown = ", ".join(names[:12])
    return f"There is {shown}{', ...' if len(names) > 12 else ''}." if shown else "There is none."


def joined(path: str, key: str) -> str:
    """The path of a key below another one; a key with blanks stands in quotes below the mapping, as in the file."""
    return f"{path}.{key}" if path else key
