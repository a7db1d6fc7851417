"""Questions to the person who sets up, and who answers them: the person, or a file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

YES, NO = "yes", "no"
EITHER = (YES, NO)


def as_it_is(text: str) -> str:
    """Any text."""
    return text


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question. `name` is that of its answer in a file.

    Its answer becomes the app setting `setting` and the parameter `parameter` of main.bicep, where it has them; `read` brings it into
    its form, or raises ValueError. `usual` counts where nobody says otherwise; without it, an answer is needed. `many` answers are
    separated by semicolons.
    """

    name: str
    asks: str
    setting: str = ""
    parameter: str = ""
    usual: str | None = None
    choices: tuple[str, ...] = ()
    many: bool = False
    read: Callable[[str], str] = as_it_is


class Asker:
    """Puts questions to a file of answers, and what it leaves open to a person; without one, the usual answer counts."""

    def __init__(self, answers: Mapping[str, Any], ask: Callable[[str], str] | None, say: Callable[[str], None]) -> None:
        self._answers = answers
        self._ask = ask
        self._say = say

    def answer(self, question: Question, *, usual: str | None = None, choices: Sequence[str] = ()) -> str:
        """The answer in its form; `usual` and `choices` are what was found out meanwhile. ValueError without one that can be used."""
        usual = usual or question.usual
        choices = tuple(choices) or question.choices
        if question.name in self._answers:
            return self._told(question, _text(self._answers[question.name]), choices)
        while self._ask is not None:
            given = self._ask(_prompt(question, usual, choices)).strip() or usual or ""
            try:
                return self._told(question, given, choices)
            except ValueError as problem:
                self._say(f"  {problem}")
        if usual is None:
            raise ValueError(f"{question.name} is not answered: {question.asks}")
        return self._told(question, usual, choices)

    def yes(self, question: Question) -> bool:
        """Whether the answer is yes."""
        return self.answer(question, choices=EITHER) == YES

    def pairs(self, name: str) -> Mapping[str, str]:
        """A table of the file of answers: who belongs to whom."""
        known = self._answers.get(name, {})
        if not isinstance(known, Mapping) or not all(isinstance(value, str) for value in known.values()):
            raise ValueError(f"{name} must be a table of texts")
        return known

    def _told(self, question: Question, given: str, choices: Sequence[str]) -> str:
        """What an answer means; a correction is said."""
        parts = [part.strip() for part in given.split(";") if part.strip()] if question.many else [given]
        read = [_chosen(question.read(part), choices) if part else "" for part in parts]
        if not any(read) and question.usual is None:
            raise ValueError(f"{question.name}: an answer is needed")
        if read != parts and not choices:
            self._say(f"  {question.name}: {'; '.join(read)}")
        return ";".join(read)


def answers_of(file: Path | None) -> Mapping[str, Any]:
    """The answers in a TOML file; none without a file."""
    if file is None:
        return {}
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _text(value: object) -> str:
    """An answer of a file: a text, a list of texts, yes or no."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value)


def _chosen(given: str, choices: Sequence[str]) -> str:
    """One of the choices, by its number or its name."""
    if not choices:
        return given
    named = {choice.casefold(): choice for choice in choices} | {str(at): choice for at, choice in enumerate(choices, 1)}
    if given.casefold() not in named:
        raise ValueError(f"{given} is none of {', '.join(choices)}")
    return named[given.casefold()]


def _prompt(question: Question, usual: str | None, choices: Sequence[str]) -> str:
    lines = [question.asks]
    if choices and tuple(choices) != EITHER:
        lines += [f"  {at}. {choice}" for at, choice in enumerate(choices, 1)]
    hint = " (yes or no)" if tuple(choices) == EITHER else " (several separated by ;)" if question.many else ""
    return "\n".join(lines) + hint + (f" [{usual}]: " if usual else ": ")
