"""HTTP: what is in stock of a product, as JSON or as a small page that can stand in a form of Sales.

The function has no other use: who shall see stock and nothing else gets a key of this function alone. It asks for the key also where
all other callers sign in: a page inside a form cannot.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import azure.functions as func

from sync.context import Context
from sync.desk.availability import availability
from sync.environment import environment
from sync.errors import SettingsError
from sync.triggers.answers import BadRequest, as_json, company_of, explained
from sync.triggers.stock_page import stock_page

blueprint = func.Blueprint()

FORMATS = ("json", "html")
LONGEST_PRODUCT = 100
IN_A_FORM = "form"
"""A form of Sales adds the id of its record as `?id=`, and cannot put it into a path."""


@blueprint.function_name("get_availability")
@blueprint.route(route="availability/{product}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def get_availability(req: func.HttpRequest) -> func.HttpResponse:
    """What is in stock of a product now, by its id in Sales or its number in Business Central; `?format=html` for a form of Sales."""
    answer = await _answer(req)
    if _wanted(req) == "html":
        answer = stock_page(json.loads(answer.get_body()), answer.status_code, await _organisation())
    answer.headers["Cache-Control"] = "no-store"
    return answer


@explained
async def _answer(req: func.HttpRequest) -> func.HttpResponse:
    if _wanted(req) not in FORMATS:
        raise BadRequest(f"format must be {' or '.join(FORMATS)}.")
    if not (await environment()).settings.availability:
        raise BadRequest("The stock of products is not shown: AVAILABILITY is false.", status=404)
    product = req.route_params["product"]
    if product.lower() == IN_A_FORM and "id" in req.params:
        product = req.params["id"]
    if len(product) > LONGEST_PRODUCT:
        raise BadRequest(f"A product's id or number has up to {LONGEST_PRODUCT} characters.")
    return as_json(await availability(await _companies(req), product))


async def _companies(req: func.HttpRequest) -> Sequence[Context]:
    """The company that the call names, else all: a product belongs to one of them (rule G1)."""
    return [await company_of(req)] if "company" in req.params else await (await environment()).contexts()


def _wanted(req: func.HttpRequest) -> str:
    """The format that the call names, else what the caller says it takes."""
    named = req.params.get("format")
    return named.lower() if named is not None else "html" if "text/html" in req.headers.get("Accept", "") else "json"


async def _organisation() -> str:
    """The address of the organisation; an empty one while the settings cannot be read."""
    try:
        return (await environment()).settings.sales_url
    except SettingsError:
        return ""
