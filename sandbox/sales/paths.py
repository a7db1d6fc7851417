"""The segments of a path below the service address."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=2048)
def segments(path: str) -> tuple[str, ...]:
    """Split at slashes outside of quotes and parentheses: `accounts(name='a/b')/$ref`."""
    if "(" not in path:
        return tuple(part for part in path.split("/") if part)
    parts, depth, quoted, start = [], 0, False, 0
    for at, sign in enumerate(path):
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "/" and not quoted and depth == 0:
            parts.append(path[start:at])
            start = at + 1
    return tuple(part for part in (*parts, path[start:]) if part)


def keyed(segment: str) -> tuple[str, str | None]:
    """`accounts(x)` as `("accounts", "x")`; None without parentheses."""
    name, opened, rest = segment.partition("(")
    return (name, rest[:-1]) if opened and rest.endswith(")") else (segment, None)
