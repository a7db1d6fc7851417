"""The stock of a product as a page: small, without script, and in no other frame than the organisation's."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlsplit

import azure.functions as func

STYLE = (
    "body{font:14px/1.4 'Segoe UI',system-ui,sans-serif;color:#242424;margin:8px}"
    "p{margin:0 0 4px}.much{font-size:24px;font-weight:600}.less{color:#616161}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def stock_page(answer: Mapping[str, Any], status: int, organisation: str) -> func.HttpResponse:
    """The page of an answer, good or bad; only pages of the organisation may show it in a frame."""
    body = _stock(answer) if status < SUCCESS else _refusal(answer)
    page = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Stock</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )
    return func.HttpResponse(page, status_code=status, mimetype="text/html", charset="utf-8", headers=_headers(organisation))


SUCCESS = 300


def _headers(organisation: str) -> dict[str, str]:
    parts = urlsplit(organisation)
    # The Web API has an address of its own, too; people open their forms at the organisation's.
    framed_by = f"{parts.scheme}://{parts.netloc.replace('.api.crm', '.crm', 1)}" if parts.netloc else "'none'"
    policy = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors {framed_by}"
    return {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def _stock(answer: Mapping[str, Any]) -> str:
    at = str(answer["asOf"])
    shown = f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC"
    return (
        f'<p class="much">{escape(_number(answer["quantity"]))} {escape(answer["unit"])}</p>'
        f"<p>{escape(answer['number'])} {escape(answer['name'])}</p>"
        f'<p class="less">in stock in Business Central, <time datetime="{escape(at)}">{escape(shown)}</time></p>'
    )


def _number(quantity: float) -> str:
    """A quantity as people read it: with a blank between thousands, and no more decimals than it has."""
    plain = format(Decimal(str(quantity)), ",f").replace(",", "\u202f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _refusal(answer: Mapping[str, Any]) -> str:
    remedy = f'<p class="less">{escape(str(answer["remedy"]))}</p>' if answer.get("remedy") else ""
    return f"<p>{escape(str(answer.get('detail', '')))}</p>{remedy}"
