"""Looking at every requirement of one company; one that is not met keeps nobody from looking at the others."""

from __future__ import annotations

import asyncio

from sync.environment import Environment
from sync.errors import CoupletError
from sync.setup.model import Checked, Place, Requirement
from sync.setup.requirements import REQUIREMENTS


async def checked(environment: Environment, company: str) -> list[Checked]:
    """All requirements, in their order."""
    place = Place(environment, company)
    return list(await asyncio.gather(*(_one(place, each) for each in REQUIREMENTS)))


async def _one(place: Place, wanted: Requirement) -> Checked:
    try:
        facts = await wanted.look(place)
    except CoupletError as error:
        wrong = {"code": error.code, "detail": str(error), "remedy": error.remedy}
        return Checked(name=wanted.name, says=wanted.says, needed=wanted.needed, met=False, **wrong, facts=error.detail)
    return Checked(name=wanted.name, says=wanted.says, needed=wanted.needed, met=True, facts=facts)
