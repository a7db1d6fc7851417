"""References that may name records of several mappings: an item or a resource, a customer or a vendor."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.catalogue import CATALOGUE
from mapping.field import FieldMapping
from mapping.lookups import Lookup
from mapping.notes import ORDER_NOTE
from mapping.off import off, without
from mapping.values import Refusal, Side, Written
from mapping.world import Partners, World

KIND = Lookup(
    mapping="ITEM-PRODUCT",
    others=("RESOURCE-PRODUCT",),
    target="products",
    nav="productid",
    many=True,
    told_by="assetType",
    sorts={"Resource": "RESOURCE-PRODUCT"},
)
FIELD = FieldMapping(bc="assetID", sales="productid", kind=KIND)
NAMES = st.sampled_from(("a", "b", "c", "d"))


def _world(items: dict[str, str], resources: dict[str, str]) -> World:
    def partners(pairs: dict[str, str]) -> Partners:
        return Partners(pairs, {sales: bc for bc, sales in pairs.items()})

    return World(partners={"ITEM-PRODUCT": partners(items), "RESOURCE-PRODUCT": partners(resources)})


@given(
    st.dictionaries(NAMES, NAMES.map("i-{}".format)),
    st.dictionaries(NAMES, NAMES.map("r-{}".format)),
    NAMES,
    st.sampled_from(("Item", "Resource", "")),
)
def test_a_reference_leads_to_the_first_mapping_that_knows_the_record_and_else_waits_for_the_right_one(
    items: dict[str, str], resources: dict[str, str], id_: str, sort: str
) -> None:
    written = FIELD.write(Side.SALES, id_, {Side.BC: {"assetType": sort}}, _world(items, resources))
    known = items.get(id_) or resources.get(id_)
    if known:
        assert isinstance(written, Written)
        assert written.values == {"productid@odata.bind": f"/products({known})"}
        assert written.holds == known
    else:
        assert isinstance(written, Refusal)
        assert written.waits
        assert (written.waits.mapping, written.waits.id) == ("RESOURCE-PRODUCT" if sort == "Resource" else "ITEM-PRODUCT", id_)


def test_where_a_mapping_is_not_there_the_reference_names_the_others() -> None:
    left = KIND.without({"ITEM-PRODUCT"})
    assert left
    assert left.mappings == ("RESOURCE-PRODUCT",)
    assert KIND.without({"ITEM-PRODUCT", "RESOURCE-PRODUCT"}) is None
    refused = FIELD.write(Side.SALES, "x", {Side.BC: {"assetType": "Resource"}}, World())
    assert isinstance(refused, Refusal)
    assert refused.waits
    assert refused.waits.mapping == "RESOURCE-PRODUCT"


@pytest.mark.parametrize(("on", "nav"), [("SALESORDER-ORDER", "objectid_salesorder"), ("QUOTE", "objectid_quote")])
def test_notes_hang_on_the_documents_that_are_switched_on(on: str, nav: str) -> None:
    gone = {"SALESORDER-ORDER", "QUOTE"} - {on}
    left = without(ORDER_NOTE, dict.fromkeys(gone, "is switched off"))
    assert left.enabled and left.needs == (on,)
    world = World(partners={on: Partners({"mine": "theirs"}, {"theirs": "mine"})})
    written = left.member("documentId").write(Side.SALES, "mine", {}, world)
    assert isinstance(written, Written)
    assert [*written.values] == [f"{nav}@odata.bind"]
    assert (
        without(ORDER_NOTE, off({**CATALOGUE, "SALESORDER-ORDER": replace(CATALOGUE["SALESORDER-ORDER"], enabled=False)})).enabled is False
    )
