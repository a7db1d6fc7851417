"""Keys of the webhooks: one for each purpose, and two secrets while one is exchanged for the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.hooks.keys import Keys, fingerprint
from sync.settings import Settings

OLD, NEW = "an old secret that is long enough " * 2, "a new secret that is long enough " * 2
COMPANY, OTHER_COMPANY = "3f1d7a52-8c64-4e0b-9a2f-61d0c5b7e834", "3f1d7a52-8c64-4e0b-9a2f-61d0c5b7e835"
SETTINGS = Settings(
    bc_environment="production",
    sales_url="https://contoso.crm4.dynamics.com",
    tenant_id="66666666-2222-3333-4444-555555555555",
    webhook_url="https://couplet.example.com",
    webhook_secrets=(OLD,),
)


def test_no_key_is_good_for_another_purpose_company_environment_or_organisation() -> None:
    keys = Keys(SETTINGS)
    url_key = keys.bc_url.partition("key=")[2]
    state = keys.bc_state(COMPANY)
    assert keys.is_bc_key(url_key) and keys.is_bc_state(state, COMPANY.upper()) and keys.is_sales_key(keys.sales_key)
    assert len({url_key, state, keys.bc_state(OTHER_COMPANY), keys.sales_key, OLD}) == 5
    for wrong in (state, keys.sales_key, OLD, "", "\ud800", url_key + "x"):
        assert not keys.is_bc_key(wrong)
    assert not keys.is_bc_state(state, OTHER_COMPANY)
    for change in ({"bc_environment": "sandbox"}, {"tenant_id": "77777777-2222-3333-4444-555555555555"}):
        assert not Keys(replace(SETTINGS, **change)).is_bc_state(state, COMPANY)  # type: ignore[arg-type]
    assert not Keys(replace(SETTINGS, sales_url="https://fabrikam.crm4.dynamics.com")).is_sales_key(keys.sales_key)


@pytest.mark.parametrize("secrets", [(NEW, OLD), (OLD, NEW)])
def test_while_a_secret_is_exchanged_both_are_taken_and_the_first_is_given_away(secrets: tuple[str, str]) -> None:
    both, first, second = (Keys(replace(SETTINGS, webhook_secrets=each)) for each in (secrets, secrets[:1], secrets[1:]))
    assert both.bc_url == first.bc_url and both.sales_key == first.sales_key
    for one in (first, second):
        assert both.is_bc_key(one.bc_url.partition("key=")[2])
        assert both.is_bc_state(one.bc_state(COMPANY), COMPANY)
        assert both.is_sales_key(one.sales_key)
    assert not first.is_sales_key(second.sales_key)
    assert fingerprint(first.sales_key) != fingerprint(second.sales_key)
