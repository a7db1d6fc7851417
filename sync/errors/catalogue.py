"""All errors of the tree, and the one of a code."""

from __future__ import annotations

from collections.abc import Iterator

from sync.errors.base import CoupletError


def catalogue() -> list[type[CoupletError]]:
    """All classes of the tree, parents before children."""

    def below(cls: type[CoupletError]) -> Iterator[type[CoupletError]]:
        yield cls
        for child in cls.__subclasses__():
            yield from below(child)

    return list(below(CoupletError))


def by_code(code: str) -> type[CoupletError]:
    """The class of a stored code, for its message and remedy; the root for a code that this version does not know."""
    return next((cls for cls in catalogue() if cls.code == code), CoupletError)
