"""What all work on one company shares: settings, store, the two services, the mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mapping.catalogue import CATALOGUE
from mapping.model import TableMapping
from mapping.modes import Modes, in_mode
from mapping.policies import Mode
from mapping.profiles import Unavailable
from sync.around.ours import Ours
from sync.around.reference import Reference
from sync.heart.plan import Side
from sync.services.business_central import BusinessCentral
from sync.services.model import Service
from sync.services.sales import Sales
from sync.settings import Settings
from sync.store import Entry, Hold, Store
from sync.unconverted import Unconverted


@dataclass(frozen=True, kw_only=True)
class Context:
    """One company of Business Central on one Sales organisation. `company` is BC's id of it (rule G1).

    `companies` are all that this app works for, by id. `mappings` can work on this Business Central, with the run-time switches in
    force; `declared` are the same without switches, `entries` what was known of them when this piece of work began. `unavailable` names
    what would need our extension, `other_modes` the mappings that the settings leave out, `off` those that are switched off, with the
    reason, `unconverted` those that are held back since the unit mode was changed, `coupled_otherwise` since that of orders was,
    `ours` what Sales has of our own columns and tables. `hold` stops everything while it is there. `country_aliases` are
    names that people type and no list holds -> code (rule D2).
    """

    company: str
    settings: Settings
    store: Store
    bc: BusinessCentral
    sales: Sales
    services: Mapping[Side, Service]
    reference: Reference
    mappings: Mapping[str, TableMapping] = field(default_factory=lambda: in_mode(CATALOGUE, Modes()))
    unavailable: Sequence[Unavailable] = ()
    other_modes: Mapping[str, Mode] = field(default_factory=dict)
    unconverted: Unconverted = field(default_factory=Unconverted)
    coupled_otherwise: Mapping[str, str] = field(default_factory=dict)
    companies: Sequence[str] = ()
    declared: Mapping[str, TableMapping] = field(default_factory=lambda: in_mode(CATALOGUE, Modes()))
    entries: Mapping[str, Entry] = field(default_factory=dict)
    off: Mapping[str, str] = field(default_factory=dict)
    ours: Ours = field(default_factory=Ours)
    hold: Hold | None = None
    country_aliases: Mapping[str, str] = field(default_factory=dict)

    def entry(self, mapping: str) -> Entry:
        """What was known of a mapping when this piece of work began; nothing where none was ever looked at."""
        return self.entries.get(mapping) or Entry(company=self.company, mapping=mapping)
