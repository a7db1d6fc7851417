"""Sign-in of the sandbox: tokens that only the sandbox's own key makes and only its own services accept."""

from __future__ import annotations

import time
from dataclasses import dataclass

import jwt

TENANT = "5b1f0c2e-7d34-4a6b-9c58-0e2f41a7d390"
CLIENT_ID = "c0a1e5ce-13d7-4f2a-8b66-9d0e77b3f512"
CLIENT_SECRET = "sandbox-only-not-a-secret"
PUBLIC_CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""The client of Microsoft's command line, which people sign in with."""

ADMINISTRATOR = "c19537fc-db29-56d3-abb0-8e18695faeb4"
"""The object id of the one person who can sign in."""

ALGORITHM = "HS256"


class TokenRefused(Exception):
    """A bearer token that a service must not accept; the message is the reason."""


@dataclass(frozen=True)
class Claims:
    """What a valid token says: who calls which service, until when (seconds since 1970, UTC); of a person also the object id."""

    tenant: str
    client_id: str
    audience: str
    expires: int
    person: str | None = None


def issue(key: str, *, tenant: str, client_id: str, audience: str, lifetime: int = 3599, person: str | None = None) -> str:
    """A signed token for one service, with the claims that Entra puts into it: app-only, or of a person; lifetime in seconds."""
    now = int(time.time())
    whose = {"idtyp": "user", "oid": person, "scp": "user_impersonation"} if person else {"idtyp": "app"}
    claims = {
        "iss": f"https://sts.windows.net/{tenant}/",
        "aud": audience,
        "tid": tenant,
        "appid": client_id,
        **whose,
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM)


def verify(key: str, token: str, *, audience: str, tenant: str) -> Claims:
    """The claims of a token that this key signed for this service and tenant; raises TokenRefused for any other."""
    if not token:
        raise TokenRefused("no bearer token")
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], audience=audience, options={"require": ["exp", "aud", "tid", "appid"]})
    except jwt.ExpiredSignatureError as problem:
        raise TokenRefused("the token has expired") from problem
    except jwt.InvalidAudienceError as problem:
        raise TokenRefused("the token is for another service") from problem
    except jwt.InvalidTokenError as problem:
        raise TokenRefused(f"not a token of this sandbox: {problem}") from problem
    if claims["tid"] != tenant:
        raise TokenRefused("the token is of another tenant")
    said = {"tenant": claims["tid"], "client_id": claims["appid"], "audience": claims["aud"], "expires": claims["exp"]}
    return Claims(**said, person=claims.get("oid") if claims.get("idtyp") == "user" else None)


if __name__ == "__main__":
    # the endpoint and its web framework are not loaded by those who only check tokens
    from sandbox.sign_in import main

    main()
