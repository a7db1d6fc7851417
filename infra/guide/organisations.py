"""The organisations that a person may enter, told by the discovery service of the cloud (F002)."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from infra.guide.addresses import corrected
from sync.clouds import Cloud
from sync.services.auth import SignIn, tls
from sync.setting_values import is_loopback
from sync.settings import Settings

DISCOVERY: Mapping[Cloud, str] = {
    Cloud.COMMERCIAL: "https://globaldisco.crm.dynamics.com",
    Cloud.US_GOV_HIGH: "https://globaldisco.crm.microsoftdynamics.us",
    Cloud.US_GOV_DOD: "https://globaldisco.crm.appsplatform.us",
    Cloud.CHINA: "https://globaldisco.crm.dynamics.cn",
}
ENABLED = 0


async def organisations(settings: Settings, sign_in: SignIn, discovery: str) -> dict[str, str]:
    """Address -> name of each organisation that is enabled; none where the service does not answer: people know the address, too."""
    token = await sign_in.token(f"{discovery}/.default")
    trusted = tls(settings)
    try:
        async with httpx.AsyncClient(verify=trusted, trust_env=not is_loopback(discovery), timeout=30.0) as http:
            answer = await http.get(f"{discovery}/api/discovery/v2.0/Instances", headers={"Authorization": f"Bearer {token}"})
        rows = answer.raise_for_status().json()["value"]
        return {corrected(row["Url"]): str(row["FriendlyName"]) for row in rows if row["State"] == ENABLED}
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return {}
