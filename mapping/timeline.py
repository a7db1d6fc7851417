"""What Couplet itself writes on the timeline of a record in Sales."""

from __future__ import annotations

STATUS = "Business Central"
"""The subject of notes that tell what became of a document in BC; they are no notes of people, and never go there."""
