"""Where a request went, as it is told: no query, no id, no value."""

from __future__ import annotations

import pytest

from sync.telemetry.calls import bare, resource_of

SALES, BC = "https://contoso.crm4.dynamics.com/api/data/v9.2", "https://api.businesscentral.dynamics.com/v2.0/t/production/api/v2.0"


@pytest.mark.parametrize(
    ("url", "resource"),
    [
        (f"{SALES}/accounts(5d115c9c-44e3-ea11-bb43-000d3a2feca1)", "accounts"),
        (f"{SALES}/accounts?$filter=emailaddress1 eq 'ada@adler.example'", "accounts"),
        (f"{SALES}/accounts(accountnumber='it''s (ada)')", "accounts"),
        (f"{SALES}/RetrieveTotalRecordCount(EntityNames=['ada'])", "RetrieveTotalRecordCount"),
        (f"{SALES}/accounts/Microsoft.Dynamics.CRM.CreateMultiple", "accounts/CreateMultiple"),
        (f"{SALES}/$batch", "$batch"),
        (f"{BC}/companies(1)/customers(2)?$expand=ada", "customers"),
        (f"{BC}/companies(1)/salesOrders(2)/Microsoft.NAV.shipAndInvoice", "salesOrders/shipAndInvoice"),
    ],
)
def test_a_request_is_told_by_its_table_or_action(url: str, resource: str) -> None:
    address = bare(url)
    assert resource_of(address) == resource
    assert not any(sign in address for sign in ("ada", "(", "?", "'", "5d115c9c"))
    assert address.startswith(url.partition("/api/")[0])
