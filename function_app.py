"""The front door: what Azure Functions loads. It registers the blueprints, nothing else."""

import os

import azure.functions as func

from sync.start import say
from sync.triggers import (
    availability,
    choices,
    connection,
    couple,
    couplings,
    deletions,
    explain,
    full_sync,
    health,
    history,
    hooks,
    jobs,
    mappings,
    match,
    opening,
    outside,
    problems,
    queues,
    records,
    review,
    setup,
    state,
    takeover,
    timers,
    units,
)
from sync.triggers.callers import auth_level

say(os.environ)
app = func.FunctionApp(http_auth_level=auth_level(os.environ))

for _each in (
    timers,
    units,
    queues,
    couple,
    couplings,
    choices,
    connection,
    full_sync,
    review,
    jobs,
    history,
    problems,
    records,
    opening,
    deletions,
    mappings,
    outside,
    match,
    availability,
    explain,
    health,
    setup,
    state,
    takeover,
    hooks,
):
    app.register_functions(_each.blueprint)
