"""What is deployed, by whom and how: secrets, roles, azd, and what Flex Consumption does not take."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA, Bicep, text

ROOT = INFRA.parent
FILES = [INFRA / "main.bicep", *sorted((INFRA / "azure").glob("*.bicep"))]
EXAMPLES = sorted(INFRA.glob("*.bicepparam"))

NOT_ON_FLEX = {
    *("ENABLE_ORYX_BUILD", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_PROCESS_COUNT"),
    *("SCM_DO_BUILD_DURING_DEPLOYMENT", "WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"),
    *("WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_TIME_ZONE", "WEBSITE_VNET_ROUTE_ALL", "alwaysOn", "ftpsState", "linuxFxVersion"),
    *("windowsFxVersion", "netFrameworkVersion", "use32BitWorkerProcess", "preWarmedInstanceCount", "minimumElasticInstanceCount"),
    *("functionsRuntimeScaleMonitoringEnabled", "FUNCTIONS_WORKER_RUNTIME_VERSION", "WEBSITE_DNS_SERVER", "WEBSITE_NODE_DEFAULT_VERSION"),
    *("vnetRouteAllEnabled", "vnetContentShareEnabled", "functionAppScaleLimit", "basicPublishingCredentialsPolicies"),
}
"""Settings and properties that an app on this plan must not have; some let the deployment fail, some the app."""

READ_AND_WRITE_OF_ONE_THING = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "de139f84-1756-47ae-9be6-808fbbe84772": "Website Contributor",
}
"""Every role that anybody is given, by its id."""

SECRET = r"\w*(?:[sS]ecret|[kK]ey)"
"""How parameters that take a secret are named."""

each_file = pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)


@each_file
def test_a_parameter_that_takes_a_secret_is_kept_out_of_the_history_of_deployments(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    secrets = re.findall(rf"^param ({SECRET}) string", source, re.MULTILINE)
    assert [name for name in secrets if not re.search(rf"@secure\(\)\nparam {name} ", source)] == []
    assert not re.search(rf"^output {SECRET}\b", source, re.MULTILINE)


@pytest.mark.case("T746")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_a_parameter_file_holds_no_secret_but_the_name_of_where_it_is_found(example: Path) -> None:
    given = re.findall(rf"^param {SECRET} = (.*)$", example.read_text(encoding="utf-8"), re.MULTILINE)
    assert [value for value in given if not re.fullmatch(r"readEnvironmentVariable\('[A-Z_]+', ''\)", value)] == []


@each_file
def test_nothing_is_set_that_flex_consumption_does_not_take(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert [name for name in sorted(NOT_ON_FLEX) if name in source] == []


def test_the_roles_are_the_few_that_are_known_here() -> None:
    ids = re.findall(r"'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'", "\n".join(file.read_text(encoding="utf-8") for file in FILES))
    assert sorted(ids) == sorted(READ_AND_WRITE_OF_ONE_THING)


@each_file
def test_a_role_is_given_on_one_resource_and_never_on_the_group(file: Path) -> None:
    bicep = Bicep(file)
    assignments = [each for each in bicep.named("resource").values() if each.type.startswith("Microsoft.Authorization/roleAssignments")]
    scopes = [re.search(r"\bscope: (\w+)", text(each.node)) for each in assignments]
    assert all(scope and scope[1] in bicep.named("resource") for scope in scopes)


def test_an_isolated_installation_reaches_storage_and_vault_through_endpoints_of_its_own() -> None:
    """One for each service that the host or the app uses; storage and vault close the door behind them."""
    endpoints = (INFRA / "azure" / "endpoints.bicep").read_text(encoding="utf-8")
    assert set(re.findall(r"group: '(\w+)'", endpoints)) == {"blob", "queue", "table", "vault"}
    for name in ("storage", "vault"):
        source = (INFRA / "azure" / f"{name}.bicep").read_text(encoding="utf-8")
        assert "publicNetworkAccess: isolated ? 'Disabled' : 'Enabled'" in source and "defaultAction: isolated ? 'Deny' : 'Allow'" in source
    assert "virtualNetworkSubnetId: empty(subnetId) ? null : subnetId" in (INFRA / "azure" / "app.bicep").read_text(encoding="utf-8")


def test_azd_finds_the_files_and_the_app() -> None:
    lines = (ROOT / "azure.yaml").read_text(encoding="utf-8").splitlines()
    service = next(after for before, after in pairwise(lines) if before == "services:").strip(" :")
    assert f"'azd-service-name': '{service}'" in (INFRA / "azure" / "app.bicep").read_text(encoding="utf-8")
    assert {"  path: infra", "  module: main", "    project: .", "    host: function"} <= set(lines)
    assert (INFRA / "main.bicepparam") in EXAMPLES


def test_every_check_that_is_left_out_has_its_reason() -> None:
    lines = (INFRA / "checkov.yaml").read_text(encoding="utf-8").partition("skip-check:\n")[2].splitlines()
    kinds = ["reason" if line.startswith("  # ") else "check" for line in lines]
    assert kinds[0] == "reason" and kinds[-1] == "check"
    assert ("reason", "reason") not in set(pairwise(kinds))
    assert all(re.fullmatch(r"  - CKV2?_AZURE_\d+", line) for line, kind in zip(lines, kinds, strict=True) if kind == "check")
