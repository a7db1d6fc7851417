"""Notes: how large the file is that a note carries."""

from __future__ import annotations

from sandbox.sales.rules.write import Write


def file_size(write: Write) -> None:
    """A note without a file has the size 0; a file stands in base 64."""
    body = write.row.get("documentbody") or ""
    write.row["filesize"] = len(body) * 3 // 4 - body[-2:].count("=")


BEFORE = {"annotation": (file_size,)}
