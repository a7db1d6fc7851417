"""The mappings of this app before run-time switches: as Couplet comes with them, changed by the mappings file beside the app."""

from __future__ import annotations

from pathlib import Path

from mapping.overlay import FILE_NAME, Overlay, load
from sync.errors import MappingsWrong

APP = Path(__file__).resolve().parents[1]
"""The app's root; the mappings file is looked for from there."""

SETTING = "MAPPINGS_FILE"
SHOWN = 20
"""Mistakes that an error names; `python -m mapping check` names all."""


def declared_mappings(named: str | None) -> Overlay:
    """The mappings with the file that the setting names, or with mappings.toml where there is one. Files only, no service; never raises."""
    usual = APP / FILE_NAME
    return load(APP / named) if named else load(usual if usual.is_file() else None)


def check(declared: Overlay) -> None:
    """Refuse to work with a mappings file that has mistakes: half of what people want may do what nobody wants."""
    if declared.mistakes:
        name = declared.path.name if declared.path else FILE_NAME
        shown = " ".join(map(str, declared.mistakes[:SHOWN]))
        rest = f" And {len(declared.mistakes) - SHOWN} more." if len(declared.mistakes) > SHOWN else ""
        raise MappingsWrong(message=f"{name} has {len(declared.mistakes)} mistake(s). {shown}{rest}")
