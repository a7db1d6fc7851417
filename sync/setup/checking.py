"""Looking at every requirement of one company; one that is not met keeps nobody from looking at the others."""

from __future__ import annotations

import asyncio
import logging

from sync.environment import Environment
from sync.errors import CoupletError
from sync.errors.setup import NotLookedAt
from sync.setup.model import Checked, Place, Requirement
from sync.setup.requirements import REQUIREMENTS

log = logging.getLogger("couplet")


async def checked(environment: Environment, company: str) -> list[Checked]:
    """All requirements, in their order."""
    place = Place(environment, company)
    return list(await asyncio.gather(*(_one(place, each) for each in REQUIREMENTS)))


async def _one(place: Place, wanted: Requirement) -> Checked:
    try:
        facts = await wanted.look(place)
    except CoupletError as error:
        return _unmet(wanted, error)
    except Exception:
        # A system that answers otherwise than anybody foresaw hides nothing of what is known of the rest
        log.exception("the requirement %s could not be looked at", wanted.name)
        return _unmet(wanted, NotLookedAt())
    return Checked(name=wanted.name, says=wanted.says, needed=wanted.needed, met=True, facts=facts)


def _unmet(wanted: Requirement, error: CoupletError) -> Checked:
    wrong = {"code": error.code, "detail": str(error), "remedy": error.remedy}
    return Checked(name=wanted.name, says=wanted.says, needed=wanted.needed, met=False, **wrong, facts=error.detail)
