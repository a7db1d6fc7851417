"""docs/deploy.md: what its commands name is there, and is read by whom it is meant for."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib import import_module

import pytest

from sync.settings import Settings
from sync.triggers.callers import Role
from tests.infra.bicep import INFRA, Bicep

ROOT = INFRA.parent
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SCRIPT = "".join(BLOCKS).replace("\\\n", " ")
PARAMETERS = (INFRA / "main.bicepparam").read_text(encoding="utf-8")
MAIN = Bicep(INFRA / "main.bicep")


def read() -> dict[str, bool]:
    """The names that the parameter file reads from the environment, and whether it needs them."""
    return {name: not default for name, default in re.findall(r"readEnvironmentVariable\('(\w+)'(, '[^']*')?\)", PARAMETERS)}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_block_is_a_script(block: str) -> None:
    done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_name_that_the_deployment_needs_is_given_before_it() -> None:
    before = SCRIPT[: SCRIPT.index("az deployment group create")]
    given = {name for line in re.findall(r"^export (.*)$", before, re.MULTILINE) for name in re.findall(r"\b(\w+)=", line)}
    assert {name for name, needed in read().items() if needed} <= given


@pytest.mark.parametrize(
    "name", ["NEAR_REAL_TIME", "ISOLATED", "CONSOLE_CLIENT_ID", "APP_SIGN_IN", "WEBHOOK_SECRET", "ENTRA_CLIENT_SECRET"]
)
def test_what_the_page_switches_on_by_a_name_is_read_by_that_name(name: str) -> None:
    assert name in read() and re.search(rf"\b{name}=", PAGE)


def test_every_output_that_is_asked_for_is_given() -> None:
    asked = set(re.findall(r"\$\(told (\w+)", SCRIPT))
    assert {"address", "functionAppName", "federatedCredential"} <= asked <= MAIN.named("output").keys()


def test_a_variable_is_set_before_it_is_used() -> None:
    known = {"HOME", "1", "2", "name"}
    for line in SCRIPT.splitlines():
        used = set(re.findall(r"\$\{?(\w+)", line))
        known |= set(re.findall(r"(?:^|[\s;])(\w+)=", line))
        assert used <= known, line


def test_the_set_up_finds_every_setting_that_it_needs_among_the_names_of_the_page() -> None:
    """What a command of Azure tells stands here as a guid, which is also a name."""
    exports = re.findall(r"(\w+)=(\"[^\"]*\"|\$\([^)]*\)|\S+)", "\n".join(re.findall(r"^export (.*)$", SCRIPT, re.MULTILINE)))
    values = {name: value.strip('"') if "$(" not in value else "0a0a0a0a-1111-4222-8333-444444444444" for name, value in exports}
    settings = Settings.load({**values, "AzureWebJobsStorage__accountName": "coupletstore"})
    assert settings.federation and settings.bc_companies == ("CRONUS International Ltd.",)


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m (infra[.\w]*)", PAGE))))
def test_every_command_of_ours_exists(module: str) -> None:
    place = f"{module}.__main__" if (ROOT / module.replace(".", "/")).is_dir() else module
    with pytest.raises(SystemExit) as ended:
        import_module(place).main(["--help"])
    assert ended.value.code == 0


def test_the_app_roles_are_those_that_callers_are_asked_for() -> None:
    values = re.findall(r'"value": "([^"]+)"', (INFRA / "azure" / "app-roles.json").read_text(encoding="utf-8"))
    assert values == list(Role)
    assert "@infra/azure/app-roles.json" in SCRIPT
