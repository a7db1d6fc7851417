"""What the mappings need to do in Sales follows from their declarations."""

from __future__ import annotations

from dataclasses import replace

from mapping import schema
from mapping.access import Access, accesses, logical, of_mapping
from mapping.catalogue import CATALOGUE
from mapping.model import Table
from mapping.values import Side


def test_every_table_of_sales_is_known_by_its_logical_name() -> None:
    names = {name: logical(name) for name in schema.names(Side.SALES)}
    assert names["opportunities"] == "opportunity" and names["transactioncurrencies"] == "transactioncurrency"
    assert names["salesorderdetails"] == "salesorderdetail" and names["couplet_accountfigureses"] == "couplet_accountfigures"
    assert len(set(names.values())) == len(names)


def test_a_mapping_that_makes_rows_may_bind_them_and_take_them_away_again() -> None:
    needed = of_mapping(CATALOGUE["CUSTOMER"])
    assert needed["account"] == frozenset(Access)
    assert needed["contact"] == needed["transactioncurrency"] == {Access.READ, Access.APPEND_TO}


def test_a_mapping_from_sales_writes_the_marks_and_makes_nothing() -> None:
    assert Access.CREATE not in of_mapping(CATALOGUE["QUOTE"])["quote"]
    assert Access.WRITE in of_mapping(CATALOGUE["QUOTE"])["quote"]
    assert of_mapping(CATALOGUE["QUOTELINE"])["quotedetail"] == {Access.READ}
    assert of_mapping(CATALOGUE["SALESPEOPLE"]) == {"systemuser": {Access.READ}}


def test_what_lies_alongside_may_be_seen_and_is_needed_by_no_mapping() -> None:
    assert accesses([CATALOGUE["CUSTOMER"]])["incident"] == {Access.READ}
    assert "incident" not in of_mapping(CATALOGUE["CUSTOMER"])


def test_all_ways_of_working_count_and_values_of_choices_are_no_rows() -> None:
    assert Access.CREATE in accesses(CATALOGUE.values())["salesorder"], "orders go both ways in one of them"
    assert of_mapping(CATALOGUE["PAYMENT TERMS"]) == {}


def test_a_table_of_peoples_own_is_known_by_its_key() -> None:
    own = replace(CATALOGUE["CURRENCY"], sales=Table(name="new_projects", id="new_projectid", changed="modifiedon"))
    assert of_mapping(own) == {"new_project": {Access.READ, Access.CREATE, Access.WRITE, Access.DELETE}}
