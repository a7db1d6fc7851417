"""The mappings of an app with usual settings: of the modes that have to be chosen, the default."""

from __future__ import annotations

from mapping.catalogue import CATALOGUE
from mapping.modes import Modes, in_mode

IN_FORCE = in_mode(CATALOGUE, Modes())
ENABLED = {name: mapping for name, mapping in IN_FORCE.items() if mapping.enabled}
"""Those that a full synch takes: not switched off from the start."""
