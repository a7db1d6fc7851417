"""What Couplet itself writes on the timeline of a record in Sales."""

from __future__ import annotations

from mapping.ids import derived_id
from mapping.steps import Create
from mapping.values import Side

STATUS = "Business Central"
"""The subject of notes that tell what became of a document in BC; they are no notes of people, and never go there."""


def told(table: str, id_: str, text: str) -> Create:
    """A note on the timeline of a row, by the logical name of its table: made once, and missed by nobody where the row is gone."""
    about = {f"objectid_{table}@odata.bind": f"/{table}s({id_})"}
    values = {"subject": STATUS, "notetext": text, "isdocument": False, **about}
    return Create(side=Side.SALES, table="annotations", id=derived_id("timeline", table, id_, text), values=values, optional=True)
