"""The settings of a Business Central on premises and of other clouds: defaults, what goes together, what contradicts."""

from __future__ import annotations

from typing import Any

import pytest

from infra.setup.guide import NO_ENVIRONMENT, NOT_USED, STAND_INS
from sync.clouds import Cloud
from sync.settings import Settings
from sync.store import Store
from tests.test_settings import COMPLETE, wrong

SERVER = {
    **COMPLETE,
    "BC_ENVIRONMENT": "",
    "BC_INSTANCE": "BC260",
    "BC_URL": "https://bc.contoso.com:7048/",
    "BC_CLIENT_URL": "https://bc.contoso.com/BC260",
}
GOVERNMENT = {
    **COMPLETE,
    "CLOUD": "usGovHigh",
    "SALES_URL": "https://contoso.crm.microsoftdynamics.us",
    "BC_URL": "https://api.bc.example.us/v2.0",
    "BC_CLIENT_URL": "https://bc.example.us",
    "BC_SCOPE": "https://api.bc.example.us/.default",
}


def problems(environ: dict[str, str]) -> str:
    return str(wrong(**{**dict.fromkeys(COMPLETE, ""), **environ}))


def test_a_server_on_premises_stands_in_for_an_environment() -> None:
    there = Settings.load(SERVER)
    assert there.bc_root == "https://bc.contoso.com:7048/BC260/api"
    assert (there.bc_query, there.bc_client) == ("", "https://bc.contoso.com/BC260/?")
    one_of_many = Settings.load({**SERVER, "BC_TENANT": "north"})
    assert (one_of_many.bc_query, one_of_many.bc_client) == ("tenant=north", "https://bc.contoso.com/BC260/?tenant=north&")


@pytest.mark.rule("G1")
def test_state_tells_servers_instances_and_tenants_apart_and_environments_by_their_name() -> None:
    assert Settings.load(COMPLETE).bc_name == "production"
    others = [{}, {"BC_TENANT": "north"}, {"BC_INSTANCE": "BC270"}, {"BC_URL": "https://test.contoso.com:7048"}]
    named = [Settings.load({**SERVER, **other}).bc_name for other in others]
    assert named[1] == "bc.contoso.com:7048/bc260/north"
    assert len(set(named)) == len(others)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"BC_ENVIRONMENT": "production"}, "BC_INSTANCE must be empty when BC_ENVIRONMENT is set"),
        ({"BC_INSTANCE": ""}, "BC_ENVIRONMENT is not set"),
        ({"BC_URL": ""}, "BC_URL is not set"),
        ({"BC_CLIENT_URL": ""}, "BC_CLIENT_URL is not set"),
        ({"BC_URL": "http://bc.contoso.com:7048"}, "BC_URL must be an https://"),
        ({"BC_USER": "COUPLET"}, "BC_ACCESS_KEY is not set"),
        ({"BC_ACCESS_KEY": "do-not-show"}, "BC_USER is not set"),
        ({"BC_USER": "CONTOSO:COUPLET", "BC_ACCESS_KEY": "do-not-show"}, "BC_USER must be "),
        ({"BC_TENANT": "a&b"}, "BC_TENANT must be "),
    ],
)
def test_what_a_server_lacks_or_has_twice_is_named(changes: dict[str, str], said: str) -> None:
    told = problems({**SERVER, **changes})
    assert said in told
    assert "do-not-show" not in told


@pytest.mark.parametrize("name", ["BC_TENANT", "BC_USER"])
def test_what_only_servers_know_is_refused_online(name: str) -> None:
    assert "BC_INSTANCE is not set" in problems({**COMPLETE, name: "north", "BC_ACCESS_KEY": "do-not-show"})


def test_an_access_key_is_not_shown() -> None:
    known = Settings.load({**SERVER, "BC_USER": "COUPLET", "BC_ACCESS_KEY": "do-not-show"})
    assert known.bc_access_key == "do-not-show"
    assert "do-not-show" not in repr(known)


@pytest.mark.case("T740")
def test_endpoints_are_those_of_the_commercial_cloud_by_default() -> None:
    known = Settings.load(COMPLETE)
    assert known.cloud is Cloud.COMMERCIAL
    assert known.authority == "https://login.microsoftonline.com"
    assert known.bc_scope == "https://api.businesscentral.dynamics.com/.default"


@pytest.mark.case("T742")
@pytest.mark.feature("F012")
@pytest.mark.parametrize(
    ("cloud", "organisation", "authority"),
    [
        ("usGovHigh", "https://contoso.crm.microsoftdynamics.us", "https://login.microsoftonline.us"),
        ("usGovDod", "https://contoso.crm.appsplatform.us", "https://login.microsoftonline.us"),
        ("china", "https://contoso.crm.dynamics.cn", "https://login.partner.microsoftonline.cn"),
        ("commercial", "https://contoso.crm9.dynamics.com", "https://login.microsoftonline.com"),
    ],
)
def test_a_cloud_brings_its_sign_in(cloud: str, organisation: str, authority: str) -> None:
    known = Settings.load({**GOVERNMENT, "CLOUD": cloud, "SALES_URL": organisation})
    assert known.authority == authority
    assert Settings.load({**GOVERNMENT, "ENTRA_AUTHORITY": "https://login.example.us"}).authority == "https://login.example.us"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"CLOUD": ""}, "SALES_URL must be an address of the cloud commercial (https://....dynamics.com), or CLOUD usGovHigh"),
        ({"SALES_URL": "https://contoso.crm4.dynamics.com"}, "SALES_URL must be an address of the cloud usGovHigh"),
        ({"CLOUD": "moon"}, "CLOUD must be commercial, usGovHigh, usGovDod or china"),
        ({"BC_URL": ""}, "BC_URL is not set"),
        ({"BC_CLIENT_URL": ""}, "BC_CLIENT_URL is not set"),
        ({"BC_SCOPE": ""}, "BC_SCOPE is not set"),
        ({"BC_SCOPE": "https://api.bc.example.us"}, "BC_SCOPE must be "),
    ],
)
def test_what_is_of_another_cloud_or_not_known_in_this_one_is_named(changes: dict[str, str], said: str) -> None:
    assert said in problems({**GOVERNMENT, **changes})


def test_an_own_domain_of_sales_is_of_any_cloud() -> None:
    assert Settings.load({**GOVERNMENT, "SALES_URL": "https://sales.contoso.us"}).cloud is Cloud.US_GOV_HIGH


def test_a_server_on_premises_beside_another_cloud_needs_no_address_of_business_central_online() -> None:
    assert Settings.load({**SERVER, "CLOUD": "china", "SALES_URL": "https://contoso.crm.dynamics.cn"}).bc_instance


STORAGE = {
    **COMPLETE,
    "AzureWebJobsStorage": "",
    "AzureWebJobsStorage__tableServiceUri": "https://coupletstore.table.core.usgovcloudapi.net",
    "AzureWebJobsStorage__queueServiceUri": "https://coupletstore.queue.core.usgovcloudapi.net",
}


async def test_storage_of_another_cloud_is_opened_at_the_addresses_of_its_services() -> None:
    store: Any = Store.open(Settings.load(STORAGE))
    assert store._tables.url == "https://coupletstore.table.core.usgovcloudapi.net"
    assert store._queues.url == "https://coupletstore.queue.core.usgovcloudapi.net/"
    await store.close()


@pytest.mark.parametrize("lacking", ["tableServiceUri", "queueServiceUri"])
def test_one_address_of_the_storage_asks_for_the_other(lacking: str) -> None:
    assert f"AzureWebJobsStorage__{lacking} is not set" in problems({**STORAGE, f"AzureWebJobsStorage__{lacking}": ""})


@pytest.mark.parametrize("cloud", list(Cloud))
def test_the_guide_begins_in_every_cloud_before_it_knows_the_organisation(cloud: Cloud) -> None:
    own = {name: GOVERNMENT[name] for name in ("BC_URL", "BC_CLIENT_URL", "BC_SCOPE")}
    assert Settings.load({**STAND_INS, **NO_ENVIRONMENT, **NOT_USED, **own, "CLOUD": cloud}).cloud is cloud
