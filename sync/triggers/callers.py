"""Who may call: holders of a function key, or people and programs that signed in and have one of two roles.

Reading needs the role read; whatever asks for work or changes what is kept needs the role operate, which includes reading. With keys, the
role is the set of functions that a key opens: no function does both. With `SIGN_IN=entra` the platform signs callers in and tells of
them in a header, which it takes out of requests from outside; where it does not run, nothing is believed and nobody is answered.
"""

from __future__ import annotations

import binascii
import json
import os
from base64 import b64decode
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import azure.functions as func

from sync.errors.access import AnotherSite, NotSignedIn, RoleMissing, SignInOff
from sync.settings import Callers

SETTING = "SIGN_IN"
PLATFORM = "WEBSITE_AUTH_ENABLED"
"""What the platform itself sets where its sign-in is on."""

PRINCIPAL = "x-ms-client-principal"
LARGEST = 32 * 1024
ASKED_FROM = "sec-fetch-site"
"""Where a browser says that a request comes from; programs have no such header, and no cookie that could be used against them."""

OWN_PAGES = frozenset({"same-origin", "none"})
ROLE_CLAIMS = frozenset({"roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"})


class Role(StrEnum):
    """The app roles of the registration that people sign in with."""

    READ = "Couplet.Read"
    OPERATE = "Couplet.Operate"


def role_of(method: str) -> Role:
    """The role that a call needs."""
    return Role.READ if method.upper() == "GET" else Role.OPERATE


def auth_level(environ: Mapping[str, str]) -> func.AuthLevel:
    """What the host asks of every call that does not say otherwise; not a key where the platform signs callers in."""
    return func.AuthLevel.ANONYMOUS if _signs_in(environ) else func.AuthLevel.FUNCTION


def check_sign_in(environ: Mapping[str, str] = os.environ) -> None:
    """Raise SignInOff where callers should sign in and cannot."""
    if _signs_in(environ) and environ.get(PLATFORM, "").strip().lower() != "true":
        raise SignInOff


def check_caller(req: func.HttpRequest, environ: Mapping[str, str] = os.environ) -> None:
    """Raise NotSignedIn, RoleMissing or AnotherSite unless the caller may do this; the host has looked at keys before."""
    if not _signs_in(environ):
        return
    check_sign_in(environ)
    given, wanted = roles_in(req.headers.get(PRINCIPAL, "")), role_of(req.method)
    if not given & {wanted, Role.OPERATE}:
        raise RoleMissing(f"This call needs the role {wanted}.")
    if wanted is Role.OPERATE and req.headers.get(ASKED_FROM, "none") not in OWN_PAGES:
        raise AnotherSite


def roles_in(header: str) -> frozenset[str]:
    """The roles in the platform's header: claims as JSON in base64; one that cannot be read is nobody's."""
    try:
        principal = json.loads(b64decode(header, validate=True)) if 0 < len(header) <= LARGEST else None
    except (binascii.Error, ValueError, RecursionError):
        principal = None
    claims = principal.get("claims") if isinstance(principal, dict) else None
    if not isinstance(claims, list):
        raise NotSignedIn
    return frozenset(str(each.get("val")) for each in claims if _is_role(each))


def _is_role(claim: Any) -> bool:
    return isinstance(claim, dict) and claim.get("typ") in ROLE_CLAIMS


def _signs_in(environ: Mapping[str, str]) -> bool:
    return environ.get(SETTING, "").strip() == Callers.ENTRA
