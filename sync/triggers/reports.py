"""Jobs whose findings stand in a report: the answer that one has begun, and which list of its report is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import azure.functions as func

from sync.store import Job
from sync.triggers.answers import BadRequest, as_json


def begun(job: Job, report: str) -> func.HttpResponse:
    """202 with the job, and where its report will stand."""
    return as_json({"id": job.id, "job": job.id, "status": job.status, "report": report}, status=202, location=report)


def asked_list(req: func.HttpRequest, lists: Sequence[str]) -> str | None:
    """The list of `?list=`; None where none is named, BadRequest where there is none of that name."""
    name: str | None = req.params.get("list")
    if name is not None and name not in lists:
        raise BadRequest("list must be the name of a list.", allowed=lists)
    return name
