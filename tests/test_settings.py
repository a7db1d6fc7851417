"""The app settings: everything wrong is named at once, nothing secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import BadSetting, MissingSetting, SettingsError
from sync.settings import CountryFormat, ProfileChoice, Settings

COMPLETE = {
    "BC_ENVIRONMENT": "production",
    "BC_COMPANY": "CRONUS International; Fabrikam",
    "SALES_URL": "https://contoso.crm4.dynamics.com/",
    "ENTRA_TENANT_ID": "66666666-2222-3333-4444-555555555555",
    "ENTRA_CLIENT_ID": "11111111-2222-3333-4444-555555555555",
    "ENTRA_CLIENT_SECRET": "do-not-show",
    "AzureWebJobsStorage": "AccountKey=do-not-show",
}

SECRET = "do-not-show-1234567890-abcdefghij"


def wrong(**changes: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        Settings.load({**COMPLETE, **changes})
    return caught.value


def test_what_is_needed_is_enough() -> None:
    settings = Settings.load(COMPLETE)
    assert settings.bc_companies == ("CRONUS International", "Fabrikam")
    assert settings.bc_profile is ProfileChoice.AUTO
    assert settings.country_format is CountryFormat.CODE
    assert settings.sales_root == "https://contoso.crm4.dynamics.com/api/data/v9.2"
    assert settings.bc_root == "https://api.businesscentral.dynamics.com/v2.0/66666666-2222-3333-4444-555555555555/production/api"
    assert (settings.lanes_bc, settings.lanes_sales, settings.page_size) == (2, 4, 500)


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    names = {problem.detail["setting"] for problem in caught.value.problems}
    assert names == {*COMPLETE, "ENTRA_CLIENT_SECRET"}
    assert all(isinstance(problem, MissingSetting) for problem in caught.value.problems)
    assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BC_URL", "http://bc.example.com"),
        ("BC_URL", "ftp://127.0.0.1"),
        ("SALES_URL", "https://contoso.crm4.dynamics.com/?x=1"),
        ("SALES_URL", "contoso"),
        ("ENTRA_CLIENT_ID", "my-app"),
        ("ENTRA_TENANT_ID", "contoso.com"),
        ("BC_PROFILE", "full"),
        ("BC_TIME_ZONE", "Mars/Olympus"),
        ("BC_COMPANY", "A; A"),
        ("SYNC_SCHEDULE", "*/5 * * * *"),
        ("LANES_BC", "6"),
        ("PAGE_SIZE", "many"),
        ("COUNTRY_FORMAT", "flag"),
        ("ENTRA_CA_FILE", "/no/such/file.pem"),
        ("OWNER_FALLBACK", "Jane"),
        ("WEBHOOK_DELAY_SECONDS", "61"),
        ("UNIT_GROUPS", "perhaps"),
        ("PRICING", "both"),
        ("OWNERSHIP", "nobody"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed_and_is_not_shown(name: str, value: str) -> None:
    [problem] = wrong(**{name: value}).problems
    assert isinstance(problem, BadSetting)
    assert str(problem).startswith(f"{name} must be ")
    assert f" {value}" not in str(problem)


def test_plain_http_is_for_this_machine_only() -> None:
    assert Settings.load({**COMPLETE, "BC_URL": "http://127.0.0.1:7000/v2.0"}).bc_url == "http://127.0.0.1:7000/v2.0"
    assert "https://" in str(wrong(SALES_URL="http://127.0.0.1.example.com"))


def test_exactly_one_way_to_sign_in() -> None:
    assert "ENTRA_CERTIFICATE" in str(wrong(ENTRA_CLIENT_SECRET=""))
    assert "ENTRA_FEDERATION must be empty" in str(wrong(ENTRA_FEDERATION="managed-identity"))
    assert Settings.load({**COMPLETE, "ENTRA_CLIENT_SECRET": "", "ENTRA_FEDERATION": "managed-identity"}).federation


def test_a_certificate_is_given_as_text_or_as_a_file(tmp_path: Path) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"
    (tmp_path / "app.pem").write_text(pem)
    by_file = {**COMPLETE, "ENTRA_CLIENT_SECRET": "", "ENTRA_CERTIFICATE": str(tmp_path / "app.pem")}
    assert Settings.load(by_file).certificate == pem
    assert Settings.load({**by_file, "ENTRA_CERTIFICATE": pem}).certificate == pem.strip()
    assert "ENTRA_CERTIFICATE" in str(wrong(ENTRA_CLIENT_SECRET="", ENTRA_CERTIFICATE=pem.partition("-----BEGIN CERT")[0]))


def test_storage_by_identity_needs_no_connection_string() -> None:
    environ = {**COMPLETE, "AzureWebJobsStorage": "", "AzureWebJobsStorage__accountName": "coupletstore"}
    assert Settings.load(environ).storage_account == "coupletstore"


@pytest.mark.case("T746")
def test_secrets_are_not_shown() -> None:
    with_hooks = {**COMPLETE, "WEBHOOK_SECRET": SECRET, "WEBHOOK_URL": "https://couplet.example.com"}
    assert "do-not-show" not in repr(Settings.load(with_hooks))


def test_webhooks_are_off_until_there_is_a_secret() -> None:
    assert not Settings.load(COMPLETE).webhooks
    assert not Settings.load({**COMPLETE, "WEBSITE_HOSTNAME": "couplet.azurewebsites.net"}).webhook_url
    assert "WEBHOOK_SECRET is not set" in str(wrong(WEBHOOK_URL="https://couplet.example.com"))


def test_in_azure_the_address_of_the_webhooks_is_known() -> None:
    there = {**COMPLETE, "WEBHOOK_SECRET": SECRET, "WEBSITE_HOSTNAME": "couplet.azurewebsites.net"}
    assert Settings.load(there).webhook_url == "https://couplet.azurewebsites.net"
    own = Settings.load({**there, "WEBHOOK_URL": "https://hooks.example.com/"})
    assert own.webhooks and own.webhook_url == "https://hooks.example.com"
    assert "WEBHOOK_URL is not set" in str(wrong(WEBHOOK_SECRET=SECRET))


def test_the_secret_of_the_webhooks_is_long_and_may_have_an_older_one_behind_it() -> None:
    there = {**COMPLETE, "WEBHOOK_URL": "https://couplet.example.com"}
    assert Settings.load({**there, "WEBHOOK_SECRET": f"{SECRET};{SECRET[::-1]}"}).webhook_secrets == (SECRET, SECRET[::-1])
    for bad in ("do-not-show", f"{SECRET};{SECRET}", f"{SECRET};do-not-show"):
        [problem] = wrong(WEBHOOK_URL="https://couplet.example.com", WEBHOOK_SECRET=bad).problems
        assert str(problem).startswith("WEBHOOK_SECRET must be random texts")
        assert "do-not-show" not in str(problem)


def test_a_secret_that_the_vault_did_not_give_is_no_secret() -> None:
    """The platform leaves the reference where it may not read the vault: a text that everybody could guess."""
    reference = "@Microsoft.KeyVault(SecretUri=https://couplet-x.vault.azure.net/secrets/webhook-secret)"
    said = str(wrong(WEBHOOK_SECRET=reference, WEBHOOK_URL="https://couplet.example.com"))
    assert "WEBHOOK_SECRET" in said and "couplet-x" in said and "Key Vault Secrets User" in said
