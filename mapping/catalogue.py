"""Every mapping that Couplet comes with, by name, in dependency order."""

from __future__ import annotations

from mapping.contacts import CONTACT
from mapping.currencies import CURRENCY
from mapping.customers import CUSTOMER
from mapping.figures import ACCOUNT_FIGURES
from mapping.graph import in_order
from mapping.invoice_lines import POSTEDSALESLINE_INV
from mapping.invoices import POSTEDSALESINV_INV
from mapping.items import ITEM_PRODUCT
from mapping.model import TableMapping
from mapping.notes import ORDER_NOTE
from mapping.opportunities import OPPORTUNITY
from mapping.options import PAYMENT_TERMS, SHIPMENT_METHOD, SHIPPING_AGENT
from mapping.order_lines import SOLINE_ORDERDETAIL
from mapping.orders import SALESORDER_ORDER
from mapping.own_units import ITEM_UOM, RESOURCE_UOM
from mapping.price_groups import CUSTPRCGRP_PRICE
from mapping.price_list_lines import PLLINE_PRODPRICE
from mapping.price_lists import PLHEADER_PRICE
from mapping.quote_lines import QUOTELINE
from mapping.quotes import QUOTE
from mapping.resources import RESOURCE_PRODUCT
from mapping.sales_prices import SALESPRC_PRODPRICE
from mapping.salespeople import SALESPEOPLE
from mapping.unit_groups import UNIT_GROUP
from mapping.units import UNIT_OF_MEASURE
from mapping.vendors import VENDOR

_DECLARED = (
    SALESPEOPLE,
    CURRENCY,
    PAYMENT_TERMS,
    SHIPMENT_METHOD,
    SHIPPING_AGENT,
    UNIT_OF_MEASURE,
    UNIT_GROUP,
    ITEM_UOM,
    RESOURCE_UOM,
    CUSTOMER,
    ACCOUNT_FIGURES,
    VENDOR,
    CONTACT,
    ITEM_PRODUCT,
    RESOURCE_PRODUCT,
    OPPORTUNITY,
    PLHEADER_PRICE,
    PLLINE_PRODPRICE,
    CUSTPRCGRP_PRICE,
    SALESPRC_PRODPRICE,
    QUOTE,
    QUOTELINE,
    SALESORDER_ORDER,
    SOLINE_ORDERDETAIL,
    POSTEDSALESINV_INV,
    POSTEDSALESLINE_INV,
    ORDER_NOTE,
)

_ALL = {mapping.name: mapping for mapping in _DECLARED}

CATALOGUE: dict[str, TableMapping] = {name: _ALL[name] for name in in_order(_ALL)}
