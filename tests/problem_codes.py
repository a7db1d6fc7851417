"""`python -m tests.problem_codes`: write the table of codes in docs/problems.md from the tree of errors."""

from __future__ import annotations

from pathlib import Path

from sync.errors import CoupletError, RecordProblem, ServiceError, catalogue

PAGE = Path(__file__).parent.parent / "docs" / "problems.md"
HEAD = "| code | what it says | what to do |\n|---|---|---|\n"


def codes() -> list[type[CoupletError]]:
    """Every class whose code a problem can have: what the engine leaves to people, and what a service may answer."""
    return [cls for cls in catalogue() if issubclass(cls, RecordProblem | ServiceError) and not cls.__subclasses__()]


def table() -> str:
    """The codes with their causes and remedies, as the page shows them."""
    return HEAD + "".join(_line(cls) for cls in sorted(codes(), key=lambda cls: cls.code))


def _line(cls: type[CoupletError]) -> str:
    code = f"*{cls.code}*" if cls.settled_by_edit else cls.code
    meaning = (cls.__doc__ or "").strip().partition("\n")[0]
    return f"| {code} | {meaning} | {cls.remedy.replace('|', chr(92) + '|')} |\n"


def main() -> None:
    PAGE.write_text(PAGE.read_text(encoding="utf-8").partition(HEAD)[0] + table(), encoding="utf-8")


if __name__ == "__main__":
    main()
