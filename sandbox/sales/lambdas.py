"""`any` and `all` over a collection: `contact_customer_accounts/any(c:c/lastname eq 'x')`, taken out of a filter before it is parsed."""

from __future__ import annotations

import re
from typing import Any

from sandbox.odata import BadQuery

START = re.compile(r"'(?:[^']|'')*'|\b(?P<nav>\w+)/(?P<kind>any|all)\(")
VARIABLE = re.compile(r"\s*(\w+)\s*:")
Calls = list[tuple[str, dict[str, list[str]]]]


def take_out(text: str, calls: Calls) -> str:
    """Replace each lambda by a function that only carries its number; its collection and condition go to `calls`."""
    done, rest = "", text
    while (found := START.search(rest)) is not None:
        if found["nav"] is None:
            done, rest = done + rest[: found.end()], rest[found.end() :]
            continue
        end = _closing(rest, found.end())
        calls.append((found["kind"], {"nav": [found["nav"]], "condition": [_condition(rest[found.end() : end])]}))
        done += rest[: found.start()] + f"Microsoft.Dynamics.CRM.{found['kind']}({len(calls) - 1})"
        rest = rest[end + 1 :]
    return done + rest


def _closing(text: str, at: int) -> int:
    """Where the parenthesis opened before `at` is closed."""
    depth, quoted = 1, False
    for place in range(at, len(text)):
        sign: Any = text[place]
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return place
    raise BadQuery("A parenthesis of any or all is not closed.")


def _condition(text: str) -> str:
    """The condition without its variable; blank for `any()`."""
    variable = VARIABLE.match(text)
    if variable is None:
        return text.strip()
    return re.sub(rf"('(?:[^']|'')*')|\b{variable[1]}/", lambda found: found[1] or "", text[variable.end() :]).strip()
