"""Sales documents."""
from __future__ import annotations

from collections.abc import Callable

from sandbox.business_central import writes
from sandbox.business_central.company import Company
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View

ACTIONS: dict[tuple[str, str], Callable[[Company, Row], None]] = {}
create, update, remove = writes.create, writes.update, writes.remove


def is_document(view: View) -> bool:
    return False
