"""The mappings of an app with usual settings: of the modes that have to be chosen, the default."""

from __future__ import annotations

from mapping.catalogue import CATALOGUE
from mapping.graph import in_order
from mapping.modes import Modes, in_mode
from mapping.off import off, switched_on, without

IN_FORCE = in_mode(CATALOGUE, Modes())
_ON = switched_on({name: without(mapping, off(IN_FORCE)) for name, mapping in IN_FORCE.items()})
ENABLED = {name: _ON[name] for name in in_order(_ON)}
"""Those that a full synch takes: not switched off from the start."""
